"""Amazon S3 and what speaks its protocol, Google Cloud Storage, Azure Data Lake: buckets of objects, by obstore."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gristmill.problems import run_error
from gristmill.settings import Settings
from gristmill.storage.remote import PIECE, Entry, Store, TransientError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# our own repeats can be stopped, the library's cannot
_NO_RETRY: Any = {"max_retries": 0, "retry_timeout": timedelta(seconds=60)}
_PART = 8 << 20
_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_PASSING = ("429", "500", "502", "503", "504")
_BROKEN = ("error sending request", "HTTP error", "operation timed out", "connection closed", "error decoding response")


class Bucket(Store):
    """The objects of a bucket."""

    def __init__(self, store: ObjectStore, name: str) -> None:
        self._store = store
        self._name = name

    def stat(self, path: str) -> Entry | None:
        import obstore

        with _told(f"{self._name}/{path}"):
            try:
                found = obstore.head(self._store, path)
            except FileNotFoundError:
                return None
            return Entry(path, found["size"], found["e_tag"])

    def below(self, folder: str, depth: int | None) -> Iterator[str]:
        import obstore

        prefix = folder.rstrip("/")
        cut = len(prefix) + 1 if prefix else 0
        with _told(f"{self._name}/{folder}"):
            if depth == 1:
                found = obstore.list_with_delimiter(self._store, prefix or None)
                yield from (item["path"][cut:] for item in found["objects"])
                return
            for page in obstore.list(self._store, prefix or None):
                names = (item["path"][cut:] for item in page)
                yield from (name for name in names if depth is None or name.count("/") < depth)

    def read(self, path: str, start: int, length: int | None = None) -> Iterator[bytes]:
        import obstore

        wanted: Any = {"offset": start} if length is None else (start, start + length)
        with _told(f"{self._name}/{path}"):
            found = obstore.get(self._store, path, options={"range": wanted} if start or length else {})
            for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)

    def write(self, path: str, pieces: Iterator[bytes]) -> None:
        import obstore

        with _told(f"{self._name}/{path}"):
            obstore.put(self._store, path, pieces, chunk_size=_PART, max_concurrency=2)

    def delete(self, path: str) -> None:
        import obstore

        with _told(f"{self._name}/{path}"):
            obstore.delete(self._store, path)


def open_store(settings: Settings, scheme: str, authority: str) -> Bucket:
    """The bucket of an address. Raises RunError where the settings do not reach it."""
    with _told(authority):
        return Bucket(_OPEN[scheme](settings, authority), authority)


@lru_cache(maxsize=64)
def _s3(settings: Settings, bucket: str) -> ObjectStore:
    from obstore.store import S3Store

    given = {
        "endpoint": settings.storage_s3_endpoint,
        "region": settings.storage_s3_region,
        "access_key_id": settings.storage_s3_key,
        "secret_access_key": settings.storage_s3_secret,
    }
    options: dict[str, Any] = {name: text for name, text in given.items() if text}
    return S3Store(
        bucket,
        virtual_hosted_style_request=not settings.storage_s3_path_style,
        client_options=_client(settings.storage_s3_endpoint),
        retry_config=_NO_RETRY,
        **options,
    )


@lru_cache(maxsize=64)
def _gs(settings: Settings, bucket: str) -> ObjectStore:
    from obstore.store import GCSStore

    options: dict[str, Any] = {}
    if settings.storage_gs_credentials:
        options["application_credentials"] = settings.storage_gs_credentials
    return GCSStore(bucket, client_options=_client(""), retry_config=_NO_RETRY, **options)


@lru_cache(maxsize=64)
def _abfss(settings: Settings, authority: str) -> ObjectStore:
    from obstore.store import AzureStore

    container, _, host = authority.partition("@")
    options: dict[str, Any] = {"account_name": host.partition(".")[0]}
    if settings.storage_azure_key:
        options["account_key"] = settings.storage_azure_key
    return AzureStore(container, client_options=_client(""), retry_config=_NO_RETRY, **options)


_OPEN: dict[str, Callable[[Settings, str], ObjectStore]] = {"s3": _s3, "gs": _gs, "abfss": _abfss}


def _client(endpoint: str) -> Any:
    return {
        "allow_http": endpoint.startswith("http://"),
        "connect_timeout": timedelta(seconds=10),
        "timeout": timedelta(seconds=120),
    }


@contextmanager
def _told(place: str) -> Iterator[None]:
    """The library's errors in words for people, those that may pass told apart."""
    from obstore import exceptions

    try:
        yield
    except FileNotFoundError as error:
        missing = "bucket not found" if "NoSuchBucket" in str(error) else "file not found"
        raise run_error(f"{missing}: {place}") from None
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError, PermissionError) as error:
        raise run_error(f"no permission for {place}: {_reason(str(error))}") from None
    except (exceptions.BaseError, ValueError, OSError) as error:
        text = str(error)
        sentence = f"{place}: {_reason(text)}"
        status = _STATUS.search(text)
        if "NoSuchBucket" in text:
            raise run_error(f"bucket not found: {place.partition('/')[0]}") from None
        if (status is not None and status[1] in _PASSING) or "SlowDown" in text or any(say in text for say in _BROKEN):
            raise TransientError(run_error(f"store does not answer: {sentence}").problems) from None
        raise run_error(f"store refuses: {sentence}") from None


def _reason(text: str) -> str:
    """The short reason in an error of the library."""
    status, code = _STATUS.search(text), _CODE.search(text)
    if status is not None:
        return f"status {status[1]}" + (f", {code[1]}" if code else "")
    first = text.split("\n", 1)[0]
    return first.rpartition(" - ")[2][:200] or "no reason given"

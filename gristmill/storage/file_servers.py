"""HDFS (by its web interface) and SFTP servers, by fsspec and what it needs: the extra `remotefiles`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from gristmill.problems import run_error
from gristmill.settings import Settings
from gristmill.storage.remote import PIECE, Entry, Store, TransientError

_KINDS = {"hdfs": "webhdfs", "sftp": "sftp"}
_PORTS = {"hdfs": 9870, "sftp": 22}
_PARTIAL = ".gristmill-part"


class FileServer(Store):
    """The files of a server, as fsspec shows them."""

    def __init__(self, files: Any, name: str) -> None:
        self._files = files
        self._name = name

    def stat(self, path: str) -> Entry | None:
        with self._told(path):
            try:
                found = self._files.info(f"/{path}")
            except FileNotFoundError:
                return None
            if found["type"] != "file":
                return None
            version = found.get("mtime") or found.get("modificationTime")
            return Entry(path, found["size"], None if version is None else str(version))

    def below(self, folder: str, depth: int | None) -> Iterator[str]:
        base = f"/{folder.strip('/')}".rstrip("/") + "/"
        with self._told(folder):
            self._files.invalidate_cache()
            found = self._files.find(base, maxdepth=depth)
            yield from (f"/{name.lstrip('/')}".removeprefix(base) for name in found)

    def read(self, path: str, start: int, length: int | None = None) -> Iterator[bytes]:
        left = length
        with self._told(path), self._files.open(f"/{path}", "rb") as file:
            file.seek(start)
            while piece := file.read(PIECE if left is None else min(PIECE, left)):
                left = None if left is None else left - len(piece)
                yield piece

    def write(self, path: str, pieces: Iterator[bytes]) -> None:
        partial = f"/{path}{_PARTIAL}"
        with self._told(path):
            self._files.makedirs(partial.rpartition("/")[0] or "/", exist_ok=True)
            try:
                with self._files.open(partial, "wb") as file:
                    for piece in pieces:
                        file.write(piece)
                with suppress(FileNotFoundError):
                    self._files.rm_file(f"/{path}")
                self._files.mv(partial, f"/{path}")
            except BaseException:
                with suppress(Exception):
                    self._files.rm_file(partial)
                raise

    def delete(self, path: str) -> None:
        with self._told(path), suppress(FileNotFoundError):
            self._files.rm_file(f"/{path}")

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        place = f"{self._name}/{path}"
        try:
            yield
        except FileNotFoundError:
            raise run_error(f"file not found: {place}") from None
        except PermissionError:
            raise run_error(f"no permission for {place}") from None
        except (ConnectionError, TimeoutError, EOFError) as error:
            raise TransientError(run_error(f"server does not answer: {place}: {error}").problems) from None
        except OSError as error:
            raise run_error(f"server refuses: {place}: {error}") from None


def open_server(settings: Settings, scheme: str, authority: str) -> FileServer:
    """The server of an address: `host`, `host:port` or `user@host:port`.

    Raises RunError where a library is missing or the server cannot be reached.
    """
    try:
        import fsspec
    except ImportError:
        raise run_error(f"not supported: {scheme}:// needs the extra remotefiles", hint="Install it.") from None
    user, _, place = authority.rpartition("@")
    host, _, port = place.partition(":")
    options: dict[str, Any] = {"host": host, "port": int(port) if port.isdecimal() else _PORTS[scheme]}
    user = user or (settings.storage_sftp_user if scheme == "sftp" else settings.storage_hdfs_user)
    if scheme == "hdfs":
        options |= {"user": user or None}
    else:
        secrets = {"password": settings.storage_sftp_password, "key_filename": settings.storage_sftp_key_file}
        options |= {"username": user or None, **{name: text for name, text in secrets.items() if text}}
    try:
        return FileServer(fsspec.filesystem(_KINDS[scheme], **options), f"{scheme}://{authority}")
    except ImportError as error:
        raise run_error(f"not supported: {scheme}:// needs the extra remotefiles: {error}") from None
    except Exception as error:
        raise TransientError(run_error(f"server does not answer: {authority}: {error}").problems) from None

"""Addresses of data: full URIs, and paths of base storage or of a bucket (api 3.5)."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path

from gristmill.model.errors import InvalidError
from gristmill.problems import quoted
from gristmill.settings import Settings
from gristmill.storage.locations import BASE

MAX_LENGTH = 2048
# spelling in a URI or a body → our type; buckets, containers and hosts are the part behind `//`
TYPES = {
    "file": "file",
    **dict.fromkeys(("s3", "s3a", "s3n"), "s3"),
    **dict.fromkeys(("gs", "gcs"), "gs"),
    **dict.fromkeys(("abfss", "abfs", "adl", "wasb", "wasbs"), "abfss"),
    **dict.fromkeys(("hdfs", "webhdfs"), "hdfs"),
    "sftp": "sftp",
}
IN_BUCKETS = ("s3", "gs")


@dataclass(frozen=True, slots=True)
class Address:
    """Where data lies: `uri` is complete, `path` is what people see.

    `bucket` (S3, Google), `container` with `host` (Azure) or `host` with `userinfo` (HDFS, SFTP) say on which store;
    HDFS without a host is base storage.
    """

    uri: str
    type: str
    path: str
    bucket: str | None = None
    container: str | None = None
    host: str | None = None
    userinfo: str | None = None


def address_of_uri(settings: Settings, uri: str) -> Address:
    """The address written as a URI; nothing in it is percent-decoded.

    Raises InvalidError for schemes that this server cannot read.
    """
    scheme, separator, rest = uri.partition(":")
    if not separator or not scheme.isalnum():
        raise InvalidError(f"uri: expected a complete URI such as file:///data/in.csv, got {quoted(uri)}")
    type_ = _known("uri", scheme)
    authority, path = "", rest
    if rest.startswith("//"):
        authority, slash, path = rest[2:].partition("/")
        path = slash + path
    if type_ == "file" and authority not in ("", "localhost"):
        raise InvalidError(f"uri: a file URI names no host, got {quoted(authority)}; write three slashes before a path")
    return _address(settings, type_, path, "" if type_ == "file" else authority)


def address_of_path(
    settings: Settings,
    path: str,
    type: str | None,
    *,
    bucket: str | None = None,
    container: str | None = None,
    host: str | None = None,
    userinfo: str | None = None,
) -> Address:
    """The address written as an absolute path; without a type or store, `/trifacta/…` lies in base storage.

    Raises InvalidError for relative or overlong paths, for a missing bucket and for types that cannot be read.
    """
    type_ = _known("type", type or "file")
    if bucket and type_ not in IN_BUCKETS:
        raise InvalidError(f"bucket: storage of type {type_} has none, give a type: {', '.join(IN_BUCKETS)}")
    authority = {"s3": bucket, "gs": bucket, "abfss": f"{container or ''}@{host or ''}"}.get(type_, host) or ""
    if userinfo and type_ == "sftp":
        authority = f"{userinfo}@{authority}"
    return _address(settings, type_, path, authority)


def address_of_output(settings: Settings, path: str) -> str:
    """The address of an output: that of a store, or the path itself. Raises InvalidError for storage not supported."""
    if "://" not in path or path.startswith("file://"):
        return path
    return address_of_uri(settings, path).uri


def real_path(settings: Settings, path: str) -> str:
    """Where an absolute path lies on this machine: `/trifacta/…` is below the data folder."""
    if path == BASE or path.startswith(f"{BASE}/"):
        return f"{settings.data}{path}"
    return path


def local_file(uri: str) -> Path | None:
    """The file of a `file://` URI; None for other schemes."""
    return Path(uri.removeprefix("file://")) if uri.startswith("file://") else None


def _address(settings: Settings, type_: str, path: str, authority: str) -> Address:
    if type_ == "hdfs" and not authority.rpartition("@")[2]:
        # HDFS that names no host is the platform's own storage, and that is ours
        type_ = "file"
    field = "path" if type_ == "file" else "uri"
    if not path.startswith("/") or len(path) > MAX_LENGTH:
        raise InvalidError(f"{field}: expected an absolute path of at most {MAX_LENGTH} characters, got {quoted(path)}")
    if type_ == "file":
        clean = posixpath.normpath("/" + path.lstrip("/"))
        return Address(f"file://{real_path(settings, clean)}", "file", clean)
    uri = f"{type_}://{authority}{path}"
    if type_ in IN_BUCKETS:
        if not authority:
            raise InvalidError(f"bucket: missing, {type_} needs one")
        return Address(uri, type_, path, bucket=authority)
    if type_ == "abfss":
        container, _, host = authority.partition("@")
        if not container or not host:
            raise InvalidError(f"uri: expected abfss://container@account.dfs.core.windows.net/…, got {quoted(uri)}")
        return Address(uri, type_, path, container=container, host=host)
    userinfo, _, host = authority.rpartition("@")
    if not host:
        raise InvalidError(f"host: missing, {type_} needs one")
    return Address(uri, type_, path, host=host, userinfo=userinfo or None)


def _known(field: str, type: str) -> str:
    found = TYPES.get(type.lower())
    if found is None:
        readable = ", ".join(dict.fromkeys(TYPES.values()))
        raise InvalidError(f"{field}: not supported: storage of type {quoted(type)}; this server reads: {readable}")
    return found

"""Addresses of data: full URIs, and paths of base storage (api 3.5)."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path

from gristmill.model.errors import InvalidError
from gristmill.problems import quoted
from gristmill.settings import Settings

MAX_LENGTH = 2048
BASE = "/trifacta"
TYPES = ("file",)


@dataclass(frozen=True, slots=True)
class Address:
    """Where data lies: `uri` is complete, `path` is what people see."""

    uri: str
    type: str
    path: str


def address_of_uri(settings: Settings, uri: str) -> Address:
    """The address written as a URI; nothing in it is percent-decoded.

    Raises InvalidError for schemes that this server cannot read.
    """
    scheme, separator, rest = uri.partition(":")
    if not separator or not scheme.isalnum():
        raise InvalidError(f"uri: expected a complete URI such as file:///data/in.csv, got {quoted(uri)}")
    _check_type("uri", scheme)
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if host not in ("", "localhost"):
            raise InvalidError(f"uri: a file URI names no host, got {quoted(host)}; write three slashes before a path")
        rest = slash + path
    return address_of_path(settings, rest, "file")


def address_of_path(settings: Settings, path: str, type: str | None) -> Address:
    """The address written as an absolute path; `/trifacta/…` lies in base storage.

    Raises InvalidError for relative or overlong paths and for types that this server cannot read.
    """
    _check_type("type", type or "file")
    if not path.startswith("/") or len(path) > MAX_LENGTH:
        raise InvalidError(f"path: expected an absolute path of at most {MAX_LENGTH} characters, got {quoted(path)}")
    clean = posixpath.normpath("/" + path.lstrip("/"))
    return Address(f"file://{real_path(settings, clean)}", "file", clean)


def real_path(settings: Settings, path: str) -> str:
    """Where an absolute path lies on this machine: `/trifacta/…` is below the data folder."""
    if path == BASE or path.startswith(f"{BASE}/"):
        return f"{settings.data}{path}"
    return path


def local_file(uri: str) -> Path | None:
    """The file of a `file://` URI; None for other schemes."""
    return Path(uri.removeprefix("file://")) if uri.startswith("file://") else None


def _check_type(field: str, type: str) -> None:
    if type.lower() not in TYPES:
        readable = ", ".join(TYPES)
        raise InvalidError(f"{field}: not supported: storage of type {quoted(type)}; this server reads: {readable}")

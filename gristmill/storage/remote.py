"""Files on other machines: object stores, HDFS, SFTP. What a store can do, and how to get one for an address."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from gristmill.problems import RunError, quoted, run_error
from gristmill.settings import Settings

SCHEMES = ("s3", "gs", "abfss", "hdfs", "sftp")
OBJECTS = ("s3", "gs", "abfss")
PIECE = 4 << 20
# after a transient fault, in seconds (platform 2.8)
WAITS = (2.0, 10.0, 30.0)
_ADDRESS = re.compile(r"([a-z0-9]+)://([^/]*)/?(.*)", re.DOTALL)

Result = TypeVar("Result")
GoOn = Callable[[float], None]
"""Waits so many seconds, and raises when the job was stopped meanwhile."""


class TransientError(RunError):
    """A fault that may be gone when the same is tried again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a store. `version` changes with its content where the store tells."""

    path: str
    size: int
    version: str | None = None


class Store(Protocol):
    """The files of a bucket or machine, by paths without the first slash.

    Every method raises TransientError for what may pass, and RunError for anything else that goes wrong.
    """

    def stat(self, path: str) -> Entry | None:
        """The file at a path; None where there is none."""

    def below(self, folder: str, depth: int | None) -> Iterator[str]:
        """The names of files up to `depth` levels below a folder, all of them for None, relative to it."""

    def read(self, path: str, start: int, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` on, in pieces."""

    def write(self, path: str, pieces: Iterator[bytes]) -> None:
        """Make or replace a file; whole, or not at all."""

    def delete(self, path: str) -> None:
        """Remove a file."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A file on a store."""

    uri: str
    store: Store
    path: str

    @property
    def shown(self) -> str:
        """The path without the scheme, as `$filepath` tells it (language 3.5)."""
        return "/" + self.uri.partition("://")[2]


def is_remote(uri: str) -> bool:
    """Whether an address lies on another machine."""
    return uri.partition("://")[0] in SCHEMES


def open_remote(settings: Settings, uri: str) -> Remote:
    """The file or folder at an address.

    Raises RunError for buckets that are not permitted and for stores that need a library that is not installed.
    """
    scheme, authority, path = split(uri)
    if scheme in OBJECTS:
        from gristmill.storage.object_stores import open_store

        _refuse_bucket(settings, uri, authority)
        return Remote(uri, open_store(settings, scheme, authority), path)
    from gristmill.storage.file_servers import open_server

    return Remote(uri, open_server(settings, scheme, authority), path)


def split(uri: str) -> tuple[str, str, str]:
    """Scheme, bucket or host, and the path without its first slash. Raises RunError for other addresses."""
    found = _ADDRESS.fullmatch(uri)
    if found is None or found[1] not in SCHEMES or not found[2]:
        raise run_error(f"not supported: {quoted(uri)} is no address of a store")
    return found[1], found[2], found[3]


def tried(work: Callable[[], Result], go_on: GoOn, log: Callable[[str], None] = lambda _: None) -> Result:
    """What the work gives; a transient fault is met by trying again, three times at most."""
    for wait in WAITS:
        try:
            return work()
        except TransientError as error:
            log(f"{error}; trying again in {wait:g} seconds")
            go_on(wait * random.uniform(0.9, 1.1))
    return work()


def _refuse_bucket(settings: Settings, uri: str, bucket: str) -> None:
    if settings.storage_buckets and bucket not in settings.storage_buckets:
        raise run_error(f"not permitted: {quoted(uri)} lies in a bucket that storage.buckets does not name")

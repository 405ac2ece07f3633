"""The bytes of a result: a file as it was written, or the parts of a directory put together (api 3.12)."""

from __future__ import annotations

import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gristmill.model.addresses import local_file
from gristmill.model.errors import MissingError
from gristmill.model.job_tables import Job, ScriptResult
from gristmill.problems import ProblemError
from gristmill.settings import Settings
from gristmill.storage.fetching import fetch, local_name
from gristmill.storage.remote import Remote, is_remote, open_remote

CHUNK = 1 << 20
_TYPES = {"csv": "text/csv", "json": "application/json"}
_OTHER = "application/octet-stream"
_SPOOL = 16 << 20


@dataclass(frozen=True, slots=True)
class Download:
    """What a client gets: `size` is None where it is known only at the end."""

    name: str
    media_type: str
    size: int | None
    chunks: Iterator[bytes]


def download(settings: Settings, result: ScriptResult, job: Job | None) -> Download:
    """The content of a result; `job` is the one that wrote it. Raises MissingError when the file is gone.

    Files of a store are read from there.

    The parts of a directory come as one text (CSV with one header), other formats as a ZIP.
    """
    media_type = _TYPES.get(result.format, _OTHER) if result.compression == "none" else _OTHER
    if result.parts is None and is_remote(result.uri):
        remote, size = _on_store(settings, result.uri)
        return Download(result.name, media_type, size, remote.store.read(remote.path, 0) if size else iter(()))
    if result.parts is None:
        file = _existing(result.uri)
        return Download(result.name, media_type, file.stat().st_size, _read(file))
    folder = tempfile.TemporaryDirectory(prefix="download-")
    files = [_near(settings, uri, Path(folder.name) / str(number)) for number, uri in enumerate(result.parts or ())]
    if result.format in _TYPES and result.compression == "none":
        has_header = bool(job is not None and (job.write_setting or {}).get("header"))
        drop = _header_length(files[0]) if result.format == "csv" and has_header and files else 0
        return Download(result.name, media_type, None, _then(_join(files, drop), folder.cleanup))
    archive = _zip(files)
    folder.cleanup()
    return Download(f"{result.name}.zip", "application/zip", None, _drain(archive))


def _existing(uri: str) -> Path:
    file = local_file(uri)
    if file is None or not file.is_file():
        raise MissingError(f"the file {uri} is not there any more")
    return file


def _on_store(settings: Settings, uri: str) -> tuple[Remote, int]:
    try:
        remote = open_remote(settings, uri)
        entry = remote.store.stat(remote.path)
    except ProblemError as error:
        raise MissingError(str(error)) from None
    if entry is None:
        raise MissingError(f"the file {uri} is not there any more")
    return remote, entry.size


def _near(settings: Settings, uri: str, folder: Path) -> Path:
    """The file itself, or a copy of one that lies on a store."""
    if not is_remote(uri):
        return _existing(uri)
    remote, _ = _on_store(settings, uri)
    folder.mkdir()
    target = folder / local_name(remote.path)
    fetch(remote, target, time.sleep, lambda _: None)
    return target


def _then(chunks: Iterator[bytes], close: Callable[[], None]) -> Iterator[bytes]:
    try:
        yield from chunks
    finally:
        close()


def _read(file: Path, start: int = 0) -> Iterator[bytes]:
    with file.open("rb") as stream:
        stream.seek(start)
        while chunk := stream.read(CHUNK):
            yield chunk


def _join(files: list[Path], drop: int) -> Iterator[bytes]:
    for number, file in enumerate(files):
        yield from _read(file, drop if number else 0)


def _header_length(file: Path) -> int:
    """Bytes of the first CSV record with its line end; a line end inside quotes does not count."""
    length, quoted = 0, False
    with file.open("rb") as stream:
        for line in stream:
            length += len(line)
            quoted ^= line.count(b'"') % 2 == 1
            if not quoted:
                break
    return length


def _zip(files: list[Path]) -> IO[bytes]:
    spool: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_SPOOL)  # noqa: SIM115 - `_drain` closes it
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            archive.write(file, file.name)
    spool.seek(0, os.SEEK_SET)
    return spool


def _drain(stream: IO[bytes]) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(CHUNK):
            yield chunk

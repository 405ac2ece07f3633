"""A plain text file becomes what is published: compressed, or in parts, or both (platform 4.1, 4.3)."""

from __future__ import annotations

import bz2
import mmap
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import IO

from gristmill.engines.duckdb.sinks.written import Written
from gristmill.problems import quoted, run_error
from gristmill.recipe.job import Sink

EXTENSIONS = {"none": "", "gzip": ".gz", "bzip2": ".bz2", "snappy": ".snappy"}
PIECE = 4 << 20
GZIP_LEVEL = 6

Bytes = mmap.mmap | bytes


def compression_of(sink: Sink) -> str:
    """The compression of a text file. Raises RunError for one that is not offered."""
    compression = str(sink.options.get("compression") or "none")
    if compression not in EXTENSIONS:
        raise run_error(f"not supported: compression {quoted(compression)} ({', '.join(EXTENSIONS)})")
    return compression


def pack(path: Path, compression: str) -> None:
    """Compress a file in its place."""
    packed = path.with_name(f"{path.name}.packed")
    try:
        with path.open("rb") as file, _mapped(file) as data:
            _write(packed, compression, [(0, len(data))], data)
        packed.replace(path)
    finally:
        packed.unlink(missing_ok=True)


def split(plain: Path, paths: Iterator[Path], compression: str, written: Written, part_bytes: int) -> None:
    """A file becomes one or more parts of about that size, cut between records; all begin with the header."""
    with plain.open("rb") as file, _mapped(file) as data:
        ends = list(_ends(data, written, part_bytes))
        head = _record_end(data, 0, written.quotes) if written.header else 0
        first = next(paths) if compression != "none" else None
        if first is not None:
            _write(first, compression, [(0, ends[0])], data)
        for start, end in pairwise(ends):
            _write(next(paths), compression, [(0, head), (start, end)], data)
        size = len(data)
    if compression != "none":
        plain.unlink()
    elif ends[0] < size:
        os.truncate(plain, ends[0])


def _ends(data: Bytes, written: Written, part_bytes: int) -> Iterator[int]:
    """Where the parts end; at least one, also of an empty file."""
    at = 0
    while at + part_bytes < len(data):
        at = _record_end(data, at, written.quotes, part_bytes)
        yield at
    if at < len(data) or not at:
        yield len(data)


def _record_end(data: Bytes, at: int, quotes: bool, least: int = 1) -> int:
    """The end of the first record that ends at least so far behind `at`, which is the beginning of one."""
    is_open = quotes and _count_quotes(data, at, at + least - 1) % 2 == 1
    place = at + least - 1
    while True:
        end = data.find(b"\n", place)
        if end < 0:
            return len(data)
        is_open ^= quotes and data[place:end].count(b'"') % 2 == 1
        if not is_open:
            return end + 1
        place = end + 1


def _count_quotes(data: Bytes, start: int, end: int) -> int:
    return sum(data[at : min(at + PIECE, end)].count(b'"') for at in range(start, end, PIECE))


def _write(path: Path, compression: str, ranges: list[tuple[int, int]], data: Bytes) -> None:
    with path.open("wb") as file:
        pack_piece, finish = _PACKERS[compression]()
        for start, end in ranges:
            for at in range(start, end, PIECE):
                file.write(pack_piece(data[at : min(at + PIECE, end)]))
        file.write(finish())


Packer = tuple[Callable[[bytes], bytes], Callable[[], bytes]]


def _plain() -> Packer:
    return lambda piece: piece, lambda: b""


def _gzip() -> Packer:
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress, packer.flush


def _bzip2() -> Packer:
    packer = bz2.BZ2Compressor()
    return packer.compress, packer.flush


def _snappy() -> Packer:
    """Framed: a stream name, then chunks with checksums; streams may follow each other."""
    import cramjam

    begun = False

    def pack_piece(piece: bytes) -> bytes:
        nonlocal begun
        begun = True
        return bytes(cramjam.snappy.compress(piece))

    return pack_piece, lambda: b"" if begun else b"\xff\x06\x00\x00sNaPpY"


_PACKERS: dict[str, Callable[[], Packer]] = {"none": _plain, "gzip": _gzip, "bzip2": _bzip2, "snappy": _snappy}


@contextmanager
def _mapped(file: IO[bytes]) -> Iterator[Bytes]:
    """The bytes of an open file without reading it into memory."""
    if not file.seek(0, 2):
        yield b""
        return
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data

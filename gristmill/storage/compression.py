"""Compressed files are read as streams, and never expand without bounds (platform 3.2)."""

from __future__ import annotations

import bz2
import gzip
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import IOBase
from pathlib import PurePath
from typing import IO, cast

from gristmill.problems import RunError, run_error

MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xff\x06\x00\x00": "snappy",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
}
# These show no magic bytes of their own, or share them with plain texts: the name tells.
BY_SUFFIX = {".snappy": "hadoop-snappy", ".deflate": "deflate"}
SUFFIXES = (".gz", ".bz2", ".snappy", ".zst", ".zip", ".deflate")

PIECE = 1 << 20
MOST_EXPANSION = 200
"""How many times its size a file may expand to; texts reach 10 to 50 times."""
UNSUSPICIOUS = 64 << 20
"""Bytes to which every file may expand, however small it is."""
MOST_BYTES = 200 << 30

_SNAPPY_STREAM = b"\xff\x06\x00\x00sNaPpY"
_SNAPPY_LARGEST = 1 << 26


def compression_of(head: bytes, name: str = "") -> str | None:
    """The compression that a file's first bytes tell, for some kinds its name."""
    by_magic = next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), None)
    return by_magic or BY_SUFFIX.get(PurePath(name).suffix.lower())


def without_compression(name: str) -> str:
    """The file name in lower case, without the suffix of a compression: `A.CSV.gz` → `a.csv`."""
    name = name.lower()
    return next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)


class Unpacked:
    """The bytes inside of a compressed file, read piece by piece.

    Raises RunError for broken files, and as soon as the bytes are more than any data of that size can be.
    """

    def __init__(self, file: IO[bytes], kind: str, path: object) -> None:
        self._path = path
        self._pieces = _READERS[kind](file)
        self._size = os.fstat(file.fileno()).st_size
        self._given = 0
        self._held = bytearray()

    def read(self, size: int = -1) -> bytes:
        """The next bytes: `size` of them unless the end comes first, all that are left for -1."""
        while size < 0 or len(self._held) < size:
            piece = self._next()
            if not piece:
                break
            self._count(len(piece))
            self._held += piece
        taken = bytes(self._held if size < 0 else self._held[:size])
        del self._held[: len(taken)]
        return taken

    def _next(self) -> bytes:
        try:
            return next(self._pieces, b"")
        except _faults() as error:
            raise self._refused(plain(error)) from None

    def _count(self, more: int) -> None:
        self._given += more
        if self._given > MOST_BYTES:
            raise self._refused(f"it expands to more than {MOST_BYTES >> 30} GB", "Unpack and split it first.")
        if self._given > UNSUSPICIOUS and self._given > MOST_EXPANSION * self._size:
            hint = "Unpack it first if it is what it should be."
            raise self._refused(f"it expands to more than {MOST_EXPANSION} times its size", hint)

    def _refused(self, reason: str, hint: str | None = None) -> RunError:
        return run_error(f"file cannot be read: {self._path}: {reason}", hint=hint)


def plain(error: Exception) -> str:
    """What a library says is wrong, in one lower-case line."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(said).lower().split("\n", 1)[0]


def _pieces(file: IO[bytes] | gzip.GzipFile | bz2.BZ2File) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def _gzip(file: IO[bytes]) -> Iterator[bytes]:
    return _pieces(gzip.GzipFile(fileobj=file))


def _bzip2(file: IO[bytes]) -> Iterator[bytes]:
    return _pieces(bz2.BZ2File(file))


def _zstd(file: IO[bytes]) -> Iterator[bytes]:
    import pyarrow as pa

    stream = pa.CompressedInputStream(pa.PythonFile(cast("IOBase", file), "r"), "zstd")
    while piece := stream.read(PIECE):
        yield piece


def _zip(file: IO[bytes]) -> Iterator[bytes]:
    with zipfile.ZipFile(file) as archive:
        members = [item for item in archive.infolist() if not item.is_dir() and not _is_clutter(item.filename)]
        if len(members) != 1:
            raise OSError(f"the zip file holds {len(members)} files, only one with a single file is read")
        if members[0].flag_bits & 1:
            raise OSError("the zip file is protected by a password")
        with archive.open(members[0]) as member:
            yield from _pieces(member)


def _is_clutter(name: str) -> bool:
    """What some systems put beside the file."""
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1] in (".DS_Store", "Thumbs.db")


def _deflate(file: IO[bytes]) -> Iterator[bytes]:
    """With the two bytes of zlib before it, as Hadoop writes it, or bare."""
    head = file.read(2)
    file.seek(0)
    has_frame = len(head) == 2 and head[0] & 0x0F == 8 and int.from_bytes(head, "big") % 31 == 0
    inflate = zlib.decompressobj(zlib.MAX_WBITS if has_frame else -zlib.MAX_WBITS)
    while piece := inflate.unconsumed_tail or file.read(PIECE):
        if got := inflate.decompress(piece, PIECE):
            yield got
    if rest := inflate.flush():
        yield rest
    if not inflate.eof:
        raise EOFError("compressed file ended before the end-of-stream marker was reached")


def _snappy(file: IO[bytes]) -> Iterator[bytes]:
    """The framing format: chunks of at most 64 KB, each with its checksum."""
    import cramjam

    while head := file.read(4):
        length = int.from_bytes(head[1:4], "little")
        body = file.read(length)
        if len(head) < 4 or len(body) < length:
            raise EOFError("the last chunk is cut off")
        # the codec wants a whole stream: name, chunk
        if head[0] in (0, 1) and (piece := bytes(cramjam.snappy.decompress(_SNAPPY_STREAM + head + body))):
            yield piece
        elif 2 <= head[0] < 0x80:
            raise OSError(f"chunk of unknown kind {head[0]}")


def _hadoop_snappy(file: IO[bytes]) -> Iterator[bytes]:
    """Blocks of raw chunks, sizes before them; a framed stream of that name is read as such."""
    import cramjam

    while head := file.read(4):
        left = int.from_bytes(head, "big")
        while left > 0:
            length = int.from_bytes(file.read(4), "big")
            chunk = file.read(length) if length < _SNAPPY_LARGEST else b""
            if not chunk or len(chunk) < length or cramjam.snappy.decompress_raw_len(chunk) > left:
                raise OSError("neither framed nor Hadoop snappy")
            piece = bytes(cramjam.snappy.decompress_raw(chunk))
            left -= len(piece)
            yield piece


_READERS: dict[str, Callable[[IO[bytes]], Iterator[bytes]]] = {
    "gzip": _gzip,
    "bzip2": _bzip2,
    "zstd": _zstd,
    "zip": _zip,
    "deflate": _deflate,
    "snappy": _snappy,
    "hadoop-snappy": _hadoop_snappy,
}


def _faults() -> tuple[type[Exception], ...]:
    """What the libraries raise for broken compressed files."""
    import cramjam

    return (OSError, EOFError, zlib.error, zipfile.BadZipFile, cramjam.DecompressionError, NotImplementedError)

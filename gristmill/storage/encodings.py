"""Bytes of text files: compression and encoding (transforms 8.2, platform 3.2)."""

from __future__ import annotations

import bz2
import codecs
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from gristmill.problems import quoted, run_error

Bytes = IO[bytes] | gzip.GzipFile | bz2.BZ2File
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2"}


def compression_of(head: bytes) -> str | None:
    """The compression that a file's first bytes tell."""
    return next((name for magic, name in MAGIC.items() if head.startswith(magic)), None)


@contextmanager
def opened(path: Path) -> Iterator[Bytes]:
    """The file's bytes, uncompressed. Raises RunError where it cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
            file.seek(0)
            compression = compression_of(head)
            if compression == "gzip":
                yield gzip.GzipFile(fileobj=file)
            elif compression == "bzip2":
                yield bz2.BZ2File(file)
            else:
                yield file
    except FileNotFoundError:
        raise run_error(f"file not found: {path}") from None
    except PermissionError:
        raise run_error(f"file cannot be read: {path}: no permission") from None
    except IsADirectoryError:
        raise run_error(f"file cannot be read: {path} is a folder") from None
    except (gzip.BadGzipFile, EOFError, OSError) as error:
        raise run_error(f"file cannot be read: {path}: {_plain(error)}") from None


def _plain(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()


def encoding_of(head: bytes, wished: str) -> tuple[str, int]:
    """The encoding of a text and the length of its byte-order mark, which goes before the user's wish."""
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return encoding, len(mark)
    try:
        return codecs.lookup(wished).name, 0
    except LookupError:
        raise run_error(f"invalid value {quoted(wished)} for encoding: no such encoding is known") from None


def texts(file: Bytes, wished: str, size: int) -> Iterator[tuple[str, int]]:
    """The text in pieces, each with how many undecodable bytes became U+FFFD."""
    head = file.read(size)
    encoding, mark = encoding_of(head, wished)
    counter = _Counter()
    codecs.register_error(counter.name, counter)
    decoder = codecs.getincrementaldecoder(encoding)(counter.name)
    piece = head[mark:]
    while True:
        counter.bad = 0
        text = decoder.decode(piece, not piece)
        yield text, counter.bad
        if not piece:
            return
        piece = file.read(size)


class _Counter:
    """An error handler that replaces and counts."""

    def __init__(self) -> None:
        self.bad = 0
        self.name = f"gristmill-{id(self)}"

    def __call__(self, error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        self.bad += error.end - error.start
        return "\ufffd", error.end

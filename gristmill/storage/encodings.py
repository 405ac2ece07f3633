"""Bytes of text files: compression and encoding (transforms 8.2, platform 3.2)."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from gristmill.problems import quoted, run_error
from gristmill.storage.compression import Unpacked, compression_of, plain

Bytes = IO[bytes] | Unpacked
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@contextmanager
def opened(path: Path) -> Iterator[Bytes]:
    """The file's bytes, uncompressed. Raises RunError where it cannot be read."""
    with _file(path) as file:
        head = file.read(4)
        file.seek(0)
        compression = compression_of(head, path.name)
        yield file if compression is None else Unpacked(file, compression, path)


def _file(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise run_error(f"file not found: {path}") from None
    except PermissionError:
        raise run_error(f"file cannot be read: {path}: no permission") from None
    except IsADirectoryError:
        raise run_error(f"file cannot be read: {path} is a folder") from None
    except OSError as error:
        raise run_error(f"file cannot be read: {path}: {plain(error)}") from None


def encoding_of(head: bytes, wished: str) -> tuple[str, int]:
    """The encoding of a text and the length of its byte-order mark, which goes before the user's wish."""
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return encoding, len(mark)
    try:
        found = codecs.lookup(wished)
        # `base64` and the like are codecs too, but no encodings of text
        if getattr(found, "_is_text_encoding", True) and found.incrementaldecoder is not None:
            return found.name, 0
    except LookupError:
        pass
    raise run_error(f"invalid value {quoted(wished)} for encoding: no such encoding is known")


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

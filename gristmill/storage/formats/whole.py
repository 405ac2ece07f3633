"""Files without structure: the whole text of each is one cell, `column1` (transforms 8.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gristmill.problems import run_error
from gristmill.storage.detected import Detected
from gristmill.storage.encodings import opened, texts
from gristmill.storage.reading import Reading
from gristmill.storage.structure import Infer
from gristmill.types.logical import STRING

COLUMN = "column1"
LONGEST = 1 << 30  # characters; the cell is held in memory
PIECE = 1 << 20


def look(reading: Reading, files: Sequence[Path], infer: Infer) -> Detected:
    """The one column that every text has before a recipe breaks it up."""
    return Detected(reading, (COLUMN,), (STRING,))


def rows(path: Path, reading: Reading, notes: list[str]) -> Iterator[list[str]]:
    """The text of a file; `notes` hears of bytes that are no text. Raises RunError for too long ones."""
    pieces: list[str] = []
    length = bad = 0
    with opened(path) as file:
        for piece, undecodable in texts(file, reading.encoding, PIECE):
            pieces.append(piece)
            length += len(piece)
            bad += undecodable
            if length > LONGEST:
                raise run_error(
                    f"not supported: {path.name} is too long to be one cell",
                    hint="Let the dataset be structured when it is read: take the first steps out of the recipe.",
                )
    if bad:
        notes.append(f"{bad} bytes of {path.name} are no {reading.encoding} and became U+FFFD")
    yield ["".join(pieces)]

"""Any delimited text becomes clean UTF-8 CSV, once, without losing anything (transforms 8.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gristmill.storage.encodings import opened, texts
from gristmill.storage.reading import CsvStructure, Reading
from gristmill.storage.records import fields, records
from gristmill.storage.structure import cells

PIECE = 4 << 20
# Stands for null in clean files: no text of the world holds it.
NULL = "\x1eNULL\x1e"
CLEAN = CsvStructure(",", '"', "\n")


@dataclass(slots=True)
class Repairs:
    """What was not regular in a file, in records (bytes for `bad_bytes`)."""

    short_rows: int = 0
    long_rows: int = 0
    broken_quotes: int = 0
    blank_lines: int = 0
    bad_bytes: int = 0

    def sentence(self) -> str | None:
        """What was repaired, for the job's log; None where nothing was."""
        facts = {
            "rows with absent fields": self.short_rows,
            "rows with surplus fields, kept in the last column": self.long_rows,
            "rows with broken quotes": self.broken_quotes,
            "empty lines left out": self.blank_lines,
            "bytes that are no text, now U+FFFD": self.bad_bytes,
        }
        told = [f"{count} {what}" for what, count in facts.items() if count]
        return ", ".join(told) if told else None


def clean_copy(path: Path, reading: Reading, target: Path) -> Repairs:
    """Write the data rows of a file to `target`: UTF-8, commas, every text quoted, `NULL` for absent fields.

    A header row is left out. Raises RunError where the file cannot be read.
    """
    assert reading.csv is not None
    repairs = Repairs()
    with target.open("w", encoding="utf-8", newline="") as file:
        rows = _rows(path, reading, reading.csv, repairs)
        if reading.csv.header:
            next(rows, None)
        for row in rows:
            _write(file, row)
    return repairs


def _write(file: IO[str], row: list[str | None]) -> None:
    cells = (NULL if cell is None else '"' + cell.replace('"', '""') + '"' for cell in row)
    file.write(",".join(cells) + "\n")


def _rows(path: Path, reading: Reading, structure: CsvStructure, repairs: Repairs) -> Iterator[list[str | None]]:
    for record in _records(path, reading, structure, repairs):
        if not record:
            repairs.blank_lines += 1
            continue
        count = len(fields(record, structure))
        repairs.short_rows += count < structure.columns
        repairs.long_rows += count > structure.columns
        repairs.broken_quotes += _is_broken(record, structure)
        yield cells(record, structure)


def _is_broken(record: str, structure: CsvStructure) -> bool:
    """Whether a quoted field does not end with its quote."""
    quote = structure.quote
    if not quote or quote not in record:
        return False
    return any(
        field.startswith(quote) and (len(field) == 1 or not field.endswith(quote))
        for field in fields(record, structure)
    )


def _records(path: Path, reading: Reading, structure: CsvStructure, repairs: Repairs) -> Iterator[str]:
    """Records across the pieces in which the file is read."""
    with opened(path) as file:
        rest = ""
        for text, bad in texts(file, reading.encoding, PIECE):
            repairs.bad_bytes += bad
            final = not text
            held = rest + text
            # a line end may be cut in two
            cut = held.endswith("\r") and not final
            piece = held[:-1] if cut else held
            at = 0
            for record, after in records(piece, structure, final=final):
                yield record
                at = after
            rest = held[at:]

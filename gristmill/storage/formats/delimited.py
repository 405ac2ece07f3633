"""Delimited text: structure, header, names and types are found by looking (transforms 8.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gristmill.problems import quoted, run_error
from gristmill.storage.compression import without_compression
from gristmill.storage.detected import Detected, without_types
from gristmill.storage.encodings import opened, texts
from gristmill.storage.grammar import MARKS
from gristmill.storage.reading import CsvStructure, Reading
from gristmill.storage.structure import Infer, Row, column_names, find_structure, is_header, table

INSPECTED_CHARACTERS = 512 * 1024
TYPED_ROWS = 1000


def look(reading: Reading, files: Sequence[Path], infer: Infer) -> Detected:
    """Structure and columns by the first file. Raises RunError where it is empty or cannot be read."""
    text = beginning(files[0], reading.encoding)
    if not text:
        raise run_error(f"file is empty: {files[0]}")
    structure = _structure(text, files[0], reading)
    rows = table(text, structure, TYPED_ROWS + 1)
    structure = replace(structure, header=has_header(rows, reading, infer))
    structure = replace(structure, marked=_marked(rows[int(structure.header) :], structure))
    reading = replace(reading, csv=structure, layout={})
    return described(reading, rows, structure.columns, infer, header=structure.header)


def _marked(rows: Sequence[Row], structure: CsvStructure) -> tuple[int, ...]:
    """The places of columns with cells that CSV has in quotes."""
    marks = [*MARKS, *([structure.delimiter] if structure.delimiter else [])]
    is_marked = re.compile("|".join(map(re.escape, marks))).search
    return tuple(at for at in range(structure.columns) if any(is_marked(row[at] or "") for row in rows))


def described(reading: Reading, rows: Sequence[Row], columns: int, infer: Infer, *, header: bool) -> Detected:
    """Names and types of a table of texts."""
    first = rows[0] if header and rows else None
    data = rows[1 : TYPED_ROWS + 1] if first is not None else rows[:TYPED_ROWS]
    names = column_names(first, columns, sanitize=bool(reading.options.get("sanitizeColumnNames")))
    if reading.options.get("disableTypeInference"):
        return without_types(reading, names)
    types = tuple(infer([row[place] for row in data]) for place in range(len(names)))
    return Detected(reading, tuple(names), types)


def has_header(rows: Sequence[Row], reading: Reading, infer: Infer) -> bool:
    """The user's word, else a look at the rows."""
    if reading.options.get("header") is False:
        return False
    return bool(rows) if reading.options.get("ensureHeader") else is_header(rows, infer)


def beginning(path: Path, encoding: str) -> str:
    """The first lines of a text, whole ones only; empty for an empty file."""
    return first_lines(path, encoding)[0]


def first_lines(path: Path, encoding: str) -> tuple[str, bool]:
    """The same, and whether that is the whole text."""
    with opened(path) as file:
        text, _ = next(texts(file, encoding, INSPECTED_CHARACTERS))
        ended = not file.read(1)
    if not ended and (last := max(text.rfind("\n"), text.rfind("\r"))) > 0:
        return text[: last + 1], False  # the last line may be cut
    return text, ended


def _structure(text: str, path: Path, reading: Reading) -> CsvStructure:
    suffix = Path(without_compression(path.name)).suffix
    delimiter = reading.options.get("delimiter")
    if delimiter is not None and not isinstance(delimiter, str):
        raise run_error(f"invalid value {quoted(delimiter)} for delimiter: must be a text")
    if delimiter is None and suffix == ".xml":
        delimiter = ""  # lines, to be shaped by steps (platform 3.6)
    return find_structure(text, suffix, delimiter)

"""Looking at a dataset: its format, structure, names and types (transforms 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gristmill.problems import quoted, run_error
from gristmill.storage.encodings import opened, texts
from gristmill.storage.locations import files_at
from gristmill.storage.reading import CsvStructure, Reading
from gristmill.storage.structure import Infer, Row, column_names, find_structure, is_header, table
from gristmill.types.inference import infer_type
from gristmill.types.logical import STRING, LogicalType

INSPECTED_CHARACTERS = 512 * 1024
TYPED_ROWS = 1000
SUFFIXES_OF_COMPRESSION = (".gz", ".bz2")
# Formats that are told by their suffix or first bytes and are not text (platform 3.1).
OTHER_FORMATS = {
    ".parquet": "parquet", ".pq": "parquet", ".avro": "avro", ".xlsx": "excel", ".xls": "excel", ".json": "json",
    ".jsonl": "json", ".ndjson": "json",
}  # fmt: skip
MAGIC = {b"PAR1": "parquet", b"Obj\x01": "avro", b"PK\x03\x04": "excel"}


@dataclass(frozen=True, slots=True)
class Detected:
    """What was found: how to read the dataset, and its columns with their types."""

    reading: Reading
    names: tuple[str, ...]
    types: tuple[LogicalType, ...]


def look(reading: Reading, infer: Infer = infer_type) -> Detected:
    """Look at a dataset's first file; all files are read by its structure.

    Raises RunError for files that are missing, cannot be read, or are of a format that is not read.
    """
    files = files_at(reading.files)
    first = files[0]
    format_ = reading.format or _format_of(first)
    if format_ != "csv":
        raise run_error(f"not supported: reading {format_} files ({first.name})")
    text = _beginning(first, reading.encoding)
    structure = _structure(text, first, reading)
    rows = table(text, structure, TYPED_ROWS + 1)
    structure = replace(structure, header=_has_header(rows, reading, infer))
    found = replace(reading, files=tuple(map(str, files)), format="csv", csv=structure)
    return _described(found, rows, infer)


def _described(reading: Reading, rows: Sequence[Row], infer: Infer) -> Detected:
    assert reading.csv is not None
    header = rows[0] if reading.csv.header and rows else None
    data = rows[1:] if header is not None else rows
    names = column_names(header, reading.csv.columns, sanitize=bool(reading.options.get("sanitizeColumnNames")))
    if reading.options.get("disableTypeInference"):
        return Detected(reading, tuple(names), (STRING,) * len(names))
    columns = [[row[place] for row in data[:TYPED_ROWS]] for place in range(len(names))]
    return Detected(reading, tuple(names), tuple(infer(column) for column in columns))


def _format_of(path: Path) -> str:
    """By suffix, else by the first bytes; everything else is delimited text."""
    name = path.name.lower()
    for suffix in SUFFIXES_OF_COMPRESSION:
        name = name.removesuffix(suffix)
    by_suffix = OTHER_FORMATS.get(Path(name).suffix)
    if by_suffix is not None:
        return by_suffix
    with opened(path) as file:
        head = file.read(4)
    return next((format_ for magic, format_ in MAGIC.items() if head.startswith(magic)), "csv")


def _beginning(path: Path, encoding: str) -> str:
    with opened(path) as file:
        text, _ = next(texts(file, encoding, INSPECTED_CHARACTERS))
        ended = not file.read(1)
    if not text:
        raise run_error(f"file is empty: {path}")
    if not ended and (last := max(text.rfind("\n"), text.rfind("\r"))) > 0:
        return text[: last + 1]  # the last line may be cut
    return text


def _structure(text: str, path: Path, reading: Reading) -> CsvStructure:
    name = path.name.lower()
    for suffix in SUFFIXES_OF_COMPRESSION:
        name = name.removesuffix(suffix)
    delimiter = reading.options.get("delimiter")
    if delimiter is not None and not isinstance(delimiter, str):
        raise run_error(f"invalid value {quoted(delimiter)} for delimiter: must be a text")
    return find_structure(text, Path(name).suffix, delimiter)


def _has_header(rows: Sequence[Row], reading: Reading, infer: Infer) -> bool:
    """The user's word, else a look at the rows."""
    if reading.options.get("header") is False:
        return False
    return bool(rows) if reading.options.get("ensureHeader") else is_header(rows, infer)

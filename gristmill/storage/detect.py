"""Looking at a dataset: its format, structure, names and types (transforms 8)."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from gristmill.problems import quoted, run_error
from gristmill.storage.compression import compression_of, without_compression
from gristmill.storage.detected import Detected
from gristmill.storage.encodings import opened
from gristmill.storage.formats.delimited import beginning
from gristmill.storage.locations import files_at
from gristmill.storage.reading import Reading
from gristmill.storage.structure import Infer
from gristmill.types.inference import infer_type

__all__ = ["Detected", "format_of", "look"]

MODULES = {"csv": "delimited", "json": "json", "parquet": "parquet", "avro": "avro", "excel": "excel",
           "whole": "whole"}  # fmt: skip
# What a name tells (platform 3.1); a name without one of these is looked into.
BY_SUFFIX = {
    **dict.fromkeys((".csv", ".tsv", ".txt", ".log", ".psv", ".tab", ".xml"), "csv"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "json"),
    **dict.fromkeys((".parquet", ".pq", ".pqt"), "parquet"),
    **dict.fromkeys((".xls", ".xlsx"), "excel"),
    ".avro": "avro",
}
# Files that begin so are never text, whatever their name says.
MAGIC = {b"PAR1": "parquet", b"Obj\x01": "avro", b"\xd0\xcf\x11\xe0": "excel"}
REFUSED = {".xlsm": "Excel workbooks with macros", ".xlsb": "binary Excel workbooks", ".pdf": "PDF",
           ".hyper": "Tableau extracts", ".orc": "ORC"}  # fmt: skip
REFUSED_MAGIC = {b"%PDF": "PDF", b"ORC": "ORC"}
BINARY = ("parquet", "avro", "excel")


def look(reading: Reading, infer: Infer = infer_type) -> Detected:
    """Look at a dataset's first file; all files are read by its structure.

    Raises RunError for files that are missing, cannot be read, or are of a format that is not read.
    """
    files = files_at(reading.files)
    format_ = reading.format or format_of(files[0], reading.encoding)
    module = MODULES.get(format_)
    if module is None:
        raise run_error(f"not supported: reading {format_} files ({files[0].name})")
    found = replace(reading, files=tuple(map(str, files)), format=format_)
    look_: Callable[[Reading, Sequence[Path], Infer], Detected]
    look_ = import_module(f"gristmill.storage.formats.{module}").look
    return look_(found, files, infer)


def format_of(path: Path, encoding: str = "utf-8") -> str:
    """By the first bytes, else by suffix, else by content; everything else is delimited text.

    Raises RunError for files that cannot be read, formats that are not, and files that are not what they are called.
    """
    suffix = Path(without_compression(path.name)).suffix
    with opened(path) as file:
        head = b"" if _is_workbook(path) else file.read(4)
    told = next((what for magic, what in REFUSED_MAGIC.items() if head.startswith(magic)), None) or REFUSED.get(suffix)
    if told is not None:
        raise run_error(f"not supported: reading {told} ({path.name})")
    found = "excel" if _is_workbook(path) else _by_magic(head)
    called = BY_SUFFIX.get(suffix)
    if found is None and called in BINARY and head:
        raise run_error(f"file cannot be read: {path}: it is no {called.capitalize()} file", hint=_hint(head))
    found = found or called or _by_content(path, encoding)
    if found in BINARY:
        _refuse_compressed(path, found)
    return found


def _by_magic(head: bytes) -> str | None:
    return next((format_ for magic, format_ in MAGIC.items() if head.startswith(magic)), None)


def _hint(head: bytes) -> str | None:
    return "It looks like text." if all(byte >= 32 or byte in b"\t\r\n" for byte in head) else None


def _is_workbook(path: Path) -> bool:
    """Whether a zip file holds an Excel workbook. Raises RunError for binary workbooks."""
    try:
        with path.open("rb") as file:
            if compression_of(file.read(4)) != "zip":
                return False
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False
    if "xl/workbook.bin" in names:
        raise run_error(f"not supported: reading {REFUSED['.xlsb']} ({path.name})")
    return "xl/workbook.xml" in names


def _refuse_compressed(path: Path, format_: str) -> None:
    """Formats with compression inside are not read out of another one (platform 3.2)."""
    with path.open("rb") as file:
        kind = compression_of(file.read(4), path.name)
    if kind is not None and not _is_workbook(path):
        raise run_error(f"not supported: {quoted(path.name)} is {format_} inside of {kind}", hint="Unpack it first.")


def _by_content(path: Path, encoding: str) -> str:
    from gristmill.storage.formats.json_values import looks_like_objects

    return "json" if looks_like_objects(beginning(path, encoding)[:4096]) else "csv"

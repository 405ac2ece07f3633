"""Which files DuckDB's own strict reader reads exactly by our rules; all others go through the lenient one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gristmill.storage.compression import compression_of
from gristmill.storage.encodings import BOMS
from gristmill.storage.lenient import NULL
from gristmill.storage.reading import CsvStructure, Reading

PIECE = 16 << 20


def reads_strictly(path: Path, reading: Reading) -> bool:
    """Whether the strict reader may try: it fails on what is irregular, but some bytes it would read otherwise."""
    structure = reading.csv
    if structure is None or reading.encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
        return False
    if len(structure.delimiter) != 1 or structure.row_delimiter == "\r" or structure.columns < 2:
        return False
    with path.open("rb") as file:
        head = file.read(4)
        marked = any(head.startswith(mark) for mark, name in BOMS if name != "utf-8")
        if compression_of(head, path.name) is not None or marked:
            return False
        file.seek(0)
        return _bytes_are_plain(file, structure)


def _bytes_are_plain(file: Any, structure: CsvStructure) -> bool:
    """No NUL, no backslash before a quote, no empty line, and a CR only as part of every line end."""
    previous = b""
    pairs = structure.row_delimiter == "\r\n"
    end = b"\r\n\r\n" if pairs else b"\n\n"
    while piece := file.read(PIECE):
        window = previous[-3:] + piece
        if b"\0" in window or end in window or (structure.quote and b'\\"' in window):
            return False
        returns = window.count(b"\r")
        if returns and (not pairs or returns - window.endswith(b"\r") != window.count(b"\r\n")):
            return False
        if pairs and window.count(b"\n") != window.count(b"\r\n"):
            return False
        previous = piece
    return True


def csv_options(structure: CsvStructure) -> dict[str, Any]:
    """The parameters of DuckDB's read_csv: strict, nothing guessed, every column a text."""
    return {
        "auto_detect": False,
        "columns": {f"f{place}": "VARCHAR" for place in range(structure.columns)},
        "delim": structure.delimiter,
        "quote": structure.quote,
        "escape": structure.quote,
        "header": structure.header,
        "nullstr": NULL,
        "allow_quoted_nulls": False,
        "strict_mode": True,
        "null_padding": False,
    }


def clean_options(structure: CsvStructure) -> dict[str, Any]:
    """The same for a clean copy."""
    return csv_options(CsvStructure(",", '"', "\n", structure.columns))

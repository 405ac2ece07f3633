"""JSON: a row for each line or element, a column for each key (transforms 8.3, platform 3.4).

`layout` keeps `kind` (see `json_values`) and `keys`, None where the values are no objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from gristmill.problems import run_error
from gristmill.storage.column_names import legal_names
from gristmill.storage.detected import Detected, without_types
from gristmill.storage.encodings import opened, texts
from gristmill.storage.formats.delimited import TYPED_ROWS, first_lines
from gristmill.storage.formats.json_values import LINES, Elements, NotJsonError, cell, layout_of, parse
from gristmill.storage.reading import Reading
from gristmill.storage.structure import Infer, Row

INSPECTED_OBJECTS = 10_000
MOST_BAD_PERCENT = 1
PIECE = 1 << 20
MOST_KEYS_TOLD = 5
MOST_LATE_KEYS = 1000


@dataclass(slots=True)
class Faults:
    """What could not be read of a file: its bad lines, and keys that nobody had seen at the beginning."""

    lines: int = 0
    bad_lines: int = 0
    bad_bytes: int = 0
    other_values: int = 0
    first_reason: str = ""
    late_keys: dict[str, None] = field(default_factory=dict)

    def sentences(self) -> list[str]:
        """What to tell in the job's log."""
        told = []
        if self.bad_lines:
            told.append(f"{self.bad_lines} of {self.lines} lines are no JSON and left out ({self.first_reason})")
        if self.bad_bytes:
            told.append(f"{self.bad_bytes} bytes that are no text, now U+FFFD")
        if self.other_values:
            told.append(f"{self.other_values} values among the objects are none, their rows are null")
        if self.late_keys:
            names = ", ".join(islice(self.late_keys, MOST_KEYS_TOLD))
            more = f" and {len(self.late_keys) - MOST_KEYS_TOLD} more" if len(self.late_keys) > MOST_KEYS_TOLD else ""
            told.append(f"keys that first appear behind object {INSPECTED_OBJECTS} are left out: {names}{more}")
        return told


def look(reading: Reading, files: Sequence[Path], infer: Infer) -> Detected:
    """Keys and types by the first objects of the first file. Raises RunError for files that hold no JSON."""
    kind = _kind(files[0], reading)
    faults = Faults()
    found = list(islice(_values(files[0], reading, kind, faults), INSPECTED_OBJECTS))
    if not found:
        why = f" ({faults.first_reason})" if faults.first_reason else ""
        raise run_error(f"file holds no JSON values: {files[0]}{why}")
    keys = list(dict.fromkeys(key for value in found if isinstance(value, dict) for key in value)) or None
    reading = replace(reading, layout={"kind": kind, "keys": keys})
    names = legal_names(keys or ["column1"], sanitize=bool(reading.options.get("sanitizeColumnNames")))
    if reading.options.get("disableTypeInference"):
        return without_types(reading, names)
    rows = list(_rows(found[:TYPED_ROWS], keys, faults))
    types = tuple(infer([row[place] for row in rows]) for place in range(len(names)))
    return Detected(reading, tuple(names), types)


def rows(path: Path, reading: Reading, notes: list[str]) -> Iterator[Row]:
    """The rows of a file; what could not be read is told in `notes`.

    Raises RunError where more than `maxBadPercent` (1) of the lines are bad, or a document is no JSON.
    """
    faults = Faults()
    keys = reading.layout.get("keys")
    kind = reading.layout["kind"] if len(reading.files) == 1 else _kind(path, reading)
    yield from _rows(_values(path, reading, kind, faults), keys, faults)
    most = float(reading.options.get("maxBadPercent", MOST_BAD_PERCENT))
    notes += faults.sentences()
    if faults.bad_lines * 100 > most * faults.lines:
        raise run_error(
            f"file cannot be read: {path}: {faults.bad_lines} of {faults.lines} lines are no JSON "
            f"({faults.first_reason}), at most {most:g} % may be"
        )


def _kind(path: Path, reading: Reading) -> str:
    text, whole = first_lines(path, reading.encoding)
    return layout_of(text, whole=whole)


def _values(path: Path, reading: Reading, kind: str, faults: Faults) -> Iterator[Any]:
    with opened(path) as file:
        pieces = _pieces(texts(file, reading.encoding, PIECE), faults)
        if kind == LINES:
            yield from _lines(pieces, faults)
            return
        try:
            yield from Elements(pieces, kind)
        except NotJsonError as error:
            raise run_error(f"file cannot be read: {path}: it is no JSON: {error}") from None


def _pieces(source: Iterator[tuple[str, int]], faults: Faults) -> Iterator[str]:
    for text, bad in source:
        faults.bad_bytes += bad
        if text:
            # a bare \r never stands in a JSON string
            yield text.replace("\r", "\n")


def _lines(pieces: Iterator[str], faults: Faults) -> Iterator[Any]:
    for line in _split(pieces):
        text = line.strip(" \t\r")
        if not text:
            continue
        faults.lines += 1
        try:
            yield parse(text)
        except NotJsonError as error:
            faults.bad_lines += 1
            faults.first_reason = faults.first_reason or f"line {faults.lines}: {error}"


def _split(pieces: Iterator[str]) -> Iterator[str]:
    held: list[str] = []
    for piece in pieces:
        first, *others = piece.split("\n")
        held.append(first)
        if others:
            yield "".join(held)
            yield from others[:-1]
            held = [others[-1]]
    yield "".join(held)


def _rows(values: Iterable[Any], keys: list[str] | None, faults: Faults) -> Iterator[Row]:
    if keys is None:
        yield from ([cell(value)] for value in values)
        return
    known = frozenset(keys)
    for value in values:
        if not isinstance(value, dict):
            faults.other_values += 1  # there is no column for it
            yield [None] * len(keys)
            continue
        yield [cell(value.get(key)) for key in keys]
        if not value.keys() <= known and len(faults.late_keys) < MOST_LATE_KEYS:
            faults.late_keys.update(dict.fromkeys(value.keys() - known))

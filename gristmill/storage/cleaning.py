"""Irregular text becomes a regular copy, fast: regular stretches are copied, only the rest is taken apart.

Rows and cells are those of `records`, whatever way they take; a copy is proved regular before anybody reads it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from gristmill.storage.compression import compression_of
from gristmill.storage.encodings import encoding_of, opened, texts
from gristmill.storage.grammar import LONE_COLUMN
from gristmill.storage.proofs import proof_of
from gristmill.storage.reading import CsvStructure, Reading
from gristmill.storage.records import fields, records
from gristmill.storage.regular import BOM, Bytes, absent, behind_mark, mapped, may_be_regular, prove, regular_options
from gristmill.storage.regular import regular_stretches as stretches
from gristmill.storage.repairs import Repairs
from gristmill.storage.structure import cells

PIECE = 4 << 20
SMALLEST_WINDOW, WIDEST_WINDOW = 1 << 12, 1 << 22
MARK = "\ufeff"
_NEAR = 1 << 16
_NULLS = ("\\N", "~Z", "^X")


@dataclass(frozen=True, slots=True)
class Table:
    """A text file as DuckDB reads it: the path, the parameters of read_csv, and what had to be repaired.

    `absent` are characters that no cell of a column holds, by column.
    """

    path: Path
    options: dict[str, Any]
    repairs: Repairs
    absent: tuple[frozenset[str], ...]


def readable(path: Path, reading: Reading, target: Path, *, clean: bool = False) -> Table:
    """The file itself if it is regular, else a regular copy at `target`; always a copy if `clean`.

    A header row is passed over by the options or left out of the copy. Raises RunError for unreadable files.
    """
    structure = _structure(reading)
    text = path if _is_plain(path, reading) else decoded(path, reading, target.with_name(f"{target.name}.text"))
    repairs = Repairs() if isinstance(text, Path) else text[1]
    place = text if isinstance(text, Path) else text[0]
    proof = None if clean else proof_of(place, structure)
    if proof is not None:
        return Table(place, regular_options(structure, proof), repairs, absent(structure, proof))
    if place == path and not is_utf8(path):
        place, repairs = decoded(path, reading, target.with_name(f"{target.name}.text"))
    table = regular_copy(place, structure, target, repairs)
    if place != path:
        place.unlink()
    return table


def decoded(path: Path, reading: Reading, target: Path) -> tuple[Path, Repairs]:
    """An uncompressed UTF-8 copy; undecodable bytes are U+FFFD and counted."""
    repairs = Repairs()
    with opened(path) as file, target.open("wb") as copy:
        for text, bad in texts(file, reading.encoding, PIECE):
            repairs.bad_bytes += bad
            if not copy.tell() and text.startswith(MARK):
                copy.write(BOM)  # whoever reads the copy takes one mark away; this one belongs to the text
            # some codecs give halves of surrogate pairs, which no UTF-8 text holds
            copy.write(text.encode("utf-8", "replace"))
    return target, repairs


def regular_copy(path: Path, structure: CsvStructure, target: Path, repairs: Repairs) -> Table:
    """Write the data rows of a UTF-8 file to `target` as regular text, absent fields as the null text."""
    with mapped(path) as data, target.open("wb") as copy:
        cleaner = _Cleaner(data, structure, copy, repairs)
        cleaner.run()
    proof = prove(target, cleaner.clean, own=True)
    if proof is None:
        raise AssertionError(f"the copy of {path} is not regular")
    options = regular_options(cleaner.clean, proof) | {"nullstr": cleaner.null}
    return Table(target, options, repairs, absent(cleaner.clean, proof))


def _structure(reading: Reading) -> CsvStructure:
    assert reading.csv is not None
    return reading.csv


def _is_plain(path: Path, reading: Reading) -> bool:
    """Whether the bytes of the file are its text in UTF-8, if they are text at all."""
    with mapped(path) as data:
        head = bytes(data[:8])
    return compression_of(head, path.name) is None and encoding_of(head, reading.encoding)[0] == "utf-8"


def is_utf8(path: Path) -> bool:
    """Whether all bytes of a file are UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while piece := file.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            return False
    return True


class _Cleaner:
    """Goes through a text once, from stretch to stretch."""

    def __init__(self, data: Bytes, structure: CsvStructure, copy: IO[bytes], repairs: Repairs) -> None:
        self.data, self.structure, self.copy, self.repairs = data, structure, copy, repairs
        self.delimiter = structure.delimiter if len(structure.delimiter.encode()) == 1 else ","
        if structure.columns == 1:
            self.delimiter = LONE_COLUMN
        separator = "" if structure.columns == 1 else self.delimiter
        self.clean = CsvStructure(separator, '"', "\n", structure.columns, marked=structure.marked)
        self.null = _absent(data, self.delimiter)
        self._header = structure.header
        self._begun = False  # the first row is never copied as it is: it may begin with a byte-order mark
        # `records` wants a delimiter, also where there is none: one that occurs nowhere
        self._parsed = structure if structure.delimiter else replace(structure, delimiter=_absent(data, '"'))
        # a stretch is copied as it is only if it means the same in the copy
        self._copies = may_be_regular(structure) and structure.quote == '"'
        self._needs_quotes = re.compile(f'[{re.escape(self.delimiter)}"\r\n]|\\A{MARK}').search
        same = self.delimiter == (structure.delimiter or LONE_COLUMN)
        self._well_formed = _well_formed(structure, self.delimiter) if same else None
        self._field = re.compile(f'"[^"]*+(?:""[^"]*+)*+"|[^{re.escape(self.delimiter)}]++')

    def run(self) -> None:
        """Write the whole copy."""
        at = behind_mark(self.data)
        window = SMALLEST_WINDOW
        while at < len(self.data):
            before = at
            if self._copies and self._begun:
                at = self._copied(at)
            # dense trouble is taken apart in ever larger pieces, rare trouble in small ones
            window = SMALLEST_WINDOW if at - before > window else min(2 * window, WIDEST_WINDOW)
            if at < len(self.data):
                at = self._taken_apart(at, window)

    def _copied(self, at: int) -> int:
        for part in stretches(self.data, at, self.structure):
            piece = self.data[at : part.end]
            if self.structure.row_delimiter == "\r\n":
                if part.multiline:
                    return at
                piece = piece.replace(b"\r\n", b"\n")
            self.copy.write(piece)
            at = part.end
        return at

    def _taken_apart(self, at: int, window: int) -> int:
        """Write the records of about a window; more where no record ends in it."""
        while True:
            stop = min(at + window, len(self.data))
            text = self.data[at:stop].decode("utf-8", "ignore")  # a character may be cut at the end
            after = self._written(text, final=stop == len(self.data))
            if after:
                return at + len(text[:after].encode())
            window *= 4

    def _written(self, text: str, *, final: bool) -> int:
        """Write the whole records of a text; the position behind them."""
        at, rows = 0, []
        match = self._well_formed
        while at < len(text):
            found = match(text, at) if match is not None and self._begun else None
            if found is not None and (row := self._quick(found)) is not None:
                rows.append(row)
                at = found.end()
                continue
            odd = self._odd(text, at, final=final)
            if odd is None:
                break
            at = odd[1]
            rows.append(self._row(odd[0]))
        self.copy.write("".join(rows).encode())
        return at

    def _odd(self, text: str, at: int, *, final: bool) -> tuple[str, int] | None:
        """The record at a place and where the next one begins; None if its end is not in the text."""
        near = at + _NEAR < len(text)
        piece = text[at : at + _NEAR] if near else text[at:]
        found = next(records(piece, self._parsed, final=final and not near), None)
        # a line end at the end of a piece may be half of one
        if near and (found is None or found[1] == len(piece)):
            found = next(records(text[at:], self._parsed, final=final), None)
        return None if found is None else (found[0], at + found[1])

    def _quick(self, found: re.Match[str]) -> str | None:
        """A well-formed record as it stands, with nulls for absent fields; None where it needs more than that."""
        record = found[1]
        columns = self.structure.columns
        if not record:
            return self._blank()
        if columns == 1:
            return record + "\n"
        if '"' in record:
            surplus = self._field.sub("", record).count(self.delimiter) + 1 - columns
        else:
            surplus = record.count(self.delimiter) + 1 - columns
        if surplus == 0:
            return record + "\n"
        if surplus > 0:
            return None
        self.repairs.short_rows += 1
        return record + (self.delimiter + self.null) * -surplus + "\n"

    def _blank(self) -> str:
        """A row whose first cell is null, as in no other: readers count it and leave it out."""
        self.repairs.blank_lines += 1
        return self.delimiter.join([self.null] * self.structure.columns) + "\n"

    def _row(self, record: str) -> str:
        if not record:
            return self._blank()
        if self._header:
            self._header = False
            return ""
        self._begun = True
        raw = fields(record, self._parsed)
        self._count(raw)
        return self.delimiter.join(map(self._cell, cells(record, self._parsed))) + "\n"

    def _count(self, raw: list[str]) -> None:
        columns, quote = self.structure.columns, self.structure.quote
        self.repairs.short_rows += len(raw) < columns
        self.repairs.long_rows += len(raw) > columns
        if quote:
            self.repairs.broken_quotes += any(
                field.startswith(quote) and (len(field) == 1 or not field.endswith(quote)) for field in raw
            )

    def _cell(self, cell: str | None) -> str:
        if cell is None:
            return self.null
        if self._needs_quotes(cell) or cell == self.null or (not cell and self.structure.columns == 1):
            return '"' + cell.replace('"', '""') + '"'
        return cell


def _well_formed(structure: CsvStructure, delimiter: str) -> Callable[[str, int], re.Match[str] | None]:
    """Finds a record that may stand in the copy as it is, save for the number of its fields."""
    end = {"\n": r"\r?\n", "\r\n": r"\r\n", "\r": r"\r"}[structure.row_delimiter]
    mark = re.escape(delimiter)
    stops = mark + r"\r\n"
    if structure.quote:
        blanks = "".join(blank for blank in " \t" if blank != delimiter)
        plain = f'[{blanks}]*+(?:[^{stops}{blanks}"][^{stops}]*+)?' if blanks else f'(?:[^{stops}"][^{stops}]*+)?'
        field = rf'(?:"(?:[^"\\]|""|\\++[^"\\])*+"|{plain})'
    else:
        field = f'[^{stops}"]*+'
    more = f"(?:{mark}{field})*+" if structure.columns > 1 else ""
    return re.compile(f"({field}{more}){end}").match


def _absent(data: Bytes, delimiter: str) -> str:
    """A text for null that occurs nowhere in the data."""
    usable = [null for null in _NULLS if delimiter not in null]
    number = 0
    while True:
        for null in usable:
            text = f"{null}{number or ''}"
            if delimiter not in text and data.find(text.encode()) < 0:
                return text
        number += 1

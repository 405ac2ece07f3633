"""The structure of delimited text, found by looking at its beginning (transforms 8.2)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice

from gristmill.storage.column_names import legal_names
from gristmill.storage.reading import CsvStructure
from gristmill.storage.records import fields, records, unquoted
from gristmill.types.logical import STRING, LogicalType
from gristmill.types.validation import is_valid

INSPECTED_LINES = 200
CANDIDATES = (",", "\t", ";", "|")
RARE_CANDIDATES = (":", "^", "~", " ")
LEAST_SCORE = 0.8
MOST_LINE_ENDS = 0.9
HEADER_SHARE = 0.5
SAME_SHAPE = 0.9

Infer = Callable[[Sequence[str | None]], LogicalType]
Row = list[str | None]


def find_structure(text: str, suffix: str, delimiter: str | None = None) -> CsvStructure:
    """Row delimiter, column delimiter, quote and number of columns; the header is decided elsewhere.

    `suffix` is the file's, in lower case: some delimiters are only looked for outside of `.csv` and `.tsv`.
    """
    row = find_row_delimiter(text)
    found = _Best(text, row, suffix).delimiter() if delimiter is None else delimiter
    quote = _quote(text, row, found)
    structure = CsvStructure(found, quote, row, 1)
    counts = [len(fields(line, structure)) for line in _lines(text, structure)]
    return CsvStructure(found, quote, row, max(counts, default=1))


def find_row_delimiter(text: str) -> str:
    """What ends most lines outside of quotes."""
    outside = re.sub(r'"[^"]*"', "", text)
    pairs = outside.count("\r\n")
    feeds = outside.count("\n") - pairs
    returns = outside.count("\r") - pairs
    if pairs and pairs >= MOST_LINE_ENDS * (pairs + feeds + returns):
        return "\r\n"
    return "\n" if feeds or pairs or not returns else "\r"


def _lines(text: str, structure: CsvStructure) -> list[str]:
    """The first lines that are not empty."""
    return list(islice((record for record, _ in records(text, structure) if record.strip("\r")), INSPECTED_LINES))


def _quote(text: str, row: str, delimiter: str) -> str:
    """Double quotes, if some field begins and ends with one; in a table also where there is none yet.

    The first cell that needs quotes may come later than anybody looks.
    """
    if '"' not in text:
        return '"' if delimiter else ""
    structure = CsvStructure(delimiter, '"', row)
    marked = (line for line, _ in records(text, structure) if '"' in line)
    found = any(len(field) > 1 and field[0] == field[-1] == '"' for line in marked for field in fields(line, structure))
    return '"' if found else ""


class _Best:
    """Scores the candidate delimiters by how evenly they cut the lines."""

    def __init__(self, text: str, row: str, suffix: str) -> None:
        self.text, self.row, self.suffix = text, row, suffix

    def delimiter(self) -> str:
        """The best candidate; empty where no candidate cuts the lines evenly."""
        scored = [(score, columns, -place, candidate) for place, candidate in enumerate(self._candidates())
                  for score, columns in (self._score(candidate),) if score >= LEAST_SCORE]  # fmt: skip
        return max(scored)[3] if scored else ""

    def _candidates(self) -> tuple[str, ...]:
        if self.suffix in (".tsv", ".tab"):
            return ("\t", *(candidate for candidate in CANDIDATES if candidate != "\t"))
        return CANDIDATES if self.suffix == ".csv" else CANDIDATES + RARE_CANDIDATES

    def _score(self, candidate: str) -> tuple[float, int]:
        structure = CsvStructure(candidate, '"', self.row)
        lines = _lines(self.text, structure)
        counts = Counter(len(fields(line, structure)) for line in lines)
        several = [(times, columns) for columns, times in counts.items() if columns > 1]
        if not several:
            return 0.0, 1
        times, columns = max(several)
        return times / len(lines), columns


def table(text: str, structure: CsvStructure, limit: int) -> list[Row]:
    """The first rows as cells: surplus fields joined into the last column, null for absent ones."""
    found: list[Row] = []
    for record, _ in records(text, structure):
        if record:
            found.append(cells(record, structure))
            if len(found) == limit:
                break
    return found


def cells(record: str, structure: CsvStructure) -> Row:
    """One record as exactly so many cells as there are columns."""
    raw = fields(record, structure)
    if len(raw) > structure.columns:
        last = structure.delimiter.join(raw[structure.columns - 1 :])
        raw = [*raw[: structure.columns - 1], last]
    row: Row = [unquoted(field, structure.quote) for field in raw]
    return row + [None] * (structure.columns - len(row))


# -- header ------------------------------------------------------------------------------------------


def is_header(rows: Sequence[Row], infer: Infer) -> bool:
    """Whether the first row holds names (transforms 8.2, step 9)."""
    if len(rows) < 2:
        return False
    # a longer row further down does not make the names fewer: its columns get default names
    first = [cell for cell in rows[0] if cell is not None]
    others = rows[1 : INSPECTED_LINES + 1]
    names = list(first)
    columns = [[row[place] for row in others if row[place]] for place in range(len(first))]
    # the first column may be an index without name; a spreadsheet leaves columns behind that hold nothing at all
    bare = {
        place for place, name in enumerate(names) if not name and (not columns[place] or place == 0 < len(names) - 1)
    }
    named = [name for place, name in enumerate(names) if place not in bare]
    if not named or not all(name.strip() for name in named) or any(_is_data(name) for name in named):
        return False
    if len({name.strip().casefold() for name in named}) < len(named):
        return False
    if any(_differs(name, column, infer) for name, column in zip(names, columns, strict=True)):
        return True
    return not any(_recurs(name, column) for name, column in zip(names, columns, strict=True))


def _is_data(cell: str) -> bool:
    """A number, a full date, a URL, an e-mail or an IP address is no name."""
    if any(is_valid(cell, LogicalType(name)) for name in ("Float", "Ipaddress", "Emailaddress", "Url")):
        return True
    return any(char.isdigit() for char in cell) and _is_full_date(cell)


def _is_full_date(cell: str) -> bool:
    from gristmill.types.choosing import catalogue_formats

    found = list(catalogue_formats(cell.strip()))
    return any("y" in format and ("mm" in format or "Month" in format) and "dd" in format for format in found)


def _differs(name: str, column: Sequence[str | None], infer: Infer) -> bool:
    """Whether at least half of a column fit a type that its first cell does not fit."""
    present = [cell for cell in column if cell]
    if not present or not name:
        return False
    for logical in {infer(present), *_SIMPLE}:
        if logical == STRING or is_valid(name, logical):
            continue
        if sum(is_valid(cell, logical) for cell in present) >= HEADER_SHARE * len(present):
            return True
    return False


_SIMPLE = (LogicalType("Integer"), LogicalType("Float"))


def _recurs(name: str, column: Sequence[str | None]) -> bool:
    """Whether the first cell occurs again, or looks like nearly all others: then it is data."""
    present = [cell for cell in column if cell]
    if name in present:
        return True
    own = _shape(name)
    return bool(present) and sum(_shape(cell) == own for cell in present) >= SAME_SHAPE * len(present)


def _shape(cell: str) -> str:
    return "".join("9" if c.isdigit() else ("A" if c.isupper() else "a") if c.isalpha() else c for c in cell)


def column_names(header: Row | None, columns: int, *, sanitize: bool) -> list[str]:
    """Names out of the header row; default names where there are none."""
    cells = [None] * columns if header is None else header[:columns]
    return legal_names(cells, sanitize=sanitize, first=2 if columns > 1 else 1)

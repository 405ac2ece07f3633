"""Records and fields of delimited text, by the product's own steps: rows, then columns, then quotes (transforms 8.1).

A quote protects what stands between it and the next one; an unclosed one protects nothing. Then doubled quotes are
halved and one outer quote on each side goes. So nothing is ever lost, whatever the file looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gristmill.storage.reading import CsvStructure

LONGEST_QUOTED = 16 << 20  # characters; a quote that is not closed by then counts as unclosed


def records(text: str, structure: CsvStructure, *, final: bool = True) -> Iterator[tuple[str, int]]:
    """The records of a text, each with the position behind it. Without `final` an unfinished one is left out."""
    row, quote = structure.row_delimiter, structure.quote
    at = 0
    while at < len(text):
        end = text.find(row, at)
        if quote:
            first = text.find(quote, at, end if end >= 0 else len(text))
            if first >= 0:
                end = _end_of_record(text, at, structure, final=final)
        if end == UNFINISHED or (end < 0 and not final):
            return
        stop = len(text) if end < 0 else end
        after = len(text) if end < 0 else end + len(row)
        yield text[at : stop - 1 if row == "\n" and text[stop - 1 : stop] == "\r" and stop > at else stop], after
        at = after


UNFINISHED = -2


def _end_of_record(text: str, at: int, structure: CsvStructure, *, final: bool) -> int:
    """Where the row delimiter stands that ends the record; -1 for the end of the text, UNFINISHED for more to come."""
    row = structure.row_delimiter
    while True:
        end = text.find(row, at)
        opening = _opening_quote(text, at, len(text) if end < 0 else end, structure)
        if opening < 0:
            return end if end >= 0 or final else UNFINISHED
        closing = _closing_quote(text, opening, structure)
        if closing < 0:
            if not final and len(text) - opening < LONGEST_QUOTED:
                return UNFINISHED
            # unclosed: it protects nothing
            end = text.find(row, opening)
            return end if end >= 0 or final else UNFINISHED
        at = closing + 1


def _opening_quote(text: str, at: int, end: int, structure: CsvStructure) -> int:
    """The next quote that begins a field."""
    quote, delimiter = structure.quote, structure.delimiter
    while True:
        found = text.find(quote, at, end)
        if found < 0:
            return -1
        if found == 0 or text.endswith(structure.row_delimiter, 0, found):
            return found
        if delimiter and text.endswith(delimiter, 0, found):
            return found
        at = found + 1


def _closing_quote(text: str, opening: int, structure: CsvStructure) -> int:
    """The quote that closes a field: one that is neither doubled nor escaped."""
    quote = structure.quote
    at = opening + 1
    while True:
        found = text.find(quote, at, opening + LONGEST_QUOTED)
        if found < 0:
            return -1
        if text.startswith(quote, found + 1):
            at = found + 2
        elif text[found - 1] == "\\" and found - 1 > opening and not _ends_field(text, found + 1, structure):
            at = found + 1
        else:
            return found


def _ends_field(text: str, at: int, structure: CsvStructure) -> bool:
    ends = (structure.row_delimiter, "\r\n", *filter(None, (structure.delimiter,)))
    return at >= len(text) or text.startswith(ends, at)


def fields(record: str, structure: CsvStructure) -> list[str]:
    """The raw fields of a record, quotes still around them."""
    if not structure.delimiter:
        return [record]
    if not structure.quote or structure.quote not in record:
        return record.split(structure.delimiter)
    result: list[str] = []
    at = 0
    while True:
        end = _end_of_field(record, at, structure)
        if end < 0:
            result.append(record[at:])
            return result
        result.append(record[at:end])
        at = end + len(structure.delimiter)


def _end_of_field(record: str, at: int, structure: CsvStructure) -> int:
    """Where the delimiter stands that ends the field; -1 for the end of the record."""
    if record.startswith(structure.quote, at):
        closing = _closing_quote(record, at, structure)
        if closing >= 0:
            at = closing + 1
    return record.find(structure.delimiter, at)


@lru_cache(maxsize=8)
def _escaped_quote(quote: str) -> re.Pattern[str]:
    return re.compile(rf"\\({re.escape(quote)})")


def unquoted(field: str, quote: str) -> str:
    """A field without its quotes; one that does not begin with a quote stays as it is."""
    if not quote or not field.startswith(quote):
        return field
    inner = field[1:-1] if len(field) > 1 and field.endswith(quote) else field[1:]
    inner = inner.replace(quote * 2, quote)
    return _escaped_quote(quote).sub(r"\1", inner) if "\\" in inner else inner

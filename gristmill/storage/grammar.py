"""The grammar of regular delimited text, as expressions of RE2 over bytes; what is regular says `regular.prove`."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from gristmill.storage.reading import CsvStructure

if TYPE_CHECKING:
    import re2

MARKS = ',"\r\n'
"""What CSV has in quotes."""
LONE_COLUMN = "\x1f"
"""What DuckDB is told to be the delimiter of a file that has one column; no regular cell holds it."""
_MOST_REPEATS = 1000  # RE2's limit for {n}
_MEMORY = 256 << 20


@lru_cache(maxsize=16)
def whole_records(structure: CsvStructure, multiline: bool, own: bool, tidy: bool = False) -> re2._Regexp:
    """One record or more, each with its line end; `tidy`: only the marked columns hold any of `MARKS`."""
    end = re.escape(structure.row_delimiter)
    return _compiled(f"(?:{_record(structure, multiline, own, tidy)}{end})+")


@lru_cache(maxsize=16)
def last_record(structure: CsvStructure, own: bool, tidy: bool = False) -> re2._Regexp:
    """A record without a line end, at the end of a file."""
    return _compiled(_record(structure, structure.row_delimiter == "\n", own, tidy))


@lru_cache(maxsize=16)
def beginning_of_record(structure: CsvStructure) -> re2._Regexp:
    """Any beginning of a record: some whole fields, then a piece of one."""
    field, delimiter = _field(structure, True, True), _byte(structure.delimiter or LONE_COLUMN)
    open_quote = '"(?:[^"]|"")*"?|' if structure.quote else ""
    return _compiled(f"(?:{field}{delimiter})*(?:{open_quote}{field}\r?)")


def _inner(multiline: bool, own: bool) -> str:
    """What may stand inside of quotes."""
    others = '"' if multiline else r'"\r\n'
    return f'[^{others}]|""' if own else rf'[^{others}\\]|""|\\+[^{others}\\]'


def _field(structure: CsvStructure, multiline: bool, own: bool) -> str:
    stops = _stops(structure)
    if not structure.quote:
        return f"[^{stops}]*"
    # blanks before a quote: DuckDB takes some of them for nothing
    blanks = "".join(blank for blank in " \t" if blank != structure.delimiter)
    plain = f'[{blanks}]*(?:[^{stops}{blanks}"][^{stops}]*)?'
    return f'(?:"(?:{_inner(multiline, own)})*"|{plain})'


def _tidy_field(structure: CsvStructure) -> str:
    stops = f'{_stops(structure)},"'
    plain = f"[^{stops}]*"
    return rf'(?:"(?:[^{stops}\\]|\\+[^{stops}\\])*"|{plain})' if structure.quote else plain


def _record(structure: CsvStructure, multiline: bool, own: bool, tidy: bool) -> str:
    if structure.columns > 1:
        any_field, tidy_field = _field(structure, multiline, own), _tidy_field(structure)
        places = range(structure.columns)
        first, *others = [tidy_field if tidy and place not in structure.marked else any_field for place in places]
        mark = _byte(structure.delimiter)
        return first + "".join(_times(mark + field, len(list(run))) for field, run in groupby(others))
    # an empty line is no record: one column needs at least a character
    stops = _stops(structure)
    if not structure.quote:
        return f"[^{stops}]+"
    return f'(?:"(?:{_inner(multiline, own)})*"|[ \t]+|[ \t]*[^{stops} \t"][^{stops}]*)'


def _stops(structure: CsvStructure) -> str:
    return _byte(structure.delimiter or LONE_COLUMN) + r"\r\n"


def _times(pattern: str, count: int) -> str:
    whole, rest = divmod(count, _MOST_REPEATS)
    return f"(?:{pattern}){{{_MOST_REPEATS}}}" * whole + (f"(?:{pattern}){{{rest}}}" if rest else "")


def _byte(delimiter: str) -> str:
    return rf"\x{ord(delimiter):02x}" if delimiter else ""


def _compiled(pattern: str) -> re2._Regexp:
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1  # bytes as they are
    options.max_mem = _MEMORY
    options.never_capture = True
    options.dot_nl = True
    return re2.compile(pattern.encode("latin-1"), options)

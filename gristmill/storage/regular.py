"""Proof that a file is regular delimited text: then DuckDB's strict reader reads it exactly by our rules.

DuckDB 1.5 accepts more than it reads rightly, without an error: an empty surplus field vanishes (`a,b,` in two
columns), blanks around quotes vanish, a header with an open quote swallows the file, line ends across buffers leak
into cells. So nothing is left to its judgement: a file is read strictly only if every byte fits a grammar of ours
(`storage/grammar.py`).
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from gristmill.problems import run_error
from gristmill.storage.grammar import LONE_COLUMN, MARKS, beginning_of_record, last_record, whole_records
from gristmill.storage.reading import CsvStructure

WINDOW = 1 << 20
MOST_SECTIONS, SMALLEST_SECTION = 8, 8 << 20
LONG_RECORD = 1_000_000  # bytes; DuckDB's own limit is two million
BUFFER = 4 * 2_000_000
"""Bytes that DuckDB reads at once: what a thread takes at a time, and a multiple of its limit, else it loses rows."""

BOM = b"\xef\xbb\xbf"

Bytes: TypeAlias = "mmap.mmap | bytes"
Section: TypeAlias = tuple[int, int]  # from where to where
NUMBER_MARKS = "_+"
"""What the engine takes in numbers that are none to us: `1_000`, `+-5`."""


class Stretch(NamedTuple):
    """Whole regular records: where they end, whether one spans lines, whether all are tidy (`grammar.whole_records`).

    `longest` is at least the length of every record, in bytes.
    """

    end: int
    multiline: bool
    tidy: bool
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """What the look at a regular file has shown. `longest` is at least the length of every record, in bytes.

    `tidy`: only the marked columns hold what CSV has in quotes. `lacks`: those of `NUMBER_MARKS` that no cell holds.
    """

    multiline: bool
    quoted: bool
    longest: int
    tidy: bool = False
    lacks: str = ""


def prove(
    path: Path, structure: CsvStructure, *, own: bool = False, given_up: Callable[[], bool] = lambda: False
) -> Proof | None:
    """The proof that a plain file is regular, or None. Raises RunError where the file cannot be read.

    Regular: every record has all fields and no more, quotes stand around whole fields only and are doubled inside,
    all line ends are the same and outside of quotes there are no others, no line is empty. A backslash before a quote
    may be an escape, which is irregular, except in files of our `own`. Bytes that are no UTF-8 DuckDB refuses itself,
    in the cells that it reads. A core looks at 700 MB a second; a look that is `given_up` proves nothing.
    """
    if not may_be_regular(structure):
        return None
    with mapped(path) as data:
        at = behind_mark(data)
        if at and b'"' in data[at : _first_line_end(data, at)]:
            # DuckDB overlooks the mark before a quote, and takes a line end in that cell for the header's
            return None
        look = partial(_look, data, structure, own, given_up)
        seen = _looked(look, _sections(data, at))
        if seen is None and not given_up():  # perhaps a section begins inside of quotes
            seen = _looked(look, [(at, len(data))])
        if seen is None:
            return None
        if seen.multiline and structure.row_delimiter == "\r\n":
            return None  # DuckDB takes the line end in quotes for the file's
        quoted = bool(structure.quote) and data.find(structure.quote.encode()) >= 0
        first = _first_line_end(data, at) if structure.header else at
        lacks = "".join(mark for mark in NUMBER_MARKS if data.find(mark.encode(), first) < 0)
        return Proof(seen.multiline, quoted, seen.longest, seen.tidy and structure.columns > 1, lacks)


def _sections(data: Bytes, at: int) -> list[Section]:
    """Parts of a file that begin behind a line end: where one ends with a record, the next one begins with one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    count = max(min(cores, MOST_SECTIONS, (len(data) - at) // SMALLEST_SECTION), 1)
    starts = [at]
    for number in range(1, count):
        found = data.find(b"\n", at + (len(data) - at) * number // count) + 1
        if starts[-1] < found < len(data):
            starts.append(found)
    return list(zip(starts, [*starts[1:], len(data)], strict=True))


def _looked(look: Callable[[Section], Stretch | None], sections: list[Section]) -> Stretch | None:
    """All sections as one stretch; None where one is irregular."""
    with ThreadPoolExecutor(len(sections)) as pool:  # RE2 lets other threads run meanwhile
        seen = list(pool.map(look, sections))
    found = [item for item in seen if item is not None]
    if len(found) < len(seen):
        return None
    return Stretch(
        found[-1].end,
        any(part.multiline for part in found),
        all(part.tidy for part in found),
        max(part.longest for part in found),
    )


def _look(
    data: Bytes, structure: CsvStructure, own: bool, given_up: Callable[[], bool], section: Section
) -> Stretch | None:
    (at, limit), longest, multiline, tidy = section, 0, False, True
    for part in regular_stretches(data, at, structure, own=own, limit=limit, tidy=True):
        if given_up():
            return None
        longest, at = max(longest, part.end - at if part.end - at > WINDOW else LONG_RECORD), part.end
        multiline, tidy = multiline or part.multiline, part.tidy
    if at < limit:
        if limit < len(data) or not _is_last_record(data, at, structure, own):
            return None
        tidy = tidy and _is_last_record(data, at, structure, own, tidy=True)
    return Stretch(limit, multiline, tidy, max(longest, limit - at))


def may_be_regular(structure: CsvStructure) -> bool:
    """Whether DuckDB reads files of that structure at all by our rules; otherwise they are always cleaned."""
    return (
        structure.row_delimiter in ("\n", "\r\n")
        and structure.quote in ("", '"')
        and len(structure.delimiter.encode()) in ((1,) if structure.columns > 1 else (0, 1))
        and structure.delimiter not in ('"', "\n", "\r", "\0")
    )


def regular_options(structure: CsvStructure, proof: Proof) -> dict[str, Any]:
    """The parameters of DuckDB's read_csv for a regular file: nothing guessed, every column a text `f0`, `f1` …

    No cell is null: the null text is a line end, which no unquoted cell holds. DuckDB loses rows where it reads in
    parallel and a line end stands in quotes, or quotes meet `\\r\\n`; such files it reads with one thread.
    """
    options: dict[str, Any] = {
        "auto_detect": False,
        "columns": {f"f{place}": "VARCHAR" for place in range(structure.columns)},
        "delim": structure.delimiter or LONE_COLUMN,
        "quote": structure.quote,
        "escape": structure.quote,
        "header": structure.header,
        "nullstr": "\n",
        "allow_quoted_nulls": False,
        "strict_mode": True,
        "null_padding": False,
        "parallel": not proof.multiline and not (proof.quoted and structure.row_delimiter == "\r\n"),
    }
    if structure.row_delimiter == "\n":
        # said only here: with `\r\n` DuckDB splits at the wrong places as soon as it is told
        options["new_line"] = "\\n"
    if proof.longest > LONG_RECORD:
        options |= {"max_line_size": 2 * proof.longest, "parallel": False}
    else:
        options["buffer_size"] = BUFFER
    return options


def behind_mark(data: Bytes) -> int:
    """Where the text begins behind a byte-order mark."""
    return len(BOM) if data[: len(BOM)] == BOM else 0


def _first_line_end(data: Bytes, at: int) -> int:
    found = data.find(b"\n", at)
    return len(data) if found < 0 else found


@contextmanager
def mapped(path: Path) -> Iterator[Bytes]:
    """The bytes of a file without reading it into memory. Raises RunError where it cannot be opened."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if not size:
                yield b""
                return
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                yield data
    except FileNotFoundError as error:
        raise run_error(f"file not found: {path}") from error
    except OSError as error:
        raise run_error(f"file cannot be read: {path} ({error.strerror or error})") from error


def regular_stretches(
    data: Bytes,
    at: int,
    structure: CsvStructure,
    *,
    own: bool = False,
    limit: int | None = None,
    tidy: bool = False,
) -> Iterator[Stretch]:
    """Stretches of whole regular records from `at` on; `tidy`: as long as they are, it is said of them.

    Ends at the first record that is not regular or has no line end behind it, or at `limit`.
    """
    limit = len(data) if limit is None else limit
    while at < limit:
        found = _stretch(data, at, limit, structure, own, tidy)
        if found is None:
            return
        yield found
        at, tidy = found.end, found.tidy


def _stretch(data: Bytes, at: int, limit: int, structure: CsvStructure, own: bool, tidy: bool) -> Stretch | None:
    """A stretch of about a window; a longer one only for a record that is longer. None where there is none."""
    window = WINDOW
    ways = list(product((True, False) if tidy else (False,), (False, True)))
    while True:
        stop = min(at + window, limit)
        for is_tidy, multiline in ways:
            found = whole_records(structure, multiline, own, is_tidy).match(data, at, stop)
            if found is not None and found.end() > at:
                return Stretch(found.end(), multiline, is_tidy)
        if stop == limit or not _goes_on(data, at, stop, structure):
            return None
        window *= 2


def _goes_on(data: Bytes, at: int, stop: int, structure: CsvStructure) -> bool:
    """Whether the record that begins at `at` is merely longer than the window."""
    return beginning_of_record(structure).fullmatch(data, at, stop) is not None


def _is_last_record(data: Bytes, at: int, structure: CsvStructure, own: bool, *, tidy: bool = False) -> bool:
    return last_record(structure, own, tidy).fullmatch(data, at, len(data)) is not None


def absent(structure: CsvStructure, proof: Proof) -> tuple[frozenset[str], ...]:
    """For every column of a regular file characters that none of its cells holds; there may be others."""
    everywhere = {*proof.lacks}
    if not proof.quoted:
        everywhere |= {*"\r\n", structure.delimiter, structure.quote} - {""}
    unmarked = everywhere | {*MARKS, structure.delimiter} if proof.tidy else everywhere
    marked, others = frozenset(everywhere), frozenset(unmarked)
    return tuple(marked if place in structure.marked else others for place in range(structure.columns))

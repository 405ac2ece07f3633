"""Matches in one cell, found in Python: within an area, outside of quotes, never for longer than the limit.

An area is what `start:` and `end:` of a step leave of a cell (transforms 6.6). It travels as a constant: a pair of
marks, each the regular expression, whether it needs backtracking, and whether its own text belongs to the area.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from gristmill.language.patterns import CompiledPattern
from gristmill.problems import run_error

SECONDS_PER_VALUE = 0.1
PROBES = ("", "a", " ", "0", "-")

Mark = tuple[str, bool, bool]
Area = tuple[Mark | None, Mark | None]
Span = tuple[int, int]

EVERYWHERE: Area = (None, None)
NOTHING = ""  # the source of a pattern that never matches


def source_of(pattern: CompiledPattern) -> str:
    """The regular expression that finds the pattern, in the spelling of the library that it needs."""
    if pattern.source == "":
        return NOTHING
    return pattern.python_regex if pattern.needs_backtracking else pattern.regex


@lru_cache(maxsize=512)
def searcher(source: str, slow: bool) -> Any:
    """The compiled expression: RE2, or the backtracking library where `slow`."""
    if slow:
        import regex

        return regex.compile(source, regex.VERSION1)
    import re2

    return re2.compile(source)


def first_match(cell: str, source: str, slow: bool, at: int, end: int | None = None) -> Any:
    """The first match from a position on that ends by `end`, or None. Raises RunError where it takes too long."""
    if source == NOTHING:
        return None
    stop = len(cell) if end is None else end
    if not slow:
        return searcher(source, slow).search(cell, at, stop)
    try:
        return searcher(source, slow).search(cell, at, stop, timeout=SECONDS_PER_VALUE)
    except TimeoutError:
        raise run_error("regular expression too slow") from None


def may_be_empty(pattern: CompiledPattern) -> bool:
    """Whether the pattern can match nothing at all somewhere; such matches are passed over here, never in SQL."""
    if pattern.needs_backtracking:
        return True
    found = (searcher(pattern.regex, False).search(probe) for probe in PROBES)
    return any(match is not None and match.start() == match.end() for match in found)


def protected(cell: str, quote: str | None) -> list[Span]:
    """The stretches between pairs of the quote character; an unclosed one protects nothing."""
    if not quote:
        return []
    places = [at for at, char in enumerate(cell) if char == quote]
    return [(start, end) for start, end in zip(places[::2], places[1::2], strict=False)]


def found_matches(
    cell: str, source: str, slow: bool, quote: str | None = None, within: Span | None = None
) -> Iterator[Any]:
    """Matches from left to right that are not empty and do not begin inside quotes."""
    areas = protected(cell, quote)
    at, stop = within or (0, len(cell))
    while at <= stop:
        match = first_match(cell, source, slow, at, stop)
        if match is None:
            return
        start, end = match.span()
        inside = next((area for area in areas if area[0] < start < area[1]), None)
        if inside is not None:
            at = inside[1]
        elif end == start:
            at = end + 1
        else:
            yield match
            at = end


def area_in(cell: str, area: Area, at: int = 0) -> tuple[Span, Span] | None:
    """The area of a cell, and the same with the texts of its marks; None where a mark is not found.

    The end is looked for behind the start (language 5.6).
    """
    start, end = area
    begin = outer = look = at
    if start is not None:
        found = first_match(cell, start[0], start[1], at)
        if found is None:
            return None
        outer, look = found.span()
        begin = outer if start[2] else look
    if end is None:
        return (begin, len(cell)), (outer, len(cell))
    found = first_match(cell, end[0], end[1], look)
    if found is None:
        return None
    return (begin, found.end() if end[2] else found.start()), (outer, found.end())


def areas_in(cell: str, area: Area) -> Iterator[tuple[Span, Span]]:
    """One area after the other, each looked for behind the one before; inner and outer stretch of each."""
    at = 0
    while at <= len(cell):
        found = area_in(cell, area, at)
        if found is None:
            return
        yield found
        at = max(found[1][1], at + 1)

"""Counting and replacing within areas of a cell (transforms 7.5–7.7, 7.33, 7.34): hidden functions."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import Argument, Want, count, flag, hidden, string, text
from gristmill.functions.extracting import AREA, SLOW
from gristmill.functions.patterns import replaced
from gristmill.functions.searching import (
    EVERYWHERE,
    Area,
    Span,
    area_in,
    areas_in,
    first_match,
    found_matches,
    may_be_empty,
    source_of,
)
from gristmill.language.patterns import CompiledPattern
from gristmill.language.replacement import Part
from gristmill.plan.building import call, case, coalesce, concat
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.types.logical import INTEGER, STRING

PARTS = Argument("parts", Want.TEXTS)

# -- counting ------------------------------------------------------------------------------------------


@rowwise(Form.INTEGER, nulls=True)
def _found_count(cell: str | None, source: str, slow: bool, area: Area) -> int:
    place = area_in(cell, area) if cell else None
    return sum(1 for _ in found_matches(cell, source, slow, None, place[0])) if cell and place else 0


FOUND_COUNT = hidden(
    "found_count", takes=[text("s"), string("source"), SLOW, AREA], returns=INTEGER,
    doc="How many matches an area has.", basis="transforms 7.7", batch=_found_count,
)  # fmt: skip


def count_of(s: Expr, pattern: CompiledPattern, area: Area) -> Expr:
    """How many matches there are that are not empty; 0 for an empty cell."""
    source = source_of(pattern)
    if source and area == EVERYWHERE and not may_be_empty(pattern):
        return Apply("pattern_count", (s,), Form.INTEGER, (source,))
    return Apply("found_count", (s,), Form.INTEGER, (source, pattern.needs_backtracking, area))


@rowwise(Form.INTEGER, nulls=True)
def _area_count(cell: str | None, area: Area, every: bool) -> int:
    return sum(1 for _ in islice(areas_in(cell, area), None if every else 1)) if cell else 0


AREA_COUNT = hidden(
    "area_count", takes=[text("s"), AREA, flag("every")], returns=INTEGER, doc="How many areas a cell has, or 1.",
    basis="transforms 7.6, 7.7", batch=_area_count,
)  # fmt: skip

# -- replacing -----------------------------------------------------------------------------------------


def _written(parts: Iterable[Part], match: Any) -> str:
    return "".join(part if isinstance(part, str) else (match.group(part) or "") for part in parts)


def _every_match(cell: str, source: str, slow: bool, place: Span) -> Iterable[Any]:
    """Matches from left to right, empty ones too unless they stand directly behind another (language 5.5)."""
    at, last = place[0], -1
    while at <= place[1]:
        match = first_match(cell, source, slow, at, place[1])
        if match is None:
            return
        start, end = match.span()
        if start == end == last:
            at = end + 1
            continue
        yield match
        at = last = end


@rowwise(Form.TEXT)
def _replace_within(cell: str, source: str, slow: bool, parts: tuple[Part, ...], every: bool, area: Area) -> str:
    found = area_in(cell, area)
    if found is None:
        return cell
    result, begin = "", 0
    for match in islice(_every_match(cell, source, slow, found[0]), None if every else 1):
        result += cell[begin : match.start()] + _written(parts, match)
        begin = match.end()
    return result + cell[begin:]


REPLACE_WITHIN = hidden(
    "replace_within", takes=[text("s"), string("source"), SLOW, PARTS, flag("every"), AREA], returns=STRING,
    doc="A text with matches replaced, in one area of it.", basis="transforms 6.6, 7.33", batch=_replace_within,
)  # fmt: skip


def replaced_within(s: Expr, pattern: CompiledPattern, parts: tuple[Part, ...], area: Area, *, every: bool) -> Expr:
    """As `replaced`, where an area limits the search."""
    if area == EVERYWHERE:
        return replaced(s, pattern, parts, every=every)
    constants = (source_of(pattern), pattern.needs_backtracking, parts, every, area)
    return Apply("replace_within", (s,), Form.TEXT, constants)


@rowwise(Form.TEXT)
def _replace_areas(cell: str, parts: tuple[Part, ...], every: bool, area: Area, outer: bool) -> str:
    result, begin = "", 0
    for place in islice(areas_in(cell, area), None if every else 1):
        start, end = place[outer]
        stretch = cell[start:end]
        result += cell[begin:start] + "".join(part if isinstance(part, str) else stretch for part in parts)
        begin = end
    return result + cell[begin:]


REPLACE_AREAS = hidden(
    "replace_areas", takes=[text("s"), PARTS, flag("every"), AREA, flag("outer")], returns=STRING,
    doc="A text with an area of it replaced, or one after the other.", basis="transforms 7.33, 7.34",
    batch=_replace_areas,
)  # fmt: skip


@rowwise(Form.TEXT)
def _convert_within(cell: str, cases: tuple[tuple[str, bool, tuple[Part, ...]], ...], area: Area) -> str:
    found = area_in(cell, area)
    if found is None:
        return cell
    start, end = found[0]
    for source, slow, parts in cases:
        match = first_match(cell[start:end], source, slow, 0)
        if match is not None:
            return cell[:start] + _written(parts, match) + cell[end:]
    return cell


CONVERT_WITHIN = hidden(
    "convert_within", takes=[text("s"), Argument("cases", Want.TEXTS), AREA], returns=STRING,
    doc="A text of which an area is rewritten by the first pattern that fits all of it.", basis="transforms 7.5",
    batch=_convert_within,
)  # fmt: skip
TEXT_MAPPED = hidden(
    "text_mapped", takes=[text("s"), string("old"), string("new")], returns=STRING,
    doc="The new text of a list where the text equals the old one, else the text.", basis="transforms 7.44",
    tree=lambda s, old, new: coalesce(
        call("list_extract", call("list_value", *new), call("list_position", call("list_value", *old), s)), s
    ),
)  # fmt: skip
REPLACE_STRETCH = hidden(
    "replace_stretch", takes=[text("s"), count("start"), count("end"), string("put")], returns=STRING,
    doc="A text with the characters between two positions replaced; a shorter text stays.", basis="transforms 7.33",
    tree=lambda s, start, end, put: case(
        (call("length", s) > start, concat(call("left", s, start), put, call("substr", s, end + 1))), otherwise=s
    ),
)  # fmt: skip

"""What patterns find in a cell, as texts, arrays and objects (transforms 7.13–7.17): hidden functions.

An empty or null cell gives empty texts in all columns; what is not found is null (transforms 6.6).
"""

from __future__ import annotations

import re
from itertools import islice

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import Argument, Want, count, flag, hidden, string, text
from gristmill.functions.searching import (
    EVERYWHERE,
    Area,
    area_in,
    areas_in,
    first_match,
    found_matches,
    may_be_empty,
    source_of,
)
from gristmill.language.patterns import CompiledPattern
from gristmill.plan.building import call, case, cast, coalesce
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.values import SOFT
from gristmill.types.blanks import trim
from gristmill.types.json_text import compact
from gristmill.types.logical import ARRAY, OBJECT

AREA = Argument("area", Want.TEXTS)
SLOW = Argument("slow", Want.FLAG)


def _empty(s: Expr) -> Expr:
    return coalesce(s.eq(""), True)


ALL_FOUND = hidden(
    "all_found", takes=[text("s"), string("regex"), count("group"), count("limit")], returns=SOFT,
    doc="The matches of a pattern, or a group of each.", basis="transforms 7.14",
    tree=lambda s, regex, group, limit: case(
        (_empty(s), call("list_value", *([""] * limit))), otherwise=call("regexp_extract_all", s, regex, group)
    ),
)  # fmt: skip


@rowwise(Form.TEXTS, nulls=True)
def _found_texts(
    cell: str | None, source: str, slow: bool, group: int, limit: int, quote: str, area: Area
) -> list[str]:
    if not cell:
        return [""] * limit
    place = area_in(cell, area)
    if place is None:
        return []
    found = found_matches(cell, source, slow, quote, place[0])
    return [match.group(group) or "" for match in islice(found, limit)]


FOUND_TEXTS = hidden(
    "found_texts",
    takes=[text("s"), string("source"), SLOW, count("group"), count("limit"), string("quote"), AREA],
    returns=SOFT, doc="The matches within an area, outside of quotes.", batch=_found_texts,
)  # fmt: skip


def texts_found(s: Expr, pattern: CompiledPattern, limit: int, quote: str | None, area: Area) -> Expr:
    """The first matches as a list: the first group of each where the pattern has one, else the whole match."""
    group = min(pattern.groups, 1)
    source = source_of(pattern)
    if source and area == EVERYWHERE and not quote and not may_be_empty(pattern):
        return Apply("all_found", (s,), Form.TEXTS, (source, group, limit))
    return Apply("found_texts", (s,), Form.TEXTS, (source, pattern.needs_backtracking, group, limit, quote or "", area))


@rowwise(Form.TEXTS, nulls=True)
def _area_texts(cell: str | None, limit: int, area: Area, outer: bool, every: bool) -> list[str]:
    if not cell:
        return [""] * limit
    places = islice(areas_in(cell, area), limit if every else 1)
    return [cell[slice(*place[outer])] for place in places]


AREA_TEXTS = hidden(
    "area_texts", takes=[text("s"), count("limit"), AREA, flag("outer"), flag("every")], returns=SOFT,
    doc="The text of an area, or of one after the other.", basis="transforms 7.15", batch=_area_texts,
)  # fmt: skip


@rowwise(Form.TEXTS, nulls=True)
def _text_at(cell: str | None, start: int, end: int, limit: int) -> list[str]:
    if not cell:
        return [""] * limit
    return [cell[start:end]] if len(cell) > start and start <= end else []


TEXT_AT = hidden(
    "text_at", takes=[text("s"), count("start"), count("end"), count("limit")], returns=SOFT,
    doc="The characters between two positions; nothing where the cell ends before them.", basis="transforms 7.13",
    batch=_text_at,
)  # fmt: skip

# -- arrays and objects --------------------------------------------------------------------------------

JSON_FOUND = hidden(
    "json_found", takes=[text("s"), string("regex")], returns=ARRAY, doc="All matches of a pattern as an array.",
    basis="transforms 7.17",
    tree=lambda s, regex: coalesce(
        cast(call("to_json", call("regexp_extract_all", s, regex)), Form.TEXT), "[]"
    ),
)  # fmt: skip


@rowwise(Form.JSON, nulls=True)
def _found_list(
    cell: str | None, source: str, slow: bool, quote: str, delimiter: str | None, delimiter_slow: bool
) -> str:
    if delimiter is None:
        return compact([match.group() for match in found_matches(cell or "", source, slow, quote)])
    pieces = []
    begin = 0
    for match in found_matches(cell or "", delimiter, delimiter_slow, quote):
        pieces.append((cell or "")[begin : match.start()])
        begin = match.end()
    pieces.append((cell or "")[begin:])
    firsts = (next(iter(found_matches(piece, source, slow)), None) for piece in pieces)
    return compact([match.group() for match in firsts if match is not None])


FOUND_LIST = hidden(
    "found_list",
    takes=[text("s"), string("source"), SLOW, string("quote"), string("delimiter"), Argument("other", Want.FLAG)],
    returns=ARRAY, doc="The matches, or the first match of each piece, as an array.", basis="transforms 7.17",
    batch=_found_list,
)  # fmt: skip


def list_found(s: Expr, pattern: CompiledPattern, delimiter: CompiledPattern | None, quote: str | None) -> Expr:
    """An array of what a pattern finds: whole matches; with a delimiter the first one of every piece."""
    source = source_of(pattern)
    if delimiter is None and source and not quote and not may_be_empty(pattern):
        return Apply("json_found", (s,), Form.JSON, (source,))
    other = (None, False) if delimiter is None else (source_of(delimiter), delimiter.needs_backtracking)
    return Apply("found_list", (s,), Form.JSON, (source, pattern.needs_backtracking, quote or "", *other))


@rowwise(Form.JSON)
def _found_pairs(cell: str, pair: str, pair_slow: bool, delimiter: str, delimiter_slow: bool) -> str | None:
    if cell == "":
        return None
    pairs: dict[str, str] = {}
    begin = 0
    cuts = [match.span() for match in found_matches(cell, delimiter, delimiter_slow)]
    for start, end in [*cuts, (len(cell), len(cell))]:
        piece = trim(cell[begin:start])
        begin = end
        match = first_match(piece, pair, pair_slow, 0)
        if match is not None:
            pairs[match.group(1)] = piece[match.end() :]
    return compact(pairs)


FOUND_PAIRS = hidden(
    "found_pairs", takes=[text("s"), string("pair"), SLOW, string("delimiter"), Argument("other", Want.FLAG)],
    returns=OBJECT, doc="Keys and values out of a text, as an object.", basis="transforms 7.16", batch=_found_pairs,
)  # fmt: skip


def pairs_found(s: Expr, key: CompiledPattern, after: CompiledPattern, delimiter: CompiledPattern) -> Expr:
    """An object of the pieces that begin with a key and what stands behind it; of equal keys the last counts."""
    slow = key.needs_backtracking or after.needs_backtracking
    parts = [_spelled(pattern, slow) for pattern in (key, after)]
    pair = rf"\A({parts[0]})(?:{parts[1]})" if key.source and after.source else ""
    other = (source_of(delimiter), delimiter.needs_backtracking)
    return Apply("found_pairs", (s,), Form.JSON, (pair, slow, *other))


def _spelled(pattern: CompiledPattern, slow: bool) -> str:
    """A regular expression for one library, whichever it was compiled for."""
    if not slow:
        return pattern.regex
    if pattern.python_regex:
        return pattern.python_regex
    spelled = re.sub(r"\\x\{([0-9A-Fa-f]+)\}", lambda match: f"\\U{int(match[1], 16):08x}", pattern.regex)
    return spelled.replace(r"\z", r"\Z")

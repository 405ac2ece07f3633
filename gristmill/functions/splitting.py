"""Texts into pieces (transforms 7.42): hidden functions that answer lists of texts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import Argument, Want, count, hidden, string, text
from gristmill.functions.searching import EVERYWHERE, Area, Span, area_in, areas_in, found_matches
from gristmill.language.patterns import CompiledPattern
from gristmill.plan.building import call, case
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.values import SOFT
from gristmill.types.logical import STRING

PIECE = hidden(
    "piece", takes=[text("pieces"), count("at")], returns=STRING, doc="One piece of a list, null beyond its end.",
    tree=lambda pieces, at: call("list_extract", pieces, at),
)  # fmt: skip


def _plain_pieces(s: Expr, delimiter: str, limit: int) -> Expr:
    """Native splitting; the last piece takes the rest. An empty cell is empty in every column."""
    parts = call("string_split", s, delimiter)
    head = call("list_slice", parts, 1, limit)
    rest = call("array_to_string", call("list_slice", parts, limit + 1, call("len", parts)), delimiter)
    long = call("list_append", head, rest)
    return case(
        (call("coalesce", s.eq(""), True), call("list_value", *([""] * (limit + 1)))),
        (call("len", parts) > limit, long),
        otherwise=parts,
    )


PLAIN_PIECES = hidden(
    "plain_pieces", takes=[text("s"), string("delimiter"), count("limit")], returns=SOFT,
    doc="The pieces of a text between a literal delimiter.", tree=_plain_pieces,
)  # fmt: skip


def matches(cell: str, source: str, slow: bool, quote: str | None) -> list[tuple[int, int]]:
    """Where the delimiters stand."""
    return [match.span() for match in found_matches(cell, source, slow, quote)]


@rowwise(Form.TEXTS, nulls=True)
def _pieces(cell: str | None, source: str, slow: bool, limit: int, quote: str, area: Area = EVERYWHERE) -> list[str]:
    if not cell:
        return [""] * (limit + 1)
    result, begin = [], 0
    place = area_in(cell, area)
    found = () if place is None else found_matches(cell, source, slow, quote, place[0])
    for start, end in (match.span() for match in islice(found, limit)):
        result.append(cell[begin:start])
        begin = end
    return [*result, cell[begin:]]


PIECES = hidden(
    "pieces",
    takes=[
        text("s"),
        string("regex"),
        Argument("slow", Want.FLAG),
        count("limit"),
        string("quote"),
        Argument("area", Want.TEXTS),
    ],
    returns=SOFT,
    doc="The pieces of a text between the matches of a pattern.",
    basis="transforms 7.42",
    batch=_pieces,
)


@rowwise(Form.TEXTS, nulls=True)
def _pieces_outside_quotes(cell: str | None, delimiter: str, limit: int, quote: str) -> list[str]:
    """As `pieces` for a plain delimiter and one quote character: each character is looked at once."""
    if not cell:
        return [""] * (limit + 1)
    if quote not in cell:
        return cell.split(delimiter, limit)
    result: list[str] = []
    begin = at = 0
    opening, closing = _next_quoted(cell, quote, 0)
    while len(result) < limit and (found := cell.find(delimiter, at)) >= 0:
        while 0 <= closing <= found:
            opening, closing = _next_quoted(cell, quote, closing + 1)
        if closing >= 0 and opening < found:
            at = closing
            continue
        result.append(cell[begin:found])
        begin = at = found + len(delimiter)
    return [*result, cell[begin:]]


def _next_quoted(cell: str, quote: str, at: int) -> Span:
    """The next pair of quotes; an unclosed one protects nothing."""
    opening = cell.find(quote, at)
    closing = cell.find(quote, opening + 1) if opening >= 0 else -1
    return (opening, closing) if closing >= 0 else (-1, -1)


PIECES_OUTSIDE_QUOTES = hidden(
    "pieces_outside_quotes", takes=[text("s"), string("delimiter"), count("limit"), string("quote")], returns=SOFT,
    doc="The pieces of a text between a literal delimiter that does not stand in quotes.", batch=_pieces_outside_quotes,
)  # fmt: skip


def pieces_of(s: Expr, pattern: CompiledPattern, limit: int, quote: str | None, area: Area = EVERYWHERE) -> Expr:
    """The text cut at the first `limit` matches, in an area of it."""
    if pattern.source == "":
        return Apply("pieces_at", (s,), Form.TEXTS, ((),))
    if pattern.is_plain and not quote and area == EVERYWHERE:
        return Apply("plain_pieces", (s,), Form.TEXTS, (pattern.source, limit))
    if pattern.is_plain and quote and len(quote) == 1 and area == EVERYWHERE:
        return Apply("pieces_outside_quotes", (s,), Form.TEXTS, (pattern.source, limit, quote))
    source = pattern.python_regex if pattern.needs_backtracking else pattern.regex
    return Apply("pieces", (s,), Form.TEXTS, (source, pattern.needs_backtracking, limit, quote or "", area))


@rowwise(Form.TEXTS, nulls=True)
def _pieces_of_many(cell: str | None, sources: tuple[tuple[str, bool], ...]) -> list[str]:
    """One delimiter after the other; one that is not found leaves the rest in its column."""
    if not cell:
        return [""] * (len(sources) + 1)
    result = []
    for source, slow in sources:
        found = matches(cell, source, slow, None)[:1]
        if not found:
            break
        result.append(cell[: found[0][0]])
        cell = cell[found[0][1] :]
    return [*result, cell]


PIECES_OF_MANY = hidden(
    "pieces_of_many", takes=[text("s"), Argument("sources", Want.TEXTS)], returns=SOFT,
    doc="The pieces of a text between one delimiter after the other.", batch=_pieces_of_many,
)  # fmt: skip


def pieces_of_many(s: Expr, found: Sequence[CompiledPattern]) -> Expr:
    """The text cut at the first match of each pattern in turn."""
    sources = tuple((p.python_regex if p.needs_backtracking else p.regex, p.needs_backtracking) for p in found)
    return Apply("pieces_of_many", (s,), Form.TEXTS, (sources,))


@rowwise(Form.TEXTS, nulls=True)
def _pieces_at(cell: str | None, cuts: tuple[int, ...]) -> list[str]:
    edges = [0, *cuts, None]
    return [(cell or "")[start:end] for start, end in pairwise(edges)]


PIECES_AT = hidden(
    "pieces_at", takes=[text("s"), Argument("cuts", Want.TEXTS)], returns=SOFT, doc="A text cut at positions.",
    batch=_pieces_at,
)  # fmt: skip


def pieces_at(s: Expr, cuts: Sequence[int]) -> Expr:
    """The text cut at positions; pieces beyond its end are empty."""
    return Apply("pieces_at", (s,), Form.TEXTS, (tuple(cuts),))


def pieces_every(s: Expr, length: int, limit: int) -> Expr:
    """Pieces of one length, the last takes the rest."""
    return pieces_at(s, [length * n for n in range(1, limit + 1)])


@rowwise(Form.TEXTS, nulls=True)
def _pieces_around(cell: str | None, start: int, end: int) -> list[str]:
    return [(cell or "")[:start], (cell or "")[end:]]


PIECES_AROUND = hidden(
    "pieces_around", takes=[text("s"), count("start"), count("end")], returns=SOFT,
    doc="What stands before and behind a stretch of a text.", batch=_pieces_around,
)  # fmt: skip


@rowwise(Form.TEXTS, nulls=True)
def _pieces_between(cell: str | None, area: Area, behind: bool, limit: int) -> list[str]:
    if not cell:
        return [""] * (limit + 1)
    start, end = area
    if start is not None and end is not None:
        cuts = [inner for inner, _ in areas_in(cell, area)]
    else:
        only = start or end
        assert only is not None
        ends = [match.end() if behind else match.start() for match in found_matches(cell, only[0], only[1])]
        cuts = [(at, at) for at in ends]
    result, begin = [], 0
    for left, right in cuts[:limit]:
        result.append(cell[begin:left])
        begin = right
    return [*result, cell[begin:]]


PIECES_BETWEEN = hidden(
    "pieces_between", takes=[text("s"), Argument("area", Want.TEXTS), Argument("behind", Want.FLAG), count("limit")],
    returns=SOFT, doc="A text without the stretches between two patterns, or cut beside one.", basis="transforms 7.42",
    batch=_pieces_between,
)  # fmt: skip

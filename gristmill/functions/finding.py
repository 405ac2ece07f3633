"""Where something stands in a text (functions-a 3): positions in characters, from 0; null where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import Argument, Want, flag, hidden, integer, pattern, scalar, string, text, word
from gristmill.functions.ordering import is_ascii
from gristmill.functions.searching import first_match
from gristmill.functions.targets import Target, Written, target
from gristmill.plan.building import call, case
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.plan.values import Value, computed
from gristmill.plan.views import Context, integer_view, text_view
from gristmill.types.logical import INTEGER

SOURCE = string("source")
SLOW = Argument("slow", Want.FLAG)

# -- FIND ----------------------------------------------------------------------------------------------


def _find_text(s: Expr, find: Expr, start: Expr) -> Expr:
    at = call("strpos", call("substring", s, start + 1), find)
    inside = (start >= 0) & (start < call("length", s)) & find.ne("")
    return case((inside, case((at > 0, at - 1 + start))))


FIND_TEXT = hidden(
    "find_text", takes=[text("s"), text("find"), integer("start")], returns=INTEGER,
    doc="The first place of a text in another, from a position on.", tree=_find_text,
)  # fmt: skip
FIND_PATTERN = hidden(
    "find_pattern", takes=[text("s"), string("regex")], returns=INTEGER, doc="The first place of a pattern.",
    tree=lambda s, regex: case(
        (
            s.ne("") & call("regexp_matches", s, regex),
            call("length", call("regexp_extract", s, rf"\A((?s:.*?))(?:{regex})", 1)),
        )
    ),
)  # fmt: skip


@rowwise(Form.INTEGER)
def _find_from(cell: str, start: int, source: str, slow: bool) -> int | None:
    if not 0 <= start < len(cell):
        return None
    match = first_match(cell, source, slow, start)
    return None if match is None else int(match.start())


FIND_FROM = hidden(
    "find_from", takes=[text("s"), integer("start"), SOURCE, SLOW], returns=INTEGER,
    doc="The first place of a pattern, from a position on.", batch=_find_from,
)  # fmt: skip


def _plan_find(context: Context, s: Value, find: Written, ignore_case: bool, start: Value) -> Value:
    wanted, cell, begin = target(find, ignore_case, context), text_view(s, context), integer_view(start)
    if wanted.source is None:
        return computed(Apply("find_text", (*wanted.sides(cell), begin), Form.INTEGER))
    source, slow = wanted.source
    if source and not slow and isinstance(begin, Literal) and begin.value == 0:
        return computed(Apply("find_pattern", (cell,), Form.INTEGER, (source,)))
    return computed(Apply("find_from", (cell, begin), Form.INTEGER, (source, slow)))


FIND = scalar(
    "FIND",
    takes=[
        text("s", "the text"),
        pattern("pattern", "what to find"),
        flag("ignore_case", "letter case does not matter"),
        integer("start", "where the search begins", required=False, default=0),
    ],
    returns=INTEGER,
    doc="The position of the first match, counted from the beginning of the text; null if there is none.",
    basis="functions-a 3 [doc]",
    examples={
        "FIND('Hello, World', 'lo', false, 2)": 3,
        r"FIND('You can\'t break this.', 'can\'t', true, 0)": 4,
        "FIND('order 66 now', `{digit}+`)": 6,
        "FIND('Hello', 'x')": None,
    },
    plan=_plan_find,
    group="string",
)

# -- RIGHTFIND -----------------------------------------------------------------------------------------


def _rightfind_text(s: Expr, find: Expr, start: Expr) -> Expr:
    """Looked for from behind in ASCII; the engine turns other texts round by their graphemes."""
    region = call("left", s, call("length", s) - start)
    at = call("strpos", call("reverse", region), call("reverse", find))
    native = case((at > 0, call("length", region) - (at - 1) - call("length", find)))
    inside = (start >= 0) & (start < call("length", s)) & find.ne("")
    plain = is_ascii(s) & is_ascii(find)
    return case(
        (inside & plain, native), (inside, Apply("rightfind_any", (s, find, start), Form.INTEGER)), form=Form.INTEGER
    )


RIGHTFIND_TEXT = hidden(
    "rightfind_text", takes=[text("s"), text("find"), integer("start")], returns=INTEGER,
    doc="The last place of a text in another, so many characters at the end left out.", tree=_rightfind_text,
)  # fmt: skip


@rowwise(Form.INTEGER)
def _rightfind_any(cell: str, find: str, start: int) -> int | None:
    if not find or not 0 <= start < len(cell):
        return None
    found = cell.rfind(find, 0, len(cell) - start)
    return found if found >= 0 else None


RIGHTFIND_ANY = hidden(
    "rightfind_any", takes=[text("s"), text("find"), integer("start")], returns=INTEGER,
    doc="The same for any text.", batch=_rightfind_any,
)  # fmt: skip


@rowwise(Form.INTEGER)
def _rightfind_from(cell: str, start: int, source: str, slow: bool) -> int | None:
    """Matches may overlap: the search goes on one character behind the beginning of each."""
    if not 0 <= start < len(cell):
        return None
    region = cell[: len(cell) - start]
    found = None
    match = first_match(region, source, slow, 0)
    while match is not None:
        found = int(match.start())
        match = first_match(region, source, slow, found + 1) if found < len(region) else None
    return found


RIGHTFIND_FROM = hidden(
    "rightfind_from", takes=[text("s"), integer("start"), SOURCE, SLOW], returns=INTEGER,
    doc="The last place of a pattern, so many characters at the end left out.", batch=_rightfind_from,
)  # fmt: skip


def _plan_rightfind(context: Context, s: Value, find: Written, ignore_case: bool, start: Value) -> Value:
    wanted, cell, begin = target(find, ignore_case, context), text_view(s, context), integer_view(start)
    if wanted.source is None:
        return computed(Apply("rightfind_text", (*wanted.sides(cell), begin), Form.INTEGER))
    return computed(Apply("rightfind_from", (cell, begin), Form.INTEGER, wanted.source))


RIGHTFIND = scalar(
    "RIGHTFIND",
    takes=[
        text("s", "the text"),
        pattern("pattern", "what to find"),
        flag("ignore_case", "letter case does not matter"),
        integer("start", "how many characters at the end do not count", required=False, default=0),
    ],
    returns=INTEGER,
    doc="The position of the last match, counted from the beginning of the text; null if there is none.",
    basis="functions-a 3 [doc]",
    examples={
        "RIGHTFIND('Hello, World', 'o')": 8,
        "RIGHTFIND('Hello, World', 'o', false, 4)": 4,
        "RIGHTFIND('aaa', 'aa')": 1,
        "RIGHTFIND('a1 b22', `{digit}`)": 5,
    },
    plan=_plan_rightfind,
    group="string",
)

# -- FINDNTH -------------------------------------------------------------------------------------------


def _nth_text(s: Expr, find: Expr, n: Expr, direction: str) -> Expr:
    """The length of what stands before the match: so many pieces and the matches between them."""
    pieces = call("string_split", s, find)
    matches = call("len", pieces) - 1
    which = n if direction == "left" else matches - n + 1
    before = call("array_to_string", call("list_slice", pieces, 1, which), "")
    place = call("length", before) + (which - 1) * call("length", find)
    return case((find.ne("") & (n >= 1) & (n <= matches), place))


NTH_TEXT = hidden(
    "nth_text", takes=[text("s"), text("find"), integer("n"), string("direction")], returns=INTEGER,
    doc="The place of the nth occurrence of a text.", tree=_nth_text,
)  # fmt: skip


def every_match(cell: str, source: str, slow: bool) -> Iterator[Any]:
    """Matches from left to right without overlap; an empty one directly behind another does not count (5.5)."""
    at, last = 0, -1
    while at <= len(cell):
        match = first_match(cell, source, slow, at)
        if match is None:
            return
        start, end = match.span()
        if start == end == last:
            at += 1
            continue
        yield match
        at = last = end


@rowwise(Form.INTEGER)
def _nth_pattern(cell: str, n: int, source: str, slow: bool, direction: str) -> int | None:
    places = [int(match.start()) for match in every_match(cell, source, slow)] if cell else []
    if not 1 <= n <= len(places):
        return None
    return places[n - 1] if direction == "left" else places[-n]


NTH_PATTERN = hidden(
    "nth_pattern", takes=[text("s"), integer("n"), SOURCE, SLOW, string("direction")], returns=INTEGER,
    doc="The place of the nth match of a pattern.", batch=_nth_pattern,
)  # fmt: skip


def _nth(wanted: Target, cell: Expr, n: Expr, direction: str) -> Expr:
    if wanted.source is None:
        return Apply("nth_text", (*wanted.sides(cell), n), Form.INTEGER, (direction,))
    return Apply("nth_pattern", (cell, n), Form.INTEGER, (*wanted.source, direction))


FINDNTH = scalar(
    "FINDNTH",
    takes=[
        text("s", "the text"),
        pattern("pattern", "what to find"),
        integer("n", "which match, from 1"),
        word("direction", ("left", "right"), "from which end matches are counted", required=False, default="left"),
        flag("ignore_case", "letter case does not matter"),
    ],
    returns=INTEGER,
    doc="The position of the nth match, always counted from the beginning of the text.",
    basis="functions-a 3 [doc]",
    examples={
        "FINDNTH('Hello, World', 'o', 2, left, false)": 8,
        "FINDNTH('Hello, World', 'o', 1, right)": 8,
        "FINDNTH('#a b #c', /#[a-z]+/, 2)": 5,
        "FINDNTH('Hello, World', 'o', 3)": None,
    },
    plan=lambda context, s, find, n, direction, ignore_case: computed(
        _nth(target(find, ignore_case, context), text_view(s, context), integer_view(n), direction)
    ),
    group="string",
)

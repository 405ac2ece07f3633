"""Every match in a text replaced (functions-a 3): SUBSTITUTE."""

from __future__ import annotations

from typing import Any

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import Argument, Want, flag, hidden, pattern, scalar, string, text
from gristmill.functions.finding import every_match
from gristmill.functions.patterns import replaced
from gristmill.functions.searching import searcher
from gristmill.functions.targets import Source, Target, Written, target
from gristmill.language import tree
from gristmill.language.patterns import CompiledPattern, compile_pattern, escape
from gristmill.language.replacement import Part, parse_replacement
from gristmill.plan.building import call
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.plan.values import Value, computed
from gristmill.plan.views import Context, text_view
from gristmill.types.logical import STRING

PUT_TEXT = hidden(
    "put_text", takes=[text("s"), text("find"), text("put")], returns=STRING,
    doc="A text with each occurrence of another replaced by a third.",
    tree=lambda s, find, put: call("replace", s, find, put),
)  # fmt: skip
PUT_PATTERN = hidden(
    "put_pattern", takes=[text("s"), text("put"), string("regex")], returns=STRING,
    doc="A text with each match of a pattern replaced by a text as it is.",
    tree=lambda s, put, regex: call("regexp_replace", s, regex, call("replace", put, "\\", "\\\\"), "g"),
)  # fmt: skip

# -- what SQL cannot say -------------------------------------------------------------------------------


def _source(given: Source | None, cell: str, ignore_case: bool) -> Source:
    """The pattern itself, or the plain text of a cell as one."""
    if given is not None:
        return given
    return (("(?i)" if ignore_case else "") + escape(cell), False) if cell else ("", False)


def _ends_before(cell: str, source: Source, at: int) -> bool:
    """Whether a match ends exactly there; nothing to find asks nothing."""
    end = r"\Z" if source[1] else r"\z"
    return not source[0] or searcher(f"(?:{source[0]}){end}", source[1]).search(cell[:at]) is not None


def _begins_at(cell: str, source: Source, at: int) -> bool:
    return not source[0] or searcher(source[0], source[1]).match(cell, at) is not None


@rowwise(Form.TEXT)
def _substitute_between(
    cell: str,
    find: str,
    put: str,
    before: str,
    after: str,
    sources: tuple[Source | None, ...],
    parts: tuple[Part, ...] | None,
    ignore_case: bool,
) -> str:
    wanted, ahead, behind = (
        _source(given, written, ignore_case) for given, written in zip(sources, (find, before, after), strict=True)
    )
    result, begin = "", 0
    for match in every_match(cell, *wanted):
        start, end = match.span()
        if _ends_before(cell, ahead, start) and _begins_at(cell, behind, end):
            result += cell[begin:start] + (put if parts is None else _written(parts, match))
            begin = end
    return result + cell[begin:]


def _written(parts: tuple[Part, ...], match: Any) -> str:
    return "".join(part if isinstance(part, str) else (match.group(part) or "") for part in parts)


SUBSTITUTE_BETWEEN = hidden(
    "substitute_between",
    takes=[
        text("s"), text("find"), text("put"), text("before"), text("after"),
        Argument("sources", Want.TEXTS), Argument("parts", Want.TEXTS), flag("ignore_case"),
    ],
    returns=STRING,
    doc="A text with the matches replaced that stand between others.",
    batch=_substitute_between,
)  # fmt: skip

# -- planning ------------------------------------------------------------------------------------------


def _plan_substitute(
    context: Context,
    s: Value,
    find: Written,
    put: Value,
    ignore_case: bool,
    before: Written | None,
    after: Written | None,
) -> Value:
    cell = text_view(s, context)
    written = put.literal if put.is_text else None
    wanted = target(find, ignore_case, context)
    if before is None and after is None:
        result = _everywhere(cell, find, wanted, put if written is None else str(written), context)
        if result is not None:
            return computed(result)
    around = [target(tree.Text("") if side is None else side, ignore_case, context) for side in (before, after)]
    parts = None if written is None else _parts(str(written), wanted)
    cells = [_cell_of(one) for one in (wanted, *around)]
    sources = tuple(one.source for one in (wanted, *around))
    args = (cell, cells[0], text_view(put, context), *cells[1:])
    return computed(Apply("substitute_between", args, Form.TEXT, (sources, parts, ignore_case)))


def _parts(put: str, wanted: Target) -> tuple[Part, ...]:
    groups = 0 if wanted.pattern is None else wanted.pattern.groups
    return parse_replacement(put, groups, literal=wanted.pattern is None)


def _cell_of(one: Target) -> Expr:
    return Literal("") if one.text is None else one.text


def _everywhere(cell: Expr, find: Written, wanted: Target, put: str | Value, context: Context) -> Expr | None:
    """Without neighbours, in SQL as far as it goes; None where a routine must do it."""
    compiled = None if isinstance(find, Value) else compile_pattern(find, wanted.ignore_case)
    if compiled is not None and isinstance(put, str):
        parts = parse_replacement(put, compiled.groups, literal=compiled.kind == "literal")
        return replaced(cell, compiled, parts, every=True)
    if wanted.text is not None and not wanted.ignore_case:
        inserted = _plain_text(put) if isinstance(put, str) else text_view(put, context)
        return None if inserted is None else Apply("put_text", (cell, wanted.text, inserted), Form.TEXT)
    if compiled is not None and _in_sql(compiled) and isinstance(put, Value):
        return Apply("put_pattern", (cell, text_view(put, context)), Form.TEXT, (compiled.regex,))
    return None


def _plain_text(put: str) -> Expr | None:
    """What a replacement for plain text inserts, unless the match itself is part of it."""
    parts = parse_replacement(put, 0, literal=True)
    return Literal("".join(map(str, parts))) if all(isinstance(part, str) for part in parts) else None


def _in_sql(compiled: CompiledPattern) -> bool:
    return compiled.source != "" and not compiled.needs_backtracking


SUBSTITUTE = scalar(
    "SUBSTITUTE",
    takes=[
        text("s", "the text"),
        pattern("pattern", "what to replace"),
        text("replacement", "what to put in its place; `$1` … are the groups of a pattern"),
        flag("ignore_case", "letter case does not matter"),
        pattern("before", "only directly behind a match of this", required=False),
        pattern("after", "only directly before a match of this", required=False),
    ],
    returns=STRING,
    doc="The text with every match replaced.",
    basis="functions-a 3 [doc]",
    examples={
        "SUBSTITUTE('abcabc', 'b', 'X')": "aXcaXc",
        "SUBSTITUTE('ACME Inc', 'acme', 'New', true)": "New Inc",
        "SUBSTITUTE('a-1', `({alpha})-({digit})`, '$2$1')": "1a",
        "SUBSTITUTE('a.b 1.2', '.', ',', false, `{digit}`, `{digit}`)": "a.b 1,2",
        "SUBSTITUTE('abc', '', 'X')": "abc",
    },
    plan=_plan_substitute,
    group="string",
)

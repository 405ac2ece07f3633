"""Patterns at work (language 5): hidden functions that take a compiled regular expression as constant.

RE2 in SQL for what it can say; look-around and back-references (class B) go through one routine with a time limit.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import flag, hidden, string, text
from gristmill.functions.searching import EVERYWHERE, source_of
from gristmill.language.patterns import CompiledPattern
from gristmill.language.replacement import Part, re2_rewrite
from gristmill.plan.building import call, cast
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.problems import run_error
from gristmill.types.logical import BOOLEAN, INTEGER, STRING

SECONDS_PER_VALUE = 0.1
LAST_GROUP_IN_SQL = 9  # RE2 reads `\\10` as the first group and a 0

FOUND = hidden(
    "pattern_found", takes=[text("s"), string("regex")], returns=BOOLEAN, doc="Whether a match stands in a text.",
    basis="language 5.6, MATCHES", tree=lambda s, regex: call("coalesce", call("regexp_matches", s, regex), False),
)  # fmt: skip


@lru_cache(maxsize=512)
def _guarded(source: str) -> Any:
    import regex

    return regex.compile(source, regex.VERSION1)


@rowwise(Form.BOOLEAN)
def _found_slowly(cell: str, source: str) -> bool:
    try:
        return _guarded(source).search(cell, timeout=SECONDS_PER_VALUE) is not None
    except TimeoutError:
        raise run_error("regular expression too slow") from None


FOUND_SLOWLY = hidden(
    "pattern_found_slowly", takes=[text("s"), string("regex")], returns=BOOLEAN, doc="The same with look-around.",
    batch=_found_slowly,
)  # fmt: skip
REPLACE = hidden(
    "pattern_replace",
    takes=[text("s"), string("regex"), string("rewrite"), flag("every")],
    returns=STRING,
    doc="A text with its first match, or every one, replaced.",
    basis="language 5.5",
    tree=lambda s, regex, rewrite, every: call("regexp_replace", s, regex, rewrite, *(["g"] if every else [])),
)
COUNT_MATCHES = hidden(
    "pattern_count", takes=[text("s"), string("regex")], returns=INTEGER, doc="How many matches there are.",
    basis="language 5.6",
    tree=lambda s, regex: cast(call("coalesce", call("len", call("regexp_extract_all", s, regex)), 0), Form.INTEGER),
)  # fmt: skip


PLAIN_REPLACE = hidden(
    "plain_replace", takes=[text("s"), string("find"), string("put")], returns=STRING,
    doc="A text with each occurrence of another replaced.", tree=lambda s, find, put: call("replace", s, find, put),
)  # fmt: skip
PLAIN_FOUND = hidden(
    "plain_found", takes=[text("s"), string("find"), string("where")], returns=BOOLEAN,
    doc="Whether a text stands in another: anywhere, at its start, at its end, or as all of it.",
    tree=lambda s, find, where: call("coalesce", _plain_found(s, find, where), False),
)  # fmt: skip


def _plain_found(s: Expr, find: str, where: str) -> Expr:
    if where == "whole":
        return s.eq(find)
    return call({"anywhere": "contains", "start": "starts_with", "end": "ends_with"}[where], s, find)


def found_in(s: Expr, pattern: CompiledPattern, where: str = "anywhere") -> Expr:
    """Whether a pattern matches: `anywhere`, at the `start`, at the `end`, or the `whole` text; false for null."""
    if pattern.is_plain:
        return Apply("plain_found", (s,), Form.BOOLEAN, (pattern.source, where))
    before = r"\A" if where in ("start", "whole") else ""
    after = r"\z" if where in ("end", "whole") else ""
    if pattern.needs_backtracking:
        after = r"\Z" if after else ""
        return Apply("pattern_found_slowly", (s,), Form.BOOLEAN, (f"{before}(?:{pattern.python_regex}){after}",))
    return Apply("pattern_found", (s,), Form.BOOLEAN, (f"{before}(?:{pattern.regex}){after}",))


def replaced(s: Expr, pattern: CompiledPattern, parts: tuple[Part, ...], *, every: bool) -> Expr:
    """A text with matches replaced by literal pieces and groups; an empty pattern changes nothing."""
    if pattern.source == "":
        return s
    plain = pattern.is_plain and every
    if plain and all(isinstance(part, str) for part in parts):
        return Apply("plain_replace", (s,), Form.TEXT, (pattern.source, "".join(map(str, parts))))
    if pattern.needs_backtracking or any(isinstance(part, int) and part > LAST_GROUP_IN_SQL for part in parts):
        constants = (source_of(pattern), pattern.needs_backtracking, parts, every, EVERYWHERE)
        return Apply("replace_within", (s,), Form.TEXT, constants)
    return Apply("pattern_replace", (s,), Form.TEXT, (pattern.regex, re2_rewrite(parts), every))

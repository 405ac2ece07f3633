"""Cells as values in lines of JSON (platform 4.7): a hidden function that the sink applies."""

from __future__ import annotations

from gristmill.functions.declare import hidden, string, text
from gristmill.functions.nested import JSON_NUMBER
from gristmill.plan.building import call, case, cast, coalesce
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.types.logical import STRING


def _json_member(s: Expr, kind: str) -> Expr:
    """A cell as a JSON value: typed where its spelling is JSON, else by value, else a string; null for an empty one."""
    quoted = cast(call("to_json", s), Form.TEXT)
    if kind == "number":
        value = Apply("print_decimal", (Apply("read_decimal", (s,), Form.DECIMAL),), Form.TEXT)
        typed = case((call("regexp_full_match", s, JSON_NUMBER), s), otherwise=coalesce(value, quoted))
    elif kind == "boolean":
        read = Apply("read_boolean", (s,), Form.BOOLEAN)
        typed = coalesce(Apply("print_boolean", (read,), Form.TEXT), quoted)
    elif kind == "json":
        typed = coalesce(Apply("json_compact", (s,), Form.TEXT), quoted)
    else:
        typed = quoted
    return case((s.ne(""), typed), otherwise="null")


JSON_MEMBER = hidden(
    "json_member",
    takes=[text("s"), string("kind")],
    returns=STRING,
    doc="A cell as a value in a line of JSON.",
    basis="platform 4.7",
    tree=_json_member,
)

"""Lines of text files (platform 4.4, 4.7): hidden functions that sinks apply."""

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


def _csv_field(s: Expr, delimiter: str, always: str) -> Expr:
    quoted = call("concat", '"', call("replace", s, '"', '""'), '"')
    if always:
        return quoted
    special = call("contains", s, delimiter) | call("regexp_matches", s, '["\r\n]')
    return case((special, quoted), otherwise=s)


CSV_FIELD = hidden(
    "csv_field",
    takes=[text("s"), string("delimiter"), string("always")],
    returns=STRING,
    doc="A text as a field of a delimited line, for delimiters of several characters.",
    basis="platform 4.4",
    tree=_csv_field,
)

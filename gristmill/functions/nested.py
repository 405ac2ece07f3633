"""Arrays and objects (functions-b 7): JSON text in, JSON text out."""

from __future__ import annotations

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import (
    anything,
    hidden,
    integer,
    nested,
    scalar,
    string,
    text,
)
from gristmill.plan.building import call, case, cast, coalesce, concat
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.plan.values import Value, computed, static
from gristmill.plan.views import Context, text_view
from gristmill.types.json_text import Json, compact, read_array
from gristmill.types.logical import ARRAY, INTEGER, STRING, Family

JSON_NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"


def _json_element(s: Expr, kind: str) -> Expr:
    """A cell as an element; what does not fit its column's type is a text, as all other cells."""
    quoted = cast(call("to_json", s), Form.TEXT)
    if kind == "text":
        return case((~s.is_null(), quoted))
    return case((~s.is_null(), coalesce(_typed_element(s, kind), quoted)))


def _typed_element(s: Expr, kind: str) -> Expr:
    """Null where the cell does not fit; numbers keep their spelling where that is JSON."""
    if kind in ("array", "object"):
        return Apply(f"read_{kind}", (s,), Form.JSON)
    if kind == "boolean":
        return Apply("print_boolean", (Apply("read_boolean", (s,), Form.BOOLEAN),), Form.TEXT)
    form = Form.INTEGER if kind == "integer" else Form.DECIMAL
    value = Apply(f"read_{kind}", (s,), form)
    printed_value = Apply(f"print_{kind}", (value,), Form.TEXT)
    return case((call("regexp_full_match", s, JSON_NUMBER) & ~value.is_null(), s), otherwise=printed_value)


JSON_ELEMENT = hidden(
    "json_element", takes=[text("s"), string("kind")], returns=STRING, doc="A cell's text as an element of an array.",
    basis="functions-b 1.3", tree=_json_element,
)  # fmt: skip


def json_kind(x: Value) -> str:
    """How a cell stands in an array (functions-b 1.3): `integer`, `decimal`, `boolean`, `array`, `object`, `text`."""
    kinds = {Family.BOOLEAN: "boolean", Family.ARRAY: "array", Family.OBJECT: "object"}
    if x.typing.family is Family.NUMBER:
        return "integer" if x.typing.logical == INTEGER else "decimal"
    if isinstance(x.expr, Literal) and isinstance(x.expr.value, bool):
        return "boolean"
    return kinds.get(x.typing.family, "text")


def element_of(x: Value, context: Context) -> Expr:
    """A value as JSON; null where it is null."""
    if x.form is Form.JSON:
        return x.expr
    return Apply("json_element", (text_view(x, context),), Form.JSON, (json_kind(x),))


def _plan_array(context: Context, items: tuple[Value, ...]) -> Value:
    """An array literal; a null element is `null`."""
    if not items:
        return Value(Literal("[]", Form.JSON), static(ARRAY))
    parts: list[Expr | str] = []
    for item in items:
        parts += ["," if parts else "[", coalesce(element_of(item, context), "null")]
    first, *rest = (*parts, "]")
    return Value(Apply("json_text", (concat(first, *rest),), Form.JSON), static(ARRAY))


ARRAY_LITERAL = scalar(
    "array_literal", takes=[anything("items", many=True)], returns=ARRAY, doc="An array of values.", hidden=True,
    plan=_plan_array,
)  # fmt: skip
JSON_TEXT = hidden("json_text", takes=[text("s")], returns=ARRAY, doc="JSON text as it is.", tree=lambda s: s)


def printed(item: Json) -> str | None:
    """An element as a cell: texts bare, nested values as JSON, null as null."""
    return item if item is None or isinstance(item, str) else compact(item)


@rowwise(Form.JSON)
def _range(start: int, stop: int, step: int) -> str | None:
    if not step or (stop - start) // step > LARGEST_RANGE:
        return None
    numbers = range(start, stop, step)
    return None if len(numbers) > LARGEST_RANGE else f"[{','.join(map(str, numbers))}]"


LARGEST_RANGE = 1_000_000

RANGE = scalar(
    "RANGE",
    takes=[integer("start", "the first number"), integer("stop", "not included"),
           integer("step", "how far apart", required=False, default=1)],
    returns=ARRAY,
    doc="An array of the integers from start up to, not including, stop.",
    basis="functions-a 10 [recipe]",
    examples={"RANGE(0, 3, 1)": "[0,1,2]", "RANGE(5, 0, -2)": "[5,3,1]", "RANGE(0, 3, 0)": None},
    batch=_range,
    group="other",
)  # fmt: skip


@rowwise(Form.INTEGER)
def _array_length(cell: str) -> int | None:
    found = read_array(cell)
    return None if found is None else len(found)


def _plan_arraylen(context: Context, a: Value) -> Value:
    """An empty cell counts as an empty array; no array at all gives null (functions-b 7)."""
    length = Apply("array_length", (text_view(a, context),), Form.INTEGER)
    if not a.is_text:
        return computed(length)
    return computed(case((a.expr.eq(""), 0), otherwise=length, form=Form.INTEGER))


ARRAY_LENGTH = hidden(
    "array_length", takes=[text("a")], returns=INTEGER, doc="How many elements a JSON array has.", batch=_array_length
)
ARRAYLEN = scalar(
    "ARRAYLEN",
    takes=[nested("array", "an array")],
    returns=INTEGER,
    doc="How many elements an array has; 0 for an empty cell, null for what is no array.",
    basis="functions-b 7 [doc]",
    examples={"ARRAYLEN('[1,[2,3]]')": 2, "ARRAYLEN('')": 0, "ARRAYLEN('x')": None},
    plan=_plan_arraylen,
    group="nested",
)

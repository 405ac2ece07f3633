"""Functions of arrays (functions-b 7): parts, order, places. Only the outer level counts; places count from 0."""

from __future__ import annotations

from typing import Any

from gristmill.functions.batch import Rowwise, rowwise
from gristmill.functions.declare import Function, anything, array, hidden, integer, nested, scalar, string, text, word
from gristmill.functions.nested import printed
from gristmill.plan.building import null
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.values import SOFT, Value, computed, static
from gristmill.plan.views import Context, integer_view, number_view, text_view
from gristmill.types.collation import text_order_keys
from gristmill.types.json_text import Json, Number, compact, parse_json, read_array
from gristmill.types.logical import ARRAY, INTEGER, STRING, Family

ORDERS = ("ascending", "descending")
LONGEST = 2**31 - 1  # no array is longer


def array_text(value: Value) -> Expr:
    """The text of a cell that may be an array; the routines look whether it is one."""
    if value.form is Form.JSON:
        return value.expr if value.typing.family is Family.ARRAY else null(Form.JSON)
    if value.form is Form.TEXT and value.typing.family in (Family.TEXT, Family.ARRAY):
        return value.expr
    return null(Form.JSON)


def equality_key(item: Json) -> object:
    """What is equal for equal elements: a number and a text with the same digits are (functions-b 7)."""
    if isinstance(item, str):
        return ("plain", item)
    if isinstance(item, Number):
        return ("plain", compact(item))
    return ("json", compact(_sorted(item)))


def _sorted(item: Json) -> Json:
    """Objects compare whatever the order of their keys (language 4.5)."""
    if isinstance(item, dict):
        return {key: _sorted(item[key]) for key in sorted(item)}
    return [_sorted(part) for part in item] if isinstance(item, list) else item


def cell_keys(cell: str) -> tuple[object, ...]:
    """The keys of the elements that a cell may stand for: a text, a number, or JSON."""
    plain = ("plain", cell)
    if cell[:1] not in ("[", "{") and cell not in ("true", "false"):
        return (plain,)
    try:
        return (plain, equality_key(parse_json(cell)))
    except ValueError:
        return (plain,)


# -- one array ----------------------------------------------------------------------------------------


@rowwise(Form.TEXT)
def _element_at(cell: str, index: int) -> str | None:
    items = read_array(cell)
    return printed(items[index]) if items is not None and 0 <= index < len(items) else None


def _plan_elementat(context: Context, a: Value, index: Value) -> Value:
    return Value(Apply("element_at", (array_text(a), integer_view(index)), Form.TEXT), SOFT)


ELEMENT_AT = hidden(
    "element_at", takes=[array("a"), integer("index")], returns=STRING, doc="An element as a cell.", batch=_element_at
)
ARRAYELEMENTAT = scalar(
    "ARRAYELEMENTAT",
    takes=[nested("array", "an array"), anything("index", "its place, from 0")],
    returns=STRING,
    doc="The element at a place, counted from 0; null beyond the ends.",
    basis="functions-b 7 [doc]",
    examples={"ARRAYELEMENTAT(['A', 'B', 'C'], 2)": "C", "ARRAYELEMENTAT('[[1,2]]', 0)": "[1,2]"},
    plan=_plan_elementat,
    group="nested",
)


@rowwise(Form.INTEGER)
def _index_of(cell: str, element: str, from_right: bool) -> int | None:
    wanted = cell_keys(element)
    places = [place for place, item in enumerate(read_array(cell) or ()) if equality_key(item) in wanted]
    if not places:
        return None
    return places[-1] if from_right else places[0]


def _searched(element: Value, context: Context) -> Expr:
    """The element's text; numbers as they print."""
    if element.is_text and element.typing.family is Family.NUMBER:
        return text_view(computed(number_view(element)), context)
    return text_view(element, context)


def _position(name: str, which: str, from_right: bool, example: dict[str, Any]) -> Function:
    def plan(context: Context, a: Value, element: Value) -> Value:
        views = (array_text(a), _searched(element, context))
        return computed(Apply("index_of", views, Form.INTEGER, (from_right,)))

    return scalar(
        name,
        takes=[nested("array", "an array"), anything("element", "what is looked for")],
        returns=INTEGER,
        doc=f"The place of the {which} equal element, counted from 0; null where there is none.",
        basis="functions-b 7",
        examples=example,
        plan=plan,
        group="nested",
    )


INDEX_OF = hidden(
    "index_of", takes=[array("a"), text("element"), string("from_right")], returns=INTEGER,
    doc="The place of an element.", batch=_index_of,
)  # fmt: skip
ARRAYINDEXOF = _position("ARRAYINDEXOF", "first", False, {"ARRAYINDEXOF(['a', 'b', 'a'], 'a')": 0})
ARRAYRIGHTINDEXOF = _position("ARRAYRIGHTINDEXOF", "last", True, {"ARRAYRIGHTINDEXOF(['a', 'b', 'a'], 'a')": 2})


@rowwise(Form.TEXT)
def _merge_elements(cell: str, delimiter: str) -> str | None:
    items = read_array(cell)
    return None if items is None else delimiter.join(text for item in items if (text := printed(item)) is not None)


def _plan_merge(context: Context, a: Value, delimiter: Value) -> Value:
    return Value(Apply("merge_elements", (array_text(a), text_view(delimiter, context)), Form.TEXT), SOFT)


MERGE_ELEMENTS = hidden(
    "merge_elements", takes=[array("a"), text("delimiter")], returns=STRING, doc="The elements as one text.",
    batch=_merge_elements,
)  # fmt: skip
ARRAYMERGEELEMENTS = scalar(
    "ARRAYMERGEELEMENTS",
    takes=[nested("array", "an array"), anything("delimiter", "what stands between", required=False, default="")],
    returns=STRING,
    doc="The elements joined to one text; null elements are skipped.",
    basis="functions-b 7 [doc]",
    examples={"ARRAYMERGEELEMENTS(['A', 'B', 'C'], '-')": "A-B-C", "ARRAYMERGEELEMENTS('[1,null,2]')": "12"},
    plan=_plan_merge,
    group="nested",
)


@rowwise(Form.JSON)
def _slice(cell: str, start: int, end: int) -> str | None:
    items = read_array(cell)
    return None if items is None else compact(items[start:end])


def _plan_slice(context: Context, a: Value, start: Value, end: Value) -> Value:
    views = (array_text(a), integer_view(start), integer_view(end))
    return Value(Apply("slice", views, Form.JSON), static(ARRAY))


SLICE = hidden(
    "slice", takes=[array("a"), integer("start"), integer("end")], returns=ARRAY,
    doc="A part of an array.", batch=_slice,
)  # fmt: skip
ARRAYSLICE = scalar(
    "ARRAYSLICE",
    takes=[
        nested("array", "an array"),
        anything("start", "the first place, from 0; negative: from the end"),
        anything("end", "the place after the last; by default the end", required=False, default=LONGEST),
    ],
    returns=ARRAY,
    doc="The elements from start up to, not including, end.",
    basis="functions-b 7 [doc]",
    examples={
        "ARRAYSLICE(['A', 'B', 'C'], 1, 2)": '["B"]',
        "ARRAYSLICE([1, 2, 3], -2)": "[2,3]",
        "ARRAYSLICE([1, 2, 3], 2, 1)": "[]",
    },
    plan=_plan_slice,
    group="nested",
)


@rowwise(Form.JSON)
def _sort(cell: str, order: str) -> str | None:
    """By the text order of `sort` on the printed text, null last; descending is the exact reverse."""
    items = read_array(cell)
    if items is None:
        return None
    present = [(text_order_keys(text), item) for item in items if (text := printed(item)) is not None]
    nulls: list[Json] = [None] * (len(items) - len(present))
    descending = order == "descending"
    ordered = [item for _, item in sorted(present, key=_sort_key, reverse=descending)]
    return compact(nulls + ordered if descending else ordered + nulls)


def _sort_key(pair: tuple[tuple[Any, ...], Json]) -> tuple[Any, ...]:
    kind, number, *texts = pair[0]
    return (kind, number or 0.0, *texts)


def _plan_sort(context: Context, a: Value, order: str) -> Value:
    return Value(Apply("sort_elements", (array_text(a),), Form.JSON, (order,)), static(ARRAY))


SORT_ELEMENTS = hidden(
    "sort_elements", takes=[array("a"), word("order", ORDERS)], returns=ARRAY, doc="An array in order.", batch=_sort
)
ARRAYSORT = scalar(
    "ARRAYSORT",
    takes=[
        nested("array", "an array"),
        word("order", ORDERS, "ascending or descending", required=False, default="ascending"),
    ],
    returns=ARRAY,
    doc="The elements in text order: numbers by value, then texts, null last; descending is the reverse.",
    basis="functions-b 7 [doc], language 1.6",
    examples={
        "ARRAYSORT([10, 9, 100], ascending)": "[9,10,100]",
        "ARRAYSORT('[3,null,1]', descending)": "[null,3,1]",
    },
    plan=_plan_sort,
    group="nested",
)


# -- several arrays -----------------------------------------------------------------------------------


def over_arrays(name: str, routine: Rowwise, doc: str, basis: str, examples: dict[str, Any]) -> tuple[Function, ...]:
    """A function of several arrays, written `F([a, b])` or `F(a, b)`, with the hidden one that computes it."""
    inner = f"{name.lower()}_of"

    def plan(context: Context, arrays: tuple[Value, ...]) -> Value:
        return Value(Apply(inner, tuple(map(array_text, _arrays(arrays, context))), Form.JSON), static(ARRAY))

    shown = scalar(
        name,
        takes=[anything("arrays", "arrays", many=True, may_be_empty=True)],
        returns=ARRAY,
        doc=doc,
        basis=basis,
        examples=examples,
        plan=plan,
        group="nested",
    )
    return shown, hidden(inner, takes=[array("arrays", many=True)], returns=ARRAY, doc=doc, batch=routine)


def _arrays(given: tuple[Value, ...], context: Context) -> tuple[Value, ...]:
    """`F([1, 2])`, a list of nothing but plain constants, is one array; so is `F([])`."""
    from gristmill.functions.nested import ARRAY_LITERAL

    if any(not _is_plain(value) for value in given):
        return given
    assert ARRAY_LITERAL.plan is not None
    return (ARRAY_LITERAL.plan(context, given),)


def _is_plain(value: Value) -> bool:
    literal = value.literal
    if isinstance(literal, str):
        return value.form is not Form.JSON and read_array(literal) is None
    return literal is not None

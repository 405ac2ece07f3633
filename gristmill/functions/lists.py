"""Arrays of a group's values (functions-b 5): LIST, LISTIF, UNIQUE."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gristmill.functions.aggregates import TEST, aggregated, over_group
from gristmill.functions.batch import rowwise
from gristmill.functions.declare import aggregate, anything, array, count, hidden, window
from gristmill.functions.nested import element_of
from gristmill.plan.building import call, case, cast, coalesce, concat
from gristmill.plan.expressions import Apply, Expr, Form, Key, Literal
from gristmill.plan.grouping import group_keys
from gristmill.plan.primitives import Aggregated
from gristmill.plan.values import Value, computed, static
from gristmill.plan.views import Context, condition_view
from gristmill.types.json_text import read_array
from gristmill.types.logical import ARRAY, INTEGER

MOST_BY_HEAP = 999_999  # DuckDB's limit for the n of arg_min

LIMIT = count("limit", "how many at most", required=False, default=1000, low=1)


def usable(x: Value, tests: tuple[Value, ...] = ()) -> Expr:
    """Whether a cell is neither null nor empty, and its row passes the test."""
    present = ~x.expr.is_null() & x.expr.ne("") if x.is_text else ~x.expr.is_null()
    return present & coalesce(condition_view(tests[0]), False) if tests else present


def first_elements(x: Expr, order: Expr, limit: int, **more: Any) -> Expr:
    """A JSON array of the first elements that are not null, in an order of whole numbers."""
    if limit <= MOST_BY_HEAP:
        items: Expr = aggregated("arg_min", x, order, Literal(limit), where=~x.is_null(), **more)
    else:
        keyed = aggregated("list", x, order=(Key(order),), where=~x.is_null(), **more)
        items = call("list_slice", keyed, 1, limit)
    return json_of(items)


def json_of(items: Expr) -> Expr:
    """A list of elements as one JSON array; no list is an empty one."""
    return concat("[", coalesce(call("array_to_string", items, ","), ""), "]")


JSON_LIST = aggregate(
    "json_list",
    takes=[anything("x"), count("limit")],
    returns=ARRAY,
    doc="A JSON array of the elements that are not null, in row order.",
    hidden=True,
    ordered=True,
    tree=lambda x, limit, order: first_elements(x, order[0].expr, limit),
)


def _listed(context: Context, element: Expr, limit: int) -> Value:
    return over_group(context, "json_list", (element,), Form.JSON, static(ARRAY), (limit,))


def _plan_list(context: Context, x: Value, limit: int, *tests: Value) -> Value:
    return _listed(context, case((usable(x, tests), element_of(x, context)), form=Form.JSON), limit)


LIST = aggregate(
    "LIST",
    takes=[anything("col", "a column"), LIMIT],
    returns=ARRAY,
    doc="An array of the values that are neither null nor empty, in row order.",
    basis="functions-b 5 [doc]",
    plan=_plan_list,
    group="aggregate",
)
LISTIF = aggregate(
    "LISTIF",
    takes=[anything("col", "a column"), count("limit", "how many at most", low=1), TEST],
    returns=ARRAY,
    doc="An array of the usable values of the rows that pass a test.",
    basis="functions-b 5 [recipe]",
    plan=_plan_list,
    group="aggregate",
)

# -- different values -----------------------------------------------------------------------------------


def _first_place(keys: tuple[Expr, ...], given: int, over: Any) -> Aggregated:
    """The place among the rows of the group with the same keys, in row order; `given` keys of `order:` are left out."""
    found = over()
    return aggregated("row_number", over=replace(found, partition=found.partition + keys, order=found.order[given:]))


FIRST_PLACE = window(
    "first_place", takes=[anything("keys", many=True), count("given")], returns=INTEGER, hidden=True,
    doc="1 in the first row of the group with a value.", tree=_first_place,
)  # fmt: skip
JSON_PAIRS = aggregate(
    "json_pairs", takes=[anything("pair")], returns=ARRAY, doc="A JSON array of the pairs, in row order.",
    hidden=True, ordered=True,
    tree=lambda pair, order: json_of(aggregated("list", pair, order=order, where=~pair.is_null())),
)  # fmt: skip


@rowwise(Form.JSON)
def _unique_elements(pairs: str, limit: int) -> str:
    """The elements of the first pairs of each key, as they are spelled."""
    found: dict[str, str] = {}
    for pair in read_array(pairs) or ():
        assert isinstance(pair, list)
        found.setdefault(str(pair[0]), str(pair[1]))
    return f"[{','.join(list(found.values())[:limit])}]"


UNIQUE_ELEMENTS = hidden(
    "unique_elements", takes=[array("pairs"), count("limit")], returns=ARRAY,
    doc="The different elements out of pairs of key and element.", batch=_unique_elements,
)  # fmt: skip


def _key_text(keys: tuple[Expr, ...]) -> Expr:
    """Group keys as one text."""
    decimal = keys[0].form is Form.DECIMAL  # no two engines cast these alike
    typed = Apply("print_decimal", (keys[0],), Form.TEXT) if decimal else cast(keys[0], Form.TEXT)
    return typed if len(keys) == 1 else coalesce(concat("=", typed), concat("'", keys[1]))


def _json_text(s: Expr) -> Expr:
    return cast(call("to_json", s), Form.TEXT)


def _plan_unique(context: Context, x: Value, limit: int) -> Value:
    """Equal as group keys are; the first of equal values stands for them."""
    keys, element, present = group_keys(x, context), element_of(x, context), usable(x)
    if not context.beside_rows:
        pair = concat("[", _json_text(_key_text(keys)), ",", _json_text(element), "]")
        pairs = over_group(context, "json_pairs", (case((present, pair), form=Form.JSON),), Form.JSON, static(ARRAY))
        return Value(Apply("unique_elements", (pairs.expr,), Form.JSON, (limit,)), static(ARRAY))
    integer = computed(Literal(0)).typing
    place = context.define(context.windowed("first_place", keys, Form.INTEGER, integer, (context.order_keys,))).expr
    return _listed(context, case((present & place.eq(1), element), form=Form.JSON), limit)


UNIQUE = aggregate(
    "UNIQUE",
    takes=[anything("col", "a column"), LIMIT],
    returns=ARRAY,
    doc="An array of the different values that are neither null nor empty, by their first row.",
    basis="functions-b 5 [doc]",
    plan=_plan_unique,
    group="aggregate",
)

"""Functions of objects (functions-b 7): KEYS, FILTEROBJECT, ARRAYSTOMAP."""

from __future__ import annotations

from itertools import zip_longest

from gristmill.functions.arrays import array_text
from gristmill.functions.batch import rowwise
from gristmill.functions.declare import anything, array, hidden, nested, obj, scalar, text
from gristmill.functions.nested import printed
from gristmill.plan.building import null
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.values import Kind, Value, static
from gristmill.plan.views import Context, text_view
from gristmill.types.json_text import Json, compact, read_array, read_object, read_pairs
from gristmill.types.logical import ARRAY, OBJECT, Family

DEFAULT_KEY = "DEFAULT_KEY"


def object_text(value: Value) -> Expr:
    """The text of a cell that may be an object; the routines look whether it is one."""
    if value.form is Form.JSON:
        return value.expr if value.typing.family is Family.OBJECT else null(Form.JSON)
    if value.form is not Form.TEXT or value.typing.family not in (Family.TEXT, Family.OBJECT):
        return null(Form.JSON)
    if value.typing.family is Family.OBJECT and value.typing.kind is Kind.HARD:
        return Apply("read_object", (value.expr,), Form.JSON)
    return value.expr


@rowwise(Form.JSON)
def _keys(cell: str) -> str | None:
    found = read_object(cell)
    return None if found is None else compact(list(found))


KEYS_OF = hidden("keys_of", takes=[obj("o")], returns=ARRAY, doc="The keys of an object.", batch=_keys)
KEYS = scalar(
    "KEYS",
    takes=[nested("object", "an object")],
    returns=ARRAY,
    doc="The top-level keys of an object as an array.",
    basis="functions-b 7 [doc]",
    examples={'KEYS(\'{"a":1,"b":{"c":2}}\')': '["a","b"]', "KEYS('[1]')": None},
    plan=lambda context, o: Value(Apply("keys_of", (object_text(o),), Form.JSON), static(ARRAY)),
    group="nested",
)


@rowwise(Form.JSON)
def _filter_object(cell: str, keys: str) -> str | None:
    """Values of a key that occurs more than once are collected in an array."""
    pairs = read_pairs(cell)
    if pairs is None:
        return None
    wanted = _wanted_keys(keys)
    kept: dict[str, list[Json]] = {}
    for key, item in pairs:
        if key in wanted:
            kept.setdefault(key, []).append(item)
    return compact({key: items[0] if len(items) == 1 else items for key, items in kept.items()})


def _wanted_keys(keys: str) -> set[str]:
    """An array of keys, a text that holds a list as `[k1,k2]`, or one key."""
    items = read_array(keys)
    if items is not None:
        return {text_ for item in items if (text_ := printed(item)) is not None}
    stripped = keys.strip()
    if stripped.startswith("[") and stripped.endswith("]"):
        return {part.strip().strip("'\"") for part in stripped[1:-1].split(",")}
    return {keys}


def _plan_filterobject(context: Context, o: Value, keys: Value) -> Value:
    views = (object_text(o), text_view(keys, context))
    return Value(Apply("filter_object", views, Form.JSON), static(OBJECT))


FILTER_OBJECT = hidden(
    "filter_object", takes=[obj("o"), text("keys")], returns=OBJECT, doc="A part of an object.", batch=_filter_object
)
FILTEROBJECT = scalar(
    "FILTEROBJECT",
    takes=[nested("object", "an object"), anything("keys", "an array of keys, or one key")],
    returns=OBJECT,
    doc="The object with the given keys only.",
    basis="functions-b 7 [doc]",
    examples={
        "FILTEROBJECT('{\"q\":\"a\",\"r\":1}', ['r', 'x'])": '{"r":1}',
        'FILTEROBJECT(\'{"q":"a","r":1,"q":"b"}\', \'q\')': '{"q":["a","b"]}',
    },
    plan=_plan_filterobject,
    group="nested",
)


@rowwise(Form.JSON)
def _arrays_to_map(keys: str, values: str, default: str) -> str | None:
    """Values by key, collected in arrays; keys without a value get null, values without a key the default one."""
    names, items = read_array(keys), read_array(values)
    if names is None or items is None:
        return None
    result: dict[str, list[Json] | None] = {}
    for place, (name, item) in enumerate(zip_longest(names, items)):
        key = default if place >= len(names) else key_text(name)
        collected = result.setdefault(key, None)
        if place < len(items):
            result[key] = [*(collected or []), item]
    return compact(result)


def key_text(item: Json) -> str:
    """An element as a key."""
    return "null" if item is None else printed(item) or ""


def _plan_arraystomap(context: Context, keys: Value, values: Value, default: Value) -> Value:
    views = (array_text(keys), array_text(values), text_view(default, context))
    return Value(Apply("arrays_to_map", views, Form.JSON), static(OBJECT))


ARRAYS_TO_MAP = hidden(
    "arrays_to_map", takes=[array("keys"), array("values"), text("default")], returns=OBJECT,
    doc="An object of keys and values.", batch=_arrays_to_map,
)  # fmt: skip
ARRAYSTOMAP = scalar(
    "ARRAYSTOMAP",
    takes=[
        nested("keys", "an array of keys"),
        nested("values", "an array of values"),
        anything("default_key", "the key of values without a key", required=False, default=DEFAULT_KEY),
    ],
    returns=OBJECT,
    doc="An object that pairs keys and values by place; the values of a key stand in an array.",
    basis="functions-b 7 [export]",
    examples={
        "ARRAYSTOMAP(['A', 'B'], ['1', '2', '3'])": '{"A":["1"],"B":["2"],"DEFAULT_KEY":["3"]}',
        "ARRAYSTOMAP(['A', 'B'], ['1'])": '{"A":["1"],"B":null}',
    },
    plan=_plan_arraystomap,
    group="nested",
)

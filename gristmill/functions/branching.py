"""One of several values, by tests or by the state of a cell (functions-a 8)."""

from __future__ import annotations

from gristmill.functions.declare import anything, boolean, scalar, type_name
from gristmill.functions.states import is_mismatched, is_missing, is_null
from gristmill.plan.branches import choose
from gristmill.plan.building import case, coalesce, null
from gristmill.plan.expressions import Expr
from gristmill.plan.values import NULL, Value
from gristmill.plan.views import Context, condition_view, fits
from gristmill.problems import recipe_error
from gristmill.types.logical import STRING


def _plan_if(context: Context, test: Value, then: Value, otherwise: Value) -> Value:
    """A null test gives null, neither branch (language 1.4)."""
    condition = condition_view(test)
    return choose(
        (then, otherwise),
        context,
        lambda parts: case((condition, parts[0]), (~condition, parts[1]), form=parts[0].form),
    )


IF = scalar(
    "IF",
    takes=[
        boolean("test", "what decides"),
        anything("then", "the value where the test is true"),
        anything("else", "the value where it is false", required=False),
    ],
    returns=STRING,
    doc="One of two values, by a test; null where the test is null. Also written `test ? then : else`.",
    basis="functions-a 8 [doc]",
    examples={"IF(1 == 1, 'a', 'b')": "a", "IF(NULL() == 1, 'a', 'b')": None, "2 > 3 ? 1 : 0": 0},
    plan=_plan_if,
    group="conditional",
)


def _plan_case(context: Context, parts: tuple[Value, ...]) -> Value:
    """The value behind the first test that is true; a null test is not true."""
    if len(parts) < 2:
        raise recipe_error("argument-count", f"CASE expects pairs of test and value, got {len(parts)}")
    pairs = len(parts) // 2
    tests = [coalesce(condition_view(test), False) for test in parts[: 2 * pairs : 2]]
    otherwise = parts[-1] if len(parts) % 2 else NULL
    return choose(
        (*parts[1::2], otherwise),
        context,
        lambda chosen: case(*zip(tests, chosen, strict=False), otherwise=chosen[-1], form=chosen[0].form),
    )


CASE = scalar(
    "CASE",
    takes=[anything("pairs", "test, value, test, value, …, and a value for the rest", many=True, may_be_empty=True)],
    returns=STRING,
    doc="The value of the first test that is true, else the last one of the list, else null.",
    basis="functions-a 8 [doc]",
    examples={"CASE([1 > 2, 'a', 2 > 1, 'b', 'c'])": "b", "CASE([1 > 2, 'a', 'c'])": "c"},
    plan=_plan_case,
    group="conditional",
)


def _plan_coalesce(context: Context, values: tuple[Value, ...]) -> Value:
    return choose(
        values,
        context,
        lambda parts: case(
            *((~is_missing(value), part) for value, part in zip(values, parts, strict=True)),
            otherwise=null(parts[0].form),
            form=parts[0].form,
        ),
    )


COALESCE = scalar(
    "COALESCE",
    takes=[anything("values", "columns or values, in order of preference", many=True)],
    returns=STRING,
    doc="The first value that is neither null nor empty.",
    basis="functions-a 8 [doc]",
    examples={"COALESCE(['', 'b', 'c'])": "b", "COALESCE([NULL(), NULL()])": None},
    plan=_plan_coalesce,
    group="other",
)


def _replaced(context: Context, test: Expr, out: Value, x: Value) -> Value:
    return choose((out, x), context, lambda parts: case((test, parts[0]), otherwise=parts[1], form=parts[0].form))


IFMISSING = scalar(
    "IFMISSING",
    takes=[anything("x", "a cell"), anything("out", "what stands in for it")],
    returns=STRING,
    doc="Another value where the cell is null or empty, else the cell.",
    basis="functions-a 8 [doc]",
    examples={"IFMISSING('', 'x')": "x", "IFMISSING('a', 'x')": "a"},
    plan=lambda context, x, out: _replaced(context, is_missing(x), out, x),
    group="type",
)
IFNULL = scalar(
    "IFNULL",
    takes=[anything("x", "a cell"), anything("out", "what stands in for it")],
    returns=STRING,
    doc="Another value where the cell is null, else the cell; the empty text stays.",
    basis="functions-a 8 [doc]",
    examples={"IFNULL(NULL(), 'x')": "x", "IFNULL('', 'x')": ""},
    plan=lambda context, x, out: _replaced(context, is_null(x), out, x),
    group="type",
)
IFMISMATCHED = scalar(
    "IFMISMATCHED",
    takes=[anything("x", "a cell"), type_name("type"), anything("out", "what stands in for it")],
    returns=STRING,
    doc="Another value where the cell does not fit a type, else the cell.",
    basis="functions-a 8 [doc]",
    examples={"IFMISMATCHED('ZZ', 'State', 'none')": "none", "IFMISMATCHED('CA', 'State', 'none')": "CA"},
    plan=lambda context, x, type, out: _replaced(context, is_mismatched(context, x, type), out, x),
    group="type",
)
IFVALID = scalar(
    "IFVALID",
    takes=[anything("x", "a cell"), type_name("type"), anything("out", "what stands in for it")],
    returns=STRING,
    doc="Another value where the cell fits a type, else the cell.",
    basis="functions-a 8 [doc]",
    examples={"IFVALID('94105', 'Zipcode', 'ok')": "ok", "IFVALID('x', 'Zipcode', 'ok')": "x"},
    plan=lambda context, x, type, out: _replaced(context, fits(x, type, context), out, x),
    group="type",
)

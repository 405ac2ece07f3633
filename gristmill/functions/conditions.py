"""Comparisons, logic, branches and tests of cell states (functions-a 6–9)."""

from __future__ import annotations

from functools import reduce
from typing import Any

from gristmill.functions.declare import Function, anything, boolean, number, scalar, text, type_name
from gristmill.plan.branches import choose
from gristmill.plan.building import case, coalesce, null
from gristmill.plan.comparison import compare
from gristmill.plan.expressions import Apply, Expr, Form, IsNull
from gristmill.plan.values import NULL, Kind, Value, computed
from gristmill.plan.views import Context, condition_view, fits, integer_view, settled
from gristmill.problems import recipe_error
from gristmill.types.logical import BOOLEAN, STRING, LogicalType

# -- comparisons -------------------------------------------------------------------------------------


def _comparison(name: str, op: str, written: str, doc: str, examples: dict[str, Any]) -> Function:
    return scalar(
        name,
        takes=[anything("a", "left side"), anything("b", "right side")],
        returns=BOOLEAN,
        doc=f"{doc} The operator `{written}`.",
        basis="language 4.5",
        examples=examples,
        plan=lambda context, a, b: computed(compare(op, a, b, context)),
        group="comparison",
    )


EQUAL = _comparison(
    "EQUAL", "=", "==", "Whether two values are equal; null if one is null.",
    {"3 == 3.0": True, "'a' == 'A'": False, "'05' == 5": True, "NULL() == NULL()": None},
)  # fmt: skip
NOTEQUAL = _comparison(
    "NOTEQUAL", "<>", "!=", "Whether two values differ; null if one is null.", {"3 != 4": True, "'' != 'USA'": True}
)
LESSTHAN = _comparison(
    "LESSTHAN", "<", "<", "Whether a is less; texts by code points.", {"2 < 10": True, "'Z' < 'a'": True}
)
LESSTHANEQUAL = _comparison("LESSTHANEQUAL", "<=", "<=", "Whether a is less or equal.", {"2 <= 2": True})
GREATERTHAN = _comparison(
    "GREATERTHAN", ">", ">", "Whether a is greater; texts by code points.", {"10 > 9": True, "'10' > '9'": False}
)
GREATERTHANEQUAL = _comparison("GREATERTHANEQUAL", ">=", ">=", "Whether a is greater or equal.", {"6 >= 5": True})


def _plan_in(context: Context, x: Value, items: tuple[Value, ...]) -> Value:
    """True if one item equals; null items count as different (language 4.5)."""
    if x.is_null:
        return computed(null(Form.BOOLEAN))
    known = [compare("=", x, item, context) for item in items if not item.is_null]
    if not known:
        return computed(case((~_raw(x).is_null(), False), form=Form.BOOLEAN))
    tests = [coalesce(test, False) for test in known]
    unknown = known[0].is_null() if x.is_text else _raw(x).is_null()
    return computed(case((~unknown, reduce(lambda a, b: a | b, tests)), form=Form.BOOLEAN))


def _raw(x: Value) -> Expr:
    return x.expr


IN = scalar(
    "IN",
    takes=[anything("x", "the value to look for"), anything("values", "what it may be", many=True)],
    returns=BOOLEAN,
    doc="Whether a value equals one of a list.",
    basis="functions-a 6 [doc]",
    examples={"IN('a', ['a', 'b'])": True, "IN(3, [1, 2])": False, "IN(NULL(), [1])": None},
    plan=_plan_in,
    group="comparison",
)

# -- logic -------------------------------------------------------------------------------------------

AND = scalar(
    "AND",
    takes=[boolean("a"), boolean("b")],
    returns=BOOLEAN,
    doc="True if both are true; false wins over null. The operator `&&`.",
    basis="functions-a 7 [doc]",
    examples={"AND(true, false)": False, "NULL() && false": False, "NULL() && true": None},
    tree=lambda a, b: a & b,
    group="logical",
)
OR = scalar(
    "OR",
    takes=[boolean("a"), boolean("b")],
    returns=BOOLEAN,
    doc="True if one is true; true wins over null. The operator `||`.",
    basis="functions-a 7 [doc]",
    examples={"OR(true, false)": True, "OR('USA', 'US')": None},
    tree=lambda a, b: a | b,
    group="logical",
)
NOT = scalar(
    "NOT",
    takes=[boolean("a")],
    returns=BOOLEAN,
    doc="The opposite; null stays null. The operator `!`.",
    basis="functions-a 7 [doc]",
    examples={"NOT(true)": False, "!(1 == 2)": True},
    tree=lambda a: ~a,
    group="logical",
)

# -- branches ----------------------------------------------------------------------------------------


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


def plan_case(context: Context, tests: list[Expr], results: list[Value], otherwise: Value) -> Value:
    """The result of the first test that is true; a null test is not true."""
    return choose(
        (*results, otherwise),
        context,
        lambda parts: case(
            *((coalesce(test, False), part) for test, part in zip(tests, parts, strict=False)),
            otherwise=parts[-1],
            form=parts[0].form,
        ),
    )


def _plan_case(context: Context, parts: tuple[Value, ...]) -> Value:
    if len(parts) < 2:
        raise recipe_error("argument-count", f"CASE expects pairs of test and value, got {len(parts)}")
    otherwise = parts[-1] if len(parts) % 2 else NULL
    tests = [condition_view(test) for test in parts[: len(parts) - len(parts) % 2 : 2]]
    return plan_case(context, tests, list(parts[1::2]), otherwise)


CASE = scalar(
    "CASE",
    takes=[anything("pairs", "test, value, test, value, …, and a value for the rest", many=True)],
    returns=STRING,
    doc="The value of the first test that is true, else the last one of the list, else null.",
    basis="functions-a 8 [doc]",
    examples={"CASE([1 > 2, 'a', 2 > 1, 'b', 'c'])": "b", "CASE([1 > 2, 'a', 'c'])": "c"},
    plan=_plan_case,
    group="conditional",
)


def _plan_coalesce(context: Context, values: tuple[Value, ...]) -> Value:
    if not values:
        raise recipe_error("argument-count", "COALESCE expects at least one value, got an empty list")
    return choose(
        values,
        context,
        lambda parts: case(
            *((~_is_missing(value), part) for value, part in zip(values, parts, strict=True)),
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
    plan=lambda context, x, out: _replaced(context, _is_missing(x), out, x),
    group="type",
)
IFNULL = scalar(
    "IFNULL",
    takes=[anything("x", "a cell"), anything("out", "what stands in for it")],
    returns=STRING,
    doc="Another value where the cell is null, else the cell; the empty text stays.",
    basis="functions-a 8 [doc]",
    examples={"IFNULL(NULL(), 'x')": "x", "IFNULL('', 'x')": ""},
    plan=lambda context, x, out: _replaced(context, _is_null(x), out, x),
    group="type",
)
IFMISMATCHED = scalar(
    "IFMISMATCHED",
    takes=[anything("x", "a cell"), type_name("type"), anything("out", "what stands in for it")],
    returns=STRING,
    doc="Another value where the cell does not fit a type, else the cell.",
    basis="functions-a 8 [doc]",
    examples={"IFMISMATCHED('ZZ', 'State', 'none')": "none", "IFMISMATCHED('CA', 'State', 'none')": "CA"},
    plan=lambda context, x, type, out: _replaced(context, _mismatched(context, x, type), out, x),
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

# -- tests of states ---------------------------------------------------------------------------------


def _is_null(x: Value) -> Expr:
    return IsNull(settled(x.expr))


def _is_missing(x: Value) -> Expr:
    if x.form in (Form.TEXT, Form.ANY):
        return Apply("missing", (x.expr,), Form.BOOLEAN)
    return _is_null(x)


def _own_type(context: Context, x: Value) -> LogicalType:
    """The type of the column itself; of a soft one the inferred type (types 8.3)."""
    if x.typing.kind is Kind.SOFT:
        return context.inferred(x) or STRING
    return x.typing.logical


def _valid(context: Context, x: Value, type: LogicalType | None) -> Expr:
    logical = type or _own_type(context, x)
    if x.typing.kind is Kind.STATIC and x.typing.logical == logical:
        return ~_is_missing(x)
    return fits(x, logical, context)


def _mismatched(context: Context, x: Value, type: LogicalType | None) -> Expr:
    return ~_is_missing(x) & ~_valid(context, x, type)


MISSING = scalar(
    "missing", takes=[text("s")], returns=BOOLEAN, doc="Whether a text is null or empty.", hidden=True,
    tree=lambda s: coalesce(s.eq(""), True),
)  # fmt: skip

ISMISSING = scalar(
    "ISMISSING",
    takes=[anything("values", "a column, or several", many=True)],
    returns=BOOLEAN,
    doc="Whether a cell (one of several) is null or empty; blanks are not empty.",
    basis="functions-a 9 [doc]",
    examples={"ISMISSING('')": True, "ISMISSING([NULL()])": True, "ISMISSING(' ')": False},
    plan=lambda context, values: computed(reduce(lambda a, b: a | b, [_is_missing(x) for x in values])),
    group="type",
)
ISNULL = scalar(
    "ISNULL",
    takes=[anything("x", "a cell")],
    returns=BOOLEAN,
    doc="Whether a cell is null; an empty text is not.",
    basis="functions-a 9 [doc]",
    examples={"ISNULL(NULL())": True, "ISNULL('')": False},
    plan=lambda context, x: computed(_is_null(x)),
    group="type",
)
ISMISMATCHED = scalar(
    "ISMISMATCHED",
    takes=[anything("x", "a cell"), type_name("type", "by default the column's own", required=False)],
    returns=BOOLEAN,
    doc="Whether a cell has a text that does not fit a type; false for null and empty cells.",
    basis="functions-a 9, types 14",
    examples={"ISMISMATCHED('ZZ', 'State')": True, "ISMISMATCHED('', 'State')": False},
    plan=lambda context, x, type: computed(_mismatched(context, x, type)),
    group="type",
)


def _valid_function(name: str) -> Function:
    return scalar(
        name,
        takes=[anything("x", "a cell"), type_name("type", "by default the column's own", required=False)],
        returns=BOOLEAN,
        doc="Whether a cell is neither null nor empty and fits a type.",
        basis="functions-a 9 [doc]",
        examples={f"{name}('ZZ', 'State')": False, f"{name}('CA', 'State')": True},
        plan=lambda context, x, type: computed(_valid(context, x, type)),
        group="type",
    )


VALID = _valid_function("VALID")
ISVALID = _valid_function("ISVALID")

NULL_FUNCTION = scalar(
    "NULL",
    returns=STRING,
    doc="No value, of any type.",
    basis="functions-a 9 [doc]",
    examples={"NULL()": None},
    plan=lambda context: NULL,
    group="type",
)


def _parity(name: str, remainder: int, examples: dict[str, Any]) -> Function:
    return scalar(
        name,
        takes=[number("n", "an integer")],
        returns=BOOLEAN,
        doc=f"Whether an integer is {'odd' if remainder else 'even'}; null for fractions.",
        basis="functions-a 6 [doc]",
        examples=examples,
        plan=lambda context, n: computed((integer_view(n) % 2).ne(0) if remainder else (integer_view(n) % 2).eq(0)),
        group="comparison",
    )


ISEVEN = _parity("ISEVEN", 0, {"ISEVEN('4')": True, "ISEVEN(-3)": False, "ISEVEN(2.5)": None})
ISODD = _parity("ISODD", 1, {"ISODD(3)": True, "ISODD(0)": False})

"""Tests of the state of a cell: null, missing, mismatched, valid (functions-a 9)."""

from __future__ import annotations

from functools import reduce

from gristmill.functions.declare import Function, anything, scalar, text, type_name
from gristmill.plan.building import coalesce
from gristmill.plan.expressions import Apply, Expr, Form, IsNull
from gristmill.plan.values import NULL, Kind, Value, computed
from gristmill.plan.views import Context, fits, settled
from gristmill.types.logical import BOOLEAN, STRING, LogicalType


def is_null(x: Value) -> Expr:
    """Whether a cell is null."""
    return IsNull(settled(x.expr))


def is_missing(x: Value) -> Expr:
    """Whether a cell is null or empty."""
    if x.form in (Form.TEXT, Form.ANY):
        return Apply("missing", (x.expr,), Form.BOOLEAN)
    return is_null(x)


def _own_type(context: Context, x: Value) -> LogicalType:
    """The type of the column itself; of a soft one the inferred type (types 8.3)."""
    if x.typing.kind is Kind.SOFT:
        return context.inferred(x) or STRING
    return x.typing.logical


def _valid(context: Context, x: Value, type: LogicalType | None) -> Expr:
    logical = type or _own_type(context, x)
    if x.typing.kind is Kind.STATIC and x.typing.logical == logical:
        return ~is_missing(x)
    return fits(x, logical, context)


def is_mismatched(context: Context, x: Value, type: LogicalType | None) -> Expr:
    """Whether a cell holds something that does not fit a type, by default its own."""
    return ~is_missing(x) & ~_valid(context, x, type)


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
    plan=lambda context, values: computed(reduce(lambda a, b: a | b, [is_missing(x) for x in values])),
    group="type",
)
ISNULL = scalar(
    "ISNULL",
    takes=[anything("x", "a cell")],
    returns=BOOLEAN,
    doc="Whether a cell is null; an empty text is not.",
    basis="functions-a 9 [doc]",
    examples={"ISNULL(NULL())": True, "ISNULL('')": False},
    plan=lambda context, x: computed(is_null(x)),
    group="type",
)
ISMISMATCHED = scalar(
    "ISMISMATCHED",
    takes=[anything("x", "a cell"), type_name("type", "by default the column's own", required=False)],
    returns=BOOLEAN,
    doc="Whether a cell has a text that does not fit a type; false for null and empty cells.",
    basis="functions-a 9, types 14",
    examples={"ISMISMATCHED('ZZ', 'State')": True, "ISMISMATCHED('', 'State')": False},
    plan=lambda context, x, type: computed(is_mismatched(context, x, type)),
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

"""Operators and arithmetic (functions-a 4, language 4.4). Integer results outside 64 bits are null."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gristmill.functions.declare import (
    Function,
    anything,
    hidden,
    integer,
    number,
    numeric,
    scalar,
)
from gristmill.plan.building import call, case, cast
from gristmill.plan.comparison import family_of
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.moment_views import moment_view
from gristmill.plan.values import Value, computed, static
from gristmill.plan.views import Context, integer_view, number_view
from gristmill.problems import recipe_error
from gristmill.types.logical import DECIMAL, INTEGER, Family

Planner = Callable[[Context, Value, Value], Value]


def checked(result: Expr) -> Expr:
    """The result of 64-bit arithmetic, null where it does not fit."""
    return call("try", result)


def _number(value: Value) -> Expr:
    """An operand. Raises RecipeError for arrays and objects, which never are numbers (language 4.4)."""
    if family_of(value) in (Family.ARRAY, Family.OBJECT):
        raise recipe_error("argument-type", "an array or object cannot take part in arithmetic")
    return number_view(value, chain=True)


def _arithmetic(name: str) -> Planner:
    def plan(context: Context, a: Value, b: Value) -> Value:
        typing = numeric((a, b))
        form = Form.INTEGER if typing.logical == INTEGER else Form.DECIMAL
        return Value(Apply(name, (_number(a), _number(b)), form), typing)

    return plan


def _add(context: Context, a: Value, b: Value) -> Value:
    """Numbers; a date and a number: the date moved by milliseconds."""
    for date, other in ((a, b), (b, a)):
        if family_of(date) is Family.DATETIME and family_of(other) is Family.NUMBER:
            return _moved("move_moment", context, date, integer_view(other))
    return _arithmetic("ADD")(context, a, b)


def _subtract(context: Context, a: Value, b: Value) -> Value:
    """Numbers; two dates: the milliseconds between them (language 4.4)."""
    families = (family_of(a), family_of(b))
    if families == (Family.DATETIME, Family.NUMBER):
        return _moved("move_moment", context, a, -integer_view(b))
    if Family.DATETIME not in families:
        return _arithmetic("SUBTRACT")(context, a, b)
    sides = tuple(
        integer_view(value)
        if family is Family.NUMBER
        else Apply("unix_millis", (moment_view(value, context),), Form.INTEGER)
        for value, family in zip((a, b), families, strict=True)
    )
    return Value(Apply("SUBTRACT", sides, Form.INTEGER), static(INTEGER))


def _moved(name: str, context: Context, date: Value, millis: Expr) -> Value:
    return computed(Apply(name, (moment_view(date, context), millis), Form.MOMENT), shown="yyyy-MM-dd HH:mm:ss.SSS")


def _binary(name: str, symbol: str, doc: str, examples: dict[str, Any], tree: Any, **more: Any) -> Function:
    return scalar(
        name,
        takes=[anything("a", "left operand"), anything("b", "right operand")],
        returns=more.pop("returns", numeric),
        doc=f"{doc} The operator `{symbol}`.",
        basis="language 4.4 [doc]",
        examples=examples,
        tree=tree,
        group="math",
        **more,
    )


ADD = _binary(
    "ADD", "+", "The sum of two numbers; texts are converted, never concatenated.",
    {"ADD(10, 4)": 14, "'5' + 1": 6, "'a' + 1": None}, lambda a, b: checked(a + b), plan=_add,
)  # fmt: skip
SUBTRACT = _binary(
    "SUBTRACT", "-", "The difference of two numbers; of two dates the milliseconds between them.",
    {"SUBTRACT(10, 4)": 6, "1.5 - 2": -0.5}, lambda a, b: checked(a - b), plan=_subtract,
)  # fmt: skip
MULTIPLY = _binary(
    "MULTIPLY", "*", "The product of two numbers.",
    {"MULTIPLY(10, 4)": 40, "9223372036854775807 * 2": None}, lambda a, b: checked(a * b), plan=_arithmetic("MULTIPLY"),
)  # fmt: skip
DIVIDE = scalar(
    "DIVIDE",
    takes=[number("a", "dividend"), number("b", "divisor")],
    returns=DECIMAL,
    doc="The quotient as a Decimal, also of integers; null for a divisor of 0. The operator `/`.",
    basis="functions-a 4 [doc]",
    examples={"DIVIDE(6, 4)": 1.5, "25 / 5": 5, "1 / 0": None},
    # a division by zero is null: the engines are told so
    tree=lambda a, b: cast(a, Form.DECIMAL) / cast(b, Form.DECIMAL),
    group="math",
)
MOD = scalar(
    "MOD",
    takes=[integer("a", "dividend"), integer("b", "divisor")],
    returns=INTEGER,
    doc="The remainder of an integer division, with the sign of the dividend; null for fractions and for 0.",
    basis="functions-a 4 [doc]",
    examples={"MOD(11, 2)": 1, "-7 % 3": -1, "2.5 % 2": None, "1 % 0": None},
    tree=lambda a, b: case((b.eq(-1), 0), (b.ne(0), a % b)),
    group="math",
)
NEGATE = scalar(
    "NEGATE",
    takes=[number("x", "a number")],
    returns=numeric,
    doc="The number with the other sign. The operator `-`.",
    basis="functions-a 4 [doc]",
    examples={"NEGATE(5)": -5, "NEGATE(0)": 0},
    tree=lambda x: checked(0 - x),
    group="math",
)
ABS = scalar(
    "ABS",
    takes=[number("x", "a number")],
    returns=numeric,
    doc="The number without its sign; an Integer stays one.",
    basis="functions-a 4 [doc]",
    examples={"ABS(-2.5)": 2.5, "ABS(-3)": 3},
    tree=lambda x: checked(call("abs", x)),
    group="math",
)


def _whole(native: str) -> Callable[[Context, Value], Value]:
    """The integer beside a number; an Integer is its own, whatever its size."""

    def plan(context: Context, x: Value) -> Value:
        viewed = number_view(x)
        return computed(viewed if viewed.form is Form.INTEGER else Apply(f"{native}_integer", (viewed,), Form.INTEGER))

    return plan


FLOOR_INTEGER = hidden(
    "floor_integer", takes=[number("x")], returns=INTEGER, doc="The largest integer that is not above a double.",
    tree=lambda x: cast(call("floor", x), Form.INTEGER),
)  # fmt: skip
CEIL_INTEGER = hidden(
    "ceil_integer", takes=[number("x")], returns=INTEGER, doc="The smallest integer that is not below a double.",
    tree=lambda x: cast(call("ceil", x), Form.INTEGER),
)  # fmt: skip
FLOOR = scalar(
    "FLOOR",
    takes=[number("x", "a number")],
    returns=INTEGER,
    doc="The largest integer that is not above the number.",
    basis="functions-a 4 [doc]",
    examples={"FLOOR(-2.5)": -3, "FLOOR(3.9)": 3, "FLOOR(9007199254740993)": 9007199254740993},
    plan=_whole("floor"),
    group="math",
)
CEILING = scalar(
    "CEILING",
    takes=[number("x", "a number")],
    returns=INTEGER,
    doc="The smallest integer that is not below the number.",
    basis="functions-a 4 [doc]",
    examples={"CEILING(2.5)": 3, "CEILING(-2.5)": -2},
    plan=_whole("ceil"),
    group="math",
)

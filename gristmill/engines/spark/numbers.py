"""What Spark calls the primitives of numbers. Doubles without fraction stay doubles, integers never raise."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlglot import exp

from gristmill.engines.spark.arguments import Args, Builder, Write, constant, plain
from gristmill.engines.spark.trees import (
    NotNativeError,
    Tree,
    binary,
    both,
    call,
    cast,
    double,
    number,
    text,
    when,
)
from gristmill.engines.sql.kinds import kind_of
from gristmill.plan.expressions import Form

CERTAIN = 15  # decimal digits that a double holds whatever they are
NARROW = "DECIMAL(19, 0)"
SHORTEST = "com.fasterxml.jackson.core.io.schubfach.DoubleToDecimal"


def _abs(write: Write, args: Args) -> Tree:
    x = write(args[0])
    if kind_of(args[0]) is Form.DECIMAL:
        return call("abs", x)
    return when(binary(exp.LT, x, number(0)), call("try_subtract", cast(number(0), "BIGINT"), x.copy()), x.copy())


def _whole(nudge: type[exp.Expr] | None, beyond: type[exp.Expr]) -> Builder:
    """Doubles without fraction stay doubles: Spark's own FLOOR and CEIL make 64-bit integers of them."""

    def build(write: Write, args: Args) -> Tree:
        if kind_of(args[0]) is Form.INTEGER:
            return write(args[0])
        x, near = write(args[0]), call("rint", write(args[0]))
        if nudge is None:
            off = binary(beyond, call("abs", near), call("abs", x))
            return when(off, binary(exp.Sub, near.copy(), call("sign", x.copy())), near.copy())
        return when(binary(beyond, near, x), binary(nudge, near.copy(), double(1.0)), near.copy())

    return build


def _round(write: Write, args: Args) -> Tree:
    return write(args[0]) if kind_of(args[0]) is Form.INTEGER else call("round", write(args[0]), number(0))


def _isfinite(write: Write, args: Args) -> Tree:
    return binary(exp.LT, call("abs", write(args[0])), double(float("inf")))


def _divide(write: Write, args: Args) -> Tree:
    quotient = exp.IntDiv(this=write(args[0]), expression=call("nullif", write(args[1]), number(0)))
    return exp.Paren(this=quotient)


def _printf(write: Write, args: Args) -> Tree:
    """`%.2f` as C prints it: the exact value of the double, rounded to even."""
    if kind_of(args[1]) is Form.INTEGER:
        return call("format_string", write(args[0]), write(args[1]))
    digits = int(str(constant(args[0])).removeprefix("%.").removesuffix("f"))
    if digits > CERTAIN - 1:
        raise NotNativeError
    x = write(args[1])
    size, zeros = call("abs", x), text(f".{'0' * digits}")
    usual = cast(cast(x.copy(), f"DECIMAL(38, {digits})"), "STRING")
    whole = call("concat", cast(cast(x.copy(), "BIGINT"), "STRING"), zeros)
    huge = call("concat", cast(_exact(x), "STRING"), zeros.copy())
    wide = when(binary(exp.LT, size.copy(), double(2.0**63)), whole, huge)
    wide = when(binary(exp.LT, size.copy(), double(2.0**53)), _long(x, digits), wide)
    return when(binary(exp.LT, size, double(10.0 ** (CERTAIN - digits))), usual, wide)


def _long(x: Tree, digits: int) -> Tree:
    """More digits than are certain of a double from 1 to 2^53: its fraction is a number of units of 2^-52."""
    whole = cast(call("abs", x.copy()), "BIGINT")
    fraction = binary(exp.Sub, call("abs", x.copy()), cast(whole, "DOUBLE"))
    units = cast(cast(binary(exp.Mul, fraction, double(2.0**52)), "BIGINT"), NARROW)
    unit, power = cast(text(str(2**52)), NARROW), cast(text(str(10**digits)), NARROW)
    scaled = binary(exp.Mul, units, power)
    quotient = exp.Paren(this=exp.IntDiv(this=scaled, expression=unit))
    twice = binary(exp.Mul, binary(exp.Mod, scaled.copy(), unit.copy()), cast(number(2), NARROW))
    tie = both(
        binary(exp.EQ, twice, unit.copy()), binary(exp.EQ, binary(exp.Mod, quotient.copy(), number(2)), number(1))
    )
    up = when(binary(exp.Or, binary(exp.GT, twice.copy(), unit.copy()), tie), number(1), number(0))
    total = binary(exp.Add, binary(exp.Mul, cast(whole.copy(), NARROW), power.copy()), quotient)
    shown = cast(binary(exp.Add, total, cast(up, NARROW)), "STRING")
    before = call("substr", shown, number(1), binary(exp.Sub, call("char_length", shown.copy()), number(digits)))
    sign = when(binary(exp.LT, x.copy(), double(0.0)), text("-"), text(""))
    return call("concat", sign, before, text("."), call("right", shown.copy(), number(digits)))


def _exact(x: Tree) -> Tree:
    """All digits of a double from 2^63 on, in two parts of 60 bits."""
    unit = double(2.0**60)
    high = call("rint", binary(exp.Div, x.copy(), unit))
    low = binary(exp.Sub, x.copy(), binary(exp.Mul, high.copy(), unit.copy()))
    wide = binary(exp.Mul, cast(cast(high, "BIGINT"), NARROW), cast(text(str(2**60)), NARROW))
    return call("try_add", wide, cast(cast(low, "BIGINT"), NARROW))


def _shortest(write: Write, args: Args) -> Tree:
    """The fewest digits that make the double: Java prints such from version 19 on, Jackson's copy everywhere."""
    known = call("coalesce", write(args[0]), double(0.0))  # a call by reflection takes no null
    shown = call("reflect", text(SHORTEST), text("toString"), known)
    for java, shortest in (("4.9E-324", "5E-324"), ("9.9E-324", "1E-323")):  # Java wants two digits
        shown = call("replace", shown, text(java), text(shortest))
    return shown


NUMBERS: Mapping[str, Builder] = MappingProxyType(
    {
        "abs": _abs, "floor": _whole(exp.Sub, exp.GT), "ceil": _whole(exp.Add, exp.LT), "trunc": _whole(None, exp.GT),
        "round": _round, "isfinite": _isfinite, "divide": _divide, "printf": _printf, "sqrt": plain("sqrt"),
        "shortest": _shortest, "conv": plain("conv"),
    }
)  # fmt: skip

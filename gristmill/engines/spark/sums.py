"""Sums of doubles that do not depend on the order of the rows.

Every double between 2^-60 and 2^63 is cut into three whole numbers, of units 1, 2^-60 and 2^-120. These are summed
without error; the total is rounded once, at the end, as photon does it (`engines/duckdb/sums`). Numbers outside that
range are added as they come.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from gristmill.engines.spark.trees import Tree, binary, both, call, cast, double, number, when

UNIT = 2.0**60
HALF = 2**50
LEAST, MOST = 2.0**-60, 2.0**63
WIDE, NARROW = "DECIMAL(38, 0)", "DECIMAL(19, 0)"

Make = Callable[[Tree], Tree]


def exact_sum(arg: Callable[[], Tree], over: Make) -> Tree:
    """The sum of an argument over the rows that `over` gives a call; null without any value."""
    usual = [_total(part, over) for part in _parts(arg)]
    odd = over(call("sum", when(exp.Not(this=_in_range(arg())), cast(arg(), "DOUBLE"))))
    scales = (double(1.0), double(1.0 / UNIT), double(1.0 / UNIT / UNIT))
    halves = [
        binary(exp.Mul, half, scale) for total, scale in zip(usual, scales, strict=True) for half in _halves(total)
    ]
    whole = _added([*halves, call("coalesce", odd, double(0.0))])
    return when(binary(exp.GT, over(call("count", arg())), exp.Literal.number(0)), whole)


def _in_range(x: Tree) -> Tree:
    size = call("abs", cast(x, "DOUBLE"))  # the least Integer has no absolute value of 64 bits
    within = both(binary(exp.GTE, size, double(LEAST)), binary(exp.LT, size.copy(), double(MOST)))
    return binary(exp.Or, within, binary(exp.EQ, x.copy(), double(0.0)))


def _parts(arg: Callable[[], Tree]) -> list[Tree]:
    """The three whole numbers of a row."""
    low = binary(exp.Mul, binary(exp.Mod, arg(), double(1.0)), double(UNIT))
    lowest = binary(exp.Mul, binary(exp.Mod, low, double(1.0)), double(UNIT))
    return [when(_in_range(arg()), cast(part, "BIGINT")) for part in (arg(), low.copy(), lowest)]


def _total(part: Tree, over: Make) -> Tree:
    return call("coalesce", over(call("sum", cast(part, NARROW))), cast(exp.Literal.number(0), WIDE))


def _halves(total: Tree) -> tuple[Tree, Tree]:
    """A whole number as two that doubles hold exactly: Spark makes decimals of doubles by their shortest text."""
    high = exp.IntDiv(this=total, expression=number(HALF))
    low = binary(exp.Mod, total.copy(), number(HALF))
    return binary(exp.Mul, cast(high, "DOUBLE"), double(float(HALF))), cast(cast(low, "BIGINT"), "DOUBLE")


def _added(parts: list[Tree]) -> Tree:
    """The sum of few doubles, rounded once: what each addition loses is added at the end."""
    start = call("named_struct", *_fields(double(0.0), double(0.0)))
    step = exp.Lambda(this=_compensated(), expressions=[exp.to_identifier("a"), exp.to_identifier("x")])
    a = exp.column("a")
    finish = exp.Lambda(
        this=when(
            binary(exp.LT, call("abs", _of(a, "s")), double(float("inf"))),
            binary(exp.Add, _of(a, "s"), _of(a, "c")),
            _of(a, "s"),
        ),
        expressions=[exp.to_identifier("a")],
    )
    return call("aggregate", call("array", *parts), start, step, finish)


def _compensated() -> Tree:
    """One step of Neumaier's sum."""
    a, x = exp.column("a"), exp.column("x")
    total = binary(exp.Add, _of(a, "s"), x)
    larger = binary(exp.GTE, call("abs", _of(a, "s")), call("abs", x.copy()))
    lost = when(
        larger,
        binary(exp.Add, binary(exp.Sub, _of(a, "s"), total.copy()), x.copy()),
        binary(exp.Add, binary(exp.Sub, x.copy(), total.copy()), _of(a, "s")),
    )
    return call("named_struct", *_fields(total, binary(exp.Add, _of(a, "c"), lost)))


def _fields(s: Tree, c: Tree) -> list[Tree]:
    return [exp.Literal.string("s"), s, exp.Literal.string("c"), c]


def _of(row: Tree, field: str) -> Tree:
    return exp.Dot(this=row.copy(), expression=exp.to_identifier(field))

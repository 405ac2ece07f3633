"""Powers, roots and logarithms (functions-a 4, 10). Results are Decimals; outside the domain they are null."""

from __future__ import annotations

from math import pi
from typing import Any

from gristmill.functions.declare import Function, number, scalar
from gristmill.plan.building import call, case, cast
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.plan.values import literal
from gristmill.types.logical import DECIMAL, INTEGER


def finite(x: Expr) -> Expr:
    """The double, null where it is infinite or not a number."""
    return Apply("finite", (x,), Form.DECIMAL)


def guarded(test: Expr, result: Expr) -> Expr:
    """The result where the test holds, else null; the engine may still look at the other rows."""
    return call("try", case((test, result)))


def _power_function(name: str, doc: str, basis: str, examples: dict[str, Any], tree: Any) -> Function:
    return scalar(
        name,
        takes=[number("x", "a number")],
        returns=DECIMAL,
        doc=doc,
        basis=basis,
        examples=examples,
        tree=tree,
        group="math",
    )


EXP = _power_function(
    "EXP", "e to the power of x.", "functions-a 4 [doc]",
    {"EXP(0)": 1, "ROUND(EXP(1), 9)": "2.718281828", "EXP(1000)": None}, lambda x: finite(call("exp", x)),
)  # fmt: skip
LN = _power_function(
    "LN", "The natural logarithm; null for 0 and below.", "functions-a 4 [doc]",
    {"LN(1)": 0, "LN(EXP(5))": 5, "LN(0)": None, "LN(-1)": None}, lambda x: guarded(x > 0, call("ln", x)),
)  # fmt: skip
SQRT = _power_function(
    "SQRT", "The square root; null for negative numbers.", "functions-a 4 [index]",
    {"SQRT(25)": 5, "SQRT(6.25)": 2.5, "SQRT(-4)": None}, lambda x: guarded(x >= 0, call("sqrt", x)),
)  # fmt: skip


def _log(x: Expr, base: Expr) -> Expr:
    """The functions of their own for 10 and 2 are exact for powers."""
    quotient = call("ln", x) / call("ln", base)
    logarithm = case((base.eq(10), call("log10", x)), (base.eq(2), call("log2", x)), otherwise=quotient)
    return guarded((x > 0) & (base > 0) & base.ne(1), logarithm)


LOG = scalar(
    "LOG",
    takes=[number("x", "a number"), number("base", "the base", required=False, default=10)],
    returns=DECIMAL,
    doc="The logarithm to a base, 10 by default; null for 0 and below.",
    basis="functions-a 4 [doc]",
    examples={"LOG(100)": 2, "LOG(8, 2)": 3, "LOG(1000, 10)": 3, "LOG(0)": None, "LOG(8, 1)": None},
    tree=_log,
    group="math",
)
POW = scalar(
    "POW",
    takes=[number("x", "the base"), number("y", "the exponent")],
    returns=DECIMAL,
    doc="x to the power of y; null where that is no real number. The operator `^`.",
    basis="functions-a 4 [doc]",
    examples={"POW(10, 3)": 1000, "2 ^ 3": 8, "POW(0, 0)": 1, "POW(0, -1)": None, "POW(-8, 0.5)": None},
    tree=lambda x, y: finite(call("pow", cast(x, Form.DECIMAL), cast(y, Form.DECIMAL))),
    group="math",
)
SIGN = scalar(
    "SIGN",
    takes=[number("x", "a number")],
    returns=INTEGER,
    doc="-1, 0 or 1, by the sign of the number.",
    basis="functions-a 4 [doc]",
    examples={"SIGN(-2.5)": -1, "SIGN(0)": 0, "SIGN(100)": 1},
    tree=lambda x: case(
        (x > 0, Literal(1, Form.INTEGER)), (x < 0, Literal(-1, Form.INTEGER)), (x.eq(0), Literal(0, Form.INTEGER))
    ),
    group="math",
)
PI = scalar(
    "PI",
    returns=DECIMAL,
    doc="The ratio of a circle's circumference to its diameter.",
    basis="functions-a 10 [doc]",
    examples={"PI()": pi, "ROUND(PI(), 4)": 3.1416},
    plan=lambda context: literal(pi),
    group="other",
)

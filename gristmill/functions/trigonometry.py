"""Angles and their functions (functions-a 5). Angles are in radians; outside the domain the result is null."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gristmill.functions.declare import Function, number, scalar
from gristmill.functions.powers import finite, guarded
from gristmill.plan.building import call
from gristmill.plan.expressions import Expr
from gristmill.types.logical import DECIMAL

Domain = Callable[[Expr], Expr]


def _trigonometric(name: str, doc: str, examples: dict[str, Any], domain: Domain | None = None) -> Function:
    """A function of the engine of the same name, on the numbers of its domain."""

    def tree(x: Expr) -> Expr:
        result = call(name.lower(), x)
        return finite(result if domain is None else guarded(domain(x), result))

    return scalar(
        name,
        takes=[number("x", "a number")],
        returns=DECIMAL,
        doc=doc,
        basis="functions-a 5 [doc]",
        examples=examples,
        tree=tree,
        group="trigonometry",
    )


def _to_one(x: Expr) -> Expr:
    return (x >= -1) & (x <= 1)


SIN = _trigonometric("SIN", "The sine of an angle in radians.", {"SIN(0)": 0, "ROUND(SIN(1), 6)": 0.841471})
COS = _trigonometric("COS", "The cosine of an angle in radians.", {"COS(0)": 1, "ROUND(COS(RADIANS(30)), 3)": 0.866})
TAN = _trigonometric("TAN", "The tangent of an angle in radians.", {"TAN(0)": 0, "ROUND(TAN(1), 6)": 1.557408})
ASIN = _trigonometric(
    "ASIN", "The angle in radians whose sine is x, between -1 and 1.", {"ASIN(0)": 0, "ASIN(2)": None}, _to_one
)
ACOS = _trigonometric(
    "ACOS", "The angle in radians whose cosine is x, between -1 and 1.", {"ACOS(1)": 0, "ACOS(1.01)": None}, _to_one
)
ATAN = _trigonometric("ATAN", "The angle in radians whose tangent is x.", {"ATAN(0)": 0, "ROUND(ATAN(1), 6)": 0.785398})
SINH = _trigonometric("SINH", "The hyperbolic sine.", {"SINH(0)": 0, "SINH(1000)": None})
COSH = _trigonometric("COSH", "The hyperbolic cosine.", {"COSH(0)": 1, "COSH(1000)": None})
TANH = _trigonometric("TANH", "The hyperbolic tangent.", {"TANH(0)": 0, "TANH(1000)": 1})
ASINH = _trigonometric("ASINH", "The number whose hyperbolic sine is x.", {"ASINH(0)": 0})
ACOSH = _trigonometric(
    "ACOSH", "The number whose hyperbolic cosine is x, from 1 up.", {"ACOSH(1)": 0, "ACOSH(0.5)": None},
    lambda x: x >= 1,
)  # fmt: skip
ATANH = _trigonometric(
    "ATANH", "The number whose hyperbolic tangent is x, between -1 and 1.", {"ATANH(0)": 0, "ATANH(1)": None},
    lambda x: (x > -1) & (x < 1),
)  # fmt: skip
DEGREES = _trigonometric("DEGREES", "An angle in radians as degrees.", {"DEGREES(PI())": 180})
RADIANS = _trigonometric("RADIANS", "An angle in degrees as radians.", {"ROUND(RADIANS(180), 6)": 3.141593})

"""Comparisons, parity and logic (functions-a 6, 7)."""

from __future__ import annotations

from functools import reduce
from typing import Any

from gristmill.functions.declare import Function, anything, boolean, number, scalar
from gristmill.plan.building import case, coalesce, null
from gristmill.plan.comparison import compare
from gristmill.plan.expressions import Form
from gristmill.plan.values import Value, computed
from gristmill.plan.views import Context, integer_view
from gristmill.types.logical import BOOLEAN


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
        return computed(case((~x.expr.is_null(), False), form=Form.BOOLEAN))
    tests = [coalesce(test, False) for test in known]
    unknown = known[0].is_null() if x.is_text else x.expr.is_null()
    return computed(case((~unknown, reduce(lambda a, b: a | b, tests)), form=Form.BOOLEAN))


IN = scalar(
    "IN",
    takes=[anything("x", "the value to look for"), anything("values", "what it may be", many=True, may_be_empty=True)],
    returns=BOOLEAN,
    doc="Whether a value equals one of a list.",
    basis="functions-a 6 [doc]",
    examples={"IN('a', ['a', 'b'])": True, "IN(3, [1, 2])": False, "IN(NULL(), [1])": None},
    plan=_plan_in,
    group="comparison",
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

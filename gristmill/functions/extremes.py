"""The largest, smallest and most frequent numbers (functions-b 5): MAX, MIN, MODE, KTHLARGEST and their IF forms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gristmill.functions.aggregates import TEST, aggregated, over_group, where_true
from gristmill.functions.date_formats import unix_millis
from gristmill.functions.declare import Argument, Function, aggregate, anything, count, number
from gristmill.plan.building import call, coalesce
from gristmill.plan.expressions import Expr, Form, Key, Literal
from gristmill.plan.values import Typing, Value, static
from gristmill.plan.views import Context, number_view
from gristmill.types.logical import DECIMAL, INTEGER, Family

MOST = 1000  # the largest k


def number_or_millis(x: Value, context: Context) -> Expr:
    """The numbers of a column; of dates the Unix time in milliseconds (functions-b 5)."""
    if x.form is Form.MOMENT or (x.is_text and x.typing.family is Family.DATETIME):
        return unix_millis(x, context)
    return number_view(x)


def typing_like(x: Value, viewed: Expr) -> Typing:
    """Integer stays Integer, and a Decimal its number of decimals."""
    if viewed.form is Form.INTEGER:
        return static(INTEGER)
    return static(DECIMAL, scale=x.typing.scale)


def kth_largest(x: Expr, k: int, *, distinct: bool = False, **more: Any) -> Expr:
    """The k-th value from the top; the smallest where there are fewer."""
    return call("list_extract", aggregated("max", x, Literal(k), distinct=distinct, **more), -1)


def most_frequent(x: Expr, **more: Any) -> Expr:
    """The most frequent value; of several the lowest."""
    return aggregated("mode", x, order=(Key(x),), **more)


LARGEST = aggregate(
    "largest", takes=[number("x")], returns=DECIMAL, doc="The largest number.", hidden=True,
    tree=lambda x: aggregated("max", x),
)  # fmt: skip
SMALLEST = aggregate(
    "smallest", takes=[number("x")], returns=DECIMAL, doc="The smallest number.", hidden=True,
    tree=lambda x: aggregated("min", x),
)  # fmt: skip
LAST = 2**63 - 1


def _smallest_beside(first: Expr, second: Expr) -> Expr:
    """Null sorts last."""
    pair = [coalesce(number, LAST) for number in (first, second)]
    return aggregated("arg_min", pair[1], call("row", *pair))


SMALLEST_BESIDE = aggregate(
    "smallest_beside", takes=[number("first"), number("second")], returns=INTEGER, hidden=True,
    doc="The second number of the smallest pair.", tree=_smallest_beside,
)  # fmt: skip
MOST_FREQUENT = aggregate(
    "most_frequent", takes=[number("x")], returns=DECIMAL, doc="The most frequent value.", hidden=True,
    tree=most_frequent,
)  # fmt: skip
KTH = aggregate(
    "kth_largest", takes=[number("x"), count("k")], returns=DECIMAL, doc="The k-th value from the top.", hidden=True,
    tree=kth_largest,
)  # fmt: skip
KTH_UNIQUE = aggregate(
    "kth_largest_unique", takes=[number("x"), count("k")], returns=DECIMAL, hidden=True,
    doc="The k-th different value from the top.",
    tree=lambda x, k: kth_largest(x, k, distinct=True),
)  # fmt: skip

COLUMN = anything("col", "numbers or dates")
PLACE = count("k", "1 = the largest", low=1, high=MOST)


def _pair(name: str, inner: str, doc: str, constants: tuple[Argument, ...] = ()) -> tuple[Function, Function]:
    """The function and its IF form, whose test comes last."""

    def plan(context: Context, x: Value, *rest: Any) -> Value:
        bound, tests = rest[: len(constants)], rest[len(constants) :]
        viewed = number_or_millis(x, context)
        viewed = where_true(viewed, tests[0]) if tests else viewed
        return over_group(context, inner, (viewed,), viewed.form, typing_like(x, viewed), tuple(bound))

    base = aggregate(
        name,
        takes=[COLUMN, *constants],
        returns=DECIMAL,
        doc=f"{doc}; of a date column the Unix time in milliseconds.",
        basis="functions-b 5 [doc]",
        plan=plan,
        group="aggregate",
    )
    conditioned = replace(base, name=f"{name}IF", takes=(*base.takes, TEST), doc=f"{doc} in the rows that pass a test.")
    return base, conditioned


MAX, MAXIF = _pair("MAX", "largest", "The largest number")
MIN, MINIF = _pair("MIN", "smallest", "The smallest number")
MODE, MODEIF = _pair("MODE", "most_frequent", "The most frequent number, of several the lowest")
KTHLARGEST, KTHLARGESTIF = _pair("KTHLARGEST", "kth_largest", "The k-th number from the top", (PLACE,))
KTHLARGESTUNIQUE, KTHLARGESTUNIQUEIF = _pair(
    "KTHLARGESTUNIQUE", "kth_largest_unique", "The k-th different number from the top", (PLACE,)
)

"""Window functions (functions-b 6): they look at the rows around, in the order of `order:`."""

from __future__ import annotations

from collections.abc import Callable

from gristmill.functions.aggregates import aggregated
from gristmill.functions.declare import Function, anything, count, number, window
from gristmill.plan.expressions import Frame, Literal, Window
from gristmill.plan.values import SOFT, Value
from gristmill.plan.views import Context
from gristmill.types.logical import DECIMAL, INTEGER

Over = Callable[..., Window]

BEFORE = count("before", "how many rows before; -1 = all", required=False, default=-1, low=-1)
AFTER = count("after", "how many rows after; negative: the frame ends so many rows before", required=False, default=0)


def frame(before: int, after: int) -> Frame:
    """`before` rows before the current one (-1: all) to `after` rows after it."""
    return Frame(None if before < 0 else before, after)


ROWNUMBER = window(
    "ROWNUMBER",
    returns=INTEGER,
    doc="1, 2, 3, … in the order of the group.",
    basis="functions-b 6 [doc]",
    tree=lambda over: aggregated("row_number", over=over()),
    group="window",
)


def _neighbour(name: str, native: str, other: str, word: str) -> Function:
    def plan(context: Context, x: Value, k: int) -> Value:
        """The neighbour's cell with its type and state; beyond the group null."""
        return context.windowed(native if k >= 0 else other, (x.expr,), x.form, x.typing, (abs(k),))

    return window(
        name,
        takes=[anything("col", "a column"), count("k", "how many rows away", required=False, default=1)],
        returns=SOFT,
        doc=f"The cell of the row k places {word} in the group's order; null beyond its edge.",
        basis="functions-b 6 [doc]",
        plan=plan,
        group="window",
    )


PREV = _neighbour("PREV", "lag", "lead", "before")
NEXT = _neighbour("NEXT", "lead", "lag", "after")
LAG = window(
    "lag", takes=[anything("x"), count("k")], returns=SOFT, doc="A cell before.", hidden=True,
    tree=lambda x, k, over: aggregated("lag", x, Literal(k), over=over()),
)  # fmt: skip
LEAD = window(
    "lead", takes=[anything("x"), count("k")], returns=SOFT, doc="A cell behind.", hidden=True,
    tree=lambda x, k, over: aggregated("lead", x, Literal(k), over=over()),
)  # fmt: skip


ROLLINGAVERAGE = window(
    "ROLLINGAVERAGE",
    takes=[number("col", "numbers"), BEFORE, AFTER],
    returns=DECIMAL,
    doc="The mean of the numbers of the rows around.",
    basis="functions-b 6 [doc]",
    tree=lambda x, before, after, over: aggregated("avg", x, over=over(frame(before, after))),
    group="window",
)
ROLLINGSUM = window(
    "ROLLINGSUM",
    takes=[number("col", "numbers"), BEFORE, AFTER],
    returns=DECIMAL,
    doc="The sum of the numbers of the rows around; null where there is none.",
    basis="functions-b 6 [doc]",
    tree=lambda x, before, after, over: aggregated("sum", x, over=over(frame(before, after))),
    group="window",
)

"""Cells taken from other rows to fill gaps (transforms 7.35): hidden window functions."""

from __future__ import annotations

from gristmill.functions.aggregates import aggregated
from gristmill.functions.declare import anything, window
from gristmill.plan.expressions import Frame
from gristmill.plan.values import SOFT

LEADING_CELL = window(
    "leading_cell", takes=[anything("x")], returns=SOFT, doc="The cell of the first row of the group.", hidden=True,
    tree=lambda x, over: aggregated("first_value", x, over=over()),
)  # fmt: skip
LAST_PRESENT = window(
    "last_present", takes=[anything("x")], returns=SOFT, doc="The nearest cell up to this row that is not null.",
    hidden=True, tree=lambda x, over: aggregated("last_value", x, ignore_nulls=True, over=over(Frame(None, 0))),
)  # fmt: skip
NEXT_PRESENT = window(
    "next_present", takes=[anything("x")], returns=SOFT, doc="The nearest cell from this row on that is not null.",
    hidden=True, tree=lambda x, over: aggregated("first_value", x, ignore_nulls=True, over=over(Frame(0, None))),
)  # fmt: skip

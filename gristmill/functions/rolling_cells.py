"""Cells and dates of the rows around (functions-b 6.1): ROLLINGCOUNTA, ROLLINGLIST, ROLLINGMINDATE and their like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gristmill.functions.aggregates import aggregated
from gristmill.functions.date_aggregates import cell_at, first_at_least
from gristmill.functions.declare import Function, anything, count, integer, moment, window
from gristmill.functions.extremes import most_frequent
from gristmill.functions.lists import LIMIT, first_elements, usable
from gristmill.functions.nested import element_of
from gristmill.functions.rolling import BOUNDS, COUNTED, Over, Tree, frame, rolling, times_so_far, within
from gristmill.plan.building import case
from gristmill.plan.expressions import Expr, Form, Frame, Key
from gristmill.plan.moment_views import instant_view
from gristmill.plan.values import Value, static
from gristmill.plan.views import Context
from gristmill.types.logical import ARRAY, DATETIME, INTEGER

FRAME_COUNT = window(
    "rolling_count", takes=[anything("x"), *BOUNDS], returns=INTEGER, doc="How many cells are not null.", hidden=True,
    tree=lambda x, before, after, over: aggregated("count", x, over=over(frame(before, after))),
)  # fmt: skip
ROLLINGCOUNTA = window(
    "ROLLINGCOUNTA",
    takes=[anything("col", "a column"), *BOUNDS],
    returns=INTEGER,
    doc="How many cells of the rows around are not null; empty texts count.",
    basis="functions-b 6",
    plan=lambda context, x, *bounds: context.windowed("rolling_count", (x.expr,), Form.INTEGER, COUNTED, bounds),
    group="window",
)


def _row_number(context: Context) -> Expr:
    """The place of each row in its group, for aggregates whose result depends on the order."""
    return context.define(context.windowed("ROWNUMBER", (), Form.INTEGER, COUNTED)).expr


def _plan_list(context: Context, x: Value, limit: int, before: int, after: int) -> Value:
    element = case((usable(x), element_of(x, context)), form=Form.JSON)
    place = _row_number(context)
    return context.windowed("rolling_list", (element, place), Form.JSON, static(ARRAY), (limit, before, after))


FRAME_LIST = window(
    "rolling_list", takes=[anything("x"), integer("place"), count("limit"), *BOUNDS], returns=ARRAY, hidden=True,
    doc="A JSON array of a frame's elements.",
    tree=lambda x, place, limit, before, after, over: first_elements(x, place, limit, over=over(frame(before, after))),
)  # fmt: skip
ROLLINGLIST = window(
    "ROLLINGLIST",
    takes=[anything("col", "a column"), LIMIT, *BOUNDS],
    returns=ARRAY,
    doc="An array of the values of the rows around that are neither null nor empty.",
    basis="functions-b 6 [doc]",
    plan=_plan_list,
    group="window",
)

# -- dates --------------------------------------------------------------------------------------------


def _extreme_date(latest: bool) -> Tree:
    def tree(cell: Expr, key: Expr, place: Expr, before: int, after: int, over: Over) -> Expr:
        return first_at_least(cell, key, place, latest=latest, over=over(frame(before, after)))

    return tree


def _mode_date(cell: Expr, key: Expr, place: Expr, before: int, after: int, over: Over) -> Expr:
    around = over(frame(before, after))
    return cell_at(cell, key, most_frequent(key, over=around), (Key(place),), over=around)


def _frame_date(name: str, tree: Tree) -> Function:
    return window(
        name, takes=[anything("cell"), moment("key"), integer("place"), *BOUNDS], returns=DATETIME, hidden=True,
        doc="A cell of a frame, chosen by its date.", tree=tree,
    )  # fmt: skip


FRAME_MINDATE = _frame_date("rolling_least_cell", _extreme_date(False))
FRAME_MAXDATE = _frame_date("rolling_latest_cell", _extreme_date(True))
FRAME_MODEDATE = _frame_date("rolling_mode_cell", _mode_date)


def _date_plan(inner: str) -> Callable[..., Value]:
    def plan(context: Context, x: Value, *bounds: Any) -> Value:
        """The chosen cell's own text (functions-b 3.5)."""
        args = (x.expr, instant_view(x, context), _row_number(context))
        return context.windowed(inner, args, x.form, x.typing, bounds)

    return plan


def _plan_modedate(context: Context, x: Value, before: int, after: int) -> Value:
    if before >= 0:
        return _date_plan("rolling_mode_cell")(context, x, before, after)
    key = context.define(Value(instant_view(x, context), static(DATETIME))).expr
    cell = context.define(context.windowed("first_of_value", (x.expr, key), x.form, x.typing)).expr
    args = (cell, key, times_so_far(context, key))
    return context.windowed("prefix_mode", args, x.form, x.typing, (before, after))


FIRST_OF_VALUE = window(
    "first_of_value", takes=[anything("cell"), anything("key")], returns=DATETIME, hidden=True,
    doc="The cell of the group's first row with the same key.",
    tree=lambda cell, key, over: aggregated("first_value", cell, over=within(over(Frame(None, 0)), key)),
)  # fmt: skip
ROLLINGMINDATE = rolling("ROLLINGMINDATE", "The earliest date", _date_plan("rolling_least_cell"), of="dates")
ROLLINGMAXDATE = rolling("ROLLINGMAXDATE", "The latest date", _date_plan("rolling_latest_cell"), of="dates")
ROLLINGMODEDATE = rolling(
    "ROLLINGMODEDATE", "The most frequent date, of several the earliest,", _plan_modedate, of="dates"
)

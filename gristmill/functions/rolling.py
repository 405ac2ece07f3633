"""Aggregates over the rows around (functions-b 6.1): ROLLINGSUM, ROLLINGAVERAGE, ROLLINGLIST and their like.

A frame is counted in rows, cut at the ends of the group; null where no row of it has a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gristmill.functions.aggregates import aggregated
from gristmill.functions.date_aggregates import cell_at, first_at_least
from gristmill.functions.declare import Argument, Function, anything, count, integer, moment, number, window
from gristmill.functions.extremes import PLACE, kth_largest, most_frequent, number_or_millis, typing_like
from gristmill.functions.lists import LIMIT, first_elements, usable
from gristmill.functions.nested import element_of
from gristmill.functions.statistics import guarded
from gristmill.functions.windows import FARTHEST
from gristmill.plan.building import call, case, cast
from gristmill.plan.expressions import Apply, Expr, Form, Frame, Key, Window
from gristmill.plan.moment_views import instant_view
from gristmill.plan.primitives import Aggregated
from gristmill.plan.values import Typing, Value, static
from gristmill.plan.views import Context, number_view
from gristmill.types.logical import ARRAY, DATETIME, DECIMAL, INTEGER

Over = Callable[..., Window]
Tree = Callable[..., Expr]

BEFORE = count("before", "how many rows before; -1 = all", required=False, default=-1, low=-1, high=FARTHEST)
AFTER = count(
    "after", "how many rows after; -n: the frame ends n rows before", required=False, default=0, low=-FARTHEST,
    high=FARTHEST,
)  # fmt: skip
BOUNDS = (BEFORE, AFTER)
COUNTED: Typing = static(INTEGER)


def frame(before: int, after: int) -> Frame:
    """`before` rows before the current one (-1: all) to `after` rows after it.

    A frame that ends before its start has no rows; the engine takes it only between rows before.
    """
    if before == 0 and after < 0:
        return Frame(1, after - 1)
    return Frame(None if before < 0 else before, after)


def _rolling(name: str, doc: str, plan: Callable[..., Value], *more: Argument, of: str = "numbers") -> Function:
    return window(
        name,
        takes=[anything("col", of), *more, *BOUNDS],
        returns=DECIMAL,
        doc=f"{doc} of the rows around.",
        basis="functions-b 6 [doc]",
        plan=plan,
        group="window",
    )


def within(window_: Window, key: Expr) -> Window:
    """The window among the rows of the group that have the same key."""
    return replace(window_, partition=(*window_.partition, key))


# -- numbers ------------------------------------------------------------------------------------------


def _integer_sum(x: Expr, over: Window) -> Expr:
    """Null outside 64 bits."""
    return cast(aggregated("sum", x, over=over), Form.INTEGER)


def _decimal(native: str) -> Tree:
    return lambda x, over: Apply("finite", (aggregated(native, x, over=over),), Form.DECIMAL)


def _squares(native: str) -> Tree:
    def tree(x: Expr, over: Window) -> Expr:
        def beside(node: Expr) -> Expr:
            assert isinstance(node, Aggregated)
            return aggregated(node.name, *node.args, over=over)

        return guarded(native, x, over=beside)

    return tree


_TREES: dict[str, Tree] = {
    "rolling_integer_sum": _integer_sum,
    "rolling_sum": _decimal("fsum"),
    "rolling_average": _decimal("favg"),
    "rolling_max": lambda x, over: aggregated("max", x, over=over),
    "rolling_min": lambda x, over: aggregated("min", x, over=over),
    "rolling_mode": lambda x, over: most_frequent(x, over=over),
    "rolling_var": _squares("var_pop"),
    "rolling_varsamp": _squares("var_samp"),
    "rolling_stdev": _squares("stddev_pop"),
    "rolling_stdevsamp": _squares("stddev_samp"),
}


def _framed(name: str, tree: Tree) -> Function:
    def over_frame(x: Expr, before: int, after: int, over: Over) -> Expr:
        return tree(x, over(frame(before, after)))

    return window(
        name, takes=[number("x"), *BOUNDS], returns=DECIMAL, doc="An aggregate of a frame.", hidden=True,
        tree=over_frame,
    )  # fmt: skip


(
    INTEGER_SUM, DECIMAL_SUM, FRAME_AVERAGE, FRAME_MAX, FRAME_MIN, FRAME_MODE, FRAME_VAR, FRAME_VARSAMP, FRAME_STDEV,
    FRAME_STDEVSAMP,
) = (_framed(name, tree) for name, tree in _TREES.items())  # fmt: skip


def _plan_sum(context: Context, x: Value, *bounds: int) -> Value:
    viewed = number_view(x)
    whole = viewed.form is Form.INTEGER
    name = "rolling_integer_sum" if whole else "rolling_sum"
    return context.windowed(name, (viewed,), viewed.form, static(INTEGER if whole else DECIMAL), bounds)


def _as_decimal(inner: str) -> Callable[..., Value]:
    return lambda context, x, *bounds: context.windowed(inner, (number_view(x),), Form.DECIMAL, static(DECIMAL), bounds)


def _as_column(inner: str) -> Callable[..., Value]:
    """Results of the column's type; of dates Unix milliseconds. A k stands before the bounds."""

    def plan(context: Context, x: Value, *constants: int) -> Value:
        viewed = number_or_millis(x, context)
        return context.windowed(inner, (viewed,), viewed.form, typing_like(x, viewed), constants)

    return plan


def _plan_mode(context: Context, x: Value, before: int, after: int) -> Value:
    viewed = number_or_millis(x, context)
    typing = typing_like(x, viewed)
    if before >= 0:
        return context.windowed("rolling_mode", (viewed,), viewed.form, typing, (before, after))
    column = context.define(Value(viewed, typing)).expr
    args = (column, column, _times_so_far(context, column))
    return context.windowed("prefix_mode", args, viewed.form, typing, (before, after))


def _times_so_far(context: Context, key: Expr) -> Expr:
    """How often each row's value has occurred in its group, itself included."""
    return context.define(context.windowed("times_so_far", (key,), Form.INTEGER, COUNTED)).expr


def _prefix_mode(cell: Expr, key: Expr, times: Expr, before: int, after: int, over: Over) -> Expr:
    """The mode of a frame that begins with its group: there the row with the highest count has it.

    A list of every frame would be quadratic.
    """
    rank = call("row", 0 - times, key)
    return aggregated("arg_min", cell, rank, where=~key.is_null(), over=over(frame(before, after)))


TIMES_SO_FAR = window(
    "times_so_far", takes=[anything("key")], returns=INTEGER, hidden=True,
    doc="How often a value has occurred in the group so far.",
    tree=lambda key, over: aggregated("row_number", over=within(over(), key)),
)  # fmt: skip
PREFIX_MODE = window(
    "prefix_mode", takes=[anything("cell"), anything("key"), integer("times"), *BOUNDS], returns=DECIMAL, hidden=True,
    doc="The most frequent value from the group's first row on.", tree=_prefix_mode,
)  # fmt: skip


ROLLINGSUM = _rolling("ROLLINGSUM", "The sum", _plan_sum)
ROLLINGAVERAGE = _rolling("ROLLINGAVERAGE", "The mean", _as_decimal("rolling_average"))
ROLLINGMAX = _rolling("ROLLINGMAX", "The largest number", _as_column("rolling_max"))
ROLLINGMIN = _rolling("ROLLINGMIN", "The smallest number", _as_column("rolling_min"))
ROLLINGMODE = _rolling("ROLLINGMODE", "The most frequent number, of several the lowest,", _plan_mode)
ROLLINGVAR = _rolling("ROLLINGVAR", "The population variance", _as_decimal("rolling_var"))
ROLLINGVARSAMP = _rolling("ROLLINGVARSAMP", "The sample variance", _as_decimal("rolling_varsamp"))
ROLLINGSTDEV = _rolling("ROLLINGSTDEV", "The population standard deviation", _as_decimal("rolling_stdev"))
ROLLINGSTDEVSAMP = _rolling("ROLLINGSTDEVSAMP", "The sample standard deviation", _as_decimal("rolling_stdevsamp"))


def _kth(distinct: bool) -> Tree:
    return lambda x, k, before, after, over: kth_largest(x, k, distinct=distinct, over=over(frame(before, after)))


FRAME_KTH = window(
    "rolling_kth", takes=[number("x"), count("k"), *BOUNDS], returns=DECIMAL, doc="The k-th number of a frame.",
    hidden=True, tree=_kth(False),
)  # fmt: skip
FRAME_KTH_UNIQUE = window(
    "rolling_kth_unique", takes=[number("x"), count("k"), *BOUNDS], returns=DECIMAL, hidden=True,
    doc="The k-th different number of a frame.", tree=_kth(True),
)  # fmt: skip
ROLLINGKTHLARGEST = _rolling(
    "ROLLINGKTHLARGEST", "The k-th number from the top, or the smallest,", _as_column("rolling_kth"), PLACE
)
ROLLINGKTHLARGESTUNIQUE = _rolling(
    "ROLLINGKTHLARGESTUNIQUE", "The k-th different number from the top, or the smallest,",
    _as_column("rolling_kth_unique"), PLACE,
)  # fmt: skip

# -- cells --------------------------------------------------------------------------------------------

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
    args = (cell, key, _times_so_far(context, key))
    return context.windowed("prefix_mode", args, x.form, x.typing, (before, after))


FIRST_OF_VALUE = window(
    "first_of_value", takes=[anything("cell"), anything("key")], returns=DATETIME, hidden=True,
    doc="The cell of the group's first row with the same key.",
    tree=lambda cell, key, over: aggregated("first_value", cell, over=within(over(Frame(None, 0)), key)),
)  # fmt: skip
ROLLINGMINDATE = _rolling("ROLLINGMINDATE", "The earliest date", _date_plan("rolling_least_cell"), of="dates")
ROLLINGMAXDATE = _rolling("ROLLINGMAXDATE", "The latest date", _date_plan("rolling_latest_cell"), of="dates")
ROLLINGMODEDATE = _rolling(
    "ROLLINGMODEDATE", "The most frequent date, of several the earliest,", _plan_modedate, of="dates"
)

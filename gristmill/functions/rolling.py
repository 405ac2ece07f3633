"""Aggregates over the rows around (functions-b 6.1): ROLLINGSUM, ROLLINGAVERAGE and their like.

A frame is counted in rows, cut at the ends of the group; null where no row of it has a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gristmill.functions.aggregates import aggregated
from gristmill.functions.declare import Argument, Function, anything, count, integer, number, window
from gristmill.functions.extremes import PLACE, kth_largest, most_frequent, number_or_millis, typing_like
from gristmill.functions.statistics import guarded
from gristmill.functions.windows import FARTHEST
from gristmill.plan.building import call, cast
from gristmill.plan.expressions import Apply, Expr, Form, Frame, Window
from gristmill.plan.primitives import Aggregated
from gristmill.plan.values import Typing, Value, static
from gristmill.plan.views import Context, number_view
from gristmill.types.logical import DECIMAL, INTEGER

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


def rolling(name: str, doc: str, plan: Callable[..., Value], *more: Argument, of: str = "numbers") -> Function:
    """The declaration of a function that users call; `of` says what is in its column."""
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
    args = (column, column, times_so_far(context, column))
    return context.windowed("prefix_mode", args, viewed.form, typing, (before, after))


def times_so_far(context: Context, key: Expr) -> Expr:
    """A column of its own: how often each row's value has occurred in its group, itself included."""
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


ROLLINGSUM = rolling("ROLLINGSUM", "The sum", _plan_sum)
ROLLINGAVERAGE = rolling("ROLLINGAVERAGE", "The mean", _as_decimal("rolling_average"))
ROLLINGMAX = rolling("ROLLINGMAX", "The largest number", _as_column("rolling_max"))
ROLLINGMIN = rolling("ROLLINGMIN", "The smallest number", _as_column("rolling_min"))
ROLLINGMODE = rolling("ROLLINGMODE", "The most frequent number, of several the lowest,", _plan_mode)
ROLLINGVAR = rolling("ROLLINGVAR", "The population variance", _as_decimal("rolling_var"))
ROLLINGVARSAMP = rolling("ROLLINGVARSAMP", "The sample variance", _as_decimal("rolling_varsamp"))
ROLLINGSTDEV = rolling("ROLLINGSTDEV", "The population standard deviation", _as_decimal("rolling_stdev"))
ROLLINGSTDEVSAMP = rolling("ROLLINGSTDEVSAMP", "The sample standard deviation", _as_decimal("rolling_stdevsamp"))


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
ROLLINGKTHLARGEST = rolling(
    "ROLLINGKTHLARGEST", "The k-th number from the top, or the smallest,", _as_column("rolling_kth"), PLACE
)
ROLLINGKTHLARGESTUNIQUE = rolling(
    "ROLLINGKTHLARGESTUNIQUE", "The k-th different number from the top, or the smallest,",
    _as_column("rolling_kth_unique"), PLACE,
)  # fmt: skip

"""Window functions of a row's place and neighbours (functions-b 6): PREV, NEXT, FILL, RANK, ROWNUMBER, SESSION."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gristmill.functions.aggregates import aggregated
from gristmill.functions.date_arithmetic import MILLIS, UNIT, add_units
from gristmill.functions.declare import Function, anything, boolean, count, hidden, moment, window
from gristmill.plan.building import call, case, coalesce
from gristmill.plan.expressions import Apply, Expr, Form, Frame, Literal, Window
from gristmill.plan.moment_views import instant_view
from gristmill.plan.values import SOFT, Value, computed, static
from gristmill.plan.views import Context
from gristmill.problems import recipe_error
from gristmill.types.logical import BOOLEAN, DATETIME, INTEGER

Over = Callable[..., Window]

COUNTED = static(INTEGER)
FARTHEST = 2**31 - 1
"""How many rows away a function may look."""

ROWNUMBER = window(
    "ROWNUMBER",
    returns=INTEGER,
    doc="1, 2, 3, … in the order of the group.",
    basis="functions-b 6 [doc]",
    tree=lambda over: aggregated("row_number", over=over()),
    group="window",
)

# -- ranks --------------------------------------------------------------------------------------------


def _rank(name: str, native: str, doc: str) -> tuple[Function, Function]:
    """The function and the hidden one that ranks by the first `keys` of the order."""
    inner = f"{native}_by"

    def plan(context: Context) -> Value:
        if context.ordered and not context.order_keys:
            return Value(Literal(1, Form.INTEGER), COUNTED)  # all rows tie
        if not context.order_keys:
            raise recipe_error("missing-parameter", "missing parameter 'order'", hint=f"{name} ranks by it.")
        return context.windowed(inner, (), Form.INTEGER, COUNTED, (context.order_keys,))

    def tree(keys: int, over: Over) -> Expr:
        found = over()
        return aggregated(native, over=replace(found, order=found.order[:keys]))

    shown = window(name, returns=INTEGER, doc=doc, basis="functions-b 6 [doc]", plan=plan, group="window")
    return shown, window(inner, takes=[count("keys")], returns=INTEGER, doc=doc, hidden=True, tree=tree)


RANK, RANK_BY = _rank("RANK", "rank", "The place by the order; equal rows share it and the next ones are skipped.")
DENSERANK, DENSERANK_BY = _rank("DENSERANK", "dense_rank", "The place by the order; equal rows share it.")

# -- neighbours -----------------------------------------------------------------------------------------


NEIGHBOUR = count("k", "how many rows away", required=False, default=1, low=-FARTHEST, high=FARTHEST)


def _neighbour(name: str, native: str, other: str, word: str) -> Function:
    def plan(context: Context, x: Value, k: int) -> Value:
        """The neighbour's cell with its type and state; beyond the group null."""
        return context.windowed(native if k >= 0 else other, (x.expr,), x.form, x.typing, (abs(k),))

    return window(
        name,
        takes=[anything("col", "a column"), NEIGHBOUR],
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


def _fill(x: Expr, usable: Expr, before: int, after: int, over: Over) -> Expr:
    """The nearest usable cell before, else after, else the cell as it is; filled cells are no sources."""
    sources: list[Expr] = [usable]
    if before:
        frame = Frame(None if before < 0 else before, -1)
        sources.append(aggregated("last_value", usable, ignore_nulls=True, over=over(frame)))
    if after:
        frame = Frame(-1, None if after < 0 else after)
        sources.append(aggregated("first_value", usable, ignore_nulls=True, over=over(frame)))
    return coalesce(*sources, x)


def _plan_fill(context: Context, x: Value, before: int, after: int) -> Value:
    usable = case((x.expr.ne(""), x.expr), form=x.form) if x.is_text else x.expr
    return context.windowed("fill", (x.expr, usable), x.form, x.typing, (before, after))


FILL_CELL = window(
    "fill", takes=[anything("x"), anything("usable"), count("before"), count("after")], returns=SOFT, hidden=True,
    doc="A cell, filled from its neighbours where it is null or empty.", tree=_fill,
)  # fmt: skip
FILL = window(
    "FILL",
    takes=[
        anything("col", "a column"),
        count(
            "before", "how many rows before are looked at; -1 = all", required=False, default=-1, low=-1, high=FARTHEST
        ),
        count(
            "after",
            "how many rows after, if there is none before; -1 = all",
            required=False,
            default=0,
            low=-1,
            high=FARTHEST,
        ),
    ],
    returns=SOFT,
    doc="The cell; where it is null or empty, the nearest value before it, else the nearest after it.",
    basis="functions-b 6 [doc]",
    plan=_plan_fill,
    group="window",
)

# -- sessions -------------------------------------------------------------------------------------------


def _is_far(date: Expr, before: Expr, k: int, unit: str) -> Expr:
    """Whether two dates are more than k units apart; months and years by the calendar."""
    if unit in MILLIS:
        return call("abs", call("epoch_ms", date) - call("epoch_ms", before)) > k * MILLIS[unit]
    reached = add_units(call("least", date, before), Literal(k, Form.INTEGER), unit)
    return coalesce(call("greatest", date, before) > reached, False)


def _plan_session(context: Context, date: Value, k: int, unit: str) -> Value:
    """A running count of the rows that are too far from the date before them."""
    dated = static(DATETIME)
    column = context.define(Value(instant_view(date, context), dated)).expr
    before = context.define(context.windowed("last_known", (column,), Form.MOMENT, dated)).expr
    far = Apply("is_far", (column, before), Form.BOOLEAN, (k, unit))
    opens = context.define(Value(far, static(BOOLEAN))).expr
    number = context.define(context.windowed("running_count", (opens,), Form.INTEGER, COUNTED)).expr
    return computed(case((~column.is_null(), number + 1), form=Form.INTEGER))


LAST_KNOWN = window(
    "last_known", takes=[moment("x")], returns=DATETIME, doc="The last date before that is not null.", hidden=True,
    tree=lambda x, over: aggregated("last_value", x, ignore_nulls=True, over=over(Frame(None, -1))),
)  # fmt: skip
RUNNING_COUNT = window(
    "running_count", takes=[boolean("x")], returns=INTEGER, doc="How often it was true so far.", hidden=True,
    tree=lambda x, over: aggregated("count", case((x, 1)), over=over(Frame(None, 0))),
)  # fmt: skip
IS_FAR = hidden(
    "is_far", takes=[moment("date"), moment("before"), count("k"), UNIT], returns=BOOLEAN,
    doc="Whether two dates are more than k units apart.", tree=_is_far,
)  # fmt: skip
SESSION = window(
    "SESSION",
    takes=[anything("date", "a column of dates"), count("k", "how many units", low=1), UNIT],
    returns=INTEGER,
    doc="The number of the session; a new one begins more than k units from the date before.",
    basis="functions-b 6 [SDK]",
    plan=_plan_session,
    group="window",
)

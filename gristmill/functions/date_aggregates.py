"""Aggregates of dates (functions-b 4, marked A): they give the chosen cell's own text (functions-b 3.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gristmill.functions.aggregates import TEST, aggregated, over_group, where_true
from gristmill.functions.declare import Argument, Function, aggregate, anything, count, moment, string
from gristmill.functions.extremes import PLACE, kth_largest, most_frequent
from gristmill.plan.building import call, case
from gristmill.plan.expressions import Expr, Form, Key
from gristmill.plan.moment_views import instant_view
from gristmill.plan.primitives import Aggregated
from gristmill.plan.values import Value
from gristmill.plan.views import Context
from gristmill.types.logical import DATETIME


def cell_at(cell: Expr, key: Expr, chosen: Expr, order: tuple[Key, ...], **more: Any) -> Expr:
    """The first cell, in row order, whose key is the chosen one."""
    known = ~key.is_null()
    cells = aggregated("list", cell, order=order, where=known, **more)
    keys = aggregated("list", key, order=order, where=known, **more)
    return call("list_extract", cells, call("list_position", keys, chosen))


def first_at_least(cell: Expr, key: Expr, order: Expr, *, latest: bool = False, **more: Any) -> Aggregated:
    """The cell with the least (or latest) key; of equal ones the first in row order."""
    rank = 0 - call("epoch_us", key) if latest else call("epoch_us", key)
    return aggregated("arg_min", cell, call("row", rank, order), where=~key.is_null(), **more)


def _least(cell: Expr, key: Expr, order: tuple[Key, ...]) -> Expr:
    return first_at_least(cell, key, order[0].expr)


def _latest(cell: Expr, key: Expr, order: tuple[Key, ...]) -> Expr:
    return first_at_least(cell, key, order[0].expr, latest=True)


def _chosen(key: Expr, which: str, k: int) -> Expr:
    if which == "mode":
        return most_frequent(key)
    return kth_largest(key, k, distinct=which == "kth_unique")


_CELL = [anything("cell"), moment("key")]
LEAST_CELL = aggregate(
    "least_cell", takes=_CELL, returns=DATETIME, doc="The cell of the earliest date.", hidden=True, ordered=True,
    tree=_least,
)  # fmt: skip
LATEST_CELL = aggregate(
    "latest_cell", takes=_CELL, returns=DATETIME, doc="The cell of the latest date.", hidden=True, ordered=True,
    tree=_latest,
)  # fmt: skip
CHOSEN_DATE = aggregate(
    "chosen_date", takes=[moment("key"), string("which"), count("k")], returns=DATETIME, hidden=True,
    doc="The most frequent date, or the k-th from the top.", tree=_chosen,
)  # fmt: skip
CHOSEN_CELL = aggregate(
    "chosen_cell", takes=[*_CELL, string("which"), count("k")], returns=DATETIME, hidden=True, ordered=True,
    doc="The first cell of the most frequent date, or of the k-th from the top.",
    tree=lambda cell, key, which, k, order: cell_at(cell, key, _chosen(key, which, k), order),
)  # fmt: skip


def _keyed(x: Value, context: Context, tests: tuple[Value, ...]) -> tuple[Expr, Expr]:
    """The cells that take part and their dates."""
    key = instant_view(x, context)
    return x.expr, where_true(key, tests[0]) if tests else key


def _plan_extreme(context: Context, inner: str, x: Value, tests: tuple[Value, ...]) -> Value:
    return over_group(context, inner, _keyed(x, context, tests), x.form, x.typing)


def _plan_chosen(context: Context, which: str, k: int, x: Value, tests: tuple[Value, ...]) -> Value:
    """Over a group by lists; beside the rows in two steps, because lists on every row would be quadratic."""
    cell, key = _keyed(x, context, tests)
    constants = (which, k)
    if not context.beside_rows:
        return over_group(context, "chosen_cell", (cell, key), x.form, x.typing, constants)
    column = context.define(Value(key, x.typing)).expr
    chosen = context.define(over_group(context, "chosen_date", (column,), Form.MOMENT, x.typing, constants)).expr
    found = case((column.eq(chosen), cell), form=x.form)
    return over_group(context, "first_cell", (found,), x.form, x.typing)


def _pair(name: str, doc: str, which: str, constants: tuple[Argument, ...] = ()) -> tuple[Function, Function]:
    """The function and its IF form, whose test comes last."""

    def plan(context: Context, x: Value, *rest: Any) -> Value:
        k, tests = (rest[0], rest[1:]) if constants else (1, rest)
        if which in ("least_cell", "latest_cell"):
            return _plan_extreme(context, which, x, tests)
        return _plan_chosen(context, which, k, x, tests)

    base = aggregate(
        name,
        takes=[anything("col", "dates"), *constants],
        returns=DATETIME,
        doc=f"{doc}.",
        basis="functions-b 4 [doc]",
        plan=plan,
        group="date",
    )
    return base, replace(base, name=f"{name}IF", takes=(*base.takes, TEST), doc=f"{doc} in the rows that pass a test.")


MINDATE, MINDATEIF = _pair("MINDATE", "The earliest date", "least_cell")
MAXDATE, MAXDATEIF = _pair("MAXDATE", "The latest date", "latest_cell")
MODEDATE, MODEDATEIF = _pair("MODEDATE", "The most frequent date, of several the earliest", "mode")
KTHLARGESTDATE, KTHLARGESTDATEIF = _pair("KTHLARGESTDATE", "The k-th latest date", "kth", (PLACE,))
KTHLARGESTUNIQUEDATE, KTHLARGESTUNIQUEDATEIF = _pair(
    "KTHLARGESTUNIQUEDATE", "The k-th latest of the different dates", "kth_unique", (PLACE,)
)

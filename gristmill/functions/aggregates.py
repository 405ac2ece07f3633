"""Aggregate functions (functions-b 5). Missing, null and mismatched cells are not factored in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gristmill.functions.declare import (
    Function,
    aggregate,
    anything,
    boolean,
    number,
)
from gristmill.plan.building import call, case, cast, coalesce
from gristmill.plan.expressions import Constant, Expr, Form
from gristmill.plan.grouping import group_keys
from gristmill.plan.primitives import Aggregated
from gristmill.plan.values import SOFT, Typing, Value, static
from gristmill.plan.views import Context, condition_view, number_view
from gristmill.types.logical import DECIMAL, INTEGER

TEST = boolean("test", "which rows take part; null counts as false")


def aggregated(name: str, *args: Expr, **more: Any) -> Aggregated:
    """An aggregate of the engine."""
    return Aggregated(name, args, **more)


def conditional(function: Function, name: str, doc: str, at: int = 1) -> Function:
    """The …IF form: the same over the rows for which a test is true, the test as argument number `at`."""
    assert function.tree is not None
    inner = function.tree

    def tree(*args: Any, **more: Any) -> Expr:
        rest = [*args[:at], *args[at + 1 :]]
        rest[0] = case((args[at], rest[0]))
        return inner(*rest, **more)

    takes = (*function.takes[:at], TEST, *function.takes[at:])
    return replace(function, name=name, doc=doc, takes=takes, tree=tree, examples={})


COUNT = aggregate(
    "COUNT",
    takes=[anything("col", "old recipes: a column, whose nulls do not count", required=False)],
    returns=INTEGER,
    doc="How many rows the group has, whatever they hold.",
    basis="functions-b 5 [doc]",
    tree=lambda col: aggregated("count") if _absent(col) else aggregated("count", col),
    group="aggregate",
)


def _absent(col: Expr) -> bool:
    return getattr(col, "value", col) is None


COUNTIF = aggregate(
    "COUNTIF",
    takes=[TEST],
    returns=INTEGER,
    doc="How many rows pass a test.",
    basis="functions-b 5 [doc]",
    tree=lambda test: aggregated("count", case((test, 1))),
    group="aggregate",
)
COUNTA = aggregate(
    "COUNTA",
    takes=[anything("col", "a column")],
    returns=INTEGER,
    doc="How many cells are not null; empty texts count.",
    basis="functions-b 5 [doc]",
    tree=lambda col: aggregated("count", col),
    group="aggregate",
)
COUNTAIF = conditional(COUNTA, "COUNTAIF", "How many cells are not null in the rows that pass a test.")


def _plan_sum(context: Context, x: Value, *test: Value) -> Value:
    """Integers in 128 bits, null where the result does not fit; Decimals with compensation (language 4.4)."""
    viewed = number_view(x)
    name = "SUM_INTEGER" if viewed.form is Form.INTEGER else "SUM"
    if test:
        viewed = where_true(viewed, test[0])
    return over_group(context, name, (viewed,), viewed.form)


def where_true(viewed: Expr, test: Value) -> Expr:
    """The expression in the rows that pass a test, else null."""
    return case((condition_view(test), viewed), form=viewed.form)


def over_group(
    context: Context,
    name: str,
    args: tuple[Expr, ...],
    form: Form,
    typing: Typing | None = None,
    constants: tuple[Constant, ...] = (),
) -> Value:
    """A declared aggregate of planned arguments, over the group or beside the rows as the scope says."""
    typing = typing or static(INTEGER if form is Form.INTEGER else DECIMAL)
    return context.aggregate(name, args, form, typing, constants)


SUM = aggregate(
    "SUM",
    takes=[number("col", "numbers")],
    returns=DECIMAL,
    doc="The sum of the numbers; 0 where there is none.",
    basis="functions-b 5 [doc]",
    tree=lambda x: coalesce(aggregated("fsum", x), 0),
    plan=_plan_sum,
    group="aggregate",
)
SUM_INTEGER = aggregate(
    "SUM_INTEGER",
    takes=[number("col")],
    returns=INTEGER,
    doc="The sum of integers, null outside 64 bits.",
    hidden=True,
    tree=lambda x: cast(coalesce(aggregated("sum", x), 0), Form.INTEGER),
)
SUMIF = aggregate(
    "SUMIF",
    takes=[number("col", "numbers"), TEST],
    returns=DECIMAL,
    doc="The sum of the numbers of the rows that pass a test.",
    basis="functions-b 5 [doc]",
    plan=_plan_sum,
    group="aggregate",
)
AVERAGE = aggregate(
    "AVERAGE",
    takes=[number("col", "numbers")],
    returns=DECIMAL,
    doc="The arithmetic mean of the numbers; null where there is none.",
    basis="functions-b 5 [doc]",
    tree=lambda x: aggregated("favg", x),
    group="aggregate",
)
AVERAGEIF = conditional(AVERAGE, "AVERAGEIF", "The mean of the numbers of the rows that pass a test.")


def _plan_any(context: Context, x: Value, *test: Value) -> Value:
    """The first cell that is neither null nor empty, with its type and text (functions-b 5)."""
    usable = case((x.expr.ne(""), x.expr), form=x.form) if x.is_text else x.expr
    usable = case((condition_view(test[0]), usable), form=x.form) if test else usable
    return over_group(context, "first_cell", (usable,), x.form, x.typing)


ANY = aggregate(
    "ANY",
    takes=[anything("col", "a column")],
    returns=SOFT,
    doc="The first value of the group that is neither null nor empty.",
    basis="functions-b 5 [doc]",
    plan=_plan_any,
    group="aggregate",
)
ANYIF = replace(ANY, name="ANYIF", takes=(*ANY.takes, TEST), doc="The first usable value of the rows that pass a test.")
FIRST_CELL = aggregate(
    "first_cell",
    takes=[anything("x")],
    returns=SOFT,
    doc="The first value in row order that is not null.",
    hidden=True,
    ordered=True,
    tree=lambda x, order: aggregated("arg_min", x, order[0].expr, where=~x.is_null()),
)


def _plan_countdistinct(context: Context, x: Value, *test: Value) -> Value:
    """Distinct cells other than null, equal as group keys are (functions-b 5)."""
    keys = group_keys(x, context)
    present = ~x.expr.is_null()
    if test:
        present = present & coalesce(condition_view(test[0]), False)
    name = "distinct_count" if len(keys) == 1 else "distinct_pairs"
    return over_group(context, name, tuple(case((present, key), form=Form.ANY) for key in keys), Form.INTEGER)


COUNTDISTINCT = aggregate(
    "COUNTDISTINCT",
    takes=[anything("col", "a column")],
    returns=INTEGER,
    doc="How many different values there are; the empty text is one, null is none.",
    basis="functions-b 5 [doc]",
    plan=_plan_countdistinct,
    group="aggregate",
)
COUNTDISTINCTIF = replace(
    COUNTDISTINCT,
    name="COUNTDISTINCTIF",
    takes=(*COUNTDISTINCT.takes, TEST),
    doc="How many different values the rows that pass a test have.",
)
DISTINCT_COUNT = aggregate(
    "distinct_count",
    takes=[anything("key")],
    returns=INTEGER,
    doc="Distinct keys other than null.",
    hidden=True,
    tree=lambda key: aggregated("count", key, distinct=True),
)
DISTINCT_PAIRS = aggregate(
    "distinct_pairs",
    takes=[anything("key"), anything("other")],
    returns=INTEGER,
    doc="Distinct pairs of keys, those of two nulls left out.",
    hidden=True,
    tree=lambda key, other: aggregated(
        "count", case((~(key.is_null() & other.is_null()), call("row", key, other))), distinct=True
    ),
)

"""Aggregate functions (functions-b 5). Missing, null and mismatched cells are not factored in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gristmill.functions.declare import (
    Function,
    aggregate,
    anything,
    boolean,
    count,
    number,
)
from gristmill.functions.nested import element_of
from gristmill.plan.expressions import Aggregated, Apply, Expr, Form, call, case, cast, coalesce, concat
from gristmill.plan.grouping import group_keys
from gristmill.plan.values import SOFT, Typing, Value, static
from gristmill.plan.views import Context, condition_view, moment_view, number_view
from gristmill.types.logical import ARRAY, DECIMAL, INTEGER, Family

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


def _sum(x: Expr) -> Expr:
    return aggregated("sum", x)


def _plan_sum(context: Context, x: Value, *test: Value) -> Value:
    """Integers in 128 bits, null where the result does not fit; Decimals with compensation (language 4.4)."""
    viewed = number_view(x)
    name = "SUM_INTEGER" if viewed.form is Form.INTEGER else "SUM"
    if test:
        viewed = _where(viewed, test[0])
    return over_group(context, name, (viewed,), viewed.form)


def _where(viewed: Expr, test: Value) -> Expr:
    return case((condition_view(test), viewed), form=viewed.form)


def over_group(context: Context, name: str, args: tuple[Expr, ...], form: Form, typing: Typing | None = None) -> Value:
    """A declared aggregate of planned arguments, over the group or beside the rows as the scope says."""
    return context.aggregate(name, args, form, typing or static(INTEGER if form is Form.INTEGER else DECIMAL))


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


def _extreme(name: str, native: str, word: str) -> tuple[Function, Function]:
    def plan(context: Context, x: Value, *test: Value) -> Value:
        """Numbers; of dates the Unix time in milliseconds (functions-b 5)."""
        viewed = _number_or_millis(x, context)
        viewed = _where(viewed, test[0]) if test else viewed
        scale = x.typing.scale if viewed.form is Form.DECIMAL else None
        typing = static(INTEGER) if viewed.form is Form.INTEGER else static(DECIMAL, scale=scale)
        return over_group(context, native, (viewed,), viewed.form, typing)

    base = aggregate(
        name,
        takes=[anything("col", "numbers or dates")],
        returns=DECIMAL,
        doc=f"The {word} number; of a date column the Unix time in milliseconds.",
        basis="functions-b 5 [doc]",
        plan=plan,
        group="aggregate",
    )
    conditioned = replace(
        base, name=f"{name}IF", takes=(*base.takes, TEST), doc=f"The {word} number of the rows that pass a test."
    )
    return base, conditioned


def _number_or_millis(x: Value, context: Context) -> Expr:
    if x.form is Form.MOMENT or (x.is_text and x.typing.family is Family.DATETIME):
        return Apply("unix_millis", (moment_view(x, context),), Form.INTEGER)
    return number_view(x)


MAX, MAXIF = _extreme("MAX", "largest", "largest")
MIN, MINIF = _extreme("MIN", "smallest", "smallest")
LARGEST = aggregate(
    "largest", takes=[number("x")], returns=DECIMAL, doc="The largest number.", hidden=True,
    tree=lambda x: aggregated("max", x),
)  # fmt: skip
SMALLEST = aggregate(
    "smallest", takes=[number("x")], returns=DECIMAL, doc="The smallest number.", hidden=True,
    tree=lambda x: aggregated("min", x),
)  # fmt: skip


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
    form = Form.ANY
    return over_group(
        context, "distinct_count", tuple(case((present, key), form=form) for key in (*keys, keys[0])[:2]), Form.INTEGER
    )


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
    takes=[anything("key"), anything("other")],
    returns=INTEGER,
    doc="Distinct pairs of keys, those of two nulls left out.",
    hidden=True,
    tree=lambda key, other: aggregated(
        "count", case((~(key.is_null() & other.is_null()), call("row", key, other))), distinct=True
    ),
)

LIMIT = count("limit", "how many at most", required=False, default=1000, low=1)


def _plan_list(context: Context, x: Value, limit: int, *test: Value) -> Value:
    element = element_of(x, context)
    usable = ~x.expr.is_null() & x.expr.ne("") if x.is_text else ~x.expr.is_null()
    if test:
        usable = usable & coalesce(condition_view(test[0]), False)
    return context.aggregate(
        "json_list", (case((usable, element), form=Form.JSON),), Form.JSON, static(ARRAY), (limit,)
    )


LIST = aggregate(
    "LIST",
    takes=[anything("col", "a column"), LIMIT],
    returns=ARRAY,
    doc="An array of the values that are neither null nor empty, in row order.",
    basis="functions-b 5 [doc]",
    plan=_plan_list,
    group="aggregate",
)
LISTIF = aggregate(
    "LISTIF",
    takes=[anything("col", "a column"), count("limit", "how many at most", low=1), TEST],
    returns=ARRAY,
    doc="An array of the usable values of the rows that pass a test.",
    basis="functions-b 5 [recipe]",
    plan=_plan_list,
    group="aggregate",
)
JSON_LIST = aggregate(
    "json_list",
    takes=[anything("x"), count("limit")],
    returns=ARRAY,
    doc="A JSON array of the elements that are not null, in row order.",
    hidden=True,
    ordered=True,
    tree=lambda x, limit, order: concat(
        "[",
        coalesce(
            call(
                "array_to_string",
                call("list_slice", aggregated("list", x, order=order, where=~x.is_null()), 1, limit),
                ",",
            ),
            "",
        ),
        "]",
    ),
)

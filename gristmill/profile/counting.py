"""The questions that a profile asks of the data, and what it makes of the answers.

One column is asked about after the other, so that a wide result needs no more memory than a narrow one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from gristmill.plan.building import call, case, cast
from gristmill.plan.expressions import Column, Expr, Form, Key, Literal
from gristmill.plan.primitives import Aggregated
from gristmill.plan.relations import Aggregate, Filter, Plan, Relation
from gristmill.plan.rows import Rows
from gristmill.profile.axis import Axis, Number, axis_of
from gristmill.profile.columns import Data, Profiled, profiled, typed_fields, unlike_fields
from gristmill.profile.spread import Quartiles, quartiles, spread
from gristmill.transforms.environment import Environment
from gristmill.transforms.scope import Scope

CAPACITY = 200
EXACT_DISTINCT = 100_000  # more numbers than that, where they hardly repeat, are told apart by an estimate, 1 % off
MISMATCHES = 5
CUT = 256
LARGEST = 1e308  # of a sum
LARGEST_SQUARED = 1e149
DIGITS = 12


@dataclass(slots=True)
class Counts:
    """What is known of one column. `top` are its most frequent valid texts, `distinct` how many there are."""

    column: Profiled
    valid: int = 0
    invalid: int = 0
    missing: int = 0
    low: Number | None = None
    high: Number | None = None
    quartiles: Quartiles = (None, None, None)
    mean: float | None = None
    deviation: float | None = None
    distinct: int = 0
    axis: Axis | None = None
    buckets: dict[int, int] = field(default_factory=dict)
    top: list[tuple[str, int]] = field(default_factory=list)
    mismatches: list[tuple[str, int]] = field(default_factory=list)

    @property
    def is_estimated(self) -> bool:
        """Whether `distinct` is an estimate."""
        return not self.column.grouped and self.valid > EXACT_DISTINCT


def count_rows(rows: Rows, data: Data) -> int:
    """How many rows there are."""
    (found,) = _answer(rows, [Aggregated("count")], data)
    return int(found)


def counted(rows: Rows, in_all: int, env: Environment, data: Data) -> list[Counts]:
    """Everything that a profile tells of so many rows."""
    scope = Scope(rows, env)
    fields = typed_fields(scope)
    unlike = unlike_fields(fields, scope.rows, in_all, data)
    result = []
    for item in fields:
        with data.aside():
            column = profiled(item, scope.rows, env, data, grouped=item.name not in unlike)
            result.append(_counted(column, in_all, data))
    return result


def _counted(column: Profiled, in_all: int, data: Data) -> Counts:
    counts = Counts(column)
    _count(counts, in_all, data)
    if counts.low is not None and counts.high is not None:
        _lay_out(counts, axis_of(column.type.name, counts.low, counts.high), data)
    elif counts.valid:
        counts.top = _most_frequent(column, column.valid, CAPACITY, data)
    if counts.invalid:
        counts.mismatches = _most_frequent(column, column.present & ~column.valid, MISMATCHES, data)
    return counts


def _count(counts: Counts, in_all: int, data: Data) -> None:
    column = counts.column
    items = [Aggregated("sum", (_where(test, column.weight),)) for test in (column.present, column.valid)]
    if column.number is None:
        items.append(Aggregated("count", (_where(column.valid, Literal(1)),)))
    else:
        items.append(_distinct(column, exact=column.grouped))
        items += [Aggregated(name, (column.number,)) for name in ("min", "max")]
        items.append(_sum(column.number, column.weight, in_all))
    present, valid, distinct, *ends = _answer(column.rows, items, data)
    counts.valid = int(valid or 0)
    counts.invalid, counts.missing = int(present or 0) - counts.valid, in_all - int(present or 0)
    if ends and counts.valid:
        _bound(counts, in_all, *ends)
        if not column.grouped and not counts.is_estimated:
            (distinct,) = _answer(column.rows, [_distinct(column, exact=True)], data)
    counts.distinct = min(int(distinct or 0), counts.valid)


def _sum(number: Expr, weight: Expr, in_all: int) -> Aggregated:
    """The exact sum; of decimals those that may be added."""
    if number.form is Form.INTEGER:
        return Aggregated("sum", (cast(number, "HUGEINT") * weight,))
    return Aggregated("fsum", (_where(call("abs", number) <= LARGEST / max(in_all, 1), number * weight),))


def _bound(counts: Counts, in_all: int, low: Any, high: Any, total: Any) -> None:
    counts.low, counts.high = (float(low), float(high)) if counts.column.type.name == "Float" else (int(low), int(high))
    if max(abs(counts.low), abs(counts.high)) <= LARGEST / max(in_all, 1):
        counts.mean = float(total) / counts.valid


def _distinct(column: Profiled, *, exact: bool) -> Aggregated:
    assert column.number is not None
    return Aggregated("count" if exact else "approx_count_distinct", (column.number,), distinct=exact)


def _lay_out(counts: Counts, axis: Axis, data: Data) -> None:
    assert counts.low is not None and counts.high is not None
    is_squared = max(abs(counts.low), abs(counts.high)) <= LARGEST_SQUARED
    found = spread(counts.column, axis, counts.mean if is_squared else None, data)
    counts.axis, counts.buckets = axis, found.buckets(axis)
    counts.quartiles = quartiles(counts.column, axis, found, data)
    if is_squared and counts.valid > 1:
        # the squares are summed as they come: what that leaves to chance is not shown
        counts.deviation = float(f"{math.sqrt(found.squares / (counts.valid - 1)):.{DIGITS}g}")


def _most_frequent(column: Profiled, condition: Expr, limit: int, data: Data) -> list[tuple[str, int]]:
    relation: Relation = Filter(column.rows.relation, condition)
    text, weight = column.text, column.weight
    if not column.grouped:
        cell, count = Column(next(column.rows.ids), Form.TEXT), Column(next(column.rows.ids), Form.INTEGER)
        relation = Aggregate(relation, ((cell.id, text),), ((count.id, Aggregated("count")),))
        text, weight = cell, count
    order = (Key(weight, descending=True), Key(text))
    found = data.ask(Plan(relation, (("text", text), ("n", weight)), order), limit)
    return [(str(cell), int(n or 0)) for cell, n in found]


def _where(condition: Expr, value: Expr) -> Expr:
    """The value in the rows that pass, else null."""
    return case((condition, value), form=value.form)


def _answer(rows: Rows, items: list[Aggregated], data: Data) -> tuple[Any, ...]:
    """These aggregates over all rows."""
    numbers = [next(rows.ids) for _ in items]
    relation = Aggregate(rows.relation, (), tuple(zip(numbers, items, strict=True)))
    named = tuple((f"q{at}", Column(number, Form.INTEGER)) for at, number in enumerate(numbers))
    (answer,) = data.ask(Plan(relation, named), 1)
    return answer

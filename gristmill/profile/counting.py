"""The questions that a profile asks of the data, and what it makes of the answers.

One question for all columns at once (counts, ends, quartiles), then one for each: its buckets or its top values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gristmill.plan.expressions import Aggregated, Apply, Binary, Column, Expr, Form, Key, Literal, Window, call, cast
from gristmill.plan.relations import Aggregate, Filter, Plan, Windowed
from gristmill.plan.rows import Ask, Rows
from gristmill.profile.axis import AXES, Axis, Number
from gristmill.profile.columns import Profiled, where

# Rows over a table that holds these expressions, and the columns that do.
Keep = Callable[[Rows, Sequence[Expr]], tuple[Rows, list[Column]]]

CAPACITY = 200
EXACT_DISTINCT = 100_000  # more numbers than that are told apart by an estimate, 1 % off
MISMATCHES = 5
CUT = 256


@dataclass(slots=True)
class Counts:
    """What is known of one column. `top` are its most frequent valid texts, `distinct` how many there are."""

    column: Profiled
    valid: int = 0
    invalid: int = 0
    missing: int = 0
    low: Number | None = None
    high: Number | None = None
    quartiles: tuple[float | None, float | None, float | None] = (None, None, None)
    mean: float | None = None
    deviation: float | None = None
    distinct: int = 0
    axis: Axis | None = None
    buckets: dict[int, int] = field(default_factory=dict)
    top: list[tuple[str, int]] = field(default_factory=list)
    mismatches: list[tuple[str, int]] = field(default_factory=list)


def counted(rows: Rows, columns: Sequence[Profiled], ask: Ask, keep: Keep) -> list[Counts]:
    """Everything that a profile tells of the rows; `keep` holds what is computed for several questions."""
    texts = [column for column in columns if column.number is None]
    numbers = [column for column in columns if column.number is not None]
    found = {id(counts.column): counts for counts in _totals(rows, texts, ask)}
    if numbers:
        held, brought = _held(rows, numbers, keep)
        for original, counts in zip(numbers, _totals(held, brought, ask), strict=True):
            if counts.low is not None:
                _lay_out(held, counts, ask)
            counts.column = original
            found[id(original)] = counts
    result = [found[id(column)] for column in columns]
    for counts in result:
        _list(rows, counts, ask)
    return result


def _held(rows: Rows, columns: Sequence[Profiled], keep: Keep) -> tuple[Rows, list[Profiled]]:
    """The columns with their numbers computed."""
    parts = [[item for item in (column.present, column.number, column.moment) if item] for column in columns]
    held, flat = keep(rows, [item for items in parts for item in items])
    cells = iter(flat)
    result = []
    for column, items in zip(columns, parts, strict=True):
        present, number, *moment = (next(cells) for _ in items)
        new = replace(column, present=present, valid=~number.is_null(), number=number)
        result.append(replace(new, moment=moment[0] if moment else None))
    return held, result


def _list(rows: Rows, counts: Counts, ask: Ask) -> None:
    column = counts.column
    if column.number is None and counts.valid:
        counts.top, counts.distinct = _top(rows, column.valid, column.text, CAPACITY, ask)
    if counts.invalid:
        counts.mismatches, _ = _top(rows, column.present & ~column.valid, column.text, MISMATCHES, ask)


# -- one question for all columns --------------------------------------------------------------------


def _totals(rows: Rows, columns: Sequence[Profiled], ask: Ask) -> list[Counts]:
    questions = [_questions(column) for column in columns]
    flat = [item for items in questions for item in items]
    numbers = [next(rows.ids) for _ in flat]
    forms = [item.form if item.form is not Form.ANY else Form.INTEGER for item in flat]
    total = next(rows.ids)
    relation = Aggregate(rows.relation, (), ((total, _count()), *zip(numbers, flat, strict=True)))
    named = [("n", Column(total, Form.INTEGER))]
    named += [(f"q{at}", Column(number, form)) for at, (number, form) in enumerate(zip(numbers, forms, strict=True))]
    (answer,) = ask(Plan(relation, tuple(named)), 1)
    cells = iter(answer)
    rows_in_all = int(next(cells) or 0)
    return [_answered(column, rows_in_all, cells) for column in columns]


def _questions(column: Profiled) -> list[Expr]:
    present = _count(where(column.present, Literal(1)))
    valid = _count(where(column.valid, Literal(1)))
    if column.number is None:
        return [present, valid]
    value = column.number
    decimal = value if value.form is Form.DECIMAL else cast(value, Form.DECIMAL)
    quartiles = Apply("quartiles", (decimal,), Form.TEXT)
    moments = [Apply(name, (decimal,), Form.DECIMAL) for name in ("AVERAGE", "STDEVSAMP")]
    return [present, valid, Aggregated("min", (value,)), Aggregated("max", (value,)), quartiles, *moments]


def _answered(column: Profiled, rows: int, cells: Iterator[Any]) -> Counts:
    present, valid = int(next(cells)), int(next(cells))
    counts = Counts(column, valid, present - valid, rows - present)
    if column.number is None:
        return counts
    exact: Callable[[Any], Number] = float if column.type.name == "Float" else int
    counts.low, counts.high = (_optional(next(cells), exact) for _ in range(2))
    counts.quartiles = _optional(next(cells), _three) or counts.quartiles
    counts.mean, deviation = (_optional(next(cells), float) for _ in range(2))
    counts.deviation = deviation if valid > 1 else None
    return counts


def _three(cell: Any) -> tuple[float, float, float]:
    """`[1.0, 2.5, 4.0]`."""
    first, second, third = (float(part) for part in str(cell).strip("[]").split(","))
    return first, second, third


def _optional(cell: Any, read: Callable[[Any], Any]) -> Any:
    return None if cell is None else read(cell)


def _count(item: Expr | None = None) -> Expr:
    return Aggregated("count", () if item is None else (item,))


# -- one question for each ---------------------------------------------------------------------------


def _lay_out(rows: Rows, counts: Counts, ask: Ask) -> None:
    axis = AXES[counts.column.type.name](counts.low, counts.high)  # type: ignore[arg-type]
    place = _place(counts.column, axis)
    number, count = next(rows.ids), next(rows.ids)
    counts.distinct = _distinct(rows, counts, ask)
    relation = Aggregate(Filter(rows.relation, counts.column.valid), ((number, place),), ((count, _count()),))
    found = ask(Plan(relation, (("place", Column(number, Form.INTEGER)), ("n", Column(count, Form.INTEGER)))), 10_000)
    counts.axis = axis
    for cell, n in found:
        # at the ends the division may have rounded to the neighbour
        at = min(max(int(float(cell or 0)), axis.first), axis.last)
        counts.buckets[at] = counts.buckets.get(at, 0) + int(n or 0)


def _distinct(rows: Rows, counts: Counts, ask: Ask) -> int:
    assert counts.column.number is not None
    exact = counts.valid <= EXACT_DISTINCT
    value = (counts.column.number,)
    item = Aggregated("count", value, distinct=True) if exact else Aggregated("approx_count_distinct", value)
    number = next(rows.ids)
    ((found,),) = ask(Plan(Aggregate(rows.relation, (), ((number, item),)), (("n", Column(number, Form.INTEGER)),)), 1)
    return min(int(found or 0), counts.valid)


def _place(column: Profiled, axis: Axis) -> Expr:
    """The bucket of a value."""
    if axis.months:
        assert column.moment is not None
        year, month = (Apply(part, (column.moment,), Form.INTEGER) for part in ("year_of", "month_of"))
        return call("floor", (year * 12 + (month - 1)) / float(axis.months))
    assert column.number is not None
    value = cast(column.number, Form.DECIMAL) if column.number.form is not Form.DECIMAL else column.number
    # 0.3 / 0.1 is below 3, but 0.3 * 10 is not
    scaled = value * float(axis.step.denominator) if axis.step.denominator > 1 else value
    return call("floor", Binary("/", scaled, Literal(float(axis.step.numerator))))


def _top(rows: Rows, condition: Expr, text: Expr, limit: int, ask: Ask) -> tuple[list[tuple[str, int]], int]:
    """The most frequent texts of the rows that pass, and how many there are in all."""
    name, count, distinct = (next(rows.ids) for _ in range(3))
    relation = Aggregate(Filter(rows.relation, condition), ((name, text),), ((count, _count()),))
    every = Apply("COUNT", (Literal(None),), Form.INTEGER, window=Window())
    columns = (Column(name, Form.TEXT), Column(count, Form.INTEGER), Column(distinct, Form.INTEGER))
    order = (Key(columns[1], descending=True), Key(columns[0]))
    named = tuple(zip(("text", "n", "distinct"), columns, strict=True))
    found = ask(Plan(Windowed(relation, ((distinct, every),)), named, order), limit)
    return [(str(cell), int(n or 0)) for cell, n, _ in found], int(found[0][2] or 0) if found else 0

"""How the numbers of a column are spread: over the buckets of an axis, around their mean, into quarters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from gristmill.plan.building import call, case, cast
from gristmill.plan.expressions import Apply, Binary, Column, Expr, Form, Key, Literal, Window
from gristmill.plan.primitives import Aggregated
from gristmill.plan.relations import Aggregate, Extend, Filter, Plan, Windowed
from gristmill.profile.axis import Axis
from gristmill.profile.columns import Data, Profiled

MOST_PLACES = 10_000  # rounding at the ends may add a few to the buckets of an axis
QUARTERS = (0.25, 0.5, 0.75)

Quartiles = tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Spread:
    """How many values lie at each place of an axis, and the sum of the squares of their distances to the mean."""

    places: Mapping[float, int]
    squares: float

    def buckets(self, axis: Axis) -> dict[int, int]:
        """By bucket; at the ends the division may have rounded to the neighbour."""
        found: dict[int, int] = {}
        for place, n in self.places.items():
            at = min(max(int(place), axis.first), axis.last)
            found[at] = found.get(at, 0) + n
        return found


def double(number: Expr) -> Expr:
    """The number as a double."""
    return number if number.form is Form.DECIMAL else cast(number, Form.DECIMAL)


def spread(column: Profiled, axis: Axis, mean: float | None, data: Data) -> Spread:
    """The column over its axis; without a mean no squares."""
    assert column.number is not None
    ids, valid = column.rows.ids, Filter(column.rows.relation, column.valid)
    place, count, square = next(ids), next(ids), next(ids)
    distance = Literal(0.0) if mean is None else double(column.number) - mean
    squares = Aggregated("sum", (distance * distance * column.weight,))
    counts = Aggregated("sum", (column.weight,))
    relation = Aggregate(valid, ((place, _place(column, axis)),), ((count, counts), (square, squares)))
    named = (("place", Column(place, Form.DECIMAL)), ("n", Column(count, Form.INTEGER)))
    found = data.ask(Plan(relation, (*named, ("squares", Column(square, Form.DECIMAL)))), MOST_PLACES)
    places = {float(at or 0): int(n or 0) for at, n, _ in found}
    return Spread(places, math.fsum(float(part or 0) for *_, part in found))


def _place(column: Profiled, axis: Axis) -> Expr:
    """The bucket of a value."""
    if axis.months:
        assert column.moment is not None
        year, month = (Apply(part, (column.moment,), Form.INTEGER) for part in ("year_of", "month_of"))
        return call("floor", (year * 12 + (month - 1)) / float(axis.months))
    assert column.number is not None
    value = double(column.number)
    # 0.3 / 0.1 is below 3, but 0.3 * 10 is not
    scaled = value * float(axis.step.denominator) if axis.step.denominator > 1 else value
    return call("floor", Binary("/", scaled, Literal(float(axis.step.numerator))))


# -- quartiles ---------------------------------------------------------------------------------------


def quartiles(column: Profiled, axis: Axis, found: Spread, data: Data) -> Quartiles:
    """Lower quartile, median and upper quartile by linear interpolation.

    Of grouped cells only those in the buckets where the quartiles lie are sorted.
    """
    if not column.grouped:
        return _of_all(column, data)
    last = sum(found.places.values()) - 1
    wanted = [last * quarter for quarter in QUARTERS]
    positions = sorted({end for place in wanted for end in (math.floor(place), math.ceil(place))})
    values = dict(zip(positions, _values_at(positions, column, axis, found, data), strict=True))
    first, second, third = (_between(values, place) for place in wanted)
    return first, second, third


def _between(values: Mapping[int, float], place: float) -> float:
    part = place - math.floor(place)
    return values[math.floor(place)] * (1 - part) + values[math.ceil(place)] * part


def _values_at(positions: list[int], column: Profiled, axis: Axis, found: Spread, data: Data) -> list[float]:
    """The numbers at these positions, counted from 0, of all that are valid in ascending order."""
    assert column.number is not None
    ids, number = column.rows.ids, double(column.number)
    places = sorted(found.places)
    ends = list(accumulate(found.places[place] for place in places))
    holding = [next(at for at, end in enumerate(ends) if end > position) for position in positions]
    place, upto = Column(next(ids), Form.DECIMAL), Column(next(ids), Form.INTEGER)
    placed = Extend(Filter(column.rows.relation, column.valid), ((place.id, _place(column, axis)),))
    near = Filter(placed, _is_one_of(place, [places[at] for at in sorted(set(holding))]))
    running = Aggregated("sum", (column.weight,), over=Window((place,), (Key(number),)))
    answers = []
    for position, at in zip(positions, holding, strict=True):
        before = ends[at - 1] if at else 0
        reached = place.eq(places[at]) & (upto > position - before)
        answers.append((next(ids), Aggregated("min", (case((reached, number)),))))
    relation = Aggregate(Windowed(near, ((upto.id, running),)), (), tuple(answers))
    named = tuple((f"p{at}", Column(answer, Form.DECIMAL)) for at, (answer, _) in enumerate(answers))
    ((*cells,),) = data.ask(Plan(relation, named), 1)
    return [float(cell or 0) for cell in cells]


def _is_one_of(place: Expr, places: list[float]) -> Expr:
    first, *others = (place.eq(one) for one in places)
    for other in others:
        first = first | other
    return first


def _of_all(column: Profiled, data: Data) -> Quartiles:
    assert column.number is not None
    number = next(column.rows.ids)
    texts = Apply("quartiles", (double(column.number),), Form.TEXT)
    plan = Plan(Aggregate(column.rows.relation, (), ((number, texts),)), (("q", Column(number, Form.TEXT)),))
    ((cell,),) = data.ask(plan, 1)
    first, second, third = (float(part) for part in str(cell).strip("[]").split(","))
    return first, second, third

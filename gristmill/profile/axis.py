"""The axis of a histogram: round ends and at most some twenty buckets between them (platform 8.5)."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

Number = int | float

BUCKETS = 20
MOST_DATE_BUCKETS = 24
LARGEST = Fraction(sys.float_info.max)
LEAST_EXPONENT = -300  # engines divide by the step as a double
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
DATE_STEPS = (
    SECOND, 5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 12 * HOUR, DAY, 7 * DAY,
)  # fmt: skip
MONTH_STEPS = (1, 3, 12, 60, 120, 600, 1200)


@dataclass(frozen=True, slots=True)
class Axis:
    """Buckets `first` to `last` of equal steps: bucket n holds the values from n steps on, n + 1 steps excluded.

    `step` is in units of the values (milliseconds for dates), exact; `months` instead for calendar steps.
    """

    first: int
    last: int
    step: Fraction = Fraction(1)
    months: int = 0

    @property
    def edges(self) -> list[Number]:
        """The lower edge of every bucket, and behind the last one its upper edge."""
        return [self._edge(place) for place in range(self.first, self.last + 2)]

    def _edge(self, place: int) -> Number:
        if self.months:
            year, month = divmod(place * self.months, 12)
            if not 1 <= year <= 9999:  # an edge beyond what dates can be
                return _instant(max(min(year, 9999), 1), month + 1)
            return _instant(year, month + 1)
        edge = max(min(place * self.step, LARGEST), -LARGEST)
        return int(edge) if edge.denominator == 1 and abs(edge) < 2**63 else float(f"{float(edge):.12g}")


def axis_of(type_: str, low: Number, high: Number) -> Axis:
    """The axis for values of a type: `Integer`, `Float` or `Datetime`."""
    if type_ == "Float":
        return decimal_axis(low, high)
    return (date_axis if type_ == "Datetime" else integer_axis)(int(low), int(high))


def integer_axis(low: int, high: int) -> Axis:
    """Buckets for whole numbers; their step is a whole number too."""
    return _stepped(low, high, max(_round_step(Fraction(high - low) / BUCKETS), Fraction(1)))


def decimal_axis(low: float, high: float) -> Axis:
    """Buckets for decimal numbers."""
    if low == high:
        return _stepped(low, high, Fraction(1))
    return _stepped(low, high, _round_step(_exact(high) - _exact(low), BUCKETS))


def date_axis(low: int, high: int) -> Axis:
    """Buckets for instants in milliseconds since 1970 UTC: a fixed time or calendar months wide."""
    for step in DATE_STEPS:
        if high // step - low // step < MOST_DATE_BUCKETS:
            return Axis(low // step, high // step, Fraction(step))
    first, last = _month(low), _month(high)
    months = next((step for step in MONTH_STEPS if last // step - first // step < MOST_DATE_BUCKETS), MONTH_STEPS[-1])
    return Axis(first // months, last // months, months=months)


def _stepped(low: Number, high: Number, step: Fraction) -> Axis:
    return Axis(math.floor(_exact(low) / step), math.floor(_exact(high) / step), step)


def _exact(number: Number) -> Fraction:
    """The number that people read: 0.3, not the double that is nearest to it."""
    return Fraction(repr(number))


def _round_step(width: Fraction, parts: int = 1) -> Fraction:
    """The smallest of 1, 2, 5 times a power of ten that is not below a part of the width."""
    raw = width / parts
    if raw <= 0:
        return Fraction(1)
    exponent = math.floor(math.log10(raw.numerator) - math.log10(raw.denominator)) - 1
    power = Fraction(10) ** max(exponent, LEAST_EXPONENT)
    steps = (power * digit * scale for scale in (1, 10, 100) for digit in (1, 2, 5))
    return next(step for step in steps if step >= raw)


def _month(instant: int) -> int:
    """Months since the year 0."""
    moment = datetime.fromtimestamp(instant / 1000, UTC)
    return moment.year * 12 + moment.month - 1


def _instant(year: int, month: int) -> int:
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp()) * 1000

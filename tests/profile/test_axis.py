"""Axes of histograms: round ends, at most some twenty buckets, every value in the bucket of its edge."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.profile.axis import DAY, date_axis, decimal_axis, integer_axis

WHOLE = [
    (1, 3, [1, 2, 3, 4]),
    (5, 5, [5, 6]),
    (1, 30, [*range(0, 33, 2)]),
    (-7, 7, [*range(-7, 9)]),
    (0, 1_000_000, [*range(0, 1_050_001, 50_000)]),
]
DECIMALS = [
    (0.0, 0.9, [0, 0.05, 0.1]),
    (2.5, 2.5, [2, 3]),
    (0.3, 0.7, [0.3, 0.32, 0.34]),
    (-1e300, 1e300, [-1e300, -9e299, -8e299]),
    (0.0, 5e-324, [0, 1e-300]),
]


def instant(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(("low", "high", "edges"), WHOLE)
def test_whole_numbers(low, high, edges):
    assert integer_axis(low, high).edges == edges


@pytest.mark.parametrize(("low", "high", "edges"), DECIMALS)
def test_decimal_numbers(low, high, edges):
    assert decimal_axis(low, high).edges[:3] == edges


def test_days_months_and_years():
    assert date_axis(instant(2024, 2, 1), instant(2024, 2, 20)).step == DAY
    months = date_axis(instant(2023, 11, 5), instant(2024, 8, 20))
    assert months.edges[:3] == [instant(2023, 11, 1), instant(2023, 12, 1), instant(2024, 1, 1)]
    decades = date_axis(instant(1901, 1, 1), instant(2024, 8, 20))
    assert (decades.months, decades.edges[0]) == (120, instant(1900, 1, 1))


@given(st.integers(-(2**60), 2**60), st.integers(0, 2**60))
def test_an_axis_holds_its_ends(low, width):
    edges = integer_axis(low, low + width).edges
    assert edges[0] <= low
    assert low + width < edges[-1]
    assert 2 <= len(edges) <= 24


@given(st.floats(-1e12, 1e12), st.floats(0, 1e12))
def test_an_axis_of_decimals_is_short(low, width):
    axis = decimal_axis(low, low + width)
    assert 1 <= axis.last - axis.first + 1 <= 23

"""Ranges of dates in paths: which days each kind takes, on which calendar (platform 1.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from gristmill.problems import RecipeError
from gristmill.types.date_ranges import DateRange, date_range
from gristmill.types.stamps import print_stamp

NOW = datetime(2026, 1, 10, 15, 30, tzinfo=UTC)
DAY = {"number": 1, "unit": "day"}


def _days(at=NOW, **kind):
    """The days of a quarter that a range takes, first and last of a run without gaps."""
    found = date_range({"formats": ["yyyyMMdd"], **kind}, at, "UTC")
    found = DateRange.from_json(found.as_json())
    days = [date(2025, 11, 1) + timedelta(days=n) for n in range(150)]
    taken = [day for day in days if found.holds(f"{day:%Y%m%d}")]
    assert not taken or len(taken) == (taken[-1] - taken[0]).days + 1
    return f"{taken[0]:%m-%d} {taken[-1]:%m-%d}" if taken else ""


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        ({"inTheLast": {"number": 7, "unit": "day"}}, "01-04 01-10"),
        ({"last": {"number": 7, "unit": "days"}}, "01-03 01-09"),
        ({"exactly": {"amount": 1, "unit": "DAY"}}, "01-09 01-09"),
        ({"exactly": {"number": 0, "unit": "month"}}, "01-01 01-31"),
        ({"exactly": {"number": 1, "unit": "week"}}, "12-29 01-04"),
        ({"last": {"number": 1, "unit": "quarter"}}, "11-01 12-31"),
        ({"now": {}}, "01-10 01-10"),
        ({"isAfter": {"date": "2026-03-28T00:00:00.000Z"}}, "03-29 03-30"),
        ({"betweenAgo": {"from": {"number": 7, "unit": "day"}, "to": DAY}}, "01-04 01-09"),
        ({"betweenAgo": {"from": DAY, "to": {"number": 7, "unit": "day"}}}, "01-04 01-09"),
        ({}, "11-01 03-30"),
    ],
)
def test_days_of_each_kind(kind, days):
    assert _days(**kind) == days


def test_months_step_on_the_calendar():
    assert _days(datetime(2026, 3, 31, tzinfo=UTC), inTheLast={"number": 1, "unit": "month"}) == "03-01 03-30"


def test_the_zone_decides_which_day_it_is():
    late = datetime(2026, 1, 10, 23, 30, tzinfo=UTC)
    assert _days(late, exactly={"number": 0, "unit": "day"}, timezone="Europe/Berlin") == "01-11 01-11"
    assert _days(late, exactly={"number": 0, "unit": "day"}, timezone="America/New_York") == "01-10 01-10"


@pytest.mark.parametrize(
    ("format", "text", "taken"),
    [
        ("yyyy/MM/dd", "2026/01/09", True),
        ("'day'D-yy", "day9-26", True),
        ("dd MMM YYYY", "09 Jan 2026", True),
        ("yyyy-MM-DD", "2026-01-09", True),
        ("yyyyMMdd", "20260132", False),
        ("yyyyMMdd", "2026019", False),
        ("yyyy-MM-dd'T'HHX", "2026-01-10T01+02:00", True),
        ("yyyy-MM-dd'T'HHX", "2026-01-10T03+02:00", False),
    ],
)
def test_formats(format, text, taken):
    assert date_range({"formats": [format], "exactly": DAY}, NOW, "UTC").holds(text) is taken


def test_of_several_formats_the_first_that_fits_counts():
    both = date_range({"formats": ["yyyyddMM", "yyyyMMdd"], "exactly": DAY}, NOW, "UTC")
    assert [text for text in ("20260901", "20260109", "20260113") if both.holds(text)] == ["20260901"]


@pytest.mark.parametrize(
    ("format", "zone", "text"),
    [
        ("yyyy-MM-dd_HHmm", "UTC", "2026-01-10_1530"),
        ("YYYY-MM-DD'T'HH:mmX", "Europe/Berlin", "2026-01-10T16:30+01:00"),
        ("HH Z z", "Europe/Berlin", "16 +0100 CET"),
        ("EEE d MMM ''yy", "UTC", "Sat 10 Jan '26"),
    ],
)
def test_stamps(format, zone, text):
    assert print_stamp(NOW, format, zone) == text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"formats": []}, 'expected "formats"'),
        ({"formats": ["yyyy"], "soon": {}}, "unknown range 'soon'"),
        ({"formats": ["yyyy"], "now": {}, "last": DAY}, "one range is wanted"),
        ({"formats": ["yyyy"], "last": {"unit": "day"}}, 'expected {"number": 7'),
        ({"formats": ["yyyy"], "last": {"number": 9_999, "unit": "year"}}, "out of range"),
        ({"formats": ["yyyy z"]}, "can be written but not be read"),
        ({"formats": ["yyyy"], "isAfter": {"date": "soon"}}, "'soon' is no date"),
    ],
)
def test_bad_definitions(value, words):
    with pytest.raises(RecipeError) as raised:
        date_range(value, NOW, "UTC")
    assert words in str(raised.value)

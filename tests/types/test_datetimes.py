"""Moments read from cells of Datetime columns (types 6.1, 6.6, 6.7)."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.types.catalogue import CATALOGUE, SETTYPE_ONLY
from gristmill.types.datetimes import Moment, full_year, matches_notation, read_notation
from gristmill.types.formats import notation_regex

READ = [
    ("mm*dd*yyyy", "3/4/2020", "2020-03-04T00:00:00"),
    ("mm*dd*yyyy", "31/12/1999", None),
    ("yyyy*dd*mm", "2020-31-12", "2020-12-31T00:00:00"),
    ("dd*longMonth*yyyy", " 31 may 2020\t", "2020-05-31T00:00:00"),
    ("shortMonth*yyyy", "Dec-1999", "1999-12-01T00:00:00"),
    ("dd*mm", "1-2", "1970-02-01T00:00:00"),
    ("HH:MM:SS", "9:05:59", "1970-01-01T09:05:59"),
    ("mm*dd*yyyy*hh:MM*TT", "1/2/2020 12:00 AM", "2020-01-02T00:00:00"),
    ("mm*dd*yyyy*hh:MM*TT", "1/2/2020 12:30pm", "2020-01-02T12:30:00"),
    ("hh:MM", "12:30", "1970-01-01T00:30:00"),
    ("yyyy*mm*dd*HH:MM:SS.sss", "2020-01-31 10:11:12.9", "2020-01-31T10:11:12.900000"),
    ("yyyy*mm*dd*HH:MM:SS.sss", "2020-01-31 10:11:12.123456789", "2020-01-31T10:11:12.123456"),
    ("shortDay*dd*shortMonth*yyyy", "Mon 1 Jan 2020", "2020-01-01T00:00:00"),
    ("yyyymmdd", "20200131", "2020-01-31T00:00:00"),
    ("yyyy*D", "2020-60", "2020-02-29T00:00:00"),
    ("yyyy*mm*dd", "2021-02-29", "2021-03-01T00:00:00"),
    ("yyyy*mm*dd", "2021-02-31", "2021-03-03T00:00:00"),
    ("yyyy*mm*dd", "2020-02-30", "2020-03-01T00:00:00"),
    ("yyyy*mm*dd", "2020-04-31", "2020-05-01T00:00:00"),
    ("yyyy*mm*dd", "1400-01-01", "1400-01-01T00:00:00"),
    ("yyyy*mm*dd", "2599-12-31", "2599-12-31T00:00:00"),
    ("yyyy*mm*dd", "2600-01-01", None),
    ("yyyy*D", "2599-366", None),
    ("yyyy*dd*yyyy", "2020-05-2021", "2020-01-05T00:00:00"),
]
OFFSETS = [("10:00Z", 0), ("10:00 utc", 0), ("10:00-08:00", -480), ("10:00+0530", 330), ("10:00 +14", 840)]


@pytest.mark.parametrize(("format", "text", "iso"), READ)
def test_read(format: str, text: str, iso: str | None) -> None:
    moment = read_notation(text, format, 2024)
    assert (moment.local.isoformat() if moment else None) == iso


@pytest.mark.parametrize(("text", "minutes"), OFFSETS)
def test_offset_is_kept_beside_the_local_time(text: str, minutes: int) -> None:
    assert read_notation(text, "HH:MMX", 2024) == Moment(datetime(1970, 1, 1, 10), minutes)


def test_instant_is_local_time_minus_offset() -> None:
    assert Moment(datetime(2020, 1, 1, 10), -480).instant == datetime(2020, 1, 1, 18)
    assert Moment(datetime(2020, 1, 1, 10)).instant == datetime(2020, 1, 1, 10)


@pytest.mark.parametrize(
    ("digits", "reference", "year"),
    [(41, 2021, 1941), (41, 2022, 2041), (99, 2024, 1999), (0, 2024, 2000), (43, 2024, 2043), (44, 2024, 1944)],
)
def test_two_digit_years(digits: int, reference: int, year: int) -> None:
    assert full_year(digits, reference) == year


@given(st.data())
def test_what_fits_can_be_read(data: st.DataObject) -> None:
    format = data.draw(st.sampled_from([*CATALOGUE, *SETTYPE_ONLY]))
    text = data.draw(st.from_regex(re.compile(notation_regex(format)), fullmatch=True) | st.text("0123456789-/: "))
    assert (read_notation(text, format, 2024) is not None) is matches_notation(text.strip(" \t\r\n"), format)

"""PARSEDATE: the first format that fits (functions-b 3.6)."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.problems import RecipeError
from gristmill.types.custom_dates import parse_custom, print_custom, read_custom
from gristmill.types.datetimes import Moment
from gristmill.types.parsedate import DEFAULT_FORMATS, parse_date

READ = {
    "2020-03-04": "2020-03-04T00:00:00", "2020-03-04T05:06:07": "2020-03-04T05:06:07",
    "2020-03-04 05:06:07.8": "2020-03-04T05:06:07.800000", "2020-03-04T05:06Z": "2020-03-04T05:06:00",
    "03/04/2020": "2020-04-03T00:00:00", "03/14/2020": "2020-03-14T00:00:00", "03/04/20": "2020-03-04T00:00:00",
    "14/03/20": None, "2020/3/4": "2020-03-04T00:00:00", "Jan 5, 2020": "2020-01-05T00:00:00",
    "Sunday, March 15, 2020": "2020-03-15T00:00:00", "Mon Jan 05 10:20:30 -0800 2015": "2015-01-05T10:20:30",
    "Jan 05 2020 10.11.12 +01:00": "2020-01-05T10:11:12", "5/Jan/2020 1:02:03 Z": "2020-01-05T01:02:03",
    "1/2/16 3:04 pm": "2016-01-02T15:04:00", "Jan.05.2020": "2020-01-05T00:00:00",
    "2019-02-29": None, "2020-99-99": None, "hello": None, "": None, "20200131": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "iso"), READ.items())
def test_default_formats(text: str, iso: str | None) -> None:
    moment = parse_date(text, None, 2024)
    assert (moment.local.isoformat() if moment else None) == iso


def test_there_are_the_stored_formats_behind_the_iso_ones() -> None:
    assert DEFAULT_FORMATS.index("yyyy-MM-dd HH:mm:SS") == 14
    assert len(DEFAULT_FORMATS) - 14 == 53


def test_formats_are_tried_in_order() -> None:
    formats = ["MMMM d, yyyy", "MM/dd/yy", "M/dd/yy", "dd/MM/yy", "yyyy/MM/dd"]
    assert parse_date("03/04/05", formats, 2024) == Moment(datetime(2005, 3, 4))
    assert parse_date("30/01/90", formats, 2024) == Moment(datetime(1990, 1, 30))
    assert parse_date("31.02.2019", formats, 2024) is None
    assert parse_date("31.01.2019", [], 2024) is None


def test_bad_format_is_an_error() -> None:
    with pytest.raises(RecipeError, match="unknown token 'nn'"):
        parse_date("x", ["nn"], 2024)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2040, 12, 31)), st.sampled_from(DEFAULT_FORMATS))
def test_prefilter_skips_no_format(local: datetime, format: str) -> None:
    text = print_custom(Moment(local, 60), parse_custom(format))
    slow = (read_custom(text, parse_custom(known), 2024) for known in DEFAULT_FORMATS)
    assert parse_date(text, None, 2024) == next((moment for moment in slow if moment), None)


@given(st.text() | st.text("0123456789 -/:.TZAMPaJn+"))
def test_no_text_raises(text: str) -> None:
    parse_date(text, None, 2024)

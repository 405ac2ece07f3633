"""Date formats that users write: tokens, printing, reading (functions-b 3.1-3.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from gristmill.problems import RecipeError
from gristmill.types.custom_dates import custom_regex, parse_custom, print_custom, read_custom
from gristmill.types.datetimes import Moment

MOMENT = Moment(datetime(2016, 2, 9, 20, 9, 3, 218_900))
PRINTED = {
    "yyyy": "2016", "yy": "16", "YYYY": "2016", "M": "2", "MM": "02", "MMM": "Feb", "MMMM": "February", "d": "9",
    "dd": "09", "D": "40", "E": "Tue", "EEE": "Tue", "EEEE": "Tuesday", "H": "20", "HH": "20", "h": "8", "hh": "08",
    "m": "9", "mm": "09", "s": "3", "ss": "03", "S": "2", "SS": "21", "SSS": "218", "SSSSSS": "218900", "a": "PM",
    "X": "Z", "XX": "Z", "XXX": "Z", "x": "+00:00", "xx": "+0000", "xxx": "+00:00", "w": "7", "ww": "07", "k": "20",
    "kk": "20", "K": "8", "KK": "08", "Q": "1", "G": "AD", "'T'": "T", "''": "'", "h 'o''clock'": "8 o'clock",
    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX": "2016-02-09T20:09:03.218Z", "ddMMyy": "090216", "年M": "年2",
}  # fmt: skip
READ = [
    ("MM/dd/yy", "1/02/90", "1990-01-02T00:00:00"),
    ("dd.MMM.yyyy", "29.Feb.2016", "2016-02-29T00:00:00"),
    ("dd.MM.yyyy", "31.02.2019", None),
    ("MMMM d, yyyy", "april 24,   2019", "2019-04-24T00:00:00"),
    ("MMMM d, yyyy", "April 31, 2019", None),
    ("yyyy-MM-dd", " 2020-1-5 ", "2020-01-05T00:00:00"),
    ("yyyy-MM-dd", "20-01-05", None),
    ("yyyyMMdd", "20200131", "2020-01-31T00:00:00"),
    ("yyyyMMdd", "2020131", None),
    ("yyyyMMddHHmmssSSS", "20200131102030045", "2020-01-31T10:20:30.045000"),
    ("yyyy D", "2020 366", "2020-12-31T00:00:00"),
    ("yyyy D", "2019 366", None),
    ("h:mm a", "12:05 am", "1970-01-01T00:05:00"),
    ("hh:mm", "12:05", "1970-01-01T00:05:00"),
    ("K:mm a", "0:05 PM", "1970-01-01T12:05:00"),
    ("k:mm", "24:05", "1970-01-01T00:05:00"),
    ("HH:mm", "24:05", None),
    ("HH:mm", "23:60", None),
    ("ss.S", "5.5", "1970-01-01T00:00:05.500000"),
    ("EEE d MMM", "mon 5 jan", "1970-01-05T00:00:00"),
    ("EEEE", "Noday", None),
    ("yyyy'T'MM", "2020T05", "2020-05-01T00:00:00"),
    ("yyyy'T'MM", "2020t05", None),
    ("yyyy-MM-dd", "1399-12-31", None),
    ("yyyy-MM-dd", "0000-12-31", None),
    ("yyyy D", "9999 366", None),
    ("yyyy-MM-dd HH:mm:SS", "2020-01-02 03:04:05", "2020-01-02T03:04:05"),
    ("HH:mm:ss SS", "03:04:05 6", "1970-01-01T03:04:05.600000"),
    ("MMM dd yyyy HH.MM.SS xxx", "Jan 05 2020 10.11.12 +01:00", "2020-01-05T10:11:12"),
    ("HH.MM", "10.11", "1970-11-01T10:00:00"),
    ("yyyy-MM-dd X", "2020-01-02 UTC", None),
]
BAD = {
    "": "the date format is empty", "yyyy-n": "unknown token 'n' in the date format 'yyyy-n'", "yyy": "'yyy'",
    "ddd": "Write d or dd", "yyyy-MM-ddThh": "Quote letters", "MMMMM": "'MMMMM'", "'T": "a quote is not closed",
}  # fmt: skip
FULL = st.sampled_from(
    [
        "yyyy-MM-dd HH:mm:ss.SSSSSSXXX", "EEEE, MMMM d, yyyy h:mm:ss.SSSSSS a xx", "dd/MMM/yyyy K.mm.ss.SSSSSS a X",
        "yyyyMMddHHmmssSSSSSS'Z'XX", "D yyyy H'h'm'm's's' SSSSSS x", "w Q G M/d/yyyy k:m:s.SSSSSS xxx",
    ]
)  # fmt: skip
MOMENTS = st.builds(
    Moment, st.datetimes(datetime(1400, 1, 1), datetime(2599, 12, 31, 23, 59, 59, 999_999)), st.integers(-840, 840)
)


@pytest.mark.parametrize(("format", "text"), PRINTED.items())
def test_print(format: str, text: str) -> None:
    assert print_custom(MOMENT, parse_custom(format)) == text


@pytest.mark.parametrize(("minutes", "text"), [(330, "+05:30 +0530"), (-90, "-01:30 -0130"), (0, "Z Z"), (None, "Z Z")])
def test_print_offset(minutes: int | None, text: str) -> None:
    assert print_custom(Moment(datetime(2020, 1, 1), minutes), parse_custom("X XX")) == text


@pytest.mark.parametrize(
    ("day", "week"),
    [("2017-01-01", "1"), ("2017-01-07", "1"), ("2017-01-08", "2"), ("2016-01-03", "2"), ("2019-12-28", "52"),
     ("2019-12-29", "1"), ("2019-12-31", "1"), ("2016-12-31", "53")],
)  # fmt: skip
def test_week_of_the_year(day: str, week: str) -> None:
    assert print_custom(Moment(datetime.fromisoformat(day)), parse_custom("w")) == week


@pytest.mark.parametrize(("format", "text", "iso"), READ)
def test_read(format: str, text: str, iso: str | None) -> None:
    moment = read_custom(text, parse_custom(format), 2024)
    assert (moment.local.isoformat() if moment else None) == iso


@pytest.mark.parametrize(("format", "message"), BAD.items())
def test_bad_format(format: str, message: str) -> None:
    with pytest.raises(RecipeError, match="format") as caught:
        parse_custom(format)
    assert message in str(caught.value)
    assert caught.value.problems[0].code == "format"


@given(MOMENTS, FULL)
def test_printed_moments_read_back(moment: Moment, format: str) -> None:
    tokens = parse_custom(format)
    assert read_custom(print_custom(moment, tokens), tokens, 2024) == moment
    assert re2.fullmatch(custom_regex(tokens), print_custom(moment, tokens))


@given(st.datetimes(datetime(1944, 1, 1), datetime(2043, 12, 31)))
def test_two_digit_years_of_the_window_read_back(local: datetime) -> None:
    day, tokens = Moment(datetime(local.year, local.month, local.day)), parse_custom("dd.MM.yy")
    assert read_custom(print_custom(day, tokens), tokens, 2024) == day


@given(st.integers(0, 365 * 400))
def test_weeks_are_weeknum(days: int) -> None:
    day = datetime(1900, 1, 1) + timedelta(days=days)
    first = datetime(day.year, 1, 1)
    week = ((day - first).days + first.isoweekday() % 7) // 7 + 1
    next_first = datetime(day.year + 1, 1, 1)
    holds_new_year = (next_first - day).days <= next_first.isoweekday() % 7
    assert print_custom(Moment(day), parse_custom("w")) == ("1" if holds_new_year else str(week))


@given(st.text() | st.text("0123456789 -/:.TZAMPaJn+"), FULL)
def test_no_text_raises(text: str, format: str) -> None:
    assert isinstance(read_custom(text, parse_custom(format), 2024), Moment | None)


@given(st.text() | st.text("yMdHhmsSaXxEDwkKQG'- :"))
def test_formats_print_or_are_refused(format: str) -> None:
    try:
        tokens = parse_custom(format)
    except RecipeError:
        return
    assert isinstance(print_custom(MOMENT, tokens), str)
    custom_regex(tokens)

"""Formats translated between type notation and users' tokens (types 6.2, functions-b 3.4)."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.types.catalogue import CATALOGUE, FULL_DATES
from gristmill.types.custom_dates import parse_custom, print_custom
from gristmill.types.datetimes import Moment, matches_notation, read_notation
from gristmill.types.parsedate import DEFAULT_FORMATS
from gristmill.types.translation import custom_format_for, notation_of

NOTATION = {
    "yyyy-MM-dd HH:mm:ss": "yyyy*mm*dd*HH:MM:SS", "yyyy-MM-dd HH:mm:ss.SSS": "yyyy*mm*dd*HH:MM:SS.sss",
    "yyyy-MM-dd HH:mm:ss:SSS": "yyyy*mm*dd*HH:MM:SS:sss", "yyyy-MM-dd'T'HH:mm:ssXXX": "yyyy*mm*dd*HH:MM:SSX",
    "yyyy-MM-dd'T'HH:mm:ss'Z'": "yyyy*mm*dd*HH:MM:SSX", "dd/MM/yyyy": "dd*mm*yyyy", "MMM d, yyyy": "shortMonth*dd*yyyy",
    "M/d/yy h:mm a": "mm*dd*yy*hh:MMa", "EEEE, MMMM d, yyyy": "longDay*longMonth*dd*yyyy", "yyyyMMdd": "yyyymmdd",
    "yyyy-D": "yyyy*D", "yyyy年MM月dd日": "yyyy年mm月dd日", "yyyy-MM-dd:HH:mm:ss": "yyyy*mm*dd*HH:MM:SS",
    "yyyy": None, "MM/dd": None, "HH:mm": None, "yyyy-MM": None, "D": None, "d 'of' MMMM yyyy": None,
    "yyyy-MM-dd w": None, "yyyy*MM*dd": None,
}  # fmt: skip
SAMPLED = [
    ("mm*dd*yy", "3/4/20", "M/d/yy"),
    ("mm*dd*yyyy", "03/04/2020", "MM/dd/yyyy"),
    ("mm*dd*yyyy", "12/14/2020", "MM/dd/yyyy"),
    ("mm*dd*yyyy", "3/14/2020", "M/d/yyyy"),
    ("dd*mm*yyyy", "1. 2. 2020", "d. M. yyyy"),
    ("yyyy*mm*dd*HH:MM:SS", "2020-01-01T09:00:00", "yyyy-MM-dd'T'HH:mm:ss"),
    ("yyyy*mm*dd*HH:MM:SSX", "2020/01/01 10:00:00 +0100", "yyyy/MM/dd HH:mm:ss XX"),
    ("mm*dd*yyyy*hh:MMa", "3/4/2020 9:05PM", "M/d/yyyy h:mma"),
    ("mm*dd*yyyy*hh:MM*TT", "03/04/2020 09:05 pm", "MM/dd/yyyy hh:mm a"),
    ("shortMonth*dd*yyyy", "Jan. 5, 2020", "MMM. d, yyyy"),
    ("shortDay*dd*shortMonth*yyyy", "Wed, 1 Jan 2020", "EEE, d MMM yyyy"),
    ("HH:MM:SS.sss", "09:00:00.5", "HH:mm:ss.SSS"),
    ("HH:MM:SS.sss", "9:00:00.123456", "H:mm:ss.SSSSSS"),
    ("mm*dd*yyyy", None, "MM-dd-yyyy"),
    ("mm*dd*yyyy", "not a date", "MM-dd-yyyy"),
    ("yyyy*mm*dd*HH:MM:SS.sssX", None, "yyyy-MM-dd HH:mm:ss.SSSXXX"),
    ("hh:MMa", None, "hh:mm a"),
    ("hh:MM*TT", None, "hh:mm a"),
    ("longDay*longMonth*dd*yyyy", None, "EEEE MMMM-dd-yyyy"),
    ("HH*MM", None, "HH:mm"),
    ("yyyyQmm", None, "yyyy'Q'MM"),
]
MOMENTS = st.builds(Moment, st.datetimes(datetime(1944, 1, 1), datetime(2043, 12, 31)), st.integers(-840, 840))


@pytest.mark.parametrize(("custom", "format"), NOTATION.items())
def test_notation_of(custom: str, format: str | None) -> None:
    type = notation_of(custom)
    assert (type.format if type else None) == format


@pytest.mark.parametrize(("format", "sample", "custom"), SAMPLED)
def test_custom_format(format: str, sample: str | None, custom: str) -> None:
    assert custom_format_for(format, sample) == custom


@given(MOMENTS, st.sampled_from(CATALOGUE))
def test_column_formats_print_valid_cells(moment: Moment, format: str) -> None:
    printed = print_custom(moment, parse_custom(custom_format_for(format)))
    assert matches_notation(printed, format)
    again = print_custom(moment, parse_custom(custom_format_for(format, printed)))
    assert read_notation(again, format, 2024) == read_notation(printed, format, 2024)


@given(MOMENTS, st.sampled_from(DEFAULT_FORMATS))
def test_printed_texts_fit_the_notation(moment: Moment, custom: str) -> None:
    type = notation_of(custom)
    assert type is not None and type.format is not None
    read = read_notation(print_custom(moment, parse_custom(custom)), type.format, 2024)
    assert read is not None and read.local.date() == moment.local.date()


@pytest.mark.parametrize("format", FULL_DATES)
def test_full_dates_go_there_and_back(format: str) -> None:
    type = notation_of(custom_format_for(format))
    assert type is not None and type.format == format

"""Type notation and the catalogue of Datetime formats (types 6.2-6.5)."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.problems import RecipeError
from gristmill.types.catalogue import CATALOGUE, SETTYPE_ONLY
from gristmill.types.choosing import best_format, catalogue_formats, choose_format
from gristmill.types.datetimes import matches_notation
from gristmill.types.formats import category_of, notation_groups, notation_regex, parse_notation
from gristmill.types.names import LONG_DAYS, LONG_MONTHS, SHORT_DAYS, SHORT_MONTHS_READ
from gristmill.types.numbers import read_number

CATEGORIES = {
    "yyyy*mm*dd*HH:MM:SS": "yy-mm-dd hh:mm:ss", "dd*mm*yyyy": "dd-mm-yy", "mm*dd*yy": "mm-dd-yy", "yyyy": "yy",
    "dd*shortMonth*yy": "dd-mm-yy", "yyyy*dd*mm*HH:MM:SS.sssX": "yy-dd-mm hh:mm:ss", "shortMonth": "mm",
    "shortMonth*yyyy": "mm-yy", "yyyy*mm": "yy-mm", "dd*mm": "dd-mm", "longMonth*dd": "mm-dd", "hh:MMa": "hh:mm:ss",
    "longDay*longMonth*dd*yyyy": "mm-dd-yy", "yyyymmddHHMMSS": "yy-mm-dd hh:mm:ss", "yyyy*D": "yy-mm-dd",
}  # fmt: skip
FITS = [
    ("mm*dd*yyyy", "12/31-2021", True),
    ("mm*dd*yyyy", "3 . 4 .2020", True),
    ("mm*dd*yyyy", "3//4/2020", False),
    ("mm*dd*yyyy", "3:4:2020", False),
    ("mm*dd*yyyy", "3/4/1399", False),
    ("mm*dd*yyyy", "３/4/2020", False),
    ("dd*shortMonth*yyyy", "5-sEPT.-2020", True),
    ("dd*shortMonth*yyyy", "5 Jan. 2020", True),
    ("yyyy*mm*dd*HH:MM", "2020-01-02:03:04", True),
    ("yyyy*mm*dd*HH:MM", "2020-01-02t3:04", True),
    ("yyyy*mm*dd*HH:MM", "2020-01-02T 3:04", True),
    ("yyyy*mm*dd*HH:MM", "2020T01-02 03:04", False),
    ("hh:MMa", "2:00 p.m.", True),
    ("hh:MMa", "2:00PM", True),
    ("hh:MMa", "2:00  PM", False),
    ("hh:MM*TT", "2:00 - pm", True),
    ("hh:MM*TT", "2:00pm", True),
    ("hh:MM*TT", "13:00pm", False),
    ("HH:MMX", "10:00z", True),
    ("HH:MMX", "10:00 GMT", True),
    ("HH:MMX", "10:00+1400", True),
    ("HH:MMX", "10:00+14:30", False),
    ("HH:MMX", "10:00-08", True),
    ("HH:MMX", "10:00", False),
    ("HH:MM:SS.sss", "1:02:03.123456789", True),
    ("HH:MM:SS.sss", "1:02:03,123", False),
    ("yyyymmdd", "20200131", True),
    ("yyyy*D", "2020-366", True),
    ("yyyy*D", "2020-367", False),
    ("yyyy.mm", "2020.01", True),
    ("yyyy.mm", "2020x01", False),
]
CHOSEN = [
    (["03/04/2020", "05/06/2020"], "mm*dd*yyyy"),
    (["03/04/2020", "25/04/2020"], "dd*mm*yyyy"),
    (["2020-03-04"], "yyyy*mm*dd"),
    (["03/04/20"], "mm*dd*yy"),
    (["May 5, 2020"], "shortMonth*dd*yyyy"),
    (["May 5, 2020", "June 6, 2020"], "longMonth*dd*yyyy"),
    (["Jan 25"], "shortMonth*yy"),
    (["1.5", "10:15", None, "", "x"], "HH:MM"),
    (["Wed, 1 Jan 2020 10:00:00 GMT"], "shortDay*dd*shortMonth*yyyy*HH:MM:SSX"),
    (["1/2/2020 3:04:05 pm -0800"], "mm*dd*yyyy*hh:MM:SSa*X"),
    (["20200131", "hello"], "yyyy*mm*dd*HH:MM:SS"),
    ([], "yyyy*mm*dd*HH:MM:SS"),
]
ANY_FORMAT = st.sampled_from([*CATALOGUE, *SETTYPE_ONLY])


@pytest.mark.parametrize(("format", "category"), CATEGORIES.items())
def test_category(format: str, category: str) -> None:
    assert category_of(format) == category


@pytest.mark.parametrize(("format", "text", "fits"), FITS)
def test_fits(format: str, text: str, fits: bool) -> None:
    assert matches_notation(text, format) is fits
    assert bool(re2.fullmatch(notation_regex(format), text)) is fits


@pytest.mark.parametrize(("texts", "format"), CHOSEN)
def test_choice(texts: list[str | None], format: str) -> None:
    assert choose_format(texts).as_list() == ["Datetime", category_of(format), format]


def test_choice_gives_up_after_too_many_misses() -> None:
    weights = Counter({"2020-01-01": 3, "x": 1, "y": 1})
    assert best_format(weights, most_missed=2) == ("yyyy*mm*dd", 3)
    assert best_format(weights, most_missed=1) is None


def test_catalogue_order() -> None:
    order = (
        "mm*dd*yyyy",
        "longMonth",
        "mm*dd*yyyy*HH:MM:SS",
        "shortDay*mm*dd*yyyy",
        "longDay*mm*yyyy",
        "HH:MM",
        "hh:MMa",
    )
    assert sorted(order, key=CATALOGUE.index) == list(order)
    assert len(CATALOGUE) == len(set(CATALOGUE)) == (32 + 18 * 9) * 3 + 5


def test_groups_come_in_the_order_of_the_format() -> None:
    assert notation_groups("dd*shortMonth*yy*hh:MMa") == ("day", "month_name", "year2", "hour12", "minute", "ampm")
    assert notation_groups("yyyy*yyyy") == ("year",)


@pytest.mark.parametrize("format", ["", "-", "foo"])
def test_format_without_tokens(format: str) -> None:
    with pytest.raises(RecipeError, match="is not a date format"):
        parse_notation(format)


def test_re2_reads_every_format() -> None:
    for format in (*CATALOGUE, *SETTYPE_ONLY):
        assert re2.compile(notation_regex(format)).groups == len(notation_groups(format)), format


@pytest.mark.parametrize(
    ("format", "text"),
    [("longMonth", name) for name in LONG_MONTHS] + [("shortMonth", name) for name in SHORT_MONTHS_READ]
    + [("longDay", name) for name in LONG_DAYS] + [("shortDay", name) for name in SHORT_DAYS],
)  # fmt: skip
def test_names_are_ascii_in_any_case(format: str, text: str) -> None:
    assert re2.fullmatch(notation_regex(format), text.swapcase())
    assert not any(re2.fullmatch(notation_regex(format), text.replace(char, "ſ")) for char in "sS" if char in text)


@settings(max_examples=200)
@given(st.data())
def test_quick_choice_misses_no_format(data: st.DataObject) -> None:
    pattern = re.compile(notation_regex(data.draw(ANY_FORMAT)))
    text = data.draw(st.from_regex(pattern, fullmatch=True))
    slow = [] if read_number(text) is not None else [f for f in CATALOGUE if matches_notation(text, f)]
    assert list(catalogue_formats(text)) == slow

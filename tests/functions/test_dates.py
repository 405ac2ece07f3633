"""Dates beyond the cases: offsets, zones, printed formats, limits (functions-b 3, 4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gristmill.engines.casework import run_case
from gristmill.problems import RecipeError

Check = Callable[..., None]

WITH_OFFSET = ["Datetime", "yy-mm-dd hh:mm:ss", "yyyy*mm*dd*HH:MM:SSX"]
OFFSETS = [("2020-01-01T00:00:00+02:00",), ("2020-01-01T00:00:00Z",), ("2019-12-31T23:00:00+0100",), ("",), ("x",)]


def column(expression: str, rows: list[tuple[str]] = OFFSETS) -> list[str | None]:
    """The expression over a column of dates with offsets."""
    recipe = f"derive type: single value: {expression} as: 'r'"
    return [row[1] for row in run_case(("d",), rows, recipe, types={"d": WITH_OFFSET})[1]]


def test_impossible_parts(check: Check) -> None:
    check(
        {
            "DATE(1399, 12, 31)": None,
            "DATE(2599, 12, 31)": "2599-12-31",
            "DATE(2600, 1, 1)": None,
            "DATE(2020, 1, 2.5)": None,
            "DATE(9223372036854775807, 1, 1)": None,
            "DATETIME(2020, 1, 1, 9223372036854775807, 0, 0)": None,
            "TIME(0, 0, 60)": None,
        }
    )


def test_time_has_no_day(check: Check) -> None:
    check(
        {
            "HOUR(TIME(1, 2, 3))": "1",
            "MONTH(TIME(1, 2, 3))": None,
            "WEEKDAYNAME(TIME(1, 2, 3))": None,
            "DATEFORMAT(TIME(1, 2, 3), 'yyyy-MM-dd HH:mm')": "1970-01-01 01:02",
            "DATEADD(TIME(23, 0, 0), 2, hour)": "01:00:00",
        }
    )


def test_format_grows_with_what_changes(check: Check) -> None:
    check(
        {
            "DATEADD(DATE(2020, 1, 31), 1, month)": "2020-02-29",
            "DATEADD(DATE(2020, 1, 31), 1, second)": "2020-01-31 00:00:01",
            "DATEADD(DATE(2020, 1, 31), 5, millisecond)": "2020-01-31 00:00:00.005",
            "DATEADD(TIME(1, 2, 3), 1, day)": "1970-01-02 01:02:03",
            "CONVERTFROMUTC(DATE(2020, 1, 1), 'Asia/Tokyo')": "2020-01-01 09:00:00",
            "DATEADD(DATEFORMAT(DATE(2020, 1, 31), 'dd.MM.yy'), 1, day)": "01.02.20",
        }
    )


def test_steps_out_of_the_calendar(check: Check) -> None:
    check(
        {
            "DATEADD(DATE(2020, 1, 1), 9223372036854775807, day)": None,
            "DATEADD(DATE(2020, 1, 1), -9223372036854775808, year)": None,
            "DATEADD(DATE(2599, 12, 31), 24, hour)": None,
            "DATEADD(DATE(2020, 1, 1), 0.5, day)": None,
            "EOMONTH('2020-06-15', 99999999999)": None,
            "EOMONTH('2020-06-15', -1446)": None,
            "WORKDAY(DATE(2020, 1, 1), 9999999)": None,
            "UNIXTIMEFORMAT(1e300, 'yyyy')": None,
        }
    )


def test_differences_round_down(check: Check) -> None:
    check(
        {
            "DATEDIF('2020-01-01 00:00:00.500', '2020-01-01 00:00:00.000', second)": "-1",
            "DATEDIF('2020-01-31', '2020-02-29', month)": "1",
            "DATEDIF('2020-03-14', '2019-03-15', year)": "-1",
            "DATEDIF('2020-01-08', '2020-01-01', week)": "-1",
        }
    )


def test_working_days(check: Check) -> None:
    check(
        {
            "NETWORKDAYS('2020-12-21', '2020-12-31', ['2020/12/25', '2020-12-25', '2020-12-26'])": "8",
            "NETWORKDAYS('2020-12-21', '2020-12-31', \"['2020-12-25', '2020-12-28']\")": "7",
            "NETWORKDAYSINTL('2020-12-21', '2020-12-31', '1111111')": "0",
            "WORKDAY(DATE(2020, 1, 25), 0)": "2020-01-24",
            "WORKDAY('2020-01-01 10:00:00', 1)": "2020-01-02 00:00:00",
            "WORKDAYINTL(DATE(2020, 1, 1), 1, '1111111')": None,
        }
    )


def test_zones_at_the_change_of_clocks(check: Check) -> None:
    check(
        {
            "CONVERTTOUTC('2020-03-08 02:30:00', 'US/Eastern')": "2020-03-08 07:30:00",  # in the gap
            "CONVERTTOUTC('2020-11-01 01:30:00', 'US/Eastern')": "2020-11-01 05:30:00",  # twice: the earlier one
            "CONVERTTIMEZONE('2020-03-08 02:30:00', 'US/Eastern', 'US/Eastern')": "2020-03-08 03:30:00",
            "CONVERTFROMUTC(DATE(2020, 1, 1), 'Etc/GMT+5')": "2019-12-31 19:00:00",
            "NOW('Asia/Tokyo')": "2026-01-15 09:00:00",
            "TODAY('US/Eastern')": "2026-01-14",
        }
    )


def test_offsets_in_texts(check: Check) -> None:
    check(
        {
            "UNIXTIME(PARSEDATE('2020-01-01T00:00:00+02:00'))": "1577829600000",
            "PARSEDATE('2020-01-01T00:00:00+02:00')": "2020-01-01 00:00:00",
            "DATEDIF('2020-01-01T00:00:00+02:00', '2020-01-01T00:00:00Z', hour)": "2",
            "DATEDIF('2020-01-01T00:00:00+02:00', '2020-01-01 00:00:00', hour)": "0",
            "DATEFORMAT('2020-01-01T00:00:00+02:00', 'HH:mm X')": "00:00 +02:00",
            "DATEFORMAT('2020-01-01', 'HH:mm xxx')": "00:00 +00:00",
            "PARSEDATE('2020-01-01T00:00:00+02:00') == PARSEDATE('2019-12-31T22:00:00Z')": "true",
            "CONVERTFROMUTC('2020-01-01T00:00:00Z', 'UTC')": None,
        }
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("HOUR(d)", ["0", "0", "23", None, None]),
        ("UNIXTIME(d)", ["1577829600000", "1577836800000", "1577829600000", None, None]),
        (
            "DATEADD(d, 1, day)",
            ["2020-01-02T00:00:00+02:00", "2020-01-02T00:00:00Z", "2020-01-01T23:00:00+01:00", None, None],
        ),
        ("UNIXTIME(DATEADD(d, -1, day))", ["1577743200000", "1577750400000", "1577743200000", None, None]),
        ("MAXDATE(d)", ["2020-01-01T00:00:00Z"] * 5),
        ("MODEDATE(d)", ["2020-01-01T00:00:00+02:00"] * 5),
        ("d < DATETIME(2020, 1, 1, 0, 0, 0)", ["false", "false", "true", None, None]),
    ],
)
def test_offsets_of_a_column(expression: str, expected: list[str | None]) -> None:
    assert column(expression) == expected


def test_offset_stays_with_a_parsed_column() -> None:
    recipe = "derive type: single value: PARSEDATE(d) as: 'p'\nset col: d value: UNIXTIME(p)\nsort order: p"
    _, rows = run_case(("d",), OFFSETS[:3], recipe, types={"d": "String"})
    assert rows == [
        ("1577829600000", "2019-12-31 23:00:00"),
        ("1577829600000", "2020-01-01 00:00:00"),
        ("1577836800000", "2020-01-01 00:00:00"),
    ]


def test_sort_and_groups_go_by_the_instant() -> None:
    types = {"d": WITH_OFFSET}
    assert [row[0] for row in run_case(("d",), OFFSETS[:3], "sort order: d", types=types)[1]] == [
        "2020-01-01T00:00:00+02:00",
        "2019-12-31T23:00:00+0100",
        "2020-01-01T00:00:00Z",
    ]
    _, groups = run_case(("d",), OFFSETS[:3], "groupby group: d value: COUNT() type: agg", types=types)
    assert groups == [("2020-01-01T00:00:00+02:00", "2"), ("2020-01-01T00:00:00Z", "1")]


def test_default_formats_of_parsedate(check: Check) -> None:
    check(
        {
            "PARSEDATE(' 2020-01-02 ')": "2020-01-02 00:00:00",
            "PARSEDATE('2020-01-02 24:00:00')": None,
            "PARSEDATE('2019-02-29 10:00:00')": None,
            "PARSEDATE('1399-12-31')": None,
            "PARSEDATE('Jan 05 2020 10.11.12 +02:00')": "2020-01-05 10:11:12",
            "PARSEDATE(20200131, ['yyyyMMdd'])": "2020-01-31 00:00:00",
            "PARSEDATE('5', 'd')": "1970-01-05 00:00:00",
        }
    )


def test_format_of_the_row() -> None:
    recipe = "derive type: single value: DATEFORMAT(DATE(2020, 1, 2), f) as: 'r'"
    _, rows = run_case(("f",), [("yy",), ("d.M.",), ("bb",), ("",)], recipe, types={"f": "String"})
    assert [row[1] for row in rows] == ["20", "2.1.", None, None]


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("CONVERTFROMUTC(DATE(2020, 1, 1), 'us/eastern')", "'us/eastern'"),
        ("CONVERTTIMEZONE(DATE(2020, 1, 1), 'UTC', 'PST')", "'PST'"),
        ("NOW('x')", "'x'"),
        ("NETWORKDAYS('2020-01-01', '2020-01-02', ['xmas'])", "'xmas'"),
        ("WORKDAYINTL('2020-01-01', 1, '00011')", "'00011'"),
        ("DATEADD('2020-01-01', 1, dayz)", "'dayz' is not a unit"),
        ("DATEFORMAT('2020-01-01', '')", "format"),
        ("PARSEDATE('2020-01-01', ['zz'])", "'zz'"),
        ("DATE(2020, 1)", "DATE expects 3 arguments"),
    ],
)
def test_errors(expression: str, word: str) -> None:
    with pytest.raises(RecipeError, match=word):
        run_case(("one",), [("1",)], f"derive type: single value: {expression} as: 'r'")

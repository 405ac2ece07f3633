"""Aggregates beyond the cases: over a group and beside the rows alike (functions-b 5)."""

from __future__ import annotations

import pytest

from gristmill.engines.casework import run_case
from gristmill.problems import RecipeError

Results = dict[str, tuple[str | None, ...]]

COLUMNS = ("g", "o", "v", "d", "s")
ROWS = [
    ("a", "1", "3", "2020-01-05", "x"),
    ("a", "2", "1", "oops", ""),
    ("b", "3", "", "2020-01-02", "y"),
    ("a", "4", "03", "2020-1-5", "x"),
    ("a", "5", "1", "", None),
    ("b", "6", "zz", "2020-1-2", "y"),
    ("a", "7", "2", "2020-01-07", "1.0"),
    ("a", "8", "7", "2020-01-06", "1"),
]
TYPES = {"g": "String", "o": "Integer", "v": "Integer", "d": ["Datetime", "yy-mm-dd", "yyyy*mm*dd"], "s": "String"}

# expression: what group a gets, what group b gets
EXPECTED = {
    "MODE(v)": ("1", None),
    "MODEDATE(d)": ("2020-01-05", "2020-01-02"),
    "MINDATE(d)": ("2020-01-05", "2020-01-02"),
    "MAXDATEIF(d, o < 7)": ("2020-01-05", "2020-01-02"),
    "KTHLARGESTDATE(d, 4)": ("2020-01-05", "2020-01-02"),
    "KTHLARGESTUNIQUEDATE(d, 2)": ("2020-01-06", "2020-01-02"),
    "KTHLARGESTUNIQUEDATEIF(d, 1, o > 2)": ("2020-01-07", "2020-01-02"),
    "MAX(d)": ("1578355200000", "1577923200000"),
    "KTHLARGEST(v, 2)": ("3", None),
    "KTHLARGESTUNIQUE(v, 2)": ("3", None),
    "KTHLARGEST(v, 9)": ("1", None),
    "KTHLARGESTIF(v, 1, o < 5)": ("3", None),
    "MEDIAN(v)": ("2.5", None),
    "PERCENTILE(v, 50, lower)": ("2", None),
    "PERCENTILE(v, 30, midpoint)": ("1.5", None),
    "PERCENTILE(v, 20, midpoint)": ("1", None),
    "PERCENTILE(v, 10, exclusive)": (None, None),
    "PERCENTILE(v, 50, exclusive)": ("2.5", None),
    "QUARTILE(v, 4)": ("7", None),
    "APPROXIMATEPERCENTILE(v, 100, 1.5)": ("7", None),
    "ROUND(VAR(v), 4)": ("4.1389", "0.0000"),
    "VARSAMPIF(v, o == 1)": (None, "0"),
    "STDEVIF(v, o > 100)": ("0", "0"),
    "ROUND(COVAR(v, v), 4)": ("4.1389", None),
    "ROUND(CORREL(v, v), 4)": ("1.0000", None),
    "SUM(v) + 1": ("18", "1"),
    "MAX(v) - MIN(v)": ("6", None),
    "AVERAGEIF(v, s == 'x')": ("3", None),
    "COUNTA(s)": ("5", "2"),
    "COUNTAIF(s, o > 1)": ("4", "2"),
    "COUNTDISTINCT(v)": ("4", "2"),
    "COUNTDISTINCTIF(s, s != '')": ("3", "1"),
    "ANYIF(s, o > 4)": ("1.0", "y"),
    "LIST(v)": ("[3,1,3,1,2,7]", '["zz"]'),
    "LISTIF(v, 2, o > 1)": ("[1,3]", '["zz"]'),
    "UNIQUE(v, 3)": ("[3,1,2]", '["zz"]'),
    "UNIQUE(s)": ('["x","1.0","1"]', '["y"]'),
    "UNIQUE(d)": ('["2020-01-05","oops","2020-01-07","2020-01-06"]', '["2020-01-02"]'),
}


@pytest.fixture(scope="module")
def over_groups() -> Results:
    """What each expression gives for the two groups."""
    recipe = f"groupby group: g value: {', '.join(EXPECTED)} type: agg"
    _, (for_a, for_b) = run_case(COLUMNS, ROWS, recipe, types=TYPES)
    return dict(zip(EXPECTED, zip(for_a[1:], for_b[1:], strict=True), strict=True))


@pytest.fixture(scope="module")
def beside_rows() -> Results:
    """What each expression gives in every row."""
    steps = [
        f"derive type: multiple value: {expression} group: g order: -o as: 'r{at}'"
        for at, expression in enumerate(EXPECTED)
    ]
    names, rows = run_case(COLUMNS, ROWS, "\n".join(steps), types=TYPES)
    places = [names.index(f"r{at}") for at in range(len(steps))]
    return {expression: tuple(row[at] for row in rows) for expression, at in zip(EXPECTED, places, strict=True)}


@pytest.mark.parametrize("expression", EXPECTED)
def test_over_the_group(expression: str, over_groups: Results) -> None:
    assert over_groups[expression] == EXPECTED[expression]


@pytest.mark.parametrize("expression", EXPECTED)
def test_beside_the_rows(expression: str, beside_rows: Results) -> None:
    for_a, for_b = EXPECTED[expression]
    assert beside_rows[expression] == tuple(for_a if row[0] == "a" else for_b for row in ROWS)


def test_no_rows() -> None:
    recipe = "groupby value: SUM(v), AVERAGE(v), VAR(v), COUNT(), LIST(v), MODE(v), UNIQUE(v), MINDATE(d) type: agg"
    _, rows = run_case(COLUMNS, [], recipe, types=TYPES)
    assert rows == [("0", None, "0", "0", "[]", None, "[]", None)]


def test_numbers_too_large_to_square() -> None:
    recipe = "groupby value: VAR(v), STDEVSAMP(v), CORREL(v, w), COVAR(v, w), AVERAGE(v), MEDIAN(v) type: agg"
    _, rows = run_case(("v", "w"), [("1e308", "1"), ("1e308", "2")], recipe, types={"v": "Decimal", "w": "Decimal"})
    assert rows[0][:4] == (None, None, None, None)
    assert rows[0][5] == "1e+308"


def test_first_cells_of_equal_dates() -> None:
    """Of several cells with the chosen instant the first in row order is given, unchanged."""
    recipe = "sort order: -o\ngroupby value: MINDATE(d), MODEDATE(d), KTHLARGESTDATE(d, 3) type: agg"
    _, rows = run_case(COLUMNS, ROWS[:1] + ROWS[3:4] + ROWS[6:7], recipe, types=TYPES)
    assert rows == [("2020-1-5", "2020-1-5", "2020-1-5")]


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("KTHLARGEST(v, 0)", "invalid value 0 for k"),
        ("KTHLARGESTDATE(d, 1001)", "invalid value 1001 for k"),
        ("PERCENTILE(v, 101, linear)", "invalid value 101 for p"),
        ("QUARTILE(v, 5)", "invalid value 5 for q"),
        ("PERCENTILE(v, 50, foo)", "'foo' is not a method"),
        ("APPROXIMATEMEDIAN(v, 0)", "invalid value '0' for error"),
        ("LIST(v, 0)", "invalid value 0 for limit"),
        ("SUM(MAX(v))", "aggregate"),
        ("SUMIF(v, MAX(v) > 1)", "aggregate"),
        ("MEDIANIF(v, v > 1)", "unknown function 'MEDIANIF'"),
    ],
)
def test_errors(expression: str, word: str) -> None:
    with pytest.raises(RecipeError, match=word):
        run_case(COLUMNS, ROWS, f"groupby value: {expression} type: agg", types=TYPES)

from __future__ import annotations

import pytest

from gristmill.testing.cases import Table
from gristmill.testing.comparison import difference, same_cell


def table(*rows: tuple[str | None, ...], columns: tuple[str, ...] = ("a", "b")) -> Table:
    return Table(columns, rows)


@pytest.mark.parametrize(
    ("expected", "got", "approx", "same"),
    [
        ("1", "1", None, True),
        ("1", "1.0", None, False),
        (None, "", None, True),
        ("", None, None, True),
        (None, "null", None, False),
        ("0", None, None, False),
        ('["a",1]', '["a", 1]', None, True),
        ('{"a":1,"b":2}', '{"b":2,"a":1}', None, True),
        ("[1,2]", "[2,1]", None, False),
        ("[1]", "[1.0]", None, False),
        ('["1"]', "[1]", None, False),
        ("[not json", "[not  json", None, False),
        ("1.0000000001", "1", 1e-9, True),
        ("1.01", "1", 1e-3, False),
        ("0", "0.0000000005", 1e-12, True),
        ("[1.0000000001]", "[1]", 1e-9, True),
        ("abc", "abd", 0.5, False),
    ],
)
def test_cells(expected: str | None, got: str | None, approx: float | None, same: bool) -> None:
    assert same_cell(expected, got, approx) is same


def test_first_difference_names_row_and_column() -> None:
    found = difference(table(("1", "x"), ("2", "y")), table(("1", "x"), ("2", "z")))
    assert found == "row 2, column 'b': expected 'y', got 'z'"


def test_columns_come_first() -> None:
    found = difference(table(), table(columns=("b", "a")))
    assert found == "columns: expected ['a', 'b'], got ['b', 'a']"


def test_too_few_and_too_many_rows() -> None:
    one, two = table(("1", "x")), table(("1", "x"), ("2", None))
    assert difference(one, two) == "row 2: expected no more rows, got ['2', null]"
    assert difference(two, one) == "row 2: expected ['2', null], got no more rows"


def test_unordered_counts_how_often_a_row_is_there() -> None:
    twice, swapped = table(("1", "x"), ("1", "x"), ("2", "y")), table(("2", "y"), ("1", "x"), ("1", "x"))
    assert difference(twice, swapped) is not None
    assert difference(twice, swapped, unordered=True) is None
    found = difference(twice, table(("2", "y"), ("1", "x"), ("2", "y")), unordered=True)
    assert found == "no row ['1', 'x']; left over: ['2', 'y'], ['2', 'y']"

"""Math, number formats, addresses and chance beyond the cases (functions-a 4, 5, 10, 12)."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import pytest

from gristmill.engines.casework import run_case
from gristmill.functions.decimal_format import Symbols, read_format
from gristmill.problems import RecipeError
from gristmill.types.numbers import print_number

Check = Callable[..., None]


def test_powers(check: Check) -> None:
    check(
        {
            "POW(10, NULL())": None,
            "POW(10, 400)": None,
            "1 / POW(10, 400)": None,
            "EXP(-1 * POW(10, 400))": None,
            "ISMISSING([POW(0, -1)])": "true",
            "LOG(8, -2)": None,
            "LOG(8, 0)": None,
            "LOG(1024, 2)": "10",
            "LOG(1e300 * 1e300)": None,
            "SIGN('x')": None,
            "DEGREES(1e308)": None,
            "TAN(0) == 0": "true",
            "SQRT('6.25')": "2.5",
        }
    )


def test_powers_of_cells(check: Check) -> None:
    """The engine raises for such cells; a function never does."""
    functions = ("LN", "SQRT", "LOG", "ASIN", "ACOS", "ACOSH", "ATANH")
    check({f"{name}(x)": None for name in functions}, x="-4")


def test_doubles_print_their_shortest_text() -> None:
    """All of 64 bits, the same text as the routine of the other engine (language 4.9)."""
    source = Random(7)
    numbers = [source.choice((1, -1)) * source.random() * 10.0**power for power in range(-12, 26) for _ in range(20)]
    numbers += [float(int(source.random() * 10.0**power)) for power in range(14, 22) for _ in range(20)]
    _, rows = run_case(["x"], [[repr(x)] for x in numbers], "set col: x value: x * 1.0", types={"x": "Float"})
    assert [cell for (cell,) in rows] == [print_number(x) for x in numbers]


def test_rounding(check: Check) -> None:
    check(
        {
            "TRUNC(-3.149, 2)": "-3.14",
            "TRUNC(4.35, 2)": "4.35",
            "TRUNC(0.285, 2)": "0.28",
            "TRUNC(-1299, -2)": "-1200",
            "TRUNC(9007199254740993, -1)": "9007199254740990",
            "TRUNC(12.5, 0)": "12",
            "TRUNC(3, 2)": "3",
            "TRUNC(1e300, 2)": "1e+300",
            "TRUNC(1e300)": None,
            "TRUNC(3.14159, digits)": "3.14",
            "ROUND(3.14159, digits)": "3.14",
            "ROUND(1250, digits - 4)": "1300",
            "ROUND(-2.5, digits - 2)": "-2",
            "ROUND(3.14159, NULL())": None,
            "ROUND(1.005, '2')": "1.00",
        },
        digits="2",
    )


def test_addresses(check: Check) -> None:
    check(
        {
            "IPTOINT('255.255.255.255')": "4294967295",
            "IPTOINT('256.1.1.1')": None,
            "IPTOINT('1.2.3.4 ')": "16909060",
            "IPTOINT('::1')": None,
            "IPTOINT('')": None,
            "IPFROMINT(1.5)": None,
            "IPFROMINT('x')": None,
        }
    )


def test_numvalue(check: Check) -> None:
    check(
        {
            "NUMVALUE('', ',', '.')": None,
            "NUMVALUE(' 5 ', ',', '.')": "5",
            "NUMVALUE('50%%', ',', '.')": "0.005",
            "NUMVALUE('1,2,3.5', ',', '.')": "123.5",
            "NUMVALUE('1.2,3', ',', '.')": None,
            "NUMVALUE('1 234,5', ' ', ',')": "1234.5",
            "NUMVALUE('1.5', ' ', ',')": None,
            "NUMVALUE('NT$ -7', ',', '.')": "-7",
            "NUMVALUE('-$-7', ',', '.')": None,
            "NUMVALUE('(5)', ',', '.')": None,
            "NUMVALUE('5 $', ',', '.')": None,
            "NUMVALUE('1.234', '.')": "1234",
            "NUMVALUE('inf', ',', '.')": None,
        }
    )


FORMATS = [
    ("#", 0, "0"),
    ("#", 2.5, "2"),
    ("#", 3.5, "4"),
    ("#.##", 0.5, "0.5"),
    (".##", 0.5, ".5"),
    (".##", 5, "5.0"),
    ("0.", 5, "5."),
    ("#,##0.00", 1234567.891, "1,234,567.89"),
    ("#,####", 123456789, "1,2345,6789"),
    ("0,000", 5, "0,005"),
    ("00.00", -1.005, "-01.00"),
    ("0.0", -0.04, "0.0"),
    ("0.0;(0.0)", -0.04, "0.0"),
    ("0;-0", -5, "-5"),
    ("0;neg 0 end", -5, "neg 5 end"),
    ("0 '#'", 5, "5 #"),
    ("''0''", 5, "'5'"),
    ("0.0‰", 0.0125, "12.5‰"),
    ("0'%'", 0.5, "0%"),
    ("##.## %", 6.6666, "666.66 %"),
    ("-###,###.00", 1234.56, "-1,234.56"),
    ("0.###E0", 12345, "1.234E4"),
    ("0.000E00", 0.00012, "1.200E-04"),
    ("##0.##E0", 12345, "12.345E3"),
    ("##0.##E0", 0.00012, "120E-6"),
    ("0.0E0", 0, "0.0E0"),
    ("0.00000000000000000000000000", 0.5, "0.50000000000000000000"),
    ("#", 9223372036854775807, "9223372036854775807"),
    ("0.0", 1e300, "1" + 300 * "0" + ".0"),
    ("0.00000000000000000000", 0.1, "0.10000000000000000000"),
    ("0.00", 1.005, "1.00"),
]


@pytest.mark.parametrize("pattern, value, shown", FORMATS)
def test_number_format(pattern: str, value: float, shown: str) -> None:
    assert read_format(pattern).format(value, Symbols()) == shown


@pytest.mark.parametrize("pattern", ["#.#.#", "0#", "#,", "0.0,0", "'a", "0%%", ";0", "0;0;0", "0E", "#0#.0", "."])
def test_malformed_format(pattern: str) -> None:
    with pytest.raises(RecipeError, match=r"invalid value .* for format"):
        read_format(pattern)


def test_number_format_of_cells(check: Check) -> None:
    check(
        {
            "NUMFORMAT(1234.5, '#,##0.00', '')": "1234.50",
            "NUMFORMAT(123456.78, '$ ###,###.## €', ' ')": "$123 456.78€",
            "NUMFORMAT('', '0')": None,
            "NUMFORMAT(NULL(), '0')": None,
            "NUMFORMAT(9007199254740993, '#,##0')": "9,007,199,254,740,993",
        }
    )


def test_errors_name_the_call() -> None:
    with pytest.raises(RecipeError, match=r"column 32: invalid value '#,' for format"):
        run_case(("n",), [("1",)], "derive type: single value: 1 + NUMFORMAT(n, '#,') as: 'r'")


def test_format_must_be_literal() -> None:
    with pytest.raises(RecipeError, match="must be a literal"):
        run_case(("f",), [("0",)], "derive type: single value: NUMFORMAT(1, f) as: 'r'")


RANDOM = """derive type: single value: RAND() as: 'a'
derive type: single value: RAND() as: 'b'
derive type: single value: RAND(5) as: 'c'
derive type: single value: RANDBETWEEN(0.5, 6.5) as: 'd'"""


def test_random_numbers() -> None:
    rows = [(str(at),) for at in range(300)]
    names, found = run_case(("n",), rows, RANDOM)
    columns = {name: [row[at] or "" for row in found] for at, name in enumerate(names)}
    for name in "abc":
        assert len(set(columns[name])) == 300
        assert all(0 <= float(cell) < 1 and len(cell) <= 17 for cell in columns[name])
    assert columns["a"] != columns["b"]
    assert set(columns["d"]) == set("123456")
    assert run_case(("n",), rows, RANDOM)[1] == found


def test_random_numbers_follow_the_row_order() -> None:
    """The present row number counts, not the one in the source."""
    recipe = "sort order: -n\nfilter type: custom rowType: single row: n < 3 action: Keep\n"
    _, sorted_rows = run_case(("n",), [("1",), ("2",), ("3",)], recipe + "derive type: single value: RAND(1) as: 'r'")
    _, plain_rows = run_case(("n",), [("1",), ("2",)], "derive type: single value: RAND(1) as: 'r'")
    assert [row[1] for row in sorted_rows] == [row[1] for row in plain_rows]
    assert [row[0] for row in sorted_rows] == ["2", "1"]


def test_random_numbers_anywhere() -> None:
    """In a filter, inside an aggregate, in a set."""
    recipe = (
        "filter type: custom rowType: single row: RAND(1) < 2 action: Keep\n"
        "derive type: multiple value: SUM(RAND(1)) as: 's'\n"
        "set col: n value: RANDBETWEEN(7, 7)"
    )
    names, rows = run_case(("n",), [("1",), ("2",)], recipe)
    assert [row[names.index("n")] for row in rows] == ["7", "7"]
    assert len({row[names.index("s")] for row in rows}) == 1


def test_seed_must_be_literal() -> None:
    with pytest.raises(RecipeError, match="argument 1 of RAND must be a literal"):
        run_case(("n",), [("1",)], "derive type: single value: RAND(n) as: 'r'")


@pytest.mark.parametrize("digits", [1, 2, 5, 14, 18])
def test_rounded_numbers_print_as_c_does(digits: int) -> None:
    """Near ties, far from them, and beyond what a product can tell (language 4.9)."""
    source, unit = Random(digits), 10.0**digits
    numbers = [source.uniform(-1, 1) * 10.0 ** source.randint(-digits - 2, 30) for _ in range(1500)]
    numbers += [source.randint(-9999, 9999) / unit + half / unit for half in (0.5, -0.5, 0.25) for _ in range(200)]
    numbers += [0.0, -0.0, -0.4 / unit, 2.0**50 / unit, (2.0**50 + 0.5) / unit, 1e15 / unit]
    _, rows = run_case(
        ["x"], [[repr(x)] for x in numbers], f"set col: x value: ROUND(x, {digits})", types={"x": "Float"}
    )

    def shown(x: float) -> str:
        rounded = math.floor(x * unit + 0.5) / unit if math.isfinite(x * unit) else x
        text = f"{rounded:.{digits}f}"
        return text.removeprefix("-") if not text.strip("-0.") else text

    assert [cell for (cell,) in rows] == [shown(x) for x in numbers]

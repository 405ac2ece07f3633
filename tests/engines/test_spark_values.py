"""What Spark makes of single values, wherever Java has rules of its own: letters, digits, sums."""

from __future__ import annotations

import math
import struct
from random import Random

import pytest

from gristmill.engines.casework import Table, run_case
from gristmill.engines.spark.patterns import java_pattern

pytestmark = pytest.mark.slow


def _both(columns: list[str], rows: list[tuple[str, ...]], recipe: str) -> tuple[Table, Table]:
    photon, spark = (run_case(columns, rows, recipe, engine=engine) for engine in ("photon", "spark"))
    return photon, spark


def test_upper_and_lower_case_of_every_letter() -> None:
    letters = [chr(code) for code in range(32, 0x1FFFF) if not 0xD800 <= code < 0xE000 and chr(code).isalpha()]
    rows = [("".join(letters[at : at + 64]),) for at in range(0, len(letters), 64)]
    recipe = "derive type: single value: UPPER(a) as: 'u'\nderive type: single value: LOWER(a) as: 'l'"
    (_, photon), (_, spark) = _both(["a"], rows, recipe)
    different = [(one, other) for line, found in zip(photon, spark, strict=True)
                 for mine, its in zip(line, found, strict=True)
                 for one, other in zip(mine or "", its or "", strict=True) if one != other]  # fmt: skip
    assert different == []


def _doubles(random: Random) -> list[float]:
    bits = (struct.unpack("<d", random.randbytes(8))[0] for _ in range(400))
    usual = (random.uniform(0, 10) * 10.0 ** random.randint(-9, 24) for _ in range(400))
    known = (
        2e-44,
        1e23,
        8.41e21,
        2.0**-44,
        5e-324,
        1e-7,
        9.999e-8,
        0.001,
        1e7,
        12345678.9,
        1e16,
        1e21,
        9007199254740993.0,
    )
    return [number for number in (*bits, *usual, *known) if math.isfinite(number)]


def test_every_double_prints_the_same() -> None:
    rows = [(repr(number),) for number in _doubles(Random(7))]
    recipe = "derive type: single value: x * 1 as: 'p'\nderive type: single value: -x / 3 as: 'q'"
    photon, spark = _both(["x"], rows, recipe)
    assert spark == photon


def test_rounded_numbers_print_the_same() -> None:
    random = Random(8)
    rows = [(repr(random.uniform(-1, 1) * 10.0 ** random.randint(-3, 36)),) for _ in range(300)]
    recipe = "derive type: single value: ROUND(x, 2) as: 'p'\nderive type: single value: ROUND(x, 5) as: 'q'"
    photon, spark = _both(["x"], rows, recipe)
    assert spark == photon


@pytest.mark.parametrize(
    "numbers",
    [[0.1, 0.2], [0.1] * 10, [1e15, 0.3, -1e15], [1.5, 2.25, 1e-9], [44.63, 33.56], [-(2.0**63)], [1e18, 1.0, 0.1]],
)
def test_sums_are_rounded_once(numbers: list[float]) -> None:
    rows = [(repr(number),) for number in numbers]
    recipe = "derive type: single value: x * 1 as: 'y'\ngroupby value: SUM(y) type: agg"
    _, (found,) = run_case(["x"], rows, recipe, engine="spark")
    assert float(str(found[0])) == math.fsum(numbers)


@pytest.mark.parametrize(
    ("pattern", "java"),
    [
        ("a.c", r"a[^\n]c"),
        ("^a$", r"\Aa\z"),
        (r"[\s]x+", r"[\t\n\f\r\x20]x+"),
        (" *a *b", " *a *b"),
        ("(a+)+b", None),
        (".*a.*", None),
        (r"\bx", None),
        (r"\pL", None),
        ("(?i)x", None),
    ],
)
def test_patterns_that_java_reads_alike(pattern: str, java: str | None) -> None:
    assert java_pattern(pattern) == java

"""Window functions beyond the cases: frames, orders, states (functions-b 6)."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from gristmill.engines.casework import run_case
from gristmill.problems import RecipeError

COLUMNS = ("g", "o", "v", "d", "s")
ROWS = [
    ("a", "1", "3", "2020-01-05", "x"),
    ("a", "2", "1", "oops", ""),
    ("b", "3", "", "2020-01-02", "y"),
    ("a", "4", "3", "2020-01-05", "x"),
    ("a", "5", "1", "", None),
    ("b", "6", "zz", "2020-01-02", "y"),
    ("a", "7", "2", "2020-01-07", "1.0"),
    ("a", "8", "7", "2020-02-08", "1"),
]
TYPES = {"g": "String", "o": "Integer", "v": "Integer", "d": ["Datetime", "yy-mm-dd", "yyyy*mm*dd"], "s": "String"}


def of_group_a(expression: str, placed: str = "group: g order: o") -> list[str | None]:
    """The results in the rows of group a."""
    recipe = f"derive type: multiple value: {expression} {placed} as: 'r'"
    names, rows = run_case(COLUMNS, ROWS, recipe, types=TYPES)
    return [row[names.index("r")] for row in rows if row[0] == "a"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("ROLLINGSUM(v, 1, 0)", ["3", "4", "4", "4", "3", "9"]),
        ("ROLLINGSUM(v, -1, -1)", [None, "3", "4", "7", "8", "10"]),
        ("ROLLINGSUM(v, 3, -1)", [None, "3", "4", "7", "5", "6"]),
        ("ROLLINGSUM(v, 0, -1)", [None] * 6),
        ("ROLLINGSUM(v, 1, -3)", [None] * 6),
        ("ROLLINGCOUNTA(s, 0, -2)", ["0"] * 6),
        ("ROLLINGCOUNTA(s)", ["1", "2", "3", "3", "4", "5"]),
        ("ROLLINGLIST(s, 5, 0, -2)", ["[]"] * 6),
        ("ROLLINGLIST(v, 2)", ["[3]", "[3,1]", "[3,1]", "[3,1]", "[3,1]", "[3,1]"]),
        ("ROLLINGLIST(s, 9, 1, 1)", ['["x"]', '["x","x"]', '["x"]', '["x","1.0"]', '["1.0","1"]', '["1.0","1"]']),
        ("ROLLINGVARSAMP(v, 1)", [None, "2", "2", "2", "0.5", "12.5"]),
        ("ROLLINGSTDEV(v, 1)", ["0", "1", "1", "1", "0.5", "2.5"]),
        ("ROLLINGKTHLARGEST(v, 2, 2)", ["3", "1", "3", "1", "2", "2"]),
        ("ROLLINGKTHLARGESTUNIQUE(v, 2)", ["3", "1", "1", "1", "2", "3"]),
        ("ROLLINGMAX(d, 0)", ["1578182400000", None, "1578182400000", None, "1578355200000", "1581120000000"]),
        ("ROLLINGMAXDATE(d, 1)", ["2020-01-05", "2020-01-05", "2020-01-05", "2020-01-05", "2020-01-07", "2020-02-08"]),
        ("MONTH(ROLLINGMINDATE(d, 0, 2))", ["1", "1", "1", "1", "1", "2"]),
        ("RANK() + 1", ["2", "3", "4", "5", "6", "7"]),
        ("v - PREV(v)", [None, "-2", "2", "-2", "1", "5"]),
        ("ROLLINGSUM(v) / SUM(v)", ["0.17647058823529413", "0.23529411764705882", "0.4117647058823529",
                                    "0.47058823529411764", "0.5882352941176471", "1"]),
    ],
)  # fmt: skip
def test_frames(expression: str, expected: list[str | None]) -> None:
    assert of_group_a(expression) == expected


@pytest.mark.parametrize("bounds", [(-1, 0), (-1, 1), (-1, -1), (-1, -3), (2, 1), (0, -1), (3, -2)])
def test_rolling_modes(bounds: tuple[int, int]) -> None:
    """Against a plain count of every frame; the mode of dates gives the first cell with that date."""
    chance = random.Random(7)
    cells = [(chance.choice(["", "1", "2", "3", "03"]), chance.choice(["2020-01-01", "2020-01-02", "", "2020-1-1"]))
             for _ in range(40)]  # fmt: skip
    rows = [(str(at), *pair) for at, pair in enumerate(cells)]
    args = f"{bounds[0]}, {bounds[1]}"
    recipe = (
        f"derive type: multiple value: ROLLINGMODE(v, {args}) order: o as: 'm'\n"
        f"derive type: multiple value: ROLLINGMODEDATE(d, {args}) order: o as: 'n'"
    )
    types = {"o": "Integer", "v": "Integer", "d": TYPES["d"]}
    names, found = run_case(("o", "v", "d"), rows, recipe, types=types)
    for at, row in enumerate(found):
        first = 0 if bounds[0] < 0 else max(0, at - bounds[0])
        frame = cells[first : max(first, at + bounds[1] + 1)]
        assert row[names.index("m")] == lowest_mode([str(int(v)) for v, _ in frame if v])
        day = lowest_mode([d.replace("-1-1", "-01-01") for _, d in frame if d])
        assert row[names.index("n")] == next((d for _, d in frame if d and d.replace("-1-1", "-01-01") == day), None)


def lowest_mode(values: list[str]) -> str | None:
    counts = Counter(values)
    return min((value for value in counts if counts[value] == max(counts.values())), default=None)


@pytest.mark.parametrize(
    ("expression", "placed", "expected"),
    [
        ("RANK()", "order: -v", ["2", "5", "2", "5", "4", "1"]),  # b's empty and mismatched cells rank last
        ("DENSERANK()", "group: g order: -v", ["2", "4", "2", "4", "3", "1"]),
        ("RANK()", "group: g order: v,-o", ["5", "2", "4", "1", "3", "6"]),
        ("ROWNUMBER()", "group: g order: -o", ["6", "5", "4", "3", "2", "1"]),
        ("PREV(s)", "group: g order: o", [None, "x", "", "x", None, "1.0"]),
        ("PREV(v, -1)", "group: g order: o", ["1", "3", "1", "2", "7", None]),
        ("NEXT(v, 0)", "group: g", ["3", "1", "3", "1", "2", "7"]),
        ("FILL(s)", "group: g order: o", ["x", "x", "x", "x", "1.0", "1"]),
        ("FILL(s, 0, 1)", "group: g order: o", ["x", "x", "x", "1.0", "1.0", "1"]),
        ("FILL(s, 0, 0)", "group: g order: o", ["x", "", "x", None, "1.0", "1"]),
        ("FILL(v)", "order: -o", ["3", "1", "3", "1", "2", "7"]),
        ("SESSION(d, 2, day)", "group: g order: o", ["1", None, "1", None, "1", "2"]),
        ("SESSION(d, 1, day)", "group: g order: o", ["1", None, "1", None, "2", "3"]),
        ("SESSION(d, 1, month)", "group: g order: o", ["1", None, "1", None, "1", "2"]),
    ],
)
def test_places_and_neighbours(expression: str, placed: str, expected: list[str | None]) -> None:
    assert [cell or None for cell in of_group_a(expression, placed)] == [cell or None for cell in expected]


def test_in_place_and_in_a_filter() -> None:
    step = "set col: v value: ROLLINGSUM($col) group: g order: o"
    keep = "filter type: custom rowType: single row: NEXT(o) == 8 action: Keep"
    _, rows = run_case(COLUMNS, ROWS, f"{step}\n{keep}", types=TYPES)
    assert rows == [("a", "7", "10", "2020-01-07", "1.0")]


@pytest.mark.parametrize(
    ("recipe", "word"),
    [
        ("derive type: multiple value: RANK() group: g as: 'r'", "missing parameter 'order'"),
        ("derive type: multiple value: ROLLINGSUM(v, -2) order: o as: 'r'", "invalid value -2 for before"),
        ("derive type: multiple value: FILL(v, -2) order: o as: 'r'", "invalid value -2 for before"),
        ("derive type: multiple value: SESSION(d, 0, day) order: o as: 'r'", "invalid value 0 for k"),
        ("derive type: multiple value: SESSION(d, 1, dayz) order: o as: 'r'", "'dayz' is not a unit"),
        ("groupby group: g value: PREV(v, 1) type: agg", "PREV"),
        ("derive type: multiple value: ROLLINGSUM(MAX(v)) order: o as: 'r'", "aggregate"),
    ],
)
def test_errors(recipe: str, word: str) -> None:
    with pytest.raises(RecipeError, match=word):
        run_case(COLUMNS, ROWS, recipe, types=TYPES)

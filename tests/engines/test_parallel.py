"""All threads work, and nobody can see it: sums do not depend on the order of rows, numbers of rows follow it."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from gristmill.engines.casework import run_case
from gristmill.engines.duckdb.session import Session
from gristmill.plan.building import cast
from gristmill.plan.expressions import Column, Form
from gristmill.plan.primitives import Aggregated
from gristmill.plan.relations import Aggregate, Plan, Source
from gristmill.recipe.job import Job, Limits
from gristmill.recipe.job import Source as JobSource
from tests.engines.file_runs import records

FILLING = 150_000  # rows; more than one thread of the engine takes at a time


def _aggregated(values: list[float], call: str) -> str | None:
    rows = [[repr(value)] for value in values]
    _, (row,) = run_case(["x"], rows, f"pivot value: {call}", types={"x": "Decimal"})
    return row[0]


def _numbers(kind: str, seed: int) -> list[float]:
    chance = random.Random(seed)
    return {
        "money": [round(chance.uniform(-1e6, 1e6), 2) for _ in range(3000)],
        "shares": [chance.random() for _ in range(3000)],
        "mixed": [chance.uniform(-1, 1) * 10.0 ** chance.randint(-12, 15) for _ in range(3000)],
        "cancelling": [*(big := [chance.uniform(0, 1e15) for _ in range(500)]), *(-x for x in big), 0.1],
        "tiny": [chance.random() * 1e-30 for _ in range(500)],
        "huge": [chance.uniform(1e20, 1e21) for _ in range(500)],
        "both": [1e300, 1e-300, 1.5, -1e300],
    }[kind]


@pytest.mark.parametrize("kind", ["money", "shares", "mixed", "cancelling", "both"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sum_is_rounded_once(kind: str, seed: int) -> None:
    values = _numbers(kind, seed)
    found, mean = _aggregated(values, "SUM(x)"), _aggregated(values, "AVERAGE(x)")
    assert found is not None and mean is not None
    if kind == "both":  # numbers out of the common range are added as they come
        assert float(found) == 1.5
        return
    assert float(found) == math.fsum(values)
    assert float(mean) == pytest.approx(math.fsum(values) / len(values), rel=1e-15)


@pytest.mark.parametrize("kind", ["money", "mixed", "cancelling", "huge"])
def test_a_sum_does_not_depend_on_the_order(kind: str) -> None:
    values = _numbers(kind, 4)
    mixed = random.Random(5).sample(values, len(values))
    assert _aggregated(values, "SUM(x)") == _aggregated(mixed, "SUM(x)")


@pytest.mark.parametrize("kind", ["tiny", "huge"])
def test_odd_numbers_are_added_too(kind: str) -> None:
    values = _numbers(kind, 6)
    found = _aggregated(values, "SUM(x)")
    assert found is not None and float(found) == pytest.approx(math.fsum(values), rel=1e-12)


def test_sums_beyond_all_doubles_are_null() -> None:
    assert _aggregated([1.7e308, 1.7e308], "SUM(x)") is None


def test_sums_of_nothing() -> None:
    _, rows = run_case(["x"], [["a"], [None]], "pivot value: SUM(x),AVERAGE(x),COUNT()", types={"x": "Decimal"})
    assert [tuple(row) for row in rows] == [("0", None, "2")]


def _orders(path: Path, first: int) -> Path:
    """A wide file of which a recipe needs little."""
    more = ",".join(f"c{number}" for number in range(6))
    lines = (f"{at},k{at % 1000},0.1,a,b,c,d,e,f" for at in range(first, first + FILLING))
    path.write_text("\n".join([f"id,key,x,{more}", *lines]) + "\n")
    return path


def test_rows_of_several_files_keep_their_order(tmp_path: Path) -> None:
    """Groups stand where their first row stood, although the reader has several threads."""
    files = [_orders(tmp_path / "b.csv", FILLING), _orders(tmp_path / "a.csv", 0)]
    found = records(files, recipe="groupby group: key value: SUM(x),MIN(id),COUNT() type: agg")
    assert [row["key"] for row in found] == [f"k{at}" for at in range(1000)]
    assert {row["sum_x"] for row in found} == {30.0}
    assert [row["min_id"] for row in found] == list(range(1000))


def test_row_numbers_of_a_wide_file(tmp_path: Path) -> None:
    file = _orders(tmp_path / "a.csv", 0)
    recipe = "derive type: single value: $sourcerownumber - id as: 'off'\ngroupby group: off value: COUNT() type: agg"
    assert records(file, recipe=recipe) == [{"off": 2, "row_count": FILLING}]


def test_deviations_behind_a_window_are_the_same_in_every_run(tmp_path: Path) -> None:
    chance = random.Random(3)
    file = tmp_path / "a.csv"
    lines = (f"{at % 7},{chance.random()},{chance.random()}" for at in range(FILLING // 2))
    file.write_text("\n".join(["g,x,y", *lines]) + "\n")
    recipe = (
        "window value: ROLLINGAVERAGE(x, 3, 0) group: g order: y\n"
        "groupby group: g value: STDEV(window),VAR(x),CORREL(x, y) type: agg"
    )
    runs = [records(file, recipe=recipe) for _ in range(4)]
    assert runs[1:] == runs[:1] * 3


def test_one_thread_for_a_question_of_order_and_all_of_them_again() -> None:
    rows = JobSource("numbers", {"format": "rows", "columns": ["x"]})
    with Session(Job(sources=(rows,), recipes=(), limits=Limits(threads=2))) as session:
        session.load_rows(0, ["x"], [["1.5"], ["2.5"]])
        x = cast(Column(1, Form.TEXT), Form.DECIMAL)
        source = Source(0, (1,), (Form.TEXT,), 2, 3, 4)
        spread = Plan(Aggregate(source, (), ((5, Aggregated("stddev_samp", (x,))),)), (("q", Column(5, Form.DECIMAL)),))
        assert session.query(spread).in_order
        session.all_rows(spread)
        assert session.connection.execute("SELECT current_setting('threads')").fetchall() == [(2,)]

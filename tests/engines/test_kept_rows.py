"""Rows that several sinks read: in memory while they are few, in a table else; the same files either way."""

from __future__ import annotations

import json

import duckdb
import pytest

from gristmill.engines.duckdb import holding
from gristmill.engines.runner import run
from gristmill.recipe.job import Job, Limits, RecipeText, Sink, Source

ROWS = 30_000
RECIPE = """settype col: day type: 'Datetime','yy-mm-dd','yyyy*mm*dd'
settype col: n type: Integer
settype col: x type: Float
derive type: single value: n * x as: 'product'
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Numbers that hardly repeat and numbers that do; some cells do not fit."""
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    numbers = ["none" if i % 1000 == 7 else i * 7919 % ROWS for i in range(ROWS)]
    lines = [f"{n},{i % 40}.5,2024-{i % 12 + 1:02d}-{i % 28 + 1:02d},{i % 3 or ''}" for i, n in enumerate(numbers)]
    path.write_text("\n".join(["n,x,day,word", *lines]) + "\n")
    return path


def written(folder, source):
    folder.mkdir()
    sinks = [Sink(str(folder / name), kind, {"asSingleFile": True}) for name, kind in (("a", "csv"), ("b", "json"))]
    sinks.append(Sink(str(folder / "p"), "profile"))
    sources = (Source("rows", {"files": [str(source)], "options": {"ensureHeader": True}}),)
    recipes = (RecipeText("r", RECIPE, "source:0"),)
    result = run(Job(sources, recipes, tuple(sinks), limits=Limits(scratch=str(folder))))
    assert [sink.path for sink in result.sinks] == [sink.path for sink in sinks]
    assert [sink.rows for sink in result.sinks] == [ROWS] * 3
    assert result.sinks[0].nulled == {"n": ROWS // 1000}
    return [(folder / name).read_text() for name in "abp"]


@pytest.fixture(scope="module")
def in_memory(source, tmp_path_factory):
    return written(tmp_path_factory.mktemp("held") / "out", source)


def test_too_many_rows_for_memory_make_a_table(source, in_memory, tmp_path, monkeypatch):
    def refuse(*_):
        raise holding.TooManyError

    monkeypatch.setattr(holding, "within", refuse)
    assert written(tmp_path / "out", source) == in_memory


def test_rows_in_memory_keep_their_order(source, in_memory):
    numbers = [line.split(",")[0] for line in source.read_text().splitlines()[1:]]
    assert [line.split(",")[0] for line in in_memory[0].splitlines()] == [n if n != "none" else "" for n in numbers]


def test_the_profile_counts_numbers_that_hardly_repeat(in_memory):
    profile = json.loads(in_memory[2])
    values = sorted(i * 7919 % ROWS for i in range(ROWS) if i % 1000 != 7)
    found = profile["profilerValidValueHistograms"]["n"]
    place = (len(values) - 1) * 0.25
    first = values[int(place)] + (values[int(place) + 1] - values[int(place)]) * (place % 1)
    assert (found["min"], found["max"], found["quartiles"]["q1"]) == (values[0], values[-1], first)
    assert sum(bucket["b"] for bucket in found["buckets"]) == len(values)
    assert profile["gristmill"]["n"]["mean"] == sum(values) / len(values)
    assert profile["gristmill"]["n"]["mismatches"] == [{"key": "none", "count": ROWS // 1000}]


def test_the_profile_counts_numbers_that_repeat(in_memory):
    profile = json.loads(in_memory[2])
    found = profile["profilerValidValueHistograms"]["x"]
    assert (found["min"], found["max"], found["quartiles"]) == (0.5, 39.5, {"q1": 10.25, "q2": 20, "q3": 29.75})
    assert profile["gristmill"]["x"]["distinct"] == 40


def test_a_query_that_grows_too_much_is_stopped():
    with (
        duckdb.connect() as connection,
        pytest.raises(holding.TooManyError),
        holding.within(connection, 64 << 20),
    ):
        connection.sql("CREATE TABLE t AS SELECT i, repeat('x', 100) || i AS text FROM range(1_000_000_000) AS r(i)")

"""Profiles of results: the counts, histograms and top values that clients read, in column order."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from gristmill.engines.runner import run
from gristmill.profile.report import Facts, layout, printed
from gristmill.recipe.job import Job, Limits, RecipeText, Sink, Source

ROWS = [
    ("letters", "numbers", "when", "price", "nothing"),
    ("a", "1", "2024-01-31", "0.5", ""),
    ("b", "2", "2024-02-29", "", ""),
    ("a", "3", "2024-03-01", "1.5", ""),
    ("", "x", "", "2.5", ""),
    ("c", "", "2024-13-01", "2.5", ""),
]
NAMES = list(ROWS[0])
SUMMARY_KEYS = {"min", "max", "roundMin", "roundMax", "buckets", "quartiles"}
SETTLED = "settype col: numbers type: Integer\nsettype col: when type: 'Datetime','yy-mm-dd','yyyy*mm*dd'"


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    folder = tmp_path_factory.mktemp("profile")
    source = folder / "rows.csv"
    source.write_text("".join(",".join(row) + "\n" for row in ROWS))
    return profiled(folder, source, SETTLED)


def profiled(folder, source, text):
    sinks = (Sink(str(folder / "out.csv"), "csv", {"asSingleFile": True}), Sink(str(folder / "p.json"), "profile"))
    sources = (Source("rows", {"files": [str(source)], "options": {"ensureHeader": True}}),)
    result = run(Job(sources, (RecipeText("r", text, "source:0"),), sinks, limits=Limits(scratch=str(folder))))
    document = json.loads((folder / "p.json").read_text())
    assert {sink.rows for sink in result.sinks} == {result.sinks[0].rows}
    return document


def test_every_map_has_every_column_in_order(document):
    for key in ("profilerTypeCheckHistograms", "profilerValidValueHistograms", "columnTypes", "gristmill"):
        assert list(document[key]) == NAMES
    assert document["profilerRules"] == {}


def test_cells_are_valid_invalid_or_empty(document):
    checks = document["profilerTypeCheckHistograms"]
    found = {name: [(item["key"], item["count"]) for item in rows] for name, rows in checks.items()}
    assert found["letters"] == [("VALID", 4), ("INVALID", 0), ("EMPTY", 1)]
    assert found["numbers"] == [("VALID", 3), ("INVALID", 1), ("EMPTY", 1)]
    assert found["when"] == [("VALID", 3), ("INVALID", 1), ("EMPTY", 1)]
    assert found["nothing"] == [("VALID", 0), ("INVALID", 0), ("EMPTY", 5)]


def test_texts_are_listed_by_frequency_then_by_code_points(document):
    top = [{"key": "a", "count": 2}, {"key": "b", "count": 1}, {"key": "c", "count": 1}]
    assert document["profilerValidValueHistograms"]["letters"] == {"topk": top, "k": 200, "c": 4, "ub": 0}


def test_numbers_are_laid_out(document):
    assert document["profilerValidValueHistograms"]["numbers"] == {
        "min": 1,
        "max": 3,
        "roundMin": 1,
        "roundMax": 4,
        "buckets": [{"pos": 1, "b": 1}, {"pos": 2, "b": 1}, {"pos": 3, "b": 1}],
        "quartiles": {"q1": 1.5, "q2": 2, "q3": 2.5},
    }


def test_buckets_ascend_and_hold_every_valid_value(document):
    for name in ("numbers", "price", "when"):
        histogram = document["profilerValidValueHistograms"][name]
        assert set(histogram) == SUMMARY_KEYS
        assert all(one["pos"] < other["pos"] for one, other in pairwise(histogram["buckets"]))
        valid = document["profilerTypeCheckHistograms"][name][0]["count"]
        assert sum(bucket["b"] for bucket in histogram["buckets"]) == valid


def test_lists_are_never_empty(document):
    assert document["profilerValidValueHistograms"]["nothing"]["topk"] == [{"key": "", "count": 0}]


def test_types_are_those_of_the_columns(document):
    assert document["columnTypes"]["numbers"] == ["Integer"]
    assert document["columnTypes"]["when"] == ["Datetime", "yy-mm-dd", "yyyy*mm*dd"]
    assert document["columnTypes"]["price"] == ["Float"]


def test_what_does_not_fit_is_shown_for_people(document):
    assert document["gristmill"]["numbers"]["mismatches"] == [{"key": "x", "count": 1}]


def test_values_on_an_edge_belong_to_the_bucket_that_begins_there(tmp_path):
    source = tmp_path / "tenths.csv"
    source.write_text("x\n" + "".join(f"{n / 10}\n" for n in range(21)))
    histogram = profiled(tmp_path, source, "settype col: x type: Float")["profilerValidValueHistograms"]["x"]
    assert histogram["buckets"] == [{"pos": n / 10 if n % 10 else n // 10, "b": 1} for n in range(21)]


def test_means_of_very_large_numbers(tmp_path):
    source = tmp_path / "large.csv"
    source.write_text("x\n1e300\n3e300\n")
    details = profiled(tmp_path, source, "settype col: x type: Float")["gristmill"]["x"]
    assert (details["mean"], details["stddev"]) == (2e300, None)


def test_texts_that_are_one_number_are_one_value(tmp_path):
    source = tmp_path / "same.csv"
    source.write_text("x,y\n1,a\n1.0,a\n 1 ,b\n2,b\n")
    document = profiled(tmp_path, source, "settype col: x type: Float")
    assert document["gristmill"]["x"]["distinct"] == 2
    assert document["profilerValidValueHistograms"]["x"]["quartiles"] == {"q1": 1, "q2": 1, "q3": 1.25}


def test_more_texts_than_are_listed_have_an_upper_bound(tmp_path):
    source = tmp_path / "many.csv"
    source.write_text("x,y\n" + "".join(f"w{n},a\nw{n},b\n" for n in range(250)))
    histogram = profiled(tmp_path, source, "settype col: x type: String")["profilerValidValueHistograms"]["x"]
    assert (len(histogram["topk"]), histogram["c"], histogram["ub"]) == (200, 500, 2)


def test_a_result_without_rows(tmp_path):
    source = tmp_path / "none.csv"
    source.write_text("x,y\n1,a\n")
    document = profiled(tmp_path, source, "filter type: custom rowType: single row: x > 1 action: Keep")
    assert document["profilerValidValueHistograms"]["x"]["buckets"] == [{"pos": 0, "b": 0}]
    assert document["profilerValidValueHistograms"]["x"]["quartiles"] == {"q1": None, "q2": None, "q3": None}


def test_the_report_is_a_pdf_of_everything(document):
    facts = Facts("POS <#*$_> “r01”", "流れ", 7, "joe@example.com", "now", "then", 1.5, "photon", 5, ("/out.csv",))
    shown = layout(facts, document)
    assert shown["quality"]["counts"] == [14, 2, 9]
    assert [column["type"] for column in shown["columns"]] == ["String", "Integer", "Datetime", "Decimal", "String"]
    assert printed(facts, document).startswith(b"%PDF-")

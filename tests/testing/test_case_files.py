from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gristmill.problems import recipe_error
from gristmill.testing.cases import Case, CaseFileError, Table, read_cases, without_repeated_ids
from gristmill.testing.gaps import Gap, gap_of, gaps_beside, idle_gaps, read_gaps
from gristmill.testing.running import Outcome, failure_of

LINE: dict[str, Any] = {
    "id": "x.1",
    "about": ["LEFT"],
    "columns": ["a"],
    "rows": [["1"], [None]],
    "recipe": "derive type: single value: LEFT(a, 1) as: 'b'",
    "expect": {"columns": ["a", "b"], "rows": [["1", "1"], [None, None]]},
}


def one(path: Path, **changes: Any) -> Case:
    file = path / "x.jsonl"
    file.write_text(json.dumps(LINE | changes) + "\n\n", encoding="utf-8")
    return read_cases(file)[0]


def test_reads_a_case_with_its_place(tmp_path: Path) -> None:
    case = one(tmp_path, inputs={"o": {"columns": ["k"], "rows": [], "types": {"k": "Integer"}}}, approx=1e-6)
    assert case.table == Table(("a", "b"), (("1", "1"), (None, None)))
    assert case.inputs["o"].types == {"k": "Integer"}
    assert case.place == f"{tmp_path / 'x.jsonl'}:1"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[]", "expected an object"),
        (json.dumps({**LINE, "expekt": 1}), "unknown key 'expekt'"),
        (json.dumps({key: LINE[key] for key in LINE if key != "recipe"}), "no key 'recipe'"),
        (json.dumps({**LINE, "rows": [["1", "2"]]}), "row 1 has 2 cells for 1 column"),
        (json.dumps({**LINE, "rows": [[1]]}), "cells are texts or null"),
        (json.dumps({**LINE, "expect": {}}), "either"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text("\n" + line, encoding="utf-8")
    with pytest.raises(CaseFileError, match=message) as caught:
        read_cases(file)
    assert f"{file}:2" in str(caught.value)


def test_ids_are_unique(tmp_path: Path) -> None:
    case = one(tmp_path)
    with pytest.raises(CaseFileError, match=r"the id 'x\.1' stands at"):
        list(without_repeated_ids([case, case]))


def test_failures(tmp_path: Path) -> None:
    case = one(tmp_path)
    wrong = Table(("a", "b"), (("1", "2"), (None, None)))

    def refuse(_: Case) -> Table:
        raise recipe_error("unknown-function", "unknown function 'LEFT'")

    def crash(_: Case) -> Table:
        raise KeyError("oops")

    assert failure_of(case, lambda _: Table(("a", "b"), (("1", "1"), ("", "")))) is None
    assert failure_of(case, lambda _: wrong) == "step 1 (derive): row 1, column 'b': expected '1', got '2'"
    assert failure_of(case, refuse) == "unknown function 'LEFT'"
    assert failure_of(case, crash) == "internal error: KeyError: 'oops'"


def test_expected_errors(tmp_path: Path) -> None:
    case = one(tmp_path, expect={"error": "LEFT"})

    def refuse(_: Case) -> Table:
        raise recipe_error("unknown-function", "unknown function 'LEFT'")

    def refuse_otherwise(_: Case) -> Table:
        raise recipe_error("unknown-function", "unknown function 'RIGHT'")

    assert failure_of(case, refuse) is None
    assert "got: unknown function 'RIGHT'" in (failure_of(case, refuse_otherwise) or "")
    assert "got a table" in (failure_of(case, lambda _: Table((), ())) or "")


GAPS = """
[[gap]]
about = "LEFT"
engine = "photon"
kind = "not built"
reason = "texts come later"
but = ["x.2"]
"""


def test_gaps_cover_by_topic_but_for_exceptions(tmp_path: Path) -> None:
    file = tmp_path / "known_gaps.toml"
    file.write_text(GAPS)
    gaps = read_gaps(file)
    first, second = one(tmp_path), one(tmp_path, id="x.2")
    assert gap_of(first, "photon", gaps) == gaps[0]
    assert gap_of(second, "photon", gaps) is None
    assert gap_of(first, "spark", gaps) is None
    assert idle_gaps(gaps, [first, second], "photon") == []
    assert idle_gaps(gaps, [second], "photon") == [gaps[0]]
    assert idle_gaps(gaps, [first], "photon") == [gaps[0]], "x.2 does not exist"


def test_gap_file_is_found_beside_or_above(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    assert gaps_beside(tmp_path / "cases" / "x.jsonl") is None
    (tmp_path / "known_gaps.toml").write_text(GAPS)
    assert gaps_beside(tmp_path / "cases" / "x.jsonl") == tmp_path / "known_gaps.toml"
    assert gaps_beside(tmp_path / "x.jsonl") == tmp_path / "known_gaps.toml"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "not built"', 'kind = "later"', "invalid kind 'later'"),
        ('about = "LEFT"', "", "exactly one of"),
        ('reason = "texts come later"', 'reason = " "', "'reason' is needed"),
        ("but", "except", "unknown key 'except'"),
    ],
)
def test_bad_gap_files_are_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = tmp_path / "known_gaps.toml"
    file.write_text(GAPS.replace(old, new))
    with pytest.raises(CaseFileError, match=message):
        read_gaps(file)


def test_outcomes(tmp_path: Path) -> None:
    case, gap = one(tmp_path), Gap("x.1", None, "photon", "engine", "cannot")
    assert Outcome(case, None).passed
    assert Outcome(case, "no").text() == "failed: x.1 (x.jsonl:1): no"
    known, closed = Outcome(case, "no", gap), Outcome(case, None, gap)
    assert not known.passed
    assert known.text() == "known gap: x.1 (x.jsonl:1): engine: cannot: no"
    assert not closed.passed
    assert closed.text().startswith("gap closed: x.1")

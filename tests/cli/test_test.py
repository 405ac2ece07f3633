from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gristmill.cli.main import cli

GOOD = {
    "id": "x.good",
    "about": ["UPPER"],
    "columns": ["a"],
    "rows": [["x"]],
    "recipe": "derive type: single value: UPPER(a) as: 'b'",
    "expect": {"columns": ["a", "b"], "rows": [["x", "X"]]},
}
BAD = GOOD | {"id": "x.bad", "expect": {"columns": ["a", "b"], "rows": [["x", "Y"]]}}
GAP = '[[gap]]\ncase = "{}"\nengine = "photon"\nkind = "never"\nreason = "why not"\n'


def write(folder: Path, *cases: object) -> Path:
    file = folder / "some.jsonl"
    file.write_text("\n".join(map(json.dumps, cases)), encoding="utf-8")
    return file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["test", *map(str, arguments)])


def test_all_pass(tmp_path: Path) -> None:
    file = write(tmp_path, GOOD)
    result = run(file)
    assert (result.exit_code, result.stdout) == (0, f"{file}: 1 passed, 0 failed\n1 passed, 0 failed\n")


def test_failures_are_printed(tmp_path: Path) -> None:
    result = run(write(tmp_path, GOOD, BAD))
    first = "failed: x.bad (some.jsonl:2): step 1 (derive): row 1, column 'b': expected 'Y', got 'X'"
    assert result.stdout.splitlines()[0] == first
    assert result.stdout.splitlines()[-1] == "1 passed, 1 failed"
    assert result.exit_code == 1


def test_a_known_gap_counts_as_failed(tmp_path: Path) -> None:
    (tmp_path / "known_gaps.toml").write_text(GAP.format("x.bad"))
    result = run(write(tmp_path, GOOD, BAD))
    assert result.stdout.startswith("known gap: x.bad (some.jsonl:2): never: why not: ")
    assert result.stdout.endswith("1 passed, 1 failed\n")
    assert result.exit_code == 1


def test_a_closed_gap_fails(tmp_path: Path) -> None:
    gaps = tmp_path / "gaps.toml"
    gaps.write_text(GAP.format("x.good"))
    result = run(write(tmp_path, GOOD), "--known-gaps", gaps)
    assert result.stdout.startswith("gap closed: x.good")
    assert result.stdout.endswith("0 passed, 1 failed\n")
    assert result.exit_code == 1


def test_folders_are_searched(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    write(tmp_path / "deep", GOOD)
    assert run(tmp_path).stdout.endswith("1 passed, 0 failed\n")


def test_bad_calls(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{")
    twice = write(tmp_path, GOOD, GOOD)
    calls = (
        (broken, "broken.jsonl:1: not JSON"),
        (twice, "the id 'x.good' stands at"),
        (tmp_path / "no.jsonl", "does not exist"),
    )
    for path, message in calls:
        result = run(path)
        assert result.exit_code == 2
        assert message in result.stderr


@pytest.mark.slow
def test_both_engines(tmp_path: Path) -> None:
    file = write(tmp_path, GOOD)
    result = run(file, "--engine", "both")
    assert (result.exit_code, result.stdout) == (0, f"{file}: 2 passed, 0 failed\n2 passed, 0 failed\n")

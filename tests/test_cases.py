"""Every case file, a test per case. A case that a known gap covers must fail: a gap that has closed fails the run."""

from __future__ import annotations

from pathlib import Path

import pytest

from gristmill.testing.cases import Case, read_cases, without_repeated_ids
from gristmill.testing.gaps import FILE, gap_of, idle_gaps, read_gaps
from gristmill.testing.running import ENGINES, failure_of

HERE = Path(__file__).parent
GAPS = read_gaps(HERE / FILE)
FILES = sorted((HERE / "cases").glob("*.jsonl"))
CASES = list(without_repeated_ids(case for file in FILES for case in read_cases(file)))


def _parameter(case: Case, engine: str) -> object:
    gap = gap_of(case, engine, GAPS)
    marks = [pytest.mark.xfail(strict=True, reason=f"{gap.kind}: {gap.reason}")] if gap else []
    if engine == "spark":
        marks.append(pytest.mark.slow)
    return pytest.param(case, engine, id=f"{engine}-{case.id}", marks=marks)


@pytest.mark.parametrize(("case", "engine"), [_parameter(case, engine) for engine in ENGINES for case in CASES])
def test_case(case: Case, engine: str) -> None:
    failure = failure_of(case, ENGINES[engine])
    assert failure is None, f"{case.place}: {failure}"


@pytest.mark.parametrize("engine", ENGINES)
def test_every_gap_covers_a_case(engine: str) -> None:
    assert [gap.name for gap in idle_gaps(GAPS, CASES, engine)] == []


def test_gaps_name_engines_that_exist() -> None:
    assert {gap.engine for gap in GAPS} <= ENGINES.keys()

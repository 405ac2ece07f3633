"""What makes a plan faster must not change what comes out: pruning columns, fusing steps, reading once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gristmill.engines.casework import run_case
from gristmill.engines.duckdb import lower
from gristmill.engines.sql.level import Level
from gristmill.plan.expressions import Column, Literal
from gristmill.problems import ProblemError
from gristmill.testing.cases import Case, read_cases

CASES = Path(__file__).parents[1] / "cases"
EVERY = 9  # of the quick run; the slow one takes all


def _cases() -> Iterator[object]:
    for name in ("language", "transforms", "types"):
        for place, case in enumerate(read_cases(CASES / f"{name}.jsonl")):
            marks = () if place % EVERY == 0 else (pytest.mark.slow,)
            yield pytest.param(case, id=case.id, marks=marks)


def _result(case: Case) -> object:
    try:
        return run_case(
            case.source.table.columns,
            case.source.table.rows,
            case.recipe,
            types=case.source.types,
            params=case.params,
            inputs={name: item.as_json() for name, item in case.inputs.items()},
        )
    except ProblemError as error:
        return str(error)


@pytest.mark.parametrize("case", list(_cases()))
def test_fusing_pruning_and_sharing_change_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = _result(case)
    with monkeypatch.context() as patched:
        patched.setattr(Level, "_stays", lambda self, number, known: not isinstance(known.expr, Column | Literal))
        assert _result(case) == expected, "without fusing"
    with monkeypatch.context() as patched:
        patched.setattr(lower, "prune_columns", lambda plan: plan)
        assert _result(case) == expected, "without pruning"
    with monkeypatch.context() as patched:
        patched.setattr(lower, "share_readings", lambda plan, ids: plan)
        assert _result(case) == expected, "without sharing"

"""What makes a plan faster must not change what comes out: pruning columns, fusing steps, reading once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from gristmill.engines.casework import run_case
from gristmill.engines.duckdb import lower
from gristmill.engines.duckdb.session import Session
from gristmill.engines.sql.absences import WATCHED
from gristmill.engines.sql.level import Level
from gristmill.plan.expressions import Column, Literal
from gristmill.plan.relations import Plan
from gristmill.problems import ProblemError
from gristmill.testing.cases import Case, read_cases
from gristmill.transforms.environment import Environment
from gristmill.types.inference import SAMPLE_ROWS

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
    with monkeypatch.context() as patched:
        patched.setattr(Environment, "all_fit", lambda self, column, rows: False)
        assert _result(case) == expected, "as if there were more rows than are looked at for types"


@pytest.mark.parametrize("case", list(_cases()))
def test_what_is_known_to_be_absent_is_and_changes_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = _result(case)
    load, answers = Session.load_rows, Session.all_rows

    def load_rows(session: Session, number: int, names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
        load(session, number, names, rows)
        columns = list(zip(*rows, strict=True)) or [() for _ in names]
        session._absent[number] = [frozenset(WATCHED.difference(*filter(None, column))) for column in columns]

    def all_rows(session: Session, plan: Plan) -> list[tuple[str | None, ...]]:
        rows = answers(session, plan)
        for column, absent in zip(zip(*rows, strict=True), session.query(plan).absent, strict=False):
            assert all(absent.isdisjoint(str(cell)) for cell in column if cell is not None), (column, absent)
        return rows

    monkeypatch.setattr(Session, "load_rows", load_rows)
    monkeypatch.setattr(Session, "all_rows", all_rows)
    assert _result(case) == expected


@pytest.mark.parametrize("engine", ["photon", pytest.param("spark", marks=pytest.mark.slow)])
def test_dates_that_nobody_saw_when_the_type_was_chosen(engine: str) -> None:
    texts = [f"2024-{number % 12 + 1:02d}" for number in range(SAMPLE_ROWS)] + ["2023-12-24", "no date", ""]
    recipe = """derive type: single value: MERGE([a], '') as: 'b'
        derive type: single value: YEAR(b) as: 'year'
        sort order: b"""
    _, found = run_case(["a"], [[text] for text in texts], recipe, types={"a": "String"}, engine=engine)
    assert found[0][1:] == ("2024-01", "2024")
    # read as a date by another format, but sorted by the column's: there it is mismatched
    assert [row[1:] for row in found[-3:]] == [("2023-12-24", "2023"), ("no date", None), ("", None)]

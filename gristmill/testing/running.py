"""Run cases on an engine and judge them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gristmill.problems import ProblemError
from gristmill.testing.cases import Case, Table
from gristmill.testing.comparison import difference
from gristmill.testing.gaps import Gap, gap_of

Evaluate = Callable[[Case], Table]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case: `failure` is None when it came out as expected; `gap` covers it."""

    case: Case
    failure: str | None
    gap: Gap | None = None

    @property
    def passed(self) -> bool:
        """Whether it came out right and was not said to fail."""
        return self.failure is None and self.gap is None

    @property
    def known(self) -> bool:
        """Whether it fails as a known gap says."""
        return self.failure is not None and self.gap is not None

    def text(self) -> str:
        """One line for people."""
        head = f"{self.case.id} ({Path(self.case.place).name})"
        if self.failure is None:
            return f"gap closed: {head} passes; take it out of the known gaps ({self.gap.name if self.gap else ''})"
        if self.gap is not None:
            return f"known gap: {head}: {self.gap.kind}: {self.gap.reason}: {self.failure}"
        return f"failed: {head}: {self.failure}"


def evaluate(case: Case, engine: str) -> Table:
    """The table that the recipe of `case` makes on an engine. Raises ProblemError."""
    from gristmill.engines.casework import run_case

    columns, rows = run_case(
        case.source.table.columns,
        case.source.table.rows,
        case.recipe,
        types=case.source.types,
        params=case.params,
        inputs={name: item.as_json() for name, item in case.inputs.items()},
        engine=engine,
    )
    return Table(tuple(columns), tuple(tuple(row) for row in rows))


ENGINES: dict[str, Evaluate] = {name: partial(evaluate, engine=name) for name in ("photon", "spark")}


def failure_of(case: Case, evaluated: Evaluate) -> str | None:
    """Why the case fails, or None."""
    try:
        table = evaluated(case)
    except ProblemError as error:
        return _failure_by_error(case, str(error))
    except Exception as error:  # a bug of ours is a failed case, not the end of the run
        return f"internal error: {type(error).__name__}: {error}"
    if case.table is None:
        return f"{_last_step(case)}: expected an error that names {case.error!r}, got a table"
    found = difference(case.table, table, unordered=case.unordered, approx=case.approx)
    return None if found is None else f"{_last_step(case)}: {found}"


def run_cases(cases: Iterable[Case], engine: str, gaps: Iterable[Gap] = ()) -> Iterator[Outcome]:
    """One outcome for each case, in their order."""
    known = tuple(gaps)
    for case in cases:
        yield Outcome(case, failure_of(case, ENGINES[engine]), gap_of(case, engine, known))


def _failure_by_error(case: Case, message: str) -> str | None:
    if case.error is None:
        return message.replace("\n", "; ")
    if case.error in message:
        return None
    return f"expected an error that names {case.error!r}, got: {message}"


def _last_step(case: Case) -> str:
    """Differences show behind the last step: `step 2 (derive)`."""
    steps = [line.strip() for line in case.recipe.split("\n") if line.strip()]
    return f"step {len(steps)} ({steps[-1].split()[0]})" if steps else "no step"

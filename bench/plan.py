"""How long a recipe of 60 steps over 60 columns takes from text to SQL; no data is touched."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from gristmill.engines.duckdb.session import Session
from gristmill.language.parser import parse
from gristmill.recipe.compile import Compiled, compile_job
from gristmill.recipe.job import Job, RecipeText, Source, SourceColumn
from gristmill.recipe.output import text_plan
from gristmill.transforms.environment import Environment
from gristmill.transforms.registry import TRANSFORMS
from gristmill.types.logical import BOOLEAN, DECIMAL, INTEGER, STRING, LogicalType

STEPS, COLUMNS, RUNS, BOUND = 60, 60, 20, 60.0
DAY = LogicalType("Datetime", "yy-mm-dd", "yyyy*mm*dd")
KINDS = (("n", INTEGER), ("x", DECIMAL), ("s", STRING), ("d", DAY), ("t", STRING), ("b", BOOLEAN))
Made = TypeVar("Made")

# One of each in turn; {i} is the number of the round, so that every round works on other columns.
STEP_KINDS = (
    "derive type: single value: n{i} * x{i} + 1 as: 'amount {i}'",
    "derive type: single value: ROUND(x{i} / 3, 2) as: 'share {i}'",
    "set col: s{i} value: UPPER($col)",
    "replacepatterns col: t{i} with: '' on: `{{digit}}+` global: true",
    "derive type: single value: IF(n{i} > 10, LEFT(s{i}, 3), t{i}) as: 'code {i}'",
    "textformat col: t{i} type: lowercase",
    "derive type: single value: DATEFORMAT(d{i}, 'yyyy-MM') as: 'month {i}'",
    "rename type: manual mapping: [b{i},'flag {i}']",
    "derive type: single value: MERGE([s{i}, t{i}], '-') as: 'key {i}'",
    "filter type: custom rowType: single row: n{i} >= 0 || ISMISSING([n{i}]) action: Keep",
)


def recipe() -> str:
    """The text of the steps."""
    return "\n".join(STEP_KINDS[number % 10].format(i=number // 10) for number in range(STEPS))


def job() -> Job:
    """The recipe over a dataset whose columns are known."""
    columns = tuple(SourceColumn(f"{name}{i}", kind) for i in range(COLUMNS // len(KINDS)) for name, kind in KINDS)
    source = Source("data.csv", {"format": "rows"}, columns)
    return Job((source,), (RecipeText("bench", recipe(), "source:0"),), reference_date="2026-01-15T00:00:00Z")


def timed(into: list[float], work: Callable[..., Made], *arguments: object) -> Made:
    """The result of `work`; its milliseconds go `into` the list."""
    started = time.perf_counter()
    result = work(*arguments)
    into.append((time.perf_counter() - started) * 1000)
    return result


def main() -> int:
    """Measure and print; 1 when the bound is broken."""
    subject, text = job(), recipe()
    parsing: list[float] = []
    planning: list[float] = []
    writing: list[float] = []
    with Session(subject) as session:

        def sql(compiled: Compiled) -> str:
            return session.query(text_plan(compiled.rows, Environment(), include_mismatches=False)).sql()

        for _ in range(RUNS):
            timed(parsing, parse, text, TRANSFORMS)
            compiled = timed(planning, compile_job, subject)
            assert not compiled.errors, compiled.errors
            query = timed(writing, sql, compiled)
    plan, lower = statistics.median(planning), statistics.median(writing)
    print(f"{STEPS} steps over {COLUMNS} columns, median of {RUNS}, {len(query):,} characters of SQL")
    print(f"text to plan {plan:.1f} ms (of it parsing {statistics.median(parsing):.1f}), plan to SQL {lower:.1f} ms")
    print(f"together {plan + lower:.1f} ms (bound {BOUND:.0f})")
    return 1 if plan + lower > BOUND else 0


if __name__ == "__main__":
    sys.exit(main())

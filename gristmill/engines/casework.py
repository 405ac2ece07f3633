"""Runs one small case: a recipe over a table in memory, as `gristmill test` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from gristmill.plan.relations import Plan
from gristmill.problems import RecipeError
from gristmill.recipe.compile import compile_job
from gristmill.recipe.job import Job, Limits, RecipeText, Source, SourceColumn
from gristmill.recipe.output import text_plan
from gristmill.transforms.environment import Environment
from gristmill.types.choosing import choose_format
from gristmill.types.inference import infer_type
from gristmill.types.logical import DATETIME, LogicalType, type_named

Cells = Sequence[Sequence[str | None]]
Table = tuple[tuple[str, ...], list[tuple[str | None, ...]]]


class CaseSession(Protocol):
    """What a case needs of an engine."""

    def __enter__(self) -> CaseSession: ...

    def __exit__(self, *_: object) -> None: ...

    def load_rows(self, number: int, names: Sequence[str], rows: Cells) -> None:
        """Make a source of texts that stand in memory."""

    def ask(self, plan: Plan, limit: int) -> list[tuple[str | None, ...]]:
        """The first rows of a plan."""

    def all_rows(self, plan: Plan) -> list[tuple[str | None, ...]]:
        """All rows of a plan, in order."""


def run_case(
    columns: Sequence[str],
    rows: Cells,
    recipe: str,
    *,
    types: Mapping[str, str | Sequence[str]] | None = None,
    params: Mapping[str, str] | None = None,
    inputs: Mapping[str, Mapping[str, object]] | None = None,
    engine: str = "photon",
) -> Table:
    """The table that the recipe makes of the rows: names, and cells as a CSV file shows them.

    Types are inferred as on import, unless `types` forces them. Raises RecipeError or RunError.
    """
    tables = [(list(columns), rows, types or {})]
    tables += [_input(table) for table in (inputs or {}).values()]
    sources = tuple(_source(number, *table) for number, table in enumerate(tables))
    names = {name: f"source:{number}" for number, name in enumerate(inputs or {}, 1)}
    job = Job(
        sources=sources,
        recipes=(RecipeText("case", recipe, "source:0", names),),
        parameters=dict(params or {}),
        reference_date="2026-01-15T00:00:00Z",
    )
    with _session(job, engine) as session:
        for number, (header, cells, _) in enumerate(tables):
            session.load_rows(number, header, cells)
        compiled = compile_job(job, session.ask)
        if compiled.errors:
            raise RecipeError(compiled.errors)
        plan = text_plan(compiled.rows, Environment(ask=session.ask), include_mismatches=False)
        return tuple(name for name, _ in plan.columns), session.all_rows(plan)


def _session(job: Job, engine: str) -> CaseSession:
    """A session of an engine for a case's small tables."""
    if engine == "spark":
        from gristmill.engines.spark.process import TINY
        from gristmill.engines.spark.session import Session as SparkSession

        return SparkSession(replace(job, limits=Limits(master="local[2]")), settings=TINY, in_order=True)
    from gristmill.engines.duckdb.session import Session

    return Session(job)


def _input(table: Mapping[str, object]) -> tuple[list[str], Cells, Mapping[str, str | Sequence[str]]]:
    return list(table["columns"]), table["rows"], table.get("types", {})  # type: ignore[return-value,call-overload]


def _source(number: int, columns: Sequence[str], rows: Cells, types: Mapping[str, str | Sequence[str]]) -> Source:
    described = tuple(
        SourceColumn(name, _type([row[place] for row in rows], types.get(name))) for place, name in enumerate(columns)
    )
    return Source(f"table {number}", {"format": "rows"}, described)


def _type(cells: Sequence[str | None], forced: str | Sequence[str] | None) -> LogicalType:
    if forced is None:
        return infer_type(cells)
    if not isinstance(forced, str):
        return LogicalType.from_list(list(forced))
    named = type_named(forced)
    return choose_format(cells) if named == DATETIME else named

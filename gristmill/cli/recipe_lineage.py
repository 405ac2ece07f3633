"""`gristmill recipe lineage`: where the columns of a result come from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gristmill.cli.complaints import complain
from gristmill.cli.recipe_files import FILE, recipe_text
from gristmill.cli.recipe_jobs import data_options, recipe_job

if TYPE_CHECKING:
    from gristmill.recipe.lineage import ColumnLineage, Lineage, StepDone


@click.command("lineage")
@click.argument("file", type=FILE)
@data_options
@click.option("--column", "columns", multiple=True, metavar="NAME", help="Only this output column.")
@click.option("--format", "form", type=click.Choice(["text", "json", "svg"]), default="text", help="How it is shown.")
def show_lineage(file: Path, inputs: Sequence[str], params: Sequence[str], columns: Sequence[str], form: str) -> int:
    """Print, for each output column of FILE, the input columns and the steps that made or changed it.

    Steps that decide which rows there are, or their order, stand apart with the columns that they look at.

    Example: gristmill recipe lineage revenue.wrangle --input orders.csv --input customers.csv --format svg > l.svg
    """
    from gristmill.engines.duckdb.looking import look_at
    from gristmill.problems import ProblemError
    from gristmill.recipe.tracing import lineage

    job = recipe_job(file, inputs, params)
    try:
        found = _only(columns, look_at(job, lambda looked: lineage(looked.job, looked.compiled)))
    except ProblemError as error:
        return complain(error, recipe_text(file))
    click.echo(_shown(found, form))
    return 0


def _only(names: Sequence[str], found: Lineage) -> Lineage:
    from gristmill.problems import did_you_mean, quoted

    there = [column.name for column in found.columns]
    for name in names:
        if name not in there:
            hint = did_you_mean(name, there)
            raise click.UsageError(f"column not found: {quoted(name)}" + (f". {hint}" if hint else ""))
    kept = tuple(column for column in found.columns if not names or column.name in names)
    return replace(found, columns=kept)


def _shown(found: Lineage, form: str) -> str:
    from gristmill.cli.lineage_picture import picture

    if form == "json":
        return json.dumps(found.as_json(), ensure_ascii=False, indent=2)
    return picture(found) if form == "svg" else "\n".join(_lines(found))


def _lines(found: Lineage) -> Iterator[str]:
    for column in found.columns:
        yield column.name
        yield from _column_lines(column)
    if found.rows:
        yield "(rows)"
    for row in found.rows:
        looked = f" by {_inputs(row.inputs)}" if row.inputs else ""
        yield f"    {_place(row.step)}: {row.step.action}{looked}"


def _column_lines(column: ColumnLineage) -> Iterator[str]:
    yield f"    from {_inputs(column.inputs)}" if column.inputs else "    from no column"
    for (place, action), steps in groupby(column.steps, key=lambda step: (_place(step), step.action)):
        names = ", ".join(step.column for step in steps)
        yield f"    {place}: {action} {names}".rstrip()


def _inputs(inputs: Sequence[tuple[str, str]]) -> str:
    datasets: dict[str, list[str]] = {}
    for dataset, column in inputs:
        datasets.setdefault(dataset, []).append(column)
    return "; ".join(f"{dataset}: {', '.join(names)}" for dataset, names in datasets.items())


def _place(step: StepDone) -> str:
    return f"step {step.number} ({step.transform}), line {step.line}"

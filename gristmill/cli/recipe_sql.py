"""`gristmill recipe to-sql` and `to-python`: a recipe for those who run it without Gristmill."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gristmill.cli.complaints import complain
from gristmill.cli.recipe_files import FILE, recipe_text
from gristmill.cli.recipe_jobs import data_options, recipe_job

if TYPE_CHECKING:
    from gristmill.recipe.job import Job


@click.command("to-sql")
@click.argument("file", type=FILE)
@click.option("--dialect", type=click.Choice(["duckdb", "spark"]), default="duckdb", help="Who is to run it.")
@data_options
def to_sql(file: Path, dialect: str, inputs: Sequence[str], params: Sequence[str]) -> int:
    """Print FILE as SQL that a plain DuckDB or Spark runs over the inputs, with the rows, order and texts of the job.

    Statements end with `;` and an empty line; the last is the query. Steps are fused as in the job. A function that
    SQL cannot say is an error that names it and its step. Where only some texts need more than SQL says, and the
    inputs have none, the query stops with an error as soon as it meets one.

    Example: gristmill recipe to-sql clean.wrangle --input orders.csv > clean.sql && duckdb < clean.sql
    """
    from gristmill.engines.duckdb.looking import look_at
    from gristmill.engines.plain.script import sql_script
    from gristmill.problems import ProblemError

    job = recipe_job(file, inputs, params)
    try:
        script = look_at(job, lambda looked: sql_script(looked, dialect, given_paths(looked.job)))
    except ProblemError as error:
        return complain(error, recipe_text(file))
    click.echo(script.text(), nl=False)
    return 0


@click.command("to-python")
@click.argument("file", type=FILE)
@data_options
def to_python(file: Path, inputs: Sequence[str], params: Sequence[str]) -> int:
    """Print FILE as a Python script that needs duckdb and pandas only, and gives the job's result.

    It defines run_transforms(df), from a pandas frame of the main input to one of the result; run as a program it
    reads the inputs and prints CSV. What it cannot say is an error, as with to-sql.

    Example: gristmill recipe to-python clean.wrangle --input orders.csv > clean.py && python clean.py > clean.csv
    """
    from gristmill.engines.duckdb.looking import look_at
    from gristmill.engines.plain.python import python_script
    from gristmill.problems import ProblemError

    job = recipe_job(file, inputs, params)
    try:
        script = look_at(job, lambda looked: python_script(looked, given_paths(looked.job)))
    except ProblemError as error:
        return complain(error, recipe_text(file))
    click.echo(script, nl=False)
    return 0


def given_paths(job: Job) -> dict[str, str]:
    """How files are called from the present folder on, by their absolute paths."""
    files = [str(file) for source in job.sources for file in source.reading["files"]]
    here = Path.cwd()
    return {file: os.path.relpath(file) if Path(file).is_relative_to(here) else file for file in files}

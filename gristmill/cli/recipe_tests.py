"""Recipe tests as `gristmill test` runs them: the whole job, from files to a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from gristmill.cli.inputs import named_inputs
from gristmill.cli.jobs import file_job, scratch_folder
from gristmill.cli.recipe_files import recipe_text
from gristmill.engines.runner import run
from gristmill.problems import ProblemError, plural
from gristmill.recipe.job import Job, Limits, Sink
from gristmill.testing.cases import CaseFileError, Table
from gristmill.testing.recipes import RecipeTest
from gristmill.testing.tables import differences, shown

CSV = {"header": True, "asSingleFile": True}


@contextmanager
def kept_running(engines: Sequence[str]) -> Iterator[None]:
    """One Spark for all tests within, started for small data: its start takes longer than most tests."""
    if "spark" not in engines:
        yield
        return
    from gristmill.engines.spark.process import TINY, spark_session, stopped_after

    with stopped_after():
        spark_session(Limits(), TINY)
        yield


def run_test(test: RecipeTest, engine: str, *, update: bool = False) -> list[str]:
    """Run a test on an engine: what is wrong, in lines for people; none where all is as expected.

    With `update` what the job writes becomes the expected table.
    """
    with scratch_folder() as scratch:
        output = Path(scratch) / "output.csv"
        try:
            run(_job(test, output, scratch), engine)
        except ProblemError as error:
            return _failure_by_error(test, error)
        if test.error is not None:
            return [f"expected an error that says {test.error!r}, but the job ran"]
        return _judged(test, output, update)


def _job(test: RecipeTest, output: Path, scratch: str) -> Job:
    return file_job(
        test.recipe.stem,
        recipe_text(test.recipe),
        named_inputs(test.inputs),
        (Sink(str(output), "csv", CSV, test.include_mismatches),),
        test.params,
        reference_date=test.reference_date,
        seed=test.seed,
        limits=Limits(scratch=scratch),
    )


def _failure_by_error(test: RecipeTest, error: ProblemError) -> list[str]:
    lines = [problem.text() for problem in error.problems]
    if test.error is None:
        return lines
    if any(test.error in line for line in lines):
        return []
    return [f"expected an error that says {test.error!r}, got:", *lines]


def _judged(test: RecipeTest, output: Path, update: bool) -> list[str]:
    if update:
        _update(test.expected, output.read_bytes())
        return []
    if not test.expected.is_file():
        return [f"no file {test.expected}: write it with --update"]
    expected, found = read_table(test.expected), read_table(output)
    return shown(differences(expected, found, unordered=test.unordered, approx=test.approx))


def _update(file: Path, content: bytes) -> None:
    if not file.is_file() or file.read_bytes() != content:
        file.write_bytes(content)
        click.echo(f"written: {file}")


def read_table(file: Path) -> Table:
    """A CSV file with a header. Raises CaseFileError, which names the line."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            columns = tuple(next(reader, ()))
            rows = []
            for cells in reader:
                cells = cells or [""]  # an empty line is one empty cell
                if len(cells) != len(columns):
                    widths = f"{plural(len(cells), 'cell')} for {plural(len(columns), 'column')}"
                    raise CaseFileError(f"{file}:{reader.line_num}: {widths} of the header")
                rows.append(tuple(cell or None for cell in cells))
    except (csv.Error, UnicodeDecodeError) as error:
        raise CaseFileError(f"{file}: not a CSV file: {error}") from None
    return Table(columns, tuple(rows))

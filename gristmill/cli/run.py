"""`gristmill run`: a recipe over files, without server or database."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gristmill.cli.complaints import complain
from gristmill.cli.recipe_files import FILE, recipe_text

if TYPE_CHECKING:
    from gristmill.cli.inputs import NamedInput
    from gristmill.recipe.job import Job, Sink


@click.command()
@click.argument("recipe", type=FILE)
@click.option("--input", "inputs", multiple=True, required=True, metavar="[NAME=]PATH", help="First: the main input.")
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="A .csv, .tsv, .json, .jsonl, .parquet or .avro file; text also with .gz, .bz2 or .snappy behind.",
)
@click.option("--param", "params", multiple=True, metavar="KEY=VALUE", help="A flow parameter's value.")
@click.option("--engine", type=click.Choice(["photon", "spark"]), default="photon", help="Where the recipe runs.")
@click.option("--include-mismatches", is_flag=True, help="Write cells that do not fit their column's type.")
@click.option("--seed", type=int, help="Makes RAND() repeatable.")
@click.option("-v", "--verbose", is_flag=True, help="Print the run's log on stderr.")
def run(
    recipe: Path,
    inputs: Sequence[str],
    output: Path,
    params: Sequence[str],
    engine: str,
    include_mismatches: bool,
    seed: int | None,
    verbose: bool,
) -> int:
    """Run RECIPE over the inputs and write one file, replacing an existing one.

    Other datasets that the recipe names (join, lookup, union) are inputs of that NAME. The default NAME is the file's
    name, with its suffix or, where that is unique, without.

    Example: gristmill run clean.wrangle --input orders.csv --input customers=crm/c.csv --output clean.csv
    """
    from gristmill.cli.inputs import named_inputs
    from gristmill.cli.outputs import written_whole
    from gristmill.cli.progress import watching
    from gristmill.engines.runner import run as run_job
    from gristmill.problems import ProblemError

    text = recipe_text(recipe)
    datasets, values = named_inputs(inputs), pairs(params)
    try:
        with written_whole(output, include_mismatches) as sink, _scratch() as scratch, watching(verbose) as watch:
            job = _job(recipe.stem, text, datasets, sink, values, scratch, seed)
            watch.done(run_job(job, engine, watch))
    except ProblemError as error:
        return complain(error, text)
    return 0


def _job(
    name: str,
    text: str,
    datasets: Sequence[NamedInput],
    sink: Sink,
    params: dict[str, str],
    scratch: str,
    seed: int | None,
) -> Job:
    from datetime import UTC, datetime

    from gristmill.recipe.job import Job, Limits, RecipeText, Source

    keys = {key: f"source:{index}" for index, dataset in enumerate(datasets) for key in dataset.names}
    return Job(
        sources=tuple(Source(dataset.names[0], dataset.reading) for dataset in datasets),
        recipes=(RecipeText(name, text, "source:0", keys),),
        sinks=(sink,),
        parameters=params,
        reference_date=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        seed=secrets.randbits(62) if seed is None else seed,
        limits=Limits(scratch=scratch),
    )


def pairs(params: Sequence[str]) -> dict[str, str]:
    """Parameters by name. Raises UsageError for what is no KEY=VALUE, and for a name given twice."""
    values: dict[str, str] = {}
    for param in params:
        key, equals, value = param.partition("=")
        if not equals or not key:
            raise click.UsageError(f"expected --param KEY=VALUE, got '{param}'")
        if key in values:
            raise click.UsageError(f"parameter '{key}' is given twice")
        values[key] = value
    return values


@contextmanager
def _scratch() -> Iterator[str]:
    """A folder for what does not fit into memory."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="gristmill-") as folder:
        yield folder

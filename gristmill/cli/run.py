"""`gristmill run`: a recipe over files, without server or database."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path

import click

from gristmill.cli.complaints import complain
from gristmill.cli.home import home_folder
from gristmill.cli.recipe_files import FILE, recipe_text

MANY = 500_000
"""New objects between two looks for garbage: those of one run are modules and plans, and none of them is garbage."""


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
    gc.set_threshold(MANY)
    from gristmill.cli.inputs import named_inputs
    from gristmill.cli.jobs import file_job, pairs, scratch_folder

    text = recipe_text(recipe)
    datasets, values = named_inputs(inputs), pairs(params)

    from gristmill.cli.outputs import written_whole
    from gristmill.cli.progress import watching
    from gristmill.engines.runner import run as run_job
    from gristmill.problems import ProblemError
    from gristmill.recipe.job import Limits

    try:
        with written_whole(output, include_mismatches) as sink, scratch_folder() as scratch, watching(verbose) as watch:
            home = home_folder()
            limits = Limits(scratch=scratch, proofs="" if home is None else str(home / "proofs"))
            job = file_job(recipe.stem, text, datasets, (sink,), values, seed=seed, limits=limits)
            watch.done(run_job(job, engine, watch))
    except ProblemError as error:
        return complain(error, text)
    return 0

"""Jobs of `gristmill recipe …` commands that need data: from `--input`, or from the recipe's own test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gristmill.cli.recipe_files import recipe_text

if TYPE_CHECKING:
    from gristmill.recipe.job import Job

Command = TypeVar("Command", bound=Callable[..., Any])


def data_options(command: Command) -> Command:
    """The options that say on what data a recipe works."""
    inputs = click.option(
        "--input",
        "inputs",
        multiple=True,
        metavar="[NAME=]PATH",
        help="First: the main input; else the recipe test's.",
    )
    params = click.option("--param", "params", multiple=True, metavar="KEY=VALUE", help="A flow parameter's value.")
    return inputs(params(command))


def recipe_job(file: Path, inputs: Sequence[str], params: Sequence[str]) -> Job:
    """The job of a recipe file. Without inputs, those of the recipe test in its folder.

    Raises UsageError where there is no such test: names and types of columns come from data.
    """
    from gristmill.cli.inputs import named_inputs
    from gristmill.cli.jobs import file_job, pairs
    from gristmill.testing.cases import CaseFileError
    from gristmill.testing.recipes import is_recipe_test, read_recipe_test

    values = pairs(params)
    if inputs:
        return file_job(file.stem, recipe_text(file), named_inputs(inputs), params=values, seed=0)
    if not is_recipe_test(file.parent):
        raise click.UsageError("the columns of the inputs are not known: give --input [NAME=]PATH")
    try:
        test = read_recipe_test(file.parent)
    except CaseFileError as error:
        raise click.UsageError(str(error)) from None
    datasets = named_inputs(test.inputs)
    return file_job(
        file.stem,
        recipe_text(file),
        datasets,
        params={**test.params, **values},
        reference_date=test.reference_date,
        seed=test.seed,
    )

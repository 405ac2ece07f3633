"""`gristmill recipe`: recipe texts read, written canonically, compared, traced and written in other languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gristmill.cli.complaints import complain, say, show
from gristmill.cli.formatting import format_files
from gristmill.cli.recipe_files import FILE, read_recipe, recipe_text
from gristmill.cli.recipe_lineage import show_lineage
from gristmill.cli.recipe_sql import to_python, to_sql
from gristmill.cli.recipe_tasks import from_tasks, to_tasks

if TYPE_CHECKING:
    from gristmill.language.tree import AnyStep


@click.group()
def recipe() -> None:
    """Look at recipes and turn them into other forms."""


@recipe.command()
@click.argument("file", type=FILE)
@click.option("--input", "inputs", multiple=True, metavar="[NAME=]PATH", help="First: the main input.")
@click.option("--param", "params", multiple=True, metavar="KEY=VALUE", help="A flow parameter's value.")
def check(file: Path, inputs: Sequence[str], params: Sequence[str]) -> int:
    """Print FILE in its canonical form; say with line and column what is wrong with it.

    Steps, parameters, functions and their arguments are checked, nothing runs. With inputs, of which only the columns
    are looked at, names of columns and datasets are checked too.

    Example: gristmill recipe check clean.wrangle --input orders.csv
    """
    from gristmill.cli.inputs import named_inputs
    from gristmill.cli.jobs import pairs
    from gristmill.editor.checking import problems_of
    from gristmill.language.printer import print_recipe
    from gristmill.problems import ProblemError

    text = recipe_text(file)
    try:
        problems = problems_of(file, text, named_inputs(inputs), pairs(params))
    except ProblemError as error:
        return complain(error, text)
    show(problems, text)
    if any(problem.severity == "error" for problem in problems):
        return 2
    click.echo(print_recipe(read_recipe(text)[0]).rstrip("\n"))
    return 0


@recipe.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
def diff(old: Path, new: Path) -> int:
    """Print the steps that NEW removes (-), adds (+) and changes (~), with the parameters that differ.

    Spelling, blanks and the order of parameters make no difference. Exit codes: 0 equal, 1 different, 2 a recipe
    cannot be read.

    Example: gristmill recipe diff yesterday.wrangle today.wrangle
    """
    from gristmill.cli.difference import differences

    before, after = _steps(old), _steps(new)
    if before is None or after is None:
        return 2
    lines = list(differences(before, after))
    for line in lines:
        click.echo(line)
    return 1 if lines else 0


def _steps(file: Path) -> tuple[AnyStep, ...] | None:
    """The steps of a recipe; None, with the reasons on stderr, where one cannot be read."""
    text = recipe_text(file)
    recipe, problems = read_recipe(text)
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return recipe.steps
    say(f"{file}:")
    show(errors, text)
    return None


for command in (format_files, show_lineage, to_python, to_sql, to_tasks, from_tasks):
    recipe.add_command(command)

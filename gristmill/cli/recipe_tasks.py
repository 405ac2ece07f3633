"""`gristmill recipe to-tasks` and `from-tasks`: recipe texts and the product's task trees."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gristmill.cli.complaints import show
from gristmill.cli.recipe_files import FILE, read_recipe, recipe_text


@click.command("to-tasks")
@click.argument("file", type=FILE)
def to_tasks(file: Path) -> int:
    """Print the recipe FILE as the JSON task trees that flow packages hold.

    `steps` are as in the nested packages, the hidden loads of the inputs included; `inputs` names the dataset behind
    each port.

    Example: gristmill recipe to-tasks clean.wrangle > clean.json
    """
    from gristmill.recipe.tasks.writing import write_recipe

    text = recipe_text(file)
    recipe, problems = read_recipe(text)
    show(problems, text)
    if any(problem.severity == "error" for problem in problems):
        return 2
    click.echo(json.dumps(write_recipe(recipe).as_json(), ensure_ascii=False, indent=2))
    return 0


@click.command("from-tasks")
@click.argument("file", type=FILE)
def from_tasks(file: Path) -> int:
    """Print the recipe that the task trees in FILE stand for.

    FILE holds what `to-tasks` prints, a recipe of a nested package, or a list of tasks. A step without text form is
    printed as `task json: …`, and told on stderr.

    Example: gristmill recipe from-tasks clean.json > clean.wrangle
    """
    from gristmill.language.printer import print_recipe
    from gristmill.recipe.packages.documents import read_document

    read = read_document(recipe_text(file))
    show(read.problems)
    click.echo(print_recipe(read.recipe), nl=False)
    return 0

"""`gristmill recipe check`: does a recipe's text read, and how is it written canonically?"""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli.complaints import show

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def recipe() -> None:
    """Look at recipe texts."""


@recipe.command()
@click.argument("file", type=FILE)
def check(file: Path) -> int:
    """Print FILE in its canonical form; say with line and column what cannot be read.

    Only the syntax is looked at: columns, datasets and functions may be anything.

    Example: gristmill recipe check clean.wrangle
    """
    from gristmill.language.parser import parse
    from gristmill.language.printer import print_recipe
    from gristmill.transforms.registry import TRANSFORMS

    text = recipe_text(file)
    tree, problems = parse(text, TRANSFORMS)
    show(problems, text)
    if any(problem.severity == "error" for problem in problems):
        return 2
    click.echo(print_recipe(tree).rstrip("\n"))
    return 0


def recipe_text(file: Path) -> str:
    """The text of a recipe file, without a byte order mark. Raises UsageError unless it is UTF-8."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"'{file}' is not UTF-8 at byte {error.start}") from None

"""Recipe files as commands read them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gristmill.language.tree import Recipe
    from gristmill.problems import Problem

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def recipe_text(file: Path) -> str:
    """The text of a recipe file, without a byte order mark. Raises UsageError unless it is UTF-8."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"'{file}' is not UTF-8 at byte {error.start}") from None


def read_recipe(text: str) -> tuple[Recipe, list[Problem]]:
    """The steps of a recipe by the grammar of the declared transforms, and what is wrong with the text."""
    from gristmill.language.parser import parse
    from gristmill.transforms.registry import TRANSFORMS

    return parse(text, TRANSFORMS)

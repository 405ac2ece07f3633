"""Recipes that give a dataset its structure themselves (api 3.5, transforms 8.1)."""

from __future__ import annotations

from gristmill.recipe.job import Job

NAMING = "header"


def names_itself(job: Job, source: int) -> bool:
    """Whether a recipe on the source begins by naming its columns with a row: then reading must not do so before."""
    return any(recipe.main == f"source:{source}" and first_transform(recipe.text) == NAMING for recipe in job.recipes)


def first_transform(text: str) -> str | None:
    """The first word of the first step that is no comment, in lower case."""
    for line in text.splitlines():
        words = line.split()
        if words and not words[0].startswith(("//", "--")):
            return words[0].lower()
    return None

"""Recipes that give a dataset its structure themselves (api 3.5, transforms 8.1)."""

from __future__ import annotations

import re
from dataclasses import replace

from gristmill.recipe.job import Job, Source, SourceColumn
from gristmill.types.logical import STRING

NAMING, BREAKING = "header", "splitrows"
WHOLE_TEXT = "column1"
TEXTUAL = (None, "csv", "json", "excel")
_BREAKS_THE_TEXT = re.compile(rf"{BREAKING}\s+(?:\w+\s*:\s*\S+\s+)*?col\s*:\s*\{{?{WHOLE_TEXT}\b", re.IGNORECASE)


def own_structure(job: Job, source: int) -> str | None:
    """The first step of a recipe on the source where reading must not do that step's work before it.

    `header` names the columns with a row; `splitrows` of `column1` breaks the whole text into rows, as at the head of
    the recipe of a dataset without structure (transforms 8.1).
    """
    texts = [recipe.text for recipe in job.recipes if recipe.main == f"source:{source}"]
    found = (_structuring(text) for text in texts)
    return next((step for step in found if step is not None), None)


def source_for_recipes(job: Job, number: int) -> Source:
    """A source as the job's recipes see it: one column where a recipe breaks up the whole text of its files."""
    source = job.sources[number]
    if source.columns is None or source.reading.get("format") not in TEXTUAL:
        return source
    names = {column.name.casefold() for column in source.columns}
    if WHOLE_TEXT in names or own_structure(job, number) != BREAKING:
        return source
    return replace(source, columns=(SourceColumn(WHOLE_TEXT, STRING),))


def first_transform(text: str) -> str | None:
    """The first word of the first step that is no comment, in lower case."""
    words = _first_step(text).split(None, 1)
    return words[0].lower() if words else None


def _structuring(text: str) -> str | None:
    step = first_transform(text)
    if step == NAMING or (step == BREAKING and _BREAKS_THE_TEXT.match(_first_step(text))):
        return step
    return None


def _first_step(text: str) -> str:
    """The text from the first step that is no comment."""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.strip() and not line.lstrip().startswith(("//", "--")):
            return "".join(lines[number:]).lstrip()
    return ""

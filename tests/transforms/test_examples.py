"""Every example in the reference gives the table that it shows."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gristmill.engines.casework import run_case
from gristmill.recipe.compile import compile_job
from gristmill.recipe.job import Job, RecipeText, Source, SourceColumn
from gristmill.transforms.base import Example
from gristmill.transforms.registry import TRANSFORMS
from gristmill.types.logical import STRING

Cells = tuple[str | None, ...]

EXAMPLES = [
    pytest.param(example, id=f"{name}-{number}")
    for name in TRANSFORMS
    for number, example in enumerate(TRANSFORMS[name].examples, 1)
]
# what an example cannot show: steps over other datasets, and steps that do nothing or only fail
WITHOUT = {"join", "lookup", "union", "comment", "load", "macro", "udf"}


def rows_of(table: Mapping[str, Cells]) -> list[Cells]:
    return [tuple(cell or None for cell in row) for row in zip(*table.values(), strict=True)]


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_gives_its_table(example: Example) -> None:
    names, rows = run_case(list(example.before), list(zip(*example.before.values(), strict=True)), example.step)
    assert (names, [tuple(cell or None for cell in row) for row in rows]) == (
        tuple(example.after),
        rows_of(example.after),
    )


@pytest.mark.parametrize("known", [True, False], ids=["columns known", "columns unknown"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_example_is_checked_without_data(example: Example, known: bool) -> None:
    columns = tuple(SourceColumn(name, STRING) for name in example.before) if known else None
    source = Source("table", {"format": "rows"}, columns)
    job = Job(sources=(source,), recipes=(RecipeText("r", example.step, "source:0", {}),))
    assert [problem.text() for problem in compile_job(job).errors] == []


@pytest.mark.parametrize("name", [name for name in TRANSFORMS if TRANSFORMS[name].built])
def test_every_built_transform_has_an_example(name: str) -> None:
    assert bool(TRANSFORMS[name].examples) is (name not in WITHOUT)


@pytest.mark.parametrize("name", list(TRANSFORMS))
def test_every_transform_says_what_it_does(name: str) -> None:
    text = (TRANSFORMS[name].__doc__ or "").split("\n\n")[0].strip()
    assert text.endswith((".", ":")) and text[0].isupper()

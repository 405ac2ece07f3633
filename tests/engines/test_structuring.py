"""A recipe that names its columns with a row gets the rows as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from gristmill.engines.runner import run
from gristmill.recipe.job import Job, RecipeText, Sink, Source
from gristmill.recipe.structuring import first_transform
from gristmill.storage.reading import Reading


def test_header_in_the_recipe_means_no_header_on_import(tmp_path: Path) -> None:
    data, target = tmp_path / "in.csv", tmp_path / "out.csv"
    data.write_text("name,amount\na,1\nb,2\n")
    job = Job(
        (Source("in", Reading.of_file(data).as_json()),),
        (RecipeText("r", "// names\nheader\nsort order: -amount", "source:0"),),
        (Sink(str(target), "csv", {"header": True, "asSingleFile": True}),),
    )
    run(job)
    assert target.read_text() == "name,amount\nb,2\na,1\n"


@pytest.mark.parametrize(
    ("text", "first"),
    [("header", "header"), ("//c\n\n  Header sanitize: true", "header"), ("drop col: a", "drop"), ("", None)],
)
def test_first_transform(text: str, first: str | None) -> None:
    assert first_transform(text) == first

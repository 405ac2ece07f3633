"""A recipe that names its columns, or breaks the text into rows, gets what it needs for that."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from gristmill.engines.runner import run
from gristmill.recipe.job import Job, RecipeText, Sink, Source
from gristmill.recipe.structuring import first_transform
from gristmill.storage.reading import Reading
from tests.engines.file_runs import csv_text, records

STEPS = r"""// as the product structures a comma file
splitrows col: column1 on: '\n' quote: '\"' quoteEscapeChar: '\"'
split type: on col: column1 on: ',' limit: 1 quote: '\"'
replace col: * with: '\"' on: '\"\"' global: true
replace col: * with: '' on: `{start}"|"{end}` global: true
header
"""


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


@pytest.mark.parametrize(
    "text", ['a,b\n1,"x\ny"\n2,"say ""z"""\n', "\ufeffa,b\r\n1,x\r\n", "a,b\n1,2\n5,6\n7,8\n9,0\n3\n"]
)
def test_a_text_that_the_recipe_breaks_up_is_as_one_that_is_structured(tmp_path: Path, text: str) -> None:
    data = tmp_path / "in.csv"
    data.write_bytes(text.encode())
    assert csv_text(data, recipe=STEPS, header=True) == csv_text(data, header=True)


def test_json_lines_are_broken_up_too(tmp_path: Path) -> None:
    data = tmp_path / "in.json"
    data.write_text('{"a":1.50,"b":"x"}\n{"a":2}\n')
    steps = "splitrows col: column1 on: '\\n' quote: '\"' quoteEscapeChar: '\\\\'\nunnest col: column1 keys: 'a','b'\n"
    assert csv_text(data, recipe=steps + "drop col: column1", header=True) == "a,b\n1.50,x\n2,\n"


def test_a_sheet_is_a_text_too(tmp_path: Path) -> None:
    data = tmp_path / "in.xlsx"
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["plan", date(2020, 3, 1)], ['a,"b"', 1.5], [None, 2]):
        book.active.append(row)
    book.save(data)
    assert csv_text(data, recipe=STEPS, header=True) == 'plan,3/1/2020\n"a,""b""",1.5\n,2\n'


def test_a_column_of_that_name_is_a_column(tmp_path: Path) -> None:
    data = tmp_path / "in.csv"
    data.write_text("column1,k\nx;y,1\n")
    assert records(data, recipe="splitrows col: column1 on: ';'") == [
        {"column1": "x", "k": 1}, {"column1": "y", "k": 1},
    ]  # fmt: skip
    data.write_text("notes,k\nx;y,1\n")
    assert [row["k"] for row in records(data, recipe="splitrows col: notes on: ';'")] == [1, 1]

"""Types that an administrator declares (types 12)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gristmill.engines.casework import run_case
from gristmill.problems import RecipeError
from gristmill.recipe.job import Job
from gristmill.types import custom
from gristmill.types.custom import CustomTypeError, read_document
from gristmill.types.inference import infer_type
from gristmill.types.logical import LogicalType, declare_types, type_named, type_names
from gristmill.types.validation import is_valid

DAY: dict[str, Any] = {
    "name": "DayOfWeek",
    "prettyName": "Day of Week",
    "category": "Date/Time",
    "defaultProbability": 1e-15,
    "testCase": {"stripWhitespace": True, "regexes": ["^(mon|tue|wed)$", "^(monday|tuesday)$"], "probability": 0.001},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of types, forgotten afterwards."""
    monkeypatch.setattr(custom, "_declared", {})
    return tmp_path


def _declare(folder: Path, *documents: dict[str, Any]) -> None:
    for document in documents:
        (folder / f"{document['name']}.json").write_text(json.dumps(document))
    declare_types(folder)


def test_a_cell_is_valid_if_any_expression_finds_it(folder: Path) -> None:
    _declare(folder, DAY, {"name": "HasDigit", "testCase": {"stripWhitespace": False, "regexes": ["[0-9]"]}})
    day, digit = type_named("dayofweek"), type_named("HasDigit")
    assert [is_valid(text, day) for text in ("mon", " tuesday\t", "Mon", "mondays", "", " ")] == [
        True, True, False, False, False, False,
    ]  # fmt: skip
    assert [is_valid(text, digit) for text in ("a1b", "ab", " 1 ")] == [True, False, True]


def test_a_dictionary_is_a_list_of_texts(folder: Path) -> None:
    (folder / "colours.txt").write_text("red\nGreen\n\n dark blue \n", encoding="utf-8")
    _declare(
        folder,
        {"name": "Colour", "file": "colours.txt", "ignoreCase": True},
        {"name": "Size", "values": ["S", "M", "L"], "stripWhitespace": False},
    )
    colour, size = type_named("Colour"), type_named("Size")
    assert [is_valid(text, colour) for text in ("RED", "green", "dark blue ", "blue")] == [True, True, True, False]
    assert [is_valid(text, size) for text in ("S", "s", " S")] == [True, False, False]


def test_recipes_use_it(folder: Path) -> None:
    _declare(folder, DAY)
    recipe = (
        "settype col: d type: 'DayOfWeek'\n"
        "derive type: single value: ISMISMATCHED(d, ['DayOfWeek']) as: 'odd'\n"
        "derive type: single value: IFMISMATCHED(e, ['DayOfWeek'], 'none') as: 'day'"
    )
    columns, rows = run_case(["d", "e"], [["mon", "tue"], ["x", "y"], [None, ""]], recipe)
    assert list(columns) == ["d", "odd", "e", "day"]
    assert [list(row) for row in rows] == [
        ["mon", "false", "tue", "tue"], [None, "true", "y", "none"], [None, "false", "", ""],
    ]  # fmt: skip


def test_likely_ones_are_inferred_after_all_others(folder: Path) -> None:
    _declare(folder, DAY, {"name": "Any", "testCase": {"regexes": ["."], "probability": 1e-5}})
    assert infer_type(["mon", "tue", "mon", "wed", "x"]) == LogicalType("DayOfWeek")
    assert infer_type(["x", "y"]) == LogicalType("String")
    _declare(folder, {"name": "Digits", "testCase": {"regexes": ["^[0-9]+$"], "probability": 0.5}})
    assert infer_type(["1", "2"]) == LogicalType("Integer")


def test_a_job_carries_them_to_its_engine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _declare(folder, DAY)
    document = Job((), ()).as_json()
    monkeypatch.setattr(custom, "_declared", {})
    assert "DayOfWeek" not in type_names()
    Job.from_json(document)
    assert is_valid("mon", type_named("DayOfWeek"))
    assert read_document(document["types"][0]).as_json() == document["types"][0]


def test_without_a_declaration_a_recipe_is_invalid(folder: Path) -> None:
    _declare(folder, DAY)
    with pytest.raises(RecipeError, match="invalid value 'DayOfWek' for type"):
        run_case(["d"], [["mon"]], "settype col: d type: 'DayOfWek'")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Expecting property name"),
        ("[]", "expected an object"),
        ('{"values": ["a"]}', "name: expected a text"),
        ('{"name": "Integer", "values": ["a"]}', "there is a type named 'Integer' already"),
        ('{"name": "email", "values": ["a"]}', "there is a type named 'email' already"),
        ('{"name": "A"}', "needs testCase.regexes, or values or file"),
        ('{"name": "A", "values": []}', "values or file: a list of texts"),
        ('{"name": "A", "file": "none.txt"}', "No such file"),
        ('{"name": "A", "values": ["a"], "ignoreCase": 1}', "ignoreCase: expected true or false"),
        ('{"name": "A", "testCase": []}', "testCase: expected an object"),
        ('{"name": "A", "testCase": {"regexes": ["(a"]}}', "testCase.regexes: '(a': missing )"),
        ('{"name": "A", "testCase": {"regexes": ["a"], "probability": "1"}}', "probability: expected a number"),
    ],
)
def test_a_broken_file_is_named(folder: Path, text: str, said: str) -> None:
    (folder / "broken.json").write_text(text)
    with pytest.raises(CustomTypeError) as error:
        declare_types(folder)
    assert str(error.value).startswith(f"{folder / 'broken.json'}: ")
    assert said in str(error.value)

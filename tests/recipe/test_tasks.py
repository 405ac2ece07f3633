"""Task trees: every step comes back, whatever it holds; what they cannot say is kept as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from gristmill.language import tree
from gristmill.language.parser import parse
from gristmill.language.printer import print_recipe, print_step
from gristmill.recipe.tasks.reading import ReadRecipe, canonical_step, read_recipe
from gristmill.recipe.tasks.writing import WrittenRecipe, write_recipe
from gristmill.transforms.registry import TRANSFORMS
from tests.language.trees import recipes

CASES = [
    json.loads(line)
    for path in sorted((Path(__file__).parents[1] / "cases").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
    if line.strip()
]
FLAWLESS = [case for case in CASES if "error" not in case["expect"]]


def steps_of(text: str, *datasets: str) -> tree.Recipe:
    recipe, problems = parse(text, TRANSFORMS, datasets)
    assert [problem for problem in problems if problem.severity == "error"] == []
    return recipe


def read_back(written: WrittenRecipe) -> ReadRecipe:
    """What the tasks say after a way through JSON."""
    document = json.loads(json.dumps(written.as_json()))
    ports = {int(port): name for port, name in document["inputs"].items() if name is not None}
    artifacts = {int(number): pairs for number, pairs in document.get("artifacts", {}).items()}
    return read_recipe([step["task"] for step in document["steps"]], ports, artifacts)


def expected(step: tree.AnyStep) -> tree.AnyStep:
    if not isinstance(step, tree.Step):
        return step
    step = canonical_step(step)
    match step:
        case tree.Step("comment", (tree.Parameter("comment", (tree.Text(value=text),)),)) if (
            "\n" not in text and text[-1:] != "\r"
        ):
            return tree.Comment(text)
    return step


@pytest.mark.slow
@given(recipes)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_recipe_comes_back(recipe: tree.Recipe) -> None:
    written = write_recipe(recipe)
    loads = [task for task in written.tasks if task["type"] != "Load"]
    for before, task, after in zip(recipe.steps, loads, read_back(written).recipe.steps, strict=True):
        if task["type"] == "Unreadable":  # its text is kept
            assert isinstance(before, tree.Step)
            assert task["parameters"]["text"]["value"] == print_step(before)
        else:
            assert after == expected(before)


@pytest.mark.parametrize("case", FLAWLESS, ids=[case["id"] for case in FLAWLESS])
def test_recipes_of_cases_come_back(case: dict[str, Any]) -> None:
    recipe = steps_of(case["recipe"], *case.get("inputs", ()))
    written = write_recipe(recipe)
    assert "Unreadable" not in [task["type"] for task in written.tasks]
    again = read_back(written)
    assert again.recipe.steps == tuple(map(expected, recipe.steps))
    assert again.problems == ()
    assert steps_of(print_recipe(again.recipe), *again.datasets) == again.recipe


def test_empty_lists_are_parameters_that_are_not_given() -> None:
    column = {"kind": "column", "type": "Column", "value": "g", "relation": None}
    average = {"kind": "func", "type": "Average", "parameters": {"col": column | {"value": "v"}}, "as": ["average_v"]}
    lists = {"col": [], "group": [column], "value": [average]}
    parameters = {key: {"kind": "array", "type": "Array", "value": items} for key, items in lists.items()}
    read = read_recipe([{"kind": "task", "type": "Pivot", "parameters": parameters}], {}, {})
    assert print_recipe(read.recipe).strip() == "pivot group: g value: AVERAGE(v)"


@pytest.mark.parametrize(
    ("function", "parameters", "text"),
    [
        ("StartsWith", {"ignore_case": True, "lhs": "a", "rhs": "b"}, "STARTSWITH('a', 'b', true)"),
        ("EndsWith", {"pattern": "b", "col": "a"}, "ENDSWITH('a', 'b')"),
        ("Substitute", {"ignoreCase": False, "col": "a", "on": "b", "with": "c"}, "SUBSTITUTE('a', 'b', 'c', false)"),
    ],
)
def test_parameters_of_functions_are_known_by_name(function: str, parameters: dict[str, Any], text: str) -> None:
    given = {
        key: {"kind": "constant", "type": "Bool" if isinstance(value, bool) else "String", "value": value}
        for key, value in parameters.items()
    }
    called = {"kind": "func", "type": function, "parameters": given}
    read = read_recipe([{"kind": "task", "type": "Derive", "parameters": {"value": called}}], {}, {})
    assert print_recipe(read.recipe).strip() == f"derive value: {text}"

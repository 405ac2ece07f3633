"""Printing is the inverse of reading: for trees of every shape, real recipes, and the recipes of all cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from gristmill.language import tree
from gristmill.language.parser import parse
from gristmill.language.printer import print_expression, print_recipe
from gristmill.transforms.registry import TRANSFORMS
from tests.language.expressions import parse_expression
from tests.language.trees import DATASETS, expressions, recipes
from tests.shared import ABSENT, PACKAGES

REPOSITORY = Path(__file__).parents[2]
REAL = sorted(PACKAGES.rglob("*.wrangle"))
CASES = [
    json.loads(line)
    for path in sorted((REPOSITORY / "tests" / "cases").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
    if line.strip()
]
FLAWLESS = [case for case in CASES if "error" not in case["expect"]]


def assert_round_trip(recipe: tree.Recipe, datasets: tuple[str, ...] = ()) -> None:
    printed = print_recipe(recipe)
    again, problems = parse(printed, TRANSFORMS, datasets)
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert again == recipe
    assert print_recipe(again) == printed


@given(expressions)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_expressions(expression: tree.Expression) -> None:
    assert parse_expression(print_expression(expression)) == expression


@pytest.mark.slow
@given(recipes)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_recipes(recipe: tree.Recipe) -> None:
    assert_round_trip(recipe, DATASETS)


@pytest.mark.parametrize("case", FLAWLESS, ids=[case["id"] for case in FLAWLESS])
def test_recipes_of_cases(case: dict[str, object]) -> None:
    datasets = tuple(case.get("inputs") or ())
    recipe, problems = parse(str(case["recipe"]), TRANSFORMS, datasets)
    assert [problem.text() for problem in problems if problem.severity == "error"] == []
    assert_round_trip(recipe, datasets)


@pytest.mark.parametrize("path", REAL, ids=[path.name for path in REAL])
def test_real_recipes(path: Path) -> None:
    recipe, problems = parse(path.read_text("utf-8"), TRANSFORMS)
    assert [problem.text() for problem in problems if problem.severity == "error"] == []
    assert_round_trip(recipe)


def test_real_recipes_are_there() -> None:
    if not REAL:
        pytest.skip(ABSENT)

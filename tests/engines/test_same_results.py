"""Random recipes give the same table on both engines.

GRISTMILL_RECIPES is how many are tried; `make test` tries few and always the same ones. Another number draws new ones:

    GRISTMILL_RECIPES=500 pytest tests/engines/test_same_results.py
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings

from gristmill.engines.casework import run_case
from gristmill.problems import RecipeError
from gristmill.testing.cases import Table
from gristmill.testing.comparison import difference
from tests.engines.random_recipes import Example, examples

USUAL = 40
RECIPES = int(os.environ.get("GRISTMILL_RECIPES", USUAL))
LAST_DIGITS = 1e-12  # sums, means and deviations of doubles


def _result(example: Example, recipe: str, engine: str) -> Table:
    other = {"columns": ["k", "u"], "rows": [list(row) for row in example.other]}
    columns, rows = run_case(example.columns, example.rows, recipe, inputs={"other": other}, engine=engine)
    return Table(tuple(columns), tuple(map(tuple, rows)))


def _without_errors(example: Example) -> tuple[str, Table]:
    """The recipe without the steps that photon refuses, and its result."""
    steps = example.recipe.split("\n")
    while True:
        recipe = "\n".join(steps)
        try:
            return recipe, _result(example, recipe, "photon")
        except RecipeError as error:
            refused = error.problems[0].step
            assert refused is not None
            del steps[refused - 1]


@pytest.mark.slow
@settings(
    max_examples=RECIPES, deadline=None, derandomize=RECIPES == USUAL, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(examples())
def test_random_recipes_give_the_same(example: Example) -> None:
    recipe, expected = _without_errors(example)
    found = difference(expected, _result(example, recipe, "spark"), approx=LAST_DIGITS)
    assert found is None, f"{found}\n{recipe}"

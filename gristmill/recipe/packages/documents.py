"""Documents with the tasks of one recipe: what the writer gives, a recipe of a nested package, or bare tasks."""

from __future__ import annotations

from typing import Any

from gristmill.recipe.packages.fields import Fields, package_error
from gristmill.recipe.packages.reading import parsed
from gristmill.recipe.tasks.reading import ReadRecipe, ports_by_step, read_recipe


def read_document(text: str) -> ReadRecipe:
    """The recipe in a document's text. A port that the document does not name is called `input 1`, `input 2`, …

    Raises PackageError where there are no tasks in it.
    """
    document = parsed(text)
    steps = document if isinstance(document, list) else Fields.of(document).items("steps")
    fields = Fields({} if isinstance(document, list) else document)
    if not isinstance(document, list) and "steps" not in document:
        raise package_error("this is no recipe: it has no steps")
    tasks = [_task(step) for step in steps]
    inputs = fields.child("inputs")
    ports = {
        port: f"input {port}" for ports in ports_by_step(tasks) for port in ports if str(port) not in inputs.values
    }
    ports |= {int(port): inputs.text(port) for port in inputs.values if port.isdecimal() and inputs.text(port)}
    artifacts = {int(key): _pairs(fields.child("artifacts"), key) for key in fields.child("artifacts").values}
    return read_recipe(tasks, ports, artifacts)


def _task(step: Any) -> Any:
    """The task of a step; a list may also hold the tasks themselves."""
    return step["task"] if isinstance(step, dict) and "task" in step else step


def _pairs(artifacts: Fields, key: str) -> tuple[tuple[str, str], ...]:
    pairs = artifacts.items(key)
    if not key.isdecimal() or not all(isinstance(pair, list) and list(map(type, pair)) == [str, str] for pair in pairs):
        raise package_error(f"{artifacts.where(key)} has to be a list of pairs of texts")
    return tuple((old, new) for old, new in pairs)

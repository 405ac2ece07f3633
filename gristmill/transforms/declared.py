"""Transforms that recipes of the product may hold and that cannot run here (transforms 7.23, 7.25).

They are declared so that such recipes parse, and that the steps are kept as they are. Running one answers
`not supported`.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from gristmill.language import tree
from gristmill.problems import quoted, recipe_error
from gristmill.transforms import parameters as p
from gristmill.transforms.base import Transform
from gristmill.transforms.environment import Environment


class Load(Transform, name="load", title="Load", group="other", built=False):
    """Hidden in packages: where the rows come from. The flow says so here, the step cannot run."""

    location = p.text("where")


class Task(Transform, name="task", title="Foreign step", group="other", built=False):
    """A step of a flow package that the language cannot say, kept word for word. It cannot run here."""

    json = p.text("the step as the package holds it", required=True)

    @classmethod
    def bound(cls, step: tree.Step, env: Environment) -> Transform:
        raise recipe_error("unsupported", f"not supported: step of type {quoted(task_type(step))}", span=step.span)


def task_type(step: tree.Step) -> str:
    """What a foreign step calls itself."""
    task = kept_task(step)
    return str(task.get("type")) if task is not None else "?"


def kept_task(step: tree.Step) -> dict[str, Any] | None:
    """The JSON that a foreign step keeps; None for any other step."""
    match step:
        case tree.Step("task", (tree.Parameter("json", (tree.Text(value=text),)),)):
            with suppress(ValueError, RecursionError):
                task = json.loads(text)
                return task if isinstance(task, dict) else None
    return None


class Macro(Transform, name="macro", title="Macro", group="other", built=False):
    """A saved list of steps. It cannot run; the product writes its steps out where it exports them."""

    macro_name = p.text("name of the macro", key="name")


class Udf(Transform, name="udf", title="User-defined function", group="other", built=False):
    """Call a function that the owner of a server has added. It cannot run here."""

    function = p.text("name of the function", key="name")
    col = p.columns("arguments", required=False)
    args = p.text("more arguments")
    as_ = p.text("name of the new column", key="as")

    @classmethod
    def bound(cls, step: tree.Step, env: Environment) -> Transform:
        raise recipe_error("unsupported", "udf not supported: user-defined functions do not run here", span=step.span)

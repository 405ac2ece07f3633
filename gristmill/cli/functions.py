"""`gristmill functions`: what recipes can say, from the declarations themselves."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gristmill.functions.declare import Function
    from gristmill.transforms.base import Transform

Entry = dict[str, Any]
ENGINES = ("photon", "spark")  # what is built runs on both: `gristmill test --engine both` proves it


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array with all that is declared.")
@click.option("--table", "as_table", is_flag=True, help="Print a Markdown table: what works, what answers what.")
def functions(as_json: bool, as_table: bool) -> None:
    """List every function and transform: signature, what it does, and whether it is built.

    Example: gristmill functions --json | jq '.[] | select(.built | not) | .name'
    """
    if as_json and as_table:
        raise click.UsageError("--json and --table exclude each other")
    if as_table:
        click.echo(works_table())
        return
    if as_json:
        click.echo(json.dumps(entries(), ensure_ascii=False, indent=2))
        return
    for entry in entries():
        click.echo(f"{entry['signature']}{'' if entry['built'] else '   (not built)'}")
        click.echo(f"    {entry['doc']}")


def works_table() -> str:
    """Transforms, then functions, each with `yes` or with what a recipe that uses it is answered, on every engine."""
    lines = [f"| name | kind | group | {' | '.join(ENGINES)} |", f"|---|---|---|{'---|' * len(ENGINES)}"]
    for entry in sorted(entries(), key=lambda entry: (entry["kind"] != "transform", entry["name"])):
        cells = (f"`{entry['name']}`", entry["kind"], entry["group"], *(works(entry) for _ in ENGINES))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def works(entry: Entry) -> str:
    """`yes`, or `no` with the answer that stands in for it."""
    if entry["built"]:
        return "yes"
    return f"no: `{entry['answer']}`" if entry["answer"] else "no"


def entries() -> list[Entry]:
    """Every function and transform as plain values, functions first, by name."""
    return [*_functions(), *_transforms()]


def _functions() -> Iterator[Entry]:
    from gristmill.functions.registry import FUNCTIONS

    for name in sorted(FUNCTIONS):
        if not FUNCTIONS[name].hidden:
            yield _of_function(FUNCTIONS[name])


def _of_function(function: Function) -> Entry:
    return {
        "kind": function.kind.value,
        "name": function.name,
        "group": function.group,
        "signature": function.signature,
        "doc": function.doc,
        "built": any((function.tree, function.batch, function.plan)),
        "answer": None,
        "arguments": [
            {"name": argument.name, "takes": argument.want.value, "required": argument.required, "doc": argument.doc}
            for argument in function.takes
        ],
        "examples": dict(function.examples),
        "basis": function.basis,
    }


def _transforms() -> Iterator[Entry]:
    from gristmill.transforms.registry import TRANSFORMS

    for name in TRANSFORMS:
        yield _of_transform(TRANSFORMS[name])


def _of_transform(transform: type[Transform]) -> Entry:
    parameters = transform.parameters.values()
    words = [f"{item.key}:" if item.required else f"[{item.key}:]" for item in parameters]
    return {
        "kind": "transform",
        "name": transform.name,
        "group": transform.group_name,
        "title": transform.title,
        "signature": " ".join([transform.name, *words]),
        "doc": (inspect.getdoc(transform) or "").split("\n\n")[0].replace("\n", " "),
        "built": transform.built,
        "answer": _answer(transform),
        "arguments": [
            {"name": item.key, "takes": item.kind.value, "required": item.required, "doc": item.doc}
            | ({"words": list(item.words)} if item.words else {})
            for item in parameters
        ],
        "examples": [example.step for example in transform.examples],
    }


def _answer(transform: type[Transform]) -> str | None:
    """What a run is told that reaches a transform which is not built."""
    from gristmill.language.tree import Step
    from gristmill.problems import RecipeError
    from gristmill.transforms.environment import Environment

    if transform.built:
        return None
    try:
        transform.bound(Step(transform.name), Environment())
    except RecipeError as error:
        return error.problems[0].message
    raise AssertionError(f"{transform.name} is not built and binds")

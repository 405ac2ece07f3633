"""`gristmill package`: what a flow package holds, and its recipes as files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gristmill.cli.complaints import show as show_problems
from gristmill.cli.recipe_files import FILE
from gristmill.problems import quoted

if TYPE_CHECKING:
    from gristmill.recipe.packages.flow import Flow, Package
    from gristmill.recipe.packages.recipes import FlowRecipe

Json = dict[str, Any]
LONGEST = 120  # characters of a file's name


@click.group()
def package() -> None:
    """Look into flow packages (.zip or .json) of the product."""


@package.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: all flows with their texts, outputs, parameters.")
def show(file: Path, as_json: bool) -> int:
    """Print what is in the package FILE: datasets, recipes and what feeds them, outputs, parameters.

    Secrets are never printed. Steps that have no text form, and inputs that are gone, are told on stderr.

    Example: gristmill package show flow_11.zip
    """
    flows = _described(_package(file))
    if as_json:
        click.echo(json.dumps([facts for facts, _ in flows], ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join("\n".join(_lines(facts)) for facts, _ in flows))
        _warn(recipe for _, recipes in flows for recipe in recipes)
    return 0


@package.command()
@click.argument("file", type=FILE)
@click.option("--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to fill.")
def recipes(file: Path, output: Path) -> int:
    """Write every recipe of the package FILE as a .wrangle file, and what joins them as flow.json.

    The steps that give imported datasets their structure go into the folder `datasets`. Each of several flows gets a
    folder of its own.

    Example: gristmill package recipes flow_11.zip --output controls && gristmill recipe check controls/*.wrangle
    """
    opened = _package(file)
    folders = _FileNames()
    for flow in opened.flows:
        folder = output if len(opened.flows) == 1 else output / folders.free(flow.name)
        found = _recipes(opened, flow)
        for path in _write(opened, flow, found, folder):
            click.echo(str(path))
        _warn(found)
    return 0


def _package(file: Path) -> Package:
    from gristmill.recipe.packages.reading import read_package
    from gristmill.storage.packages import open_package

    opened = open_package(file.read_bytes())
    return read_package(opened.document, opened.artifacts)


def _recipes(opened: Package, flow: Flow) -> tuple[FlowRecipe, ...]:
    from gristmill.recipe.packages.recipes import flow_recipes

    return flow_recipes(opened, flow)


def _described(opened: Package) -> list[tuple[Json, tuple[FlowRecipe, ...]]]:
    from gristmill.recipe.packages.description import described

    found = [(flow, _recipes(opened, flow)) for flow in opened.flows]
    return [(described(opened, flow, recipes, {}), recipes) for flow, recipes in found]


def _warn(recipes: Iterable[FlowRecipe]) -> None:
    """What the texts lack, with the names of the recipes."""
    problems = [problem for recipe in recipes for problem in recipe.problems]
    show_problems(replace(problem, message=f"{quoted(problem.node)}: {problem.message}") for problem in problems)


# -- writing -------------------------------------------------------------------------------------


def _write(opened: Package, flow: Flow, found: Iterable[FlowRecipe], folder: Path) -> Iterator[Path]:
    from gristmill.recipe.packages.description import described

    found = tuple(found)
    recipes, datasets = _FileNames(), _FileNames()
    files: dict[int, str] = {}
    for recipe in found:
        if recipe.node.wrangled:
            files[recipe.node.id] = recipes.free(recipe.node.name) + ".wrangle"
        elif recipe.text:
            files[recipe.node.id] = f"datasets/{datasets.free(recipe.node.name)}.wrangle"
    texts = {files[recipe.node.id]: recipe.text for recipe in found if recipe.node.id in files}
    texts["flow.json"] = json.dumps(described(opened, flow, found, files), ensure_ascii=False, indent=2) + "\n"
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        yield path


class _FileNames:
    """Names of files made from names that may hold anything; none is given twice, whatever the case."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def free(self, name: str) -> str:
        plain = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', "_", name).strip(" .")[:LONGEST].strip(" .") or "unnamed"
        number, free = 1, plain
        while free.casefold() in self.taken:
            number += 1
            free = f"{plain} ({number})"
        self.taken.add(free.casefold())
        return free


# -- text ----------------------------------------------------------------------------------------


def _lines(facts: Json) -> Iterator[str]:
    """A flow for people: a heading for each kind of thing, a line for each thing."""
    yield f"{facts.get('flow', '')} ({facts['version']})"
    if "description" in facts:
        yield f"    {facts['description']}"
    for heading, line in _SECTIONS.items():
        if facts.get(heading):
            yield heading
            yield from (f"    {line(item)}" for item in facts[heading])


def _dataset_line(item: Json) -> str:
    via = f" ({item['connection']})" if "connection" in item else ""
    return f"{item['name']} ← {item.get('location', '?')}{via}"


def _recipe_line(item: Json) -> str:
    parts = [f"{item['name']}: {item['steps']} step{'' if item['steps'] == 1 else 's'}"]
    parts.append(f"from {item['input']['name']}" if "input" in item else "without input")
    parts += [f"with {name}" for name in item.get("datasets", {})]
    return ", ".join(parts)


def _output_line(item: Json) -> str:
    targets = [f"{file['action']} {file['path']} ({file['format']})" for file in item.get("files", ())]
    targets += [f"{table['action']} {table['table']} ({table['target']})" for table in item.get("tables", ())]
    return f"{item['recipe']} on {item['engine']}: {', '.join(targets) or 'nothing is written'}"


def _parameter_line(item: Json) -> str:
    return f"{item['name']} = {item.get('default', item.get('value'))}"


def _webhook_line(item: Json) -> str:
    return f"{item['name']}: {item.get('method', '')} {item.get('url', '')} ({item.get('event', '')})"


_SECTIONS: dict[str, Callable[[Json], str]] = {
    "datasets": _dataset_line,
    "recipes": _recipe_line,
    "outputs": _output_line,
    "parameters": _parameter_line,
    "overrides": _parameter_line,
    "webhooks": _webhook_line,
    "connections": lambda item: f"{item['name']} ({item['vendor'] or 'unknown vendor'})",
}

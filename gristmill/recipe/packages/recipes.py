"""The recipes of a flow as texts, with the datasets that they name (language 3.4, 9.4, 10.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from gristmill.language.printer import print_recipe
from gristmill.problems import Problem, recipe_error
from gristmill.recipe.packages.flow import Flow, Node, Package
from gristmill.recipe.tasks.nodes import CURRENT, MISSING
from gristmill.recipe.tasks.reading import ReadRecipe, ports_by_step, read_recipe


@dataclass(frozen=True, slots=True)
class FlowRecipe:
    """A node with its steps as text. `main` feeds it, `inputs` are the other datasets by the name in the text."""

    node: Node
    read: ReadRecipe
    main: Node | None
    inputs: Mapping[str, Node]

    @property
    def text(self) -> str:
        """The canonical text; empty where the node has no steps."""
        return print_recipe(self.read.recipe)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Warnings: what could not be said as text, and inputs that no longer exist."""
        found = [] if self.main is not None or not self.node.wrangled else [_lost("the recipe has no input any more")]
        if MISSING in self.read.datasets:
            found.append(_lost("dataset not found: an input of this recipe no longer exists"))
        return tuple(replace(problem, node=self.node.name) for problem in (*found, *self.read.problems))


def _lost(message: str) -> Problem:
    return Problem("unknown-dataset", message, severity="warning")


def flow_recipes(package: Package, flow: Flow) -> tuple[FlowRecipe, ...]:
    """Every node of a flow, in the order in which they can run. Raises RecipeError where they go round."""
    return tuple(_recipe(package, flow, node) for node in in_order(flow))


def _recipe(package: Package, flow: Flow, node: Node) -> FlowRecipe:
    inputs = flow.inputs(node)
    named = dataset_names(node, inputs)
    read = read_recipe(node.tasks, {port: name for port, (name, _) in named.items()}, package.artifacts)
    return FlowRecipe(node, read, inputs.get(None), dict(named.values()))


def dataset_names(node: Node, inputs: Mapping[int | None, Node]) -> dict[int, tuple[str, Node]]:
    """What the text calls the input of each port: the name of its node, numbered where two are called the same.

    One node has one name in all steps; only where a step takes it twice the second has another.
    """
    names: dict[int, tuple[str, Node]] = {}
    given: dict[str, tuple[Node, int]] = {}  # folded names, with the node and the last step that uses it
    for step, ports in enumerate(ports_by_step(node.tasks)):
        for port in ports:
            source = inputs.get(port)
            if source is not None and port not in names:
                name = _free_name(source, step, given)
                given[name.casefold()] = source, step
                names[port] = name, source
    return names


def _free_name(source: Node, step: int, given: Mapping[str, tuple[Node, int]]) -> str:
    reserved = source.name.casefold() in (CURRENT.casefold(), MISSING.casefold())
    number = 2 if reserved else 1
    while True:
        name = source.name if number == 1 else f"{source.name} ({number})"
        holder = given.get(name.casefold())
        if holder is None or (holder[0].id == source.id and holder[1] != step):
            return name
        number += 1


def in_order(flow: Flow) -> list[Node]:
    """The nodes, each behind those that feed it. Raises RecipeError `cycle`."""
    nodes = {node.id: node for node in flow.nodes}
    graph = {node.id: [source.id for source in flow.inputs(node).values()] for node in flow.nodes}
    try:
        return [nodes[number] for number in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        first, second = (nodes[number].name for number in error.args[1][:2])
        raise recipe_error("cycle", f"recipes '{first}' and '{second}' depend on each other") from None

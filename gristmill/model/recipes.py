"""Recipes: the wrangled nodes of a flow, and their text (api 3.7, 6.12). Those of releases are not changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gristmill.language.parser import parse
from gristmill.language.tree import Dataset, Step
from gristmill.language.tree import Recipe as Tree
from gristmill.model.access import Caller, hide, made_by, touch
from gristmill.model.checking import TOO_DEEP, problems_of
from gristmill.model.datasets import Json
from gristmill.model.definition import chain_of, job_of, values_of
from gristmill.model.errors import ConflictError, InvalidError
from gristmill.model.graph import Graph, ensure_input_node, ensure_reference_node, name_of_node, refuse_ring
from gristmill.model.outputs import delete_output_object, output_objects_of
from gristmill.model.released import refuse_released
from gristmill.model.tables import Flow, FlowEdge, FlowNode, ImportedDataset, Recipe
from gristmill.problems import Problem, ProblemError, RecipeError, did_you_mean, quoted
from gristmill.settings import Settings
from gristmill.transforms.registry import TRANSFORMS

Source = ImportedDataset | FlowNode
MISSING_INPUT = "MISSING"
MAX_SCRIPT = 500_000


@dataclass(frozen=True, slots=True)
class Script:
    """A recipe's text, how many steps it has (comments included), and what is wrong with it."""

    text: str
    steps: int
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def create_recipe(session: Session, caller: Caller, flow: Flow, name: str, source: Source) -> FlowNode:
    """Make an empty recipe in `flow` that reads a dataset or another recipe.

    A dataset that is not in the flow is added to it; a recipe of another flow is referenced. Raises ConflictError when
    the flow has a recipe of that name.
    """
    refuse_released(session, flow.id)
    _refuse_taken_name(session, flow.id, name)
    below = node_for(session, caller, flow.id, source)
    node = FlowNode(
        flow_id=flow.id, flow=flow, wrangled=True, recipe=Recipe(name=name, **made_by(caller)), **made_by(caller)
    )
    session.add(node)
    session.flush()
    _connect(session, node, below)
    return node


def change_recipe(
    session: Session, caller: Caller, node: FlowNode, *, name: str | None = None, description: str | None = None
) -> None:
    """Rename or describe a recipe. Raises InvalidError for other nodes, ConflictError for a taken name."""
    recipe = _own_recipe(session, node)
    if name is not None and name != recipe.name:
        _refuse_taken_name(session, node.flow_id, name)
        recipe.name = name
    if description is not None:
        recipe.description = description
    touch(recipe, caller)
    touch(node, caller)


def delete_recipe(session: Session, caller: Caller, node: FlowNode, *, force: bool = False) -> None:
    """Remove a recipe from its flow, with its outputs.

    Raises InvalidError while recipes read it, unless `force` is given: they then lose this input.
    """
    recipe = _own_recipe(session, node)
    readers = Graph(session).readers(node)
    if readers and not force:
        names = ", ".join(quoted(name_of_node(reader)) for reader in readers)
        raise InvalidError(f"recipe {node.id} is read by {names}; delete those first or give force=true")
    for output in output_objects_of(session, [node]):
        delete_output_object(session, caller, output)
    hide(recipe, caller)
    hide(node, caller)


def change_main_input(session: Session, caller: Caller, node: FlowNode, source: Source) -> None:
    """Let a recipe read another dataset or recipe. Raises InvalidError when recipes would depend on each other."""
    _own_recipe(session, node)
    below = node_for(session, caller, node.flow_id, source)
    refuse_ring(session, node, below)
    session.execute(delete(FlowEdge).where(FlowEdge.output_node_id == node.id, FlowEdge.is_primary.is_(True)))
    _connect(session, node, below)
    touch(node, caller)


def read_script(session: Session, settings: Settings, node: FlowNode) -> Script:
    """The text of a recipe with everything that is wrong in it."""
    recipe = _recipe_of(node)
    tree, _ = _parsed(session, node, recipe.script)
    return Script(recipe.script, len(tree.steps), problems_in(session, settings, node))


def write_script(session: Session, settings: Settings, caller: Caller, node: FlowNode, text: str) -> Script:
    """Replace the text of a recipe and connect it to the datasets that the text names.

    Raises RecipeError with everything that is wrong in it; whoever calls must then roll back, so that nothing is
    stored. Errors of recipes upstream do not stop the change.
    """
    recipe = _own_recipe(session, node)
    if len(text) > MAX_SCRIPT:
        raise InvalidError(f"script: {len(text)} characters, at most {MAX_SCRIPT} are permitted")
    tree, problems = _parsed(session, node, text)
    _refuse([problem for problem in problems if problem.severity == "error"])
    if len(tree.steps) > settings.recipes_max_steps:
        raise InvalidError(f"script: {len(tree.steps)} steps, at most {settings.recipes_max_steps} are permitted")
    _connect_named(session, node, tree)
    recipe.script = text
    recipe.revision += 1
    touch(recipe, caller)
    touch(node, caller)
    session.flush()
    found = problems_in(session, settings, node)
    _refuse([problem for problem in found if problem.severity == "error"])
    return Script(text, len(tree.steps), found)


def problems_in(session: Session, settings: Settings, node: FlowNode) -> tuple[Problem, ...]:
    """What is wrong with a recipe, warnings included; not what is wrong upstream of it."""
    try:
        chain = chain_of(session, node)
        found = problems_of(job_of(settings, chain, values_of(session, chain), look_again=True))
    except ProblemError as error:
        found = error.problems
    return tuple(problem for problem in found if problem.node in (None, name_of_node(node)))


def validation_of(session: Session, settings: Settings, recipes: Sequence[FlowNode]) -> list[Json]:
    """The errors of each recipe, in the given order (api 3.6)."""
    return [
        {
            "flowId": node.flow_id,
            "flowNodeId": node.id,
            "recipeId": node.recipe_id,
            "name": name_of_node(node),
            "errors": [item.as_json() for item in problems_in(session, settings, node) if item.severity == "error"],
        }
        for node in recipes
    ]


def _own_recipe(session: Session, node: FlowNode) -> Recipe:
    """The recipe of a node that may be changed."""
    refuse_released(session, node.flow_id)
    return _recipe_of(node)


def _recipe_of(node: FlowNode) -> Recipe:
    if not node.wrangled or node.recipe is None:
        raise InvalidError(f"node {node.id} is no recipe")
    return node.recipe


def _parsed(session: Session, node: FlowNode, text: str) -> tuple[Tree, list[Problem]]:
    try:
        return parse(text, TRANSFORMS, _names_in_flow(session, node))
    except RecursionError:
        raise RecipeError(TOO_DEEP) from None


def _refuse(errors: Sequence[Problem]) -> None:
    if errors:
        raise RecipeError(errors)


def _refuse_taken_name(session: Session, flow_id: int, name: str) -> None:
    if name in recipe_names(session, flow_id):
        raise ConflictError(f"flow {flow_id} has a recipe {quoted(name)} already")


def recipe_names(session: Session, flow_id: int) -> set[str]:
    """The names of the recipes of a flow."""
    names = select(Recipe.name).join(FlowNode, FlowNode.recipe_id == Recipe.id)
    return set(
        session.scalars(
            names.where(FlowNode.flow_id == flow_id, FlowNode.wrangled.is_(True), FlowNode.deleted_at.is_(None))
        )
    )


def node_for(session: Session, caller: Caller, flow_id: int, source: Source) -> FlowNode:
    """The node of a flow that stands for a dataset or a recipe; added when the flow does not have it."""
    if isinstance(source, ImportedDataset):
        return ensure_input_node(session, caller, flow_id, source)
    return source if source.flow_id == flow_id else ensure_reference_node(session, caller, flow_id, source)


def _connect(session: Session, node: FlowNode, source: FlowNode, alias: str | None = None) -> None:
    session.add(
        FlowEdge(
            flow_id=node.flow_id,
            input_node_id=source.id,
            output_node_id=node.id,
            is_primary=alias is None,
            alias=alias,
        )
    )
    session.flush()


# -- the datasets that a text names --------------------------------------------------------------


def _names_in_flow(session: Session, node: FlowNode) -> tuple[str, ...]:
    graph = Graph(session)
    aliases = (edge.alias for edge, _ in graph.inputs(node) if edge.alias is not None)
    return tuple(dict.fromkeys((*aliases, *(name_of_node(other) for other in graph.nodes(node.flow_id)))))


def _connect_named(session: Session, node: FlowNode, tree: Tree) -> None:
    graph = Graph(session)
    named = {dataset.name: (step, dataset) for step, dataset in _datasets_in(tree)}
    targets = {name: _target(graph, node, name) for name in named}
    missing = [_unknown(graph, node, tree, *named[name]) for name, target in targets.items() if target is None]
    _refuse(missing)
    session.execute(delete(FlowEdge).where(FlowEdge.output_node_id == node.id, FlowEdge.is_primary.is_(False)))
    for name, target in targets.items():
        if target is not None:
            _connect(session, node, target, name)


def _datasets_in(tree: Tree) -> Iterator[tuple[Step, Dataset]]:
    for step in tree.steps:
        if isinstance(step, Step):
            for parameter in step.parameters:
                for value in parameter.values:
                    if isinstance(value, Dataset) and value.name != MISSING_INPUT:
                        yield step, value


def _target(graph: Graph, node: FlowNode, name: str) -> FlowNode | None:
    """What `name` means in the text of `node`: an input that it has under this name already, else a recipe of the flow
    that does not read `node`, else a dataset or reference of the flow. None where the flow has nothing of that name.
    """
    for edge, source in graph.inputs(node):
        if edge.alias == name:
            return source
    same = [other for other in graph.nodes(node.flow_id) if name_of_node(other) == name and other.id != node.id]
    same.sort(key=lambda other: not other.wrangled)
    return next((other for other in same if not graph.depends(other, node)), None)


def _unknown(graph: Graph, node: FlowNode, tree: Tree, step: Step, dataset: Dataset) -> Problem:
    others = [name_of_node(other) for other in graph.nodes(node.flow_id) if other.id != node.id]
    if dataset.name in others:
        names = f"{quoted(name_of_node(node))} and {quoted(dataset.name)}"
        problem = Problem("cycle", f"recipes {names} depend on each other", span=dataset.span)
    else:
        hint = did_you_mean(dataset.name, others)
        problem = Problem("unknown-dataset", f"dataset not found: {quoted(dataset.name)}", hint=hint, span=dataset.span)
    return problem.at(tree.steps.index(step) + 1, step.transform)

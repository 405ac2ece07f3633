"""From the graph of a flow to the job that an engine runs: recipe texts, their inputs, their sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from gristmill.model.clock import SECOND, now
from gristmill.model.graph import Graph, name_of_node
from gristmill.model.parameter_values import Definition, defaults_of
from gristmill.model.resolving import Resolved, resolve
from gristmill.model.sources import Swaps, source_of
from gristmill.model.tables import FlowNode, ImportedDataset
from gristmill.problems import Problem, RecipeError, quoted
from gristmill.recipe.job import Job, Limits, RecipeText
from gristmill.settings import Settings


@dataclass(frozen=True, slots=True)
class Chain:
    """A recipe with everything that it needs, inputs before those who read them.

    `recipes` ends with the recipe that runs. `flow_ids` begins with its flow.
    """

    recipes: tuple[RecipeText, ...]
    datasets: tuple[ImportedDataset, ...]
    flow_ids: tuple[int, ...]

    def definitions(self) -> list[Definition]:
        """Names and defaults of the parameters in the paths of the sources."""
        return [item for dataset in self.datasets for item in defaults_of(dataset.run_parameters)]


def chain_of(session: Session, node: FlowNode) -> Chain:
    """The recipe `node` with the recipes and datasets upstream of it.

    Raises RecipeError when recipes depend on each other or the main input of one is gone.
    """
    graph = Graph(session)
    nodes = graph.upstream(node)
    datasets = [above for above in nodes if above.imported_dataset is not None]
    recipes = [above for above in nodes if above.wrangled]
    places = {source.id: f"source:{index}" for index, source in enumerate(datasets)}
    places |= {recipe.id: f"recipe:{index}" for index, recipe in enumerate(recipes)}
    return Chain(
        tuple(_recipe_text(graph, recipe, places) for recipe in recipes),
        tuple(source.imported_dataset for source in datasets if source.imported_dataset is not None),
        tuple(dict.fromkeys(above.flow_id for above in reversed(nodes))),
    )


def job_of(
    settings: Settings,
    chain: Chain,
    resolved: Resolved,
    *,
    swaps: Swaps | None = None,
    seed: int = 0,
    ignore_recipe_errors: bool = False,
    look_again: bool = False,
) -> Job:
    """The job of a chain without sinks. `swaps` are the files that stand in for those of its datasets.

    With `look_again`, sources that nobody knows as they are now are looked at, which takes its time.
    """
    sources = (source_of(settings, dataset, resolved, swaps or {}, look_again=look_again) for dataset in chain.datasets)
    return Job(
        sources=tuple(sources),
        recipes=chain.recipes,
        parameters=resolved.recipe_values(environment=settings.parameters_environment_in_recipes),
        reference_date=resolved.reference.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        seed=seed,
        ignore_recipe_errors=ignore_recipe_errors,
        limits=Limits(max_columns=settings.recipes_max_columns),
    )


def values_of(
    session: Session,
    chain: Chain,
    more: Sequence[Definition] = (),
    run: Mapping[str, str] | None = None,
    reference_date: int | None = None,
) -> Resolved:
    """The parameters of a chain and of `more` definitions (those of outputs) with their values.

    `reference_date` is in milliseconds; None: now.
    """
    reference = datetime.fromtimestamp((now() if reference_date is None else reference_date) / SECOND, UTC)
    return resolve(session, chain.flow_ids, [*chain.definitions(), *more], run or {}, reference)


def _recipe_text(graph: Graph, recipe: FlowNode, places: Mapping[int, str]) -> RecipeText:
    name = name_of_node(recipe)
    inputs: dict[str, str] = {}
    main = None
    for edge, source in graph.inputs(recipe):
        origin = graph.origin(source)
        if origin is None:
            continue
        place = _place(places, recipe, origin)
        if edge.is_primary:
            main = place
        else:
            inputs[edge.alias or name_of_node(source)] = place
    if main is None:
        message = f"dataset not found: the main input of recipe {quoted(name)} no longer exists"
        raise RecipeError(Problem("unknown-dataset", message, node=name))
    return RecipeText(name, recipe.recipe.script if recipe.recipe else "", main, inputs)


def _place(places: Mapping[int, str], recipe: FlowNode, origin: FlowNode) -> str:
    place = places[origin.id]
    own = places[recipe.id]
    if place.startswith("recipe:") and int(place[7:]) >= int(own[7:]):
        names = f"{quoted(name_of_node(recipe))} and {quoted(name_of_node(origin))}"
        raise RecipeError(Problem("cycle", f"recipes {names} depend on each other", node=name_of_node(recipe)))
    return place

"""Which recipes several jobs of a flow run stand on, and who computes them for the others (api 3.6)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gristmill.recipe.job import Handover, Job, RecipeText, Source
from gristmill.recipe.structuring import first_transform, own_structure

VERSION = 1
KEY_LETTERS = 32


@dataclass(frozen=True, slots=True)
class Party:
    """A job that may share. `marks` say of sources, by place, what their readings do not tell: which table it is."""

    job: Job
    marks: Mapping[int, object]


@dataclass(frozen=True, slots=True)
class _Recipe:
    """A recipe that jobs have: the keys of those that it reads, and whether it does anything at all."""

    inputs: tuple[str, ...]
    has_steps: bool


def plan_sharing(parties: Sequence[Party]) -> list[tuple[Handover, ...]]:
    """What each job hands over or takes over. Jobs come in the order in which they may begin.

    A recipe is handed over where two or more need its rows: to write them, or to compute a recipe that nobody else
    does. The first job that has it makes it. A recipe without steps costs nothing, so it is not.
    """
    chains = [recipe_keys(party) for party in parties]
    recipes: dict[str, _Recipe] = {}
    for party, keys in zip(parties, chains, strict=True):
        recipes |= {key: found for key, found in _known(party, keys) if key not in recipes}
    needs = _needs(recipes, chains)
    makers = {key: next(place for place, keys in enumerate(chains) if key in keys) for key in needs}
    return [
        tuple(
            Handover(number, key, makes=makers[key] == place)
            for number, key in enumerate(keys)
            if key in needs and _is_needed(needs[key], place, makers)
        )
        for place, keys in enumerate(chains)
    ]


def _known(party: Party, keys: Sequence[str]) -> Iterator[tuple[str, _Recipe]]:
    for recipe, key in zip(party.job.recipes, keys, strict=True):
        inputs = (keys[place] for kind, place in _inputs(recipe) if kind == "recipe")
        yield key, _Recipe(tuple(inputs), first_transform(recipe.text) is not None)


def _needs(recipes: dict[str, _Recipe], chains: Sequence[Sequence[str]]) -> dict[str, set[int | str]]:
    """The recipes to hand over, each with those that need it: jobs by place, other handed over recipes by key."""
    needs: dict[str, set[int | str]] = {key: set() for key in recipes}
    for place, keys in enumerate(chains):
        if keys:
            needs[keys[-1]].add(place)
    chosen = {}
    for key in reversed(recipes):  # readers come before what they read
        users = needs[key]
        if len(users) > 1 and recipes[key].has_steps:
            chosen[key] = users
            users = {key}
        for above in recipes[key].inputs:
            needs[above] |= users
    return chosen


def _is_needed(users: set[int | str], place: int, makers: Mapping[str, int]) -> bool:
    return place in users or any(makers[user] == place for user in users if isinstance(user, str))


# -- what rows depend on -------------------------------------------------------------------------


def recipe_keys(party: Party) -> tuple[str, ...]:
    """A key for each recipe of the job, equal for recipes of any jobs that give the same rows."""
    job = party.job
    sources = [_source_key(job, number, source, party.marks.get(number)) for number, source in enumerate(job.sources)]
    keys: list[str] = []
    for recipe in job.recipes:
        read = {"source": sources, "recipe": keys}
        inputs = [read[kind][place] for kind, place in _inputs(recipe)]
        parameters = {name: value for name, value in sorted(job.parameters.items()) if name in recipe.text}
        rules = [job.reference_date, job.seed, job.ignore_recipe_errors, job.limits.max_columns, job.types]
        keys.append(_digest([VERSION, recipe.name, recipe.text, sorted(recipe.inputs), inputs, parameters, rules]))
    return tuple(keys)


def _source_key(job: Job, number: int, source: Source, mark: object) -> str:
    columns = None if source.columns is None else [column.as_json() for column in source.columns]
    return _digest([source.name, source.reading, columns, own_structure(job, number), mark])


def _digest(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:KEY_LETTERS]


def _inputs(recipe: RecipeText) -> list[tuple[str, int]]:
    """What a recipe reads, in an order that does not depend on the job: `("source", 0)`, `("recipe", 2)`."""
    references = [recipe.main, *(recipe.inputs[name] for name in sorted(recipe.inputs))]
    return [(kind, int(place)) for kind, _, place in (reference.partition(":") for reference in references)]


def sources_of(job: Job, recipe: int) -> tuple[int, ...]:
    """The places of the sources that a recipe stands on, in an order that does not depend on the job."""
    found: dict[int, None] = {}
    seen: set[tuple[str, int]] = set()
    stack = [("recipe", recipe)]
    while stack:
        at = stack.pop()
        if at in seen:
            continue
        seen.add(at)
        kind, place = at
        if kind == "source":
            found[place] = None
        else:
            stack.extend(reversed(_inputs(job.recipes[place])))
    return tuple(found)


def inputs_as_found(job: Job, recipe: int) -> str:
    """A digest of the columns of these sources as they were found: equal where a recipe means the same in two jobs."""
    facts = []
    for number in sources_of(job, recipe):
        source = job.sources[number]
        facts.append([[column.as_json() for column in source.columns or ()], source.has_records])
    return _digest(facts)

"""Recipes that several runs of a flow run stand on are computed by one of them (api 3.6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from gristmill.model.runs import RunRequest
from gristmill.recipe.job import Job
from gristmill.recipe.sharing import Party, plan_sharing

PHOTON = "photon"


def share(
    runs: Sequence[RunRequest], waits: Collection[int] = ()
) -> tuple[list[RunRequest], Mapping[int, tuple[int, ...]]]:
    """The runs with what they hand over and take over, and by place of a run the places of those it takes from.

    Runs come in the order in which they may begin. They draw the same random numbers. `waits` are the places of those
    that begin after others: they may find other rows in tables, where these write.
    """
    seed = runs[0].job["seed"]
    runs = [replace(run, job={**run.job, "seed": seed}) for run in runs]
    able = [place for place, run in enumerate(runs) if run.execution == PHOTON and run.refusal is None]
    planned = plan_sharing([_party(runs[place], place, waits=place in waits) for place in able])
    handovers = dict(zip(able, planned, strict=True))
    makers = {item.key: place for place, items in handovers.items() for item in items if item.makes}
    takes = {
        place: tuple(sorted({makers[item.key] for item in items if not item.makes}))
        for place, items in handovers.items()
        if not all(item.makes for item in items)
    }
    return [_with(run, [item.as_json() for item in handovers.get(place, ())]) for place, run in enumerate(runs)], takes


def _party(run: RunRequest, place: int, *, waits: bool) -> Party:
    """A script of the run that goes before may change the tables that it reads too: then they are its own."""
    own = place if waits or any(script["type"] == "pre" for script in run.scripts) else None
    return Party(Job.from_json(run.job), {number: [own, relation] for number, relation in run.relations.items()})


def _with(run: RunRequest, handovers: list[dict[str, object]]) -> RunRequest:
    return replace(run, job={**run.job, "handovers": handovers})

"""Running a flow: which recipes run, in which order, and which of them wait for the files of others (api 3.6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller
from gristmill.model.errors import InvalidError
from gristmill.model.flows import recipes_of_flow
from gristmill.model.graph import name_of_node
from gristmill.model.job_tables import FlowRun, JobGroup, Status
from gristmill.model.outputs import output_objects_of
from gristmill.model.runs import RunOrder, RunRequest, refuse_recipe_errors, resolve
from gristmill.model.shared_work import share
from gristmill.model.tables import Flow, FlowNode
from gristmill.problems import ProblemError, did_you_mean, quoted
from gristmill.recipe.job import Json
from gristmill.settings import Settings
from gristmill.storage.locations import WILDCARDS, Roots
from gristmill.storage.reading import Reading


@dataclass(frozen=True, slots=True)
class FlowRequest:
    """The resolved runs of a flow in the order in which they may begin.

    `waits` tells, by place of a run, the places of earlier ones that must have ended before; `takes` those whose recipe
    must have ended, since it hands rows over.
    """

    flow_id: int
    creator_id: int
    runs: tuple[RunRequest, ...]
    waits: Mapping[int, tuple[int, ...]]
    schedule_execution_id: int | None = None
    takes: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


def recipes_to_run(
    session: Session, flow: Flow, *, ids: Collection[int] = (), named: Mapping[str, bool] | None = None, manual: bool
) -> list[FlowNode]:
    """The recipes of a flow that have a manual (or a scheduled) output object, inputs before those who read them.

    `ids` restricts them. `named` are the recipes that overrides name, with whether those say what to write: then no
    output object is needed. Raises InvalidError for unknown ids and names, and when nothing is left to run.
    """
    recipes = recipes_of_flow(session, flow)
    _refuse_unknown(flow, recipes, ids, named or {})
    ready = {output.flow_node_id for output in output_objects_of(session, recipes) if output.is_adhoc == manual}
    ready |= {node.id for node in recipes if (named or {}).get(name_of_node(node))}
    chosen = [node for node in recipes if node.id in ready and (not ids or node.id in ids)]
    if not chosen:
        kind = "manual" if manual else "scheduled"
        of = f"recipes {', '.join(map(str, sorted(ids)))} of flow {flow.id}" if ids else f"flow {flow.id}"
        raise InvalidError(f"{of}: no {kind} output to run, create one with POST /v4/outputObjects")
    return chosen


def prepare_flow(
    session: Session,
    settings: Settings,
    caller: Caller,
    flow: Flow,
    orders: Sequence[RunOrder],
    schedule_execution_id: int | None = None,
) -> FlowRequest:
    """Resolve the runs of a flow; nothing is stored yet. `orders` come with inputs before those who read them.

    Raises what `prepare` raises for any of them.
    """
    resolved = [resolve(session, settings, caller, order) for order in orders]
    places = _order([_sources_of(settings, run, resolved) for run in resolved])
    runs = [resolved[place] for place in places]
    waits = {
        place: tuple(before) for place, run in enumerate(runs) if (before := _earlier(settings, run, runs[:place]))
    }
    runs = [_opened(settings, run, [runs[source] for source in waits.get(place, ())]) for place, run in enumerate(runs)]
    for run in runs:
        refuse_recipe_errors(run)
    runs, takes = share(runs, waits)
    return FlowRequest(flow.id, caller.person_id, tuple(runs), waits, schedule_execution_id, takes)


def groups_of(session: Session, run: FlowRun) -> list[JobGroup]:
    """The job groups of a flow run in the order in which they were made."""
    return list(session.scalars(select(JobGroup).where(JobGroup.flow_run_id == run.id).order_by(JobGroup.id)))


def status_of(session: Session, run: FlowRun) -> Status:
    """`InProgress` until every group has ended; then the worst of them (api 3.6)."""
    statuses = select(JobGroup.status).where(JobGroup.flow_run_id == run.id)
    found = {Status(status) for status in session.scalars(statuses)}
    if not all(status.final for status in found):
        return Status.IN_PROGRESS
    return next((worst for worst in (Status.FAILED, Status.CANCELED) if worst in found), Status.COMPLETE)


def _refuse_unknown(flow: Flow, recipes: Sequence[FlowNode], ids: Collection[int], named: Mapping[str, bool]) -> None:
    unknown = sorted(set(ids) - {node.id for node in recipes})
    if unknown:
        raise InvalidError(f"wrangledDatasetIds: flow {flow.id} has no recipe {unknown[0]}")
    names = [name_of_node(node) for node in recipes]
    for name in named:
        if name not in names:
            hint = did_you_mean(name, names)
            raise InvalidError(
                f"overrides: flow {flow.id} has no recipe {quoted(name)}" + (f". {hint}" if hint else "")
            )


# -- who reads whose files -----------------------------------------------------------------------


def _order(sources: Sequence[Collection[int]]) -> list[int]:
    """Places so that runs come after those whose files they read; a ring is broken at its first member."""
    left, order = list(range(len(sources))), list[int]()
    while left:
        free = (place for place in left if not set(sources[place]) & set(left) - {place})
        chosen = next(free, left[0])
        order.append(chosen)
        left.remove(chosen)
    return order


def _sources_of(settings: Settings, run: RunRequest, others: Sequence[RunRequest]) -> list[int]:
    return [place for place, other in enumerate(others) if other is not run and _reads(settings, run, other)]


def _earlier(settings: Settings, run: RunRequest, before: Sequence[RunRequest]) -> list[int]:
    return [place for place, other in enumerate(before) if _reads(settings, run, other)]


def _reads(settings: Settings, run: RunRequest, other: RunRequest) -> bool:
    return any(_is_written(settings, source, other) for source in run.job["sources"])


def _is_written(settings: Settings, source: Json, run: RunRequest) -> bool:
    """Whether a run writes what this source reads: the file, one in its folder or of its pattern, or parts of it."""
    files = [_real(settings, address) for address in source["reading"].get("files", ())]
    return any(_is_part(_target(settings, setting), file) for setting in run.outputs for file in files)


def _is_part(target: PurePosixPath, file: PurePosixPath) -> bool:
    is_pattern = bool(WILDCARDS & set(file.name))
    return (
        file in (target, target.parent) or file.parent == target or (is_pattern and fnmatchcase(str(target), str(file)))
    )


def _target(settings: Settings, setting: Json) -> PurePosixPath:
    path = _real(settings, setting["path"])
    return path.with_name(f"{setting.get('prefix') or ''}{path.name}") if path.name else path


def _real(settings: Settings, address: str) -> PurePosixPath:
    try:
        return PurePosixPath(Roots(settings.data, settings.storage_file_roots).locate(address))
    except ProblemError:  # the run itself says what is wrong with it
        return PurePosixPath(address)


def _opened(settings: Settings, run: RunRequest, before: Sequence[RunRequest]) -> RunRequest:
    """What earlier runs write anew is looked at when it is there: what was known of it does not count."""
    sources = [
        {**source, "reading": _bare(source["reading"]), "columns": None}
        if any(_is_written(settings, source, other) for other in before)
        else source
        for source in run.job["sources"]
    ]
    return replace(run, job={**run.job, "sources": sources})


def _bare(reading: Json) -> Json:
    return Reading(tuple(reading["files"]), None, dict(reading.get("options") or {})).as_json()

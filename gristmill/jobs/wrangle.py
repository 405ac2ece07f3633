"""The `wrangle` job: the recipe runs in an engine process that writes every output into a hidden folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gristmill.engines.runner import CONFIGURABLE, not_configured
from gristmill.engines.watch import SinkResult
from gristmill.jobs.failures import JobError
from gristmill.jobs.leftovers import Workplace, prepare
from gristmill.jobs.process import Order
from gristmill.jobs.resources import share
from gristmill.jobs.running import Bench, Done, Running
from gristmill.jobs.targets import find_target, refuse_bad_words
from gristmill.model import job_tables as rows
from gristmill.model.job_tables import JobType, Status
from gristmill.recipe.job import Job, Limits, Sink
from gristmill.settings import Settings

Json = dict[str, Any]
PHOTON = "photon"
_SINK_OPTIONS = ("header", "asSingleFile", "compression", "delim", "hasQuotes")


@dataclass(frozen=True, slots=True)
class Task:
    """What there is to do: `outputs` are the write settings, by position, of the files that are still to be written."""

    execution: str
    definition: Json
    outputs: Mapping[int, Json]


def run_recipe(bench: Bench, running: Running) -> Done:
    """Run the recipe and write its outputs; the result tells by position what was written.

    Raises JobError for anything that is wrong with recipe, data or places, StoppedError when it was stopped.
    """
    claim, settings = running.claim, bench.settings
    task = _task(bench, running)
    engine = choose_engine(settings, task.execution, running)
    for setting in task.outputs.values():
        refuse_bad_words(setting)
    targets = {position: find_target(settings, setting) for position, setting in task.outputs.items()}
    try:
        place = prepare(settings.scratch, claim.job_id, claim.attempt, targets)
    except OSError as error:
        raise JobError("RunError", f"cannot write to {error.filename}: {error.strerror}") from None
    job = _job(task, place, _limits(bench, place))
    running.journal.log("info", f"runs on {engine}, {job.limits.threads} threads, {job.limits.memory_bytes >> 20} MB")
    timeout = settings.jobs_photon_timeout_minutes * 60 or None
    with running.engine(Order(job, engine, bench.runner)) as process:
        result = process.follow(running.journal, timeout)
    written = dict(zip(task.outputs, result.sinks, strict=True))
    _report_nulled(running, written)
    sinks = {str(position): asdict(sink) for position, sink in written.items()}
    return Done({"sinks": sinks, "seconds": result.seconds})


def choose_engine(settings: Settings, execution: str, running: Running) -> str:
    """The engine that runs what names `execution` (platform 2.3). Raises JobError that says what to configure."""
    if execution in CONFIGURABLE and settings.engines_fallback_to_local:
        running.journal.log("warning", f"running environment {execution} is not configured: runs on photon instead")
        execution = PHOTON
    if execution != PHOTON:
        raise JobError("NotConfigured", not_configured(execution))
    if not settings.engines_photon_enabled:
        raise JobError("NotConfigured", "running environment photon is switched off: set engines.photon.enabled")
    return execution


def _task(bench: Bench, running: Running) -> Task:
    with bench.sessions.read() as session:
        group = session.get_one(rows.JobGroup, running.claim.group_id)
        writers = session.execute(
            select(rows.Job.payload)
            .where(rows.Job.job_group_id == group.id, rows.Job.type == JobType.FILE_WRITER)
            .where(rows.Job.status != Status.COMPLETE)
            .order_by(rows.Job.position)
        ).scalars()
        outputs = {payload["position"]: payload["setting"] for payload in writers if payload is not None}
        return Task(group.execution, group.snapshot.definition, outputs)


def _limits(bench: Bench, place: Workplace) -> Limits:
    engines = sum(1 for other in list(bench.running.values()) if other.claim.payload["type"] == JobType.WRANGLE)
    return share(bench.settings, Limits(scratch=str(place.scratch)), max(engines, 1))


def _job(task: Task, place: Workplace, limits: Limits) -> Job:
    job = Job.from_json(task.definition)
    sinks = tuple(_sink(setting, place.hidden[position]) for position, setting in task.outputs.items())
    return replace(job, sinks=sinks, limits=replace(limits, max_columns=job.limits.max_columns))


def _sink(setting: Json, path: Path) -> Sink:
    options = {key: setting[key] for key in _SINK_OPTIONS if key in setting}
    format = "pqt" if setting["format"] == "parquet" else setting["format"]
    return Sink(str(path), format, options, bool(setting.get("includeMismatches")))


def _report_nulled(running: Running, written: Mapping[int, SinkResult]) -> None:
    for sink in written.values():
        for column, count in sink.nulled.items():
            name = Path(sink.path).name
            message = f"{name}, column {column}: {count} values written as null because they do not fit their type"
            running.journal.log("warning", message)

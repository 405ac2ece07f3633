"""The `wrangle` job: the recipe runs in an engine process that writes every output into a hidden folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gristmill.engines.runner import CONFIGURABLE, FOREIGN, not_configured
from gristmill.engines.watch import SinkResult, Watch
from gristmill.jobs.arrivals import Arrivals
from gristmill.jobs.brought import brought_once
from gristmill.jobs.drift import check_columns
from gristmill.jobs.failures import JobError
from gristmill.jobs.ingest import with_ingested
from gristmill.jobs.leftovers import Workplace, prepare, shared_folder
from gristmill.jobs.options import look_at_options, spark_properties
from gristmill.jobs.prepared import with_prepared_sources
from gristmill.jobs.process import Order
from gristmill.jobs.resources import share
from gristmill.jobs.running import Bench, Done, Running
from gristmill.jobs.stages import MakeProfile, Publish, Reader, Wrangle, Write, sink_key, stage_from_json
from gristmill.jobs.targets import Target, find_target, refuse_bad_output, refuse_lost_sources, refuse_same_targets
from gristmill.model import job_tables as rows
from gristmill.model.job_tables import JobType, Status
from gristmill.recipe.job import Job, Limits, Sink
from gristmill.settings import Settings
from gristmill.storage.fetching import local_name
from gristmill.storage.remote import Remote

Json = dict[str, Any]
Outputs = Mapping[int, Json]  # write settings by position
PHOTON, SPARK = "photon", "spark"
STAGED = "staged"  # folder of what later jobs of the group read
_SINK_OPTIONS = ("header", "asSingleFile", "compression", "delim", "hasQuotes")


def run_recipe(bench: Bench, running: Running, stage: Wrangle) -> Done:
    """Run the recipe and write what the stages behind need; the result tells by `sink_key` what was written.

    Raises JobError for anything that is wrong with recipe, data or places, StoppedError when it was stopped.
    """
    settings = bench.settings
    definition, options, readers = _task(bench, running)
    look_at_options(settings, stage.execution, options, running.journal)
    engine = choose_engine(settings, stage.execution, running.journal)
    check_columns(settings, Job.from_json(definition), (options or {}).get("schemaDrift"), running.journal)
    outputs = {reader.position: reader.setting for reader in readers if isinstance(reader, Write)}
    targets = _targets(settings, outputs)
    place = _place(settings, running, targets)
    arrivals = Arrivals(settings, running, place.scratch, partial(brought_once, bench, running))
    job = arrivals.arrived(Job.from_json(with_prepared_sources(bench, running, definition)))
    job = with_ingested(bench, running.claim.group_id, job)
    refuse_lost_sources(job.sources, outputs, targets)
    wanted = _sinks(readers, place)
    job = replace(job, sinks=tuple(wanted.values()), limits=_limits(bench, place, job.limits, options))
    job = _with_handovers(bench, running, job, engine)
    running.journal.log("info", f"runs on {engine}, {job.limits.threads} threads, {job.limits.memory_bytes >> 20} MB")
    timeout = settings.jobs_photon_timeout_minutes * 60 or None
    try:
        with running.engine(Order(job, engine, bench.runner)) as process:
            result = process.follow(running.journal, timeout)
    except JobError as error:
        raise arrivals.told(error) from None
    written = dict(zip(wanted, result.sinks, strict=True))
    _report_nulled(running, written)
    return Done({"sinks": {key: asdict(sink) for key, sink in written.items()}, "seconds": result.seconds})


def choose_engine(settings: Settings, execution: str, watch: Watch) -> str:
    """The engine that runs what names `execution` (platform 2.3). Raises JobError that says what to configure."""
    if execution == SPARK and settings.engines_spark_master:
        return execution
    if execution in (*CONFIGURABLE, *FOREIGN) and settings.engines_fallback_to_local:
        watch.log("warning", f"running environment {execution} is not configured: runs on photon instead")
        execution = PHOTON
    if execution != PHOTON:
        raise JobError("NotConfigured", not_configured(execution))
    if not settings.engines_photon_enabled:
        raise JobError("NotConfigured", "running environment photon is switched off: set engines.photon.enabled")
    return execution


def _task(bench: Bench, running: Running) -> tuple[Json, Json | None, list[Reader]]:
    """The job's definition, the options of engines, and the stages that wait for what it writes."""
    with bench.sessions.read() as session:
        group = session.get_one(rows.JobGroup, running.claim.group_id)
        payloads = session.scalars(
            select(rows.Job.payload)
            .where(rows.Job.job_group_id == group.id, rows.Job.status != Status.COMPLETE)
            .order_by(rows.Job.position)
        )
        stages = [stage_from_json(payload) for payload in payloads if payload is not None]
        return group.snapshot.definition, group.options, [stage for stage in stages if isinstance(stage, Reader)]


def _targets(settings: Settings, outputs: Outputs) -> dict[int, Target]:
    for setting in outputs.values():
        refuse_bad_output(setting)
    targets = {position: find_target(settings, setting) for position, setting in outputs.items()}
    refuse_same_targets(targets.values())
    return targets


def _place(settings: Settings, running: Running, targets: Mapping[int, Target]) -> Workplace:
    here = {position: target for position, target in targets.items() if isinstance(target, Path)}
    away = {position: local_name(target.path) for position, target in targets.items() if isinstance(target, Remote)}
    try:
        return prepare(settings.scratch, running.claim.job_id, running.claim.attempt, here, away)
    except OSError as error:
        raise JobError("RunError", f"cannot write to {error.filename}: {error.strerror}") from None


def _with_handovers(bench: Bench, running: Running, job: Job, engine: str) -> Job:
    """The job with the files that its flow run shares; other engines than photon compute everything themselves."""
    if engine != PHOTON or not job.handovers:
        return replace(job, handovers=())
    with bench.sessions.read() as session:
        run_id = session.get_one(rows.JobGroup, running.claim.group_id).flow_run_id
    folder = shared_folder(bench.settings.scratch, run_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JobError("RunError", f"cannot write to {folder}: {error.strerror}") from None
    handovers = (replace(item, path=str(folder / f"{item.key}.parquet")) for item in job.handovers)
    return replace(job, handovers=tuple(handovers))


def _limits(bench: Bench, place: Workplace, limits: Limits, options: Json | None) -> Limits:
    engines = sum(1 for other in list(bench.running.values()) if other.claim.payload["type"] == JobType.WRANGLE)
    shared = share(bench.settings, limits, engines)
    properties = tuple(spark_properties(bench.settings, options).items())
    master = bench.settings.engines_spark_master
    return replace(
        shared,
        scratch=str(place.scratch),
        master=master,
        properties=properties,
        proofs=str(bench.settings.proofs),
    )


def _sinks(readers: Sequence[Reader], place: Workplace) -> dict[str, Sink]:
    staged = place.scratch / STAGED
    staged.mkdir()
    sinks: dict[str, Sink] = {}
    for reader in readers:
        match reader:
            case Write():
                sinks[sink_key(reader)] = _sink(reader.setting, place.hidden[reader.position])
            case Publish():  # one file for all tables
                sinks[sink_key(reader)] = Sink(
                    str(staged / "table.parquet"), "pqt", {"asSingleFile": True, "noteTypes": True}
                )
            case MakeProfile():
                sinks[sink_key(reader)] = Sink(str(staged / "profile.json"), "profile")
    return sinks


def _sink(setting: Json, path: Path) -> Sink:
    options = {key: setting[key] for key in _SINK_OPTIONS if key in setting}
    format = "pqt" if setting["format"] == "parquet" else setting["format"]
    return Sink(str(path), format, options, bool(setting.get("includeMismatches")))


def _report_nulled(running: Running, written: Mapping[str, SinkResult]) -> None:
    for sink in written.values():
        for column, count in sink.nulled.items():
            name = Path(sink.path).name
            message = f"{name}, column {column}: {count} values written as null because they do not fit their type"
            running.journal.log("warning", message)

"""Publishing the result of a run that has ended: one more job in its group (api 4.5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.jobs.leftovers import prepare
from gristmill.jobs.process import Order
from gristmill.jobs.resources import share
from gristmill.jobs.running import Bench, Running
from gristmill.jobs.stages import Publish
from gristmill.jobs.submit import announce_queued
from gristmill.jobs.wrangle import PHOTON
from gristmill.model.access import Caller, made_by
from gristmill.model.addresses import local_file
from gristmill.model.errors import InvalidError
from gristmill.model.job_tables import Job as JobRow
from gristmill.model.job_tables import JobGroup, ScriptResult, Status
from gristmill.problems import quoted
from gristmill.recipe.job import Job, Limits, RecipeText, Sink, Source
from gristmill.storage.reading import Reading

Json = dict[str, Any]
RESULT = "scriptResult"
"""Where the payload of such a job names the result to publish."""
FORMATS = {"parquet": "pqt"}


def publish_again(session: Session, caller: Caller, group: JobGroup, publication: Json, format: str) -> JobRow:
    """Queue the publication of a result of that format.

    Raises InvalidError for a run that is not complete, or that has no result of the format.
    """
    if group.status != Status.COMPLETE:
        raise InvalidError(f"job group {group.id} is {group.status}; only results of a complete run can be published")
    wanted = FORMATS.get(format, format)
    live = select(ScriptResult).where(ScriptResult.job_group_id == group.id, ScriptResult.format == wanted)
    result = session.scalars(live.order_by(ScriptResult.id)).first()
    if result is None:
        raise InvalidError(f"inputFormat: job group {group.id} has no result of format {quoted(format)}")
    place = len(group.jobs)
    stage = Publish(place, publication, ())
    job = JobRow(
        job_group_id=group.id,
        position=place,
        type=stage.type.value,
        status=Status.PENDING,
        payload={**stage.as_json(), "adhoc": True, RESULT: result.id},
        **made_by(caller),
    )
    session.add(job)
    group.status = Status.IN_PROGRESS
    session.flush()
    announce_queued(session)
    return job


def stage_result(bench: Bench, running: Running, result_id: int) -> str:
    """A file that was written before, read again with its types: what a publication loads.

    Raises JobError when it cannot be read, StoppedError when the job was stopped.
    """
    place = prepare(bench.settings.scratch, running.claim.job_id, running.claim.attempt, {})
    with bench.sessions.read() as session:
        result = session.get_one(ScriptResult, result_id)
        writer = session.scalars(select(JobRow).where(JobRow.script_result_id == result_id)).first()
    setting = (writer.write_setting if writer is not None else None) or {}
    staged = str(place.scratch / "table.parquet")
    job = Job(
        sources=(Source(result.name, _reading(result, setting).as_json()),),
        recipes=(RecipeText(result.name, "", "source:0"),),
        sinks=(Sink(staged, "pqt", {"asSingleFile": True, "noteTypes": True}),),
        limits=share(bench.settings, Limits(scratch=str(place.scratch)), 1),
    )
    with running.engine(Order(job, PHOTON, bench.runner)) as process:
        process.follow(running.journal, bench.settings.jobs_photon_timeout_minutes * 60 or None)
    return staged


def _reading(result: ScriptResult, setting: Json) -> Reading:
    files = tuple(str(local_file(uri) or uri) for uri in result.parts or [result.uri])
    options: Json = {}
    if result.format == "csv":
        options = {"header": False} if not setting.get("header") else {"ensureHeader": True}
        options["delimiter"] = setting.get("delim") or ","
    return Reading(files, None, options)

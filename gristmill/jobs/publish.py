"""The `publish` job: the result goes into a table, whole or not at all (api 4.5).

That a commit has begun is stored before it begins. A job that is found so, without its end, is not done again: nobody
can tell whether the rows are there (platform 2.8).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gristmill.jobs.adhoc import RESULT, stage_result
from gristmill.jobs.claims import change
from gristmill.jobs.databases import carry_out, login_for
from gristmill.jobs.failures import JobError
from gristmill.jobs.process import Task
from gristmill.jobs.resources import machine_threads
from gristmill.jobs.running import Bench, Done, Running
from gristmill.jobs.stages import Publish, sink_key
from gristmill.model.clock import SECOND
from gristmill.model.connections import connect_string
from gristmill.model.job_tables import Job, JobEdge, JobGroup, JobType, ScriptResult
from gristmill.model.tables import Connection
from gristmill.storage.tables.publishing import Publication

Json = dict[str, Any]
WORK = "gristmill.storage.tables.publishing:work"
COMMIT_STARTED = "commitStarted"


def publish_result(bench: Bench, running: Running, stage: Publish) -> Done:
    """Bring the staged result into the table. Raises JobError when it cannot be done, or when nobody knows."""
    earlier = (running.claim.result or {}).get(COMMIT_STARTED)
    if earlier is not None:
        raise _unknown(earlier["table"])
    login = login_for(bench, running, stage.publication["connectionId"])
    group, publication = _publication(bench, running, stage)
    if not Path(publication.file).is_file():
        raise JobError("FilesLost", "the staged result of the recipe is gone: run it again")
    document = {"login": login.as_json(), "publication": publication.as_json(), "threads": machine_threads()}

    started: list[str] = []

    def note(question: Json) -> None:
        with bench.transaction() as session:
            change(session, running.claim, result={COMMIT_STARTED: question})
        started.append(question["table"])

    try:
        answer = carry_out(bench, running, login, Task(WORK, document), note)
    except JobError as error:
        # then only the database's own word says that nothing was committed
        raise _unknown(started[-1]) if started and error.name != "RunError" else error from None
    running.journal.log("info", f"published {answer['rows']} rows into {answer['table']}")
    return Done({"published": answer}, _record(bench, group, stage, answer))


def _unknown(table: str) -> JobError:
    return JobError("StateUnknown", f"state unknown, check table {table}: the connection was lost while it committed")


def _publication(bench: Bench, running: Running, stage: Publish) -> tuple[JobGroup, Publication]:
    with bench.sessions.read() as session:
        group = session.get_one(JobGroup, running.claim.group_id)
    earlier = running.claim.payload.get(RESULT)
    file = _written(bench, running, stage) if earlier is None else stage_result(bench, running, earlier)
    wanted = stage.publication
    moment = datetime.fromtimestamp(group.created_at / SECOND, UTC)
    return group, Publication(
        file=file,
        path=tuple(wanted["path"]),
        table=wanted["tableName"],
        action=wanted["action"],
        stamp=f"{moment:%Y%m%d_%H%M%S}",
        mark=f"gristmill_{running.claim.job_id}",
        parameters=wanted.get("parameters") or {},
    )


def _written(bench: Bench, running: Running, stage: Publish) -> str:
    """What the `wrangle` job has written for the tables of the run."""
    found = (
        select(Job.result)
        .join(JobEdge, JobEdge.source_job_id == Job.id)
        .where(JobEdge.target_job_id == running.claim.job_id, Job.type == JobType.WRANGLE)
    )
    with bench.sessions.read() as session:
        result = session.execute(found).scalar_one()
    assert result is not None, "the wrangle job is complete"
    return str(result["sinks"][sink_key(stage)]["path"])


def _record(bench: Bench, group: JobGroup, stage: Publish, answer: Json) -> ScriptResult:
    with bench.sessions.read() as session:
        place = connect_string(session.get_one(Connection, stage.publication["connectionId"]))
    return ScriptResult(
        job_group_id=group.id,
        name=answer["table"],
        uri=f"{place}#{answer['table']}",
        format="jdbc",
        compression="none",
        is_primary_output=True,
        row_count=answer["rows"],
        schema=[{"name": name, "type": native} for name, native in answer["columns"].items()],
        table_name=answer["table"],
        session_id=group.session_id,
        creator_id=group.creator_id,
        updater_id=group.creator_id,
    )

"""The `publish` job: the result goes into a table, whole or not at all (api 4.5).

That a commit has begun is stored before it begins. A job that is found so, without its end, is not done again: nobody
can tell whether the rows are there (platform 2.8).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gristmill.jobs.adhoc import RESULT, stage_result
from gristmill.jobs.again import make_again
from gristmill.jobs.claims import change
from gristmill.jobs.databases import carry_out, login_for, mark_of
from gristmill.jobs.failures import JobError
from gristmill.jobs.process import Task
from gristmill.jobs.resources import machine_threads
from gristmill.jobs.running import Bench, Done, Running
from gristmill.jobs.stages import Publish
from gristmill.jobs.written import written_for
from gristmill.model.clock import SECOND
from gristmill.model.connections import connect_string
from gristmill.model.job_tables import JobGroup, ScriptResult
from gristmill.model.tables import Connection
from gristmill.problems import plural
from gristmill.storage.tables.publishing import Publication

Json = dict[str, Any]
WORK = "gristmill.storage.tables.publishing:work"
COMMIT_STARTED = "commitStarted"


def publish_result(bench: Bench, running: Running, stage: Publish) -> Done:
    """Bring the staged result into the table.

    Raises JobError when it cannot be done, or when nobody knows; LostClaimError when the recipe must run again first.
    """
    earlier = (running.claim.result or {}).get(COMMIT_STARTED)
    if earlier is not None:
        raise _unknown(earlier["table"])
    login = login_for(bench, running, stage.publication["connectionId"])
    group, publication = _publication(bench, running, stage)
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
    running.journal.log("info", f"published {plural(answer['rows'], 'row')} into {answer['table']}")
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
        mark=f"gristmill_{mark_of(bench.settings)}_{running.claim.job_id}",
        parameters=wanted.get("parameters") or {},
    )


def _written(bench: Bench, running: Running, stage: Publish) -> str:
    """What the `wrangle` job has written for the tables of the run."""
    written = written_for(bench, running, stage)
    if not written.path.is_file():
        raise make_again(bench, running, written.job_id, written.attempt)
    return str(written.path)


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

"""Job groups as they stand: their jobs, edges, inputs, outputs and logs (api 4.9 to 4.15)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, hide
from gristmill.model.addresses import local_file
from gristmill.model.clock import iso, iso_second
from gristmill.model.connections import connect_string
from gristmill.model.errors import InvalidError
from gristmill.model.job_tables import (
    FINAL,
    Job,
    JobEdge,
    JobGroup,
    JobLog,
    JobType,
    ScriptResult,
    Status,
    WebhookDelivery,
)
from gristmill.model.tables import Connection

Json = dict[str, Any]
TABLE_FORMAT = "jdbc"
"""The format of results that are tables (api 3.12)."""


def jobs_of(session: Session, group: JobGroup) -> list[Job]:
    """The jobs of a group in order of execution."""
    return list(session.scalars(select(Job).where(Job.job_group_id == group.id).order_by(Job.position, Job.id)))


def edges_of(session: Session, group: JobGroup) -> list[JobEdge]:
    """Who waits for whom within the group."""
    of_group = select(JobEdge).join(Job, Job.id == JobEdge.source_job_id).where(Job.job_group_id == group.id)
    return list(session.scalars(of_group.where(JobEdge.job_group_id == group.id).order_by(JobEdge.id)))


def results_of(session: Session, group: JobGroup) -> list[ScriptResult]:
    """The files that a group has written."""
    live = select(ScriptResult).where(ScriptResult.job_group_id == group.id, ScriptResult.deleted_at.is_(None))
    return list(session.scalars(live.order_by(ScriptResult.id)))


def deliveries_of(session: Session, group: JobGroup) -> list[WebhookDelivery]:
    """The messages about the end of a group."""
    mine = select(WebhookDelivery).where(WebhookDelivery.job_group_id == group.id)
    return list(session.scalars(mine.order_by(WebhookDelivery.id)))


def inputs_of(session: Session, group: JobGroup) -> list[Json]:
    """The sources that a group reads, out of its snapshot and its jobs."""
    told = [(job.payload or {}) for job in jobs_of(session, group) if job.type == JobType.INGEST]
    relations = {payload["source"]: payload["relation"] for payload in told}
    return [
        {"name": source["name"], "inputs": _inputs(session, source, relations.get(place))}
        for place, source in enumerate(group.snapshot.definition["sources"])
    ]


def outputs_of(session: Session, group: JobGroup) -> Json:
    """The files and tables that a group has written, as places."""
    results = [row for row in results_of(session, group) if row.format != TABLE_FORMAT]
    files = [{**_place(row.uri, row.parts), "isPrimaryOutput": row.is_primary_output} for row in results]
    tables = [
        _table(session, row["connectionId"], row["path"], row["tableName"], row["action"])
        for row in publications_done(session, group)
    ]
    return {"files": files, "tables": tables}


def publications_done(session: Session, group: JobGroup) -> list[Json]:
    """The publications that a group has brought to their end, with the names that their tables have."""
    done = []
    for job in jobs_of(session, group):
        if job.type == JobType.PUBLISH and job.status == Status.COMPLETE and job.payload and job.result:
            table = job.result["published"]["name"]
            done.append({**job.payload["publication"], "tableName": table, "job": job})
    return done


def delete_group(caller: Caller, group: JobGroup) -> None:
    """Hide the record of a run; files stay. Raises InvalidError while the run goes on."""
    if group.status not in FINAL:
        raise InvalidError(f"job group {group.id} is {group.status}; cancel it first")
    hide(group, caller)


def log_of(session: Session, job: Job) -> str:
    """The log of a job as text: `2026-08-20T17:46:28.512Z info 22: …`, a line each."""
    lines = session.scalars(select(JobLog).where(JobLog.job_id == job.id).order_by(JobLog.id))
    return "".join(f"{iso(line.at)} {line.level} {job.id}: {line.message}\n" for line in lines)


def support_bundle(session: Session, group: JobGroup, versions: Json) -> bytes:
    """Everything about a run as one ZIP: definition, recipe texts, a log per job, versions (platform 2.7).

    Clients look for `job-<group>-logs/<job>/job.log`.
    """
    folder = f"job-{group.id}-logs"
    texts = {
        "jobgroup.json": json.dumps(_facts(group), indent=2, ensure_ascii=False),
        "recipe.wrangle": _recipe_text(group.snapshot.definition["recipes"]),
        "versions.txt": "".join(f"{name} {version}\n" for name, version in versions.items()),
        **{f"{job.id}/job.log": log_of(session, job) for job in jobs_of(session, group)},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(f"{folder}/{name}", text)
    return buffer.getvalue()


def _facts(group: JobGroup) -> Json:
    return {
        "id": group.id,
        "sessionId": group.session_id,
        "status": group.status,
        "ranfrom": group.ranfrom,
        "execution": group.execution,
        "createdAt": iso_second(group.created_at),
        "runParameterReferenceDate": iso_second(group.reference_date),
        "parameters": group.parameters,
        "overrides": group.overrides,
        "outputs": group.outputs,
        "options": group.options,
        "definition": group.snapshot.definition,
    }


def _recipe_text(recipes: Sequence[Json]) -> str:
    return "\n".join(f"// {recipe['name']}\n{recipe['text']}\n" for recipe in recipes)


def _inputs(session: Session, source: Json, relation: Json | None) -> list[Json]:
    if relation is None:
        return [_place(uri) for uri in source["reading"].get("files", ())]
    query = [relation["sql"]] if "sql" in relation else None
    path, table = relation.get("path") or [], relation.get("table")
    return [_table(session, relation["connectionId"], path, table, "read", query)]


def _table(
    session: Session, connection_id: int | None, path: list[str], name: str | None, action: str, query: object = None
) -> Json:
    row = None if connection_id is None else session.get(Connection, connection_id)
    return {
        "vendor": None if row is None else row.vendor,
        "databaseConnectString": None if row is None else connect_string(row),
        "relationalPath": path,
        "table": name,
        "action": action,
        "query": query,
    }


def _place(uri: str, parts: object = None) -> Json:
    file = local_file(uri)
    is_folder = parts is not None or uri.endswith("/") or (file is not None and file.is_dir())
    return {"uri": uri, "fileType": "DIRECTORY" if is_folder else "FILE"}

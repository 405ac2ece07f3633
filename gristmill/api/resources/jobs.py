"""How job groups, jobs and their results are shown (api 3.12, 4.9, 4.12, 4.13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from gristmill.api.answers import reference
from gristmill.api.embedding import Association, Json, Resource, Rows, View, declare
from gristmill.api.resources.common import facts_of, many_by, one_by, stamp_columns
from gristmill.api.resources.people import CREATOR, PERSONS, WORKSPACE
from gristmill.model.addresses import address_of_uri
from gristmill.model.clock import iso, iso_second
from gristmill.model.engine_options import shown_options
from gristmill.model.job_tables import FlowRun, Job, JobEdge, JobGroup, JobType, ScriptResult, Snapshot
from gristmill.model.tables import Flow, FlowNode


def group_view(group: JobGroup, view: View) -> Json:
    """A job group; its times are whole seconds."""
    return {
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "ranfrom": group.ranfrom,
        "ranfor": group.ranfor,
        "status": group.status,
        "profilingEnabled": group.profiling_enabled,
        "runParameterReferenceDate": iso_second(group.reference_date),
        "createdAt": iso_second(group.created_at),
        "updatedAt": iso_second(group.updated_at),
        "workspace": reference(group.workspace_id),
        "creator": reference(group.creator_id),
        "updater": reference(group.updater_id),
        "snapshot": reference(group.snapshot_id),
        "wrangledDataset": reference(group.flow_node_id),
        "flowRun": reference(group.flow_run_id),
    }


def started_view(group: JobGroup, jobs: list[Job], edges: list[JobEdge]) -> Json:
    """The answer to a started run; `jobs` in order of execution."""
    return {
        "sessionId": group.session_id,
        "reason": "JobStarted",
        "jobGraph": {
            "vertices": [job.id for job in jobs],
            "edges": [{"source": edge.source_job_id, "target": edge.target_job_id} for edge in edges],
        },
        "id": group.id,
        "jobs": {"data": [{"id": job.id} for job in jobs]},
        **({} if group.flow_run_id is None else {"flowRun": {"id": group.flow_run_id}}),
    }


def job_view(job: Job, view: View) -> Json:
    """A job with what its kind adds."""
    return {
        "id": job.id,
        "status": job.status,
        "jobType": job.type,
        "sampleSize": 100,
        "percentComplete": job.percent_complete,
        "errorMessage": _error(job),
        "lastHeartbeatAt": None if job.heartbeat_at is None else iso_second(job.heartbeat_at),
        "createdAt": iso_second(job.created_at),
        "updatedAt": iso_second(job.updated_at),
        "creator": reference(job.creator_id),
        "jobGroup": reference(job.job_group_id),
        **_extra(job),
    }


def published_view(done: Json) -> Json:
    """A table that a run has written; `id` is null for a publication that came with the request."""
    job: Job = done["job"]
    kept = ("id", "path", "tableName", "targetType", "action", "parameters")
    return {
        **{key: done.get(key) for key in kept},
        "connection": reference(done["connectionId"]),
        "job": reference(job.id),
        "createdAt": iso_second(job.created_at),
        "updatedAt": iso_second(job.updated_at),
        "creator": reference(job.creator_id),
        "updater": reference(job.updater_id),
    }


def result_view(result: ScriptResult, view: View) -> Json:
    """A file that a run has written."""
    return {
        "id": result.id,
        "name": result.name,
        "format": result.format,
        "compression": result.compression,
        "isPrimaryOutput": result.is_primary_output,
        "rowCount": result.row_count,
        "schema": result.schema,
        "tableName": result.table_name,
        "scriptId": str(result.id),
        "sessionId": result.session_id,
        "storageLocation": _location(view, result.uri),
        "createdAt": iso(result.created_at),
        "updatedAt": iso(result.updated_at),
    }


def _location(view: View, uri: str) -> Json:
    address = address_of_uri(view.settings, uri)
    kept = ("type", "path", "bucket", "container", "host", "userinfo")
    return {"fullUri": uri, **{name: getattr(address, name) for name in kept}}


def flow_run_view(run: FlowRun, view: View) -> Json:
    """One run of the outputs of a flow."""
    return {
        "id": run.id,
        "createdAt": iso_second(run.created_at),
        "updatedAt": iso_second(run.updated_at),
        "requestId": run.request_id,
        "scheduleExecutionId": run.schedule_execution_id,
        "flow": reference(run.flow_id),
        "creator": reference(run.creator_id),
        "updater": reference(run.updater_id),
    }


def snapshot_view(snapshot: Snapshot, view: View) -> Json:
    """The definition that a run used; its content is in the logs of the run."""
    return {"id": snapshot.id, "createdAt": iso(snapshot.created_at)}


def _error(job: Job) -> Json | None:
    if job.error_message is None:
        return None
    return {"id": job.id, "name": job.error_name or "JobFailed", "message": job.error_message}


def _extra(job: Job) -> Json:
    match job.type:
        case JobType.WRANGLE:
            snapshot = reference(job.job_group.snapshot_id)
            engine = {"executionLanguage": job.execution_language, "cpJobId": None}
            return {**engine, "templateLocation": None, "wranglescript": snapshot}
        case JobType.PROFILE:
            return {"executionLanguage": job.execution_language, "cpJobId": None, "spec": None}
        case JobType.FILE_WRITER:
            return {"writeSetting": _write_setting(job), "scriptResult": reference(job.script_result_id)}
        case JobType.PUBLISH:
            publication = reference(_told(job, "publication").get("id"))
            is_adhoc = bool((job.payload or {}).get("adhoc"))
            return {"publication": publication, "scriptResult": reference(job.script_result_id), "adhoc": is_adhoc}
        case JobType.INGEST:
            place = {"location": "scratch", "forceCacheUpdate": False, "cacheAction": "NOOP"}
            return {**place, "datasource": reference(_told(job, "relation").get("datasetId"))}
        case _:
            return {}


def _told(job: Job, part: str) -> Json:
    """A part of what the job was told to do."""
    found: Json = (job.payload or {}).get(part) or {}
    return found


def _publications(row: Any) -> list[Json]:
    found = _told(row, "publication")
    return [found] if found else []


def _write_setting(job: Job) -> Json | None:
    """A reference to the stored write setting; null for one that came with the request."""
    return reference((job.write_setting or {}).get("id"))


def _script_results(session: Session, rows: Rows) -> Mapping[int, Rows]:
    return one_by("script_result_id", ScriptResult)(session, rows)


def _stored_settings(row: Any) -> list[Json]:
    return [] if row.write_setting is None else [dict(row.write_setting)]


def _options(name: str, engine: str) -> Association:
    """Options of an engine, those that do not hold with the reason."""
    return Association(name, "facts", facts_of(lambda row: shown_options((row.options or {}).get(engine))), many=True)


SCRIPT_RESULTS = declare(
    Resource(
        "scriptResults",
        ScriptResult,
        result_view,
        columns={**stamp_columns(ScriptResult), "name": ScriptResult.name, "format": ScriptResult.format},
        passes=frozenset({"storagelocation"}),
    )
)
FLOW_RUNS = declare(
    Resource(
        "flowRuns",
        FlowRun,
        flow_run_view,
        (
            Association("jobGroups", "jobGroups", many_by(JobGroup.flow_run_id, with_deleted=True), many=True),
            Association("flow", "flows", one_by("flow_id", Flow)),
            *PERSONS,
        ),
        columns=stamp_columns(FlowRun),
        sort=("-id",),
    )
)
declare(Resource("snapshots", Snapshot, snapshot_view))
JOBS = declare(
    Resource(
        "jobs",
        Job,
        job_view,
        (
            Association("scriptResults", "scriptResults", _script_results, many=True),
            Association("scriptResult", "scriptResults", _script_results),
            Association("writeSetting", "facts", facts_of(_stored_settings)),
            Association("publication", "facts", facts_of(_publications)),
            Association("jobGroup", "jobGroups", one_by("job_group_id", JobGroup)),
            CREATOR,
        ),
        columns={**stamp_columns(Job), "status": Job.status, "jobType": Job.type, "name": Job.type},
        sort=("id",),
        passes=frozenset({"filewriterjob", "errormessage"}),
    )
)
JOB_GROUPS = declare(
    Resource(
        "jobGroups",
        JobGroup,
        group_view,
        (
            Association("jobs", "jobs", many_by(Job.job_group_id, with_deleted=True), many=True),
            Association("wrangledDataset", "flowNodes", one_by("flow_node_id", FlowNode)),
            Association("snapshot", "snapshots", one_by("snapshot_id", Snapshot)),
            Association("flowRun", "flowRuns", one_by("flow_run_id", FlowRun)),
            *PERSONS,
            WORKSPACE,
            _options("jobGroupSparkOptions", "spark"),
            _options("jobGroupDatabricksOptions", "databricks"),
            _options("jobGroupDataflowOptions", "dataflow"),
        ),
        columns={
            **stamp_columns(JobGroup),
            "name": JobGroup.name,
            "description": JobGroup.description,
            "status": JobGroup.status,
            "ranfor": JobGroup.ranfor,
            "ranfrom": JobGroup.ranfrom,
        },
        sort=("-id",),
    )
)

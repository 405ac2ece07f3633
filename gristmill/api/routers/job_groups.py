"""`/v4/jobGroups`: run a recipe and follow the run (api 4)."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from gristmill.api.answers import counted, listed, many, one
from gristmill.api.embedding import Json
from gristmill.api.errors import invalid
from gristmill.api.inputs import Item, List, PathId
from gristmill.api.resources.job_lists import GroupsAsked, with_flows
from gristmill.api.resources.jobs import JOB_GROUPS, JOBS, SCRIPT_RESULTS, published_view, started_view
from gristmill.api.resources.webhooks import DELIVERIES
from gristmill.api.routing import FILE, Conf, CurrentUser, Db, v4_router
from gristmill.api.run_bodies import NewRun
from gristmill.api.table_bodies import AdHocPublication
from gristmill.api.versions import versions
from gristmill.jobs.adhoc import publish_again
from gristmill.jobs.cancel import cancel
from gristmill.jobs.rehearsal import rehearse
from gristmill.jobs.resume import resume
from gristmill.jobs.submit import submit
from gristmill.model import job_groups, profiles
from gristmill.model.access import Caller, find, refer
from gristmill.model.database import Sessions
from gristmill.model.graph import name_of_node
from gristmill.model.job_tables import FINAL, JobGroup
from gristmill.model.runs import prepare, runnable_recipe
from gristmill.model.tables import Connection, FlowNode
from gristmill.settings import Settings

router = v4_router("jobGroups")

Detail = Annotated[str | None, Query(description="`full`: also what only this server tells, by `gristmill`")]


@router.post("", status_code=201)
def run_job(body: NewRun, user: CurrentUser, db: Db, conf: Conf) -> Response:
    """Run a recipe: every output of its output object is produced, or what the overrides say."""
    if body.wrangled_dataset_id is None:
        raise invalid('wrangledDataset: missing, say {"wrangledDataset": {"id": …}}')
    return _run(db, conf, user, body, body.wrangled_dataset_id)


@router.post("/{id}", status_code=201)
def run_job_again(id: PathId, user: CurrentUser, db: Db, conf: Conf, body: NewRun | None = None) -> Response:
    """With `wrangledDataset` the same as without an id; else run the recipe of job group `id` as it is now."""
    run = body or NewRun()
    if run.wrangled_dataset_id is not None:
        return _run(db, conf, user, run, run.wrangled_dataset_id)
    with db.read() as session:
        node_id = find(session, JobGroup, id, user).flow_node_id
    return _run(db, conf, user, run, node_id)


@router.get("")
def list_job_groups(user: CurrentUser, db: Db, conf: Conf, query: List, asked: GroupsAsked) -> Json:
    """Your runs, newest first, each with its flow."""
    with db.read() as session:
        return with_flows(session, listed(session, conf, user, JOB_GROUPS, query, *asked))


@router.get("/count")
def count_job_groups(user: CurrentUser, db: Db, query: List, asked: GroupsAsked) -> Json:
    """How many runs there are."""
    with db.read() as session:
        return counted(session, user, JOB_GROUPS, query, *asked)


@router.get("/{id}")
def get_job_group(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A run; `embed=jobs.scriptResults` shows its jobs and files."""
    with db.read() as session:
        return one(session, conf, user, JOB_GROUPS, id, query)


@router.get("/{id}/status", response_model=str)
def get_status(id: PathId, user: CurrentUser, db: Db) -> Response:
    """The state of a run as a JSON string."""
    with db.read() as session:
        return JSONResponse(find(session, JobGroup, id, user).status)


@router.get("/{id}/jobs")
def list_jobs(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """The jobs of a run, in order of execution."""
    with db.read() as session:
        return many(session, conf, JOBS, job_groups.jobs_of(session, find(session, JobGroup, id, user)), query.embed)


@router.get("/{id}/inputs")
def list_inputs(id: PathId, user: CurrentUser, db: Db) -> Json:
    """The sources that a run reads."""
    with db.read() as session:
        return {"data": job_groups.inputs_of(session, find(session, JobGroup, id, user))}


@router.get("/{id}/outputs")
def list_outputs(id: PathId, user: CurrentUser, db: Db) -> Json:
    """The files and tables that a run has written."""
    with db.read() as session:
        return job_groups.outputs_of(session, find(session, JobGroup, id, user))


@router.get("/{id}/publications")
def list_publications(id: PathId, user: CurrentUser, db: Db) -> Json:
    """The tables that a run has written."""
    with db.read() as session:
        done = job_groups.publications_done(session, find(session, JobGroup, id, user))
        return {"data": [published_view(row) for row in done]}


@router.put("/{id}/publish")
def publish_result(id: PathId, body: AdHocPublication, user: CurrentUser, db: Db) -> Json:
    """Bring the result of a complete run into a table: one more job of the run."""
    with db.write() as session:
        group = find(session, JobGroup, id, user)
        connection = refer(session, Connection, body.connection_id, user, "connection")
        job = publish_again(session, user, group, body.publication(connection.vendor), body.input_format)
        started = {"jobgroupId": group.id, "jobIds": [job.id]}
        return {**started, "reason": "JobStarted", "sessionId": group.session_id}


@router.get("/{id}/scriptResults")
def list_script_results(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """The results of a run, which can be downloaded."""
    with db.read() as session:
        rows = job_groups.results_of(session, find(session, JobGroup, id, user))
        return many(session, conf, SCRIPT_RESULTS, rows, query.embed)


@router.get("/{id}/webhookDeliveries")
def list_webhook_deliveries(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """The messages about the end of a run, and what came of each attempt to send them."""
    with db.read() as session:
        rows = job_groups.deliveries_of(session, find(session, JobGroup, id, user))
        return many(session, conf, DELIVERIES, rows, query.embed)


@router.get("/{id}/profile")
def get_profile(id: PathId, user: CurrentUser, db: Db, detail: Detail = None) -> Json:
    """The visual profile of a run's result; 404 until it is ready and for runs without profiling."""
    with db.read() as session:
        return profiles.document_of(session, find(session, JobGroup, id, user), detail=detail == "full")


@router.get("/{id}/profileResults")
def get_profile_results(id: PathId, user: CurrentUser, db: Db) -> Json:
    """The profile by the id of the recipe that ran."""
    with db.read() as session:
        group = find(session, JobGroup, id, user)
        return {str(group.flow_node_id): profiles.document_of(session, group)}


@router.get("/{id}/pdfResults", openapi_extra=FILE, response_class=Response)
def download_pdf(id: PathId, user: CurrentUser, db: Db) -> Response:
    """The profile as a PDF; 404 until it is ready, 400 for a run that will never have one."""
    with db.read() as session:
        pdf = profiles.pdf_of(session, find(session, JobGroup, id, user))
    headers = {"Content-Disposition": f'attachment; filename="profile_{id}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/{id}/logs", openapi_extra=FILE, response_class=Response)
def download_logs(id: PathId, user: CurrentUser, db: Db) -> Response:
    """Definition, recipe texts, logs and versions of a run as one ZIP."""
    with db.read() as session:
        bundle = job_groups.support_bundle(session, find(session, JobGroup, id, user), versions())
    headers = {"Content-Disposition": f'attachment; filename="jobgroup_{id}.zip"'}
    return Response(bundle, media_type="application/zip", headers=headers)


@router.post("/{id}/cancel")
def cancel_job_group(id: PathId, user: CurrentUser, db: Db) -> Json:
    """Stop a run; nothing half-written becomes visible."""
    with db.write() as session:
        group = find(session, JobGroup, id, user)
        if group.status in FINAL:
            raise invalid(f"job group {id} is {group.status} already")
        return {"jobgroupId": group.id, "jobIds": list(cancel(session, group))}


@router.post("/{id}/resume", status_code=201)
def resume_job_group(id: PathId, user: CurrentUser, db: Db) -> Json:
    """Go on with a failed run where it failed, as it was defined; what is finished stays."""
    with db.write() as session:
        group = find(session, JobGroup, id, user)
        resume(session, group)
        return _started(session, group)


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_job_group(id: PathId, user: CurrentUser, db: Db) -> None:
    """Hide the record of a finished run; files stay."""
    with db.write() as session:
        job_groups.delete_group(user, find(session, JobGroup, id, user))


def _run(db: Sessions, conf: Settings, user: Caller, run: NewRun, node_id: int) -> Response:
    # deciding takes longer than queueing and only reads: nobody has to wait for it
    with db.read() as session:
        request = prepare(session, conf, user, run.order(node_id))
        if run.test_mode:
            rehearse(conf, request)
            return JSONResponse(_tested(runnable_recipe(session, user, node_id)))
    with db.write() as session:
        return JSONResponse(_started(session, submit(session, request)), 201)


def _started(session: Session, group: JobGroup) -> Json:
    return started_view(group, job_groups.jobs_of(session, group), job_groups.edges_of(session, group))


def _tested(node: FlowNode) -> Json:
    return {"datasetId": node.id, "datasetName": name_of_node(node), "sessionId": str(uuid.uuid4())}

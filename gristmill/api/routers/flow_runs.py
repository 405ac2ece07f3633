"""`/v4/flows/:id/run` and `/v4/flowRuns`: run the outputs of a flow and follow them (api 3.6)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy import ColumnElement

from gristmill.api.answers import counted, listed, many, one
from gristmill.api.embedding import Json
from gristmill.api.errors import invalid
from gristmill.api.flow_starting import flow_request, started_groups
from gristmill.api.inputs import Flag, Id, Item, List, PathId
from gristmill.api.resources.jobs import FLOW_RUNS, JOB_GROUPS
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.api.run_bodies import NewFlowRun
from gristmill.jobs.cancel import cancel
from gristmill.jobs.submit import submit_flow
from gristmill.model import flow_runs
from gristmill.model.access import find
from gristmill.model.job_tables import FINAL, FlowRun
from gristmill.model.tables import Flow

flows_router = v4_router("flows")
router = v4_router("flowRuns")
FlowId = Annotated[Id | None, Query(alias="flowId", description="only runs of this flow")]


@flows_router.post("/{id}/run", status_code=201)
def run_flow(
    id: PathId,
    user: CurrentUser,
    db: Db,
    conf: Conf,
    body: NewFlowRun | None = None,
    run_async: Annotated[Flag, Query(alias="runAsync", description="accepted; runs are always queued")] = False,
) -> Response:
    """Run every manual output of a flow, a job group each; with `scheduleExecutionId` the scheduled ones."""
    asked = body or NewFlowRun()
    with db.read() as session:
        request = flow_request(session, conf, user, find(session, Flow, id, user), asked)
    with db.write() as session:
        run, groups = submit_flow(session, request)
        return JSONResponse({"flowRunId": run.id, "data": started_groups(session, groups)}, 201)


@router.get("")
def list_flow_runs(user: CurrentUser, db: Db, conf: Conf, query: List, flow_id: FlowId = None) -> Json:
    """The runs of your flows, newest first."""
    with db.read() as session:
        return listed(session, conf, user, FLOW_RUNS, query, *_where(flow_id))


@router.get("/count")
def count_flow_runs(user: CurrentUser, db: Db, query: List, flow_id: FlowId = None) -> Json:
    """How many flow runs there are."""
    with db.read() as session:
        return counted(session, user, FLOW_RUNS, query, *_where(flow_id))


@router.get("/{id}")
def get_flow_run(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A flow run; `embed=jobGroups` shows its runs."""
    with db.read() as session:
        return one(session, conf, user, FLOW_RUNS, id, query)


@router.get("/{id}/status", response_model=str)
def get_flow_run_status(id: PathId, user: CurrentUser, db: Db) -> Response:
    """The state of all its runs together as a JSON string."""
    with db.read() as session:
        return JSONResponse(flow_runs.status_of(session, find(session, FlowRun, id, user)))


@router.get("/{id}/jobGroups")
def list_job_groups_of_flow_run(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """The job groups of a flow run, in the order in which they may begin."""
    with db.read() as session:
        groups = flow_runs.groups_of(session, find(session, FlowRun, id, user))
        return many(session, conf, JOB_GROUPS, groups, query.embed)


@router.post("/{id}/cancel")
def cancel_flow_run(id: PathId, user: CurrentUser, db: Db) -> Json:
    """Stop every run of a flow run that has not ended."""
    with db.write() as session:
        groups = flow_runs.groups_of(session, find(session, FlowRun, id, user))
        running = [group for group in groups if group.status not in FINAL]
        if not running:
            raise invalid(f"flow run {id} has ended already")
        stopped = [job for group in running for job in cancel(session, group)]
        return {"flowRunId": id, "jobGroupIds": [group.id for group in running], "jobIds": stopped}


def _where(flow_id: int | None) -> list[ColumnElement[bool]]:
    column: Any = FlowRun.flow_id
    return [] if flow_id is None else [column == min(flow_id, 2**63 - 1)]

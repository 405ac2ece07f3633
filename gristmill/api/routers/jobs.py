"""`/v4/jobs` (api 4.12)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from gristmill.api.answers import one
from gristmill.api.embedding import Json
from gristmill.api.inputs import Item, Number, PathId
from gristmill.api.resources.jobs import JOBS
from gristmill.api.routing import FILE, Conf, CurrentUser, Db, v4_router
from gristmill.model import job_groups
from gristmill.model.access import find
from gristmill.model.job_tables import Job

router = v4_router("jobs")


@router.get("/{id}")
def get_job(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """One job of a run."""
    with db.read() as session:
        return one(session, conf, user, JOBS, id, query)


@router.get("/{id}/status", response_model=str)
def get_job_status(id: PathId, user: CurrentUser, db: Db) -> Response:
    """The state of a job as a JSON string."""
    with db.read() as session:
        return JSONResponse(find(session, Job, id, user).status)


@router.get("/{id}/logs", openapi_extra=FILE, response_class=PlainTextResponse)
def get_job_log(
    id: PathId,
    user: CurrentUser,
    db: Db,
    offset: Annotated[Number, Query(description="characters to skip")] = 0,
) -> Response:
    """The log of a job as text."""
    with db.read() as session:
        return PlainTextResponse(job_groups.log_of(session, find(session, Job, id, user))[offset:])

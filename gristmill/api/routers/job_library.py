"""`/v4/jobLibrary`: runs as the application lists them, found by the names of their flows (api 2.7)."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request

from gristmill.api.answers import counted, listed
from gristmill.api.embedding import Json
from gristmill.api.inputs import List
from gristmill.api.resources.job_lists import (
    JOB_LIBRARY,
    RanFor,
    RanFrom,
    RunBy,
    StatusQuery,
    asked,
    asked_dates,
    library_statement,
    with_flows,
)
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router

router = v4_router("jobLibrary")


@router.get("")
def list_library(
    request: Request,
    user: CurrentUser,
    db: Db,
    conf: Conf,
    query: List,
    ranfor: RanFor = "",
    ranfrom: RanFrom = "",
    status: StatusQuery = "",
    run_by: RunBy = None,
) -> Json:
    """Your runs with their jobs and flows, newest first; `filter` looks for the flow's name."""
    where = asked(ranfor=ranfor, ranfrom=ranfrom, status=status, creator_id=run_by) + asked_dates(request)
    whole = replace(query, embed=f"jobs,{query.embed}")
    with db.read() as session:
        found = listed(session, conf, user, JOB_LIBRARY, whole, *where, statement=library_statement())
        return with_flows(session, found)


@router.get("/count")
def count_library(
    request: Request,
    user: CurrentUser,
    db: Db,
    query: List,
    ranfor: RanFor = "",
    ranfrom: RanFrom = "",
    status: StatusQuery = "",
    run_by: RunBy = None,
) -> Json:
    """How many runs such a list would have."""
    where = asked(ranfor=ranfor, ranfrom=ranfrom, status=status, creator_id=run_by) + asked_dates(request)
    with db.read() as session:
        return counted(session, user, JOB_LIBRARY, query, *where, statement=library_statement())

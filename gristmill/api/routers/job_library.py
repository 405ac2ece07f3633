"""`/v4/jobLibrary`: runs as the application lists them, found by the names of their flows (api 2.7)."""

from __future__ import annotations

from dataclasses import replace

from gristmill.api.answers import counted, listed
from gristmill.api.embedding import Json
from gristmill.api.inputs import List
from gristmill.api.resources.job_lists import JOB_LIBRARY, LibraryAsked, library_statement, with_flows
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router

router = v4_router("jobLibrary")


@router.get("")
def list_library(user: CurrentUser, db: Db, conf: Conf, query: List, asked: LibraryAsked) -> Json:
    """Your runs with their jobs and flows, newest first; `filter` looks for the flow's name."""
    whole = replace(query, embed=f"jobs,{query.embed}")
    with db.read() as session:
        found = listed(session, conf, user, JOB_LIBRARY, whole, *asked, statement=library_statement())
        return with_flows(session, found)


@router.get("/count")
def count_library(user: CurrentUser, db: Db, query: List, asked: LibraryAsked) -> Json:
    """How many runs such a list would have."""
    with db.read() as session:
        return counted(session, user, JOB_LIBRARY, query, *asked, statement=library_statement())

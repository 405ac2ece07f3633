"""Runs as the application lists them: found by flow, engine, person and day."""

from __future__ import annotations

import pytest

from gristmill.model.job_tables import JobGroup

from .asserts import assert_invalid


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("limit=25&filter=sal&ranfor=recipe%2Cplan", True),
        ("limit=25&filter=returns&ranfor=recipe%2Cplan", False),
        ("ranfor=plan", False),
        ("filter=clean&filterFields=recipeName", True),
        ("status=Complete,InProgress&ranfrom=api", True),
        ("status=Failed", False),
        ("dateFilter[createdAt][gte]=1700000000000", True),
        ("dateFilter[createdAt][lt]=1700000000000", False),
        ("runBy=2", True),
        ("runBy=1", False),
    ],
)
def test_runs_are_found(joe, group, query, found):
    runs = joe.get(f"/v4/jobLibrary?{query}").json()
    assert [run["id"] for run in runs["data"]] == [group] * found
    assert runs["count"] == joe.get(f"/v4/jobLibrary/count?{query}").json()["count"] == found


def test_a_run_stands_with_its_flow_and_jobs(joe, flow, recipe, group):
    (run,) = joe.get("/v4/jobLibrary?limit=2&offset=0&sort=-createdAt").json()["data"]
    assert run["wrangledDataset"] == {"id": recipe, "flow": {"id": flow, "name": "sales"}}
    wrangle = run["jobs"]["data"][0]
    assert (wrangle["executionLanguage"], wrangle["cpJobId"]) == ("photon", None)


def test_runs_of_others_are_not_listed(admin, joe, server, group):
    with server.sessions.write() as session:
        run = session.get(JobGroup, group)
        run.creator_id = run.flow_node.flow.creator_id = 1
    assert joe.get("/v4/jobLibrary?includeDeleted=true").json() == {"data": [], "count": 0}
    assert admin.get("/v4/jobLibrary?includeDeleted=true").json()["count"] == 1


@pytest.mark.parametrize("date", ["[createdAt]=1", "[name][gte]=1", "[createdAt][gte]=x", "[createdAt][eq]=1"])
def test_dates_that_cannot_be_read(joe, date):
    assert_invalid(joe.get(f"/v4/jobLibrary?dateFilter{date}"), "expected such as dateFilter[createdAt][gte]")

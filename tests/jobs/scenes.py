"""Requests to run a recipe, and what became of them."""

from __future__ import annotations

import time

from gristmill.jobs.submit import submit
from gristmill.model.job_tables import Job, JobGroup
from gristmill.model.runs import RunRequest
from gristmill.recipe import job as recipe_job

MOMENT = 1_700_000_000_000


def write_setting(path, **more):
    return {
        "id": None,
        "path": str(path),
        "action": "create",
        "format": "csv",
        "compression": "none",
        "header": True,
        "asSingleFile": True,
        "delim": ",",
        "hasQuotes": False,
        "includeMismatches": False,
        "prefix": None,
        "suffix": None,
        **more,
    }


def run_request(*outputs, execution="photon", **parameters):
    """A request to run a recipe that writes `outputs`; `parameters` are those of `job_runners`."""
    text = {key: str(value) for key, value in parameters.items()}
    return RunRequest(
        job=recipe_job.Job((), (), parameters=text).as_json(),
        outputs=tuple(outputs),
        execution=execution,
        profiler=False,
        ranfrom="api",
        ranfor="recipe",
        creator_id=1,
        workspace_id=1,
        flow_node_id=1,
        reference_date=MOMENT,
    )


def queue(sessions, request):
    """The id of a new job group."""
    with sessions.write() as session:
        return submit(session, request).id


def statuses(sessions, group_id):
    """The status of the group, then those of its jobs."""
    with sessions.read() as session:
        group = session.get_one(JobGroup, group_id)
        return [group.status, *(job.status for job in group.jobs)]


def job_of(sessions, group_id, position) -> Job:
    with sessions.read() as session:
        return session.get_one(JobGroup, group_id).jobs[position]


def finish(sessions, group_id, seconds=30.0):
    """The status of a group when it has one that stays."""
    end = time.monotonic() + seconds
    while (status := statuses(sessions, group_id)[0]) == "InProgress":
        assert time.monotonic() < end, statuses(sessions, group_id)
        time.sleep(0.01)
    return status


def until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited for too long"
        time.sleep(0.01)

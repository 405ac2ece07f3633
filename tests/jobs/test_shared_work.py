"""Runs of a flow run that take rows over: what they wait for, and what a killed server leaves to do."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from scenes import finish, run_request, statuses, until, write_setting
from sqlalchemy import select
from test_crashes import processes_of, server

from gristmill.jobs.claims import Owner, claim_job, lanes_of
from gristmill.jobs.failures import JobError
from gristmill.jobs.outcome import cancel_jobs, complete, fail
from gristmill.jobs.submit import submit_flow
from gristmill.model.flow_runs import FlowRequest
from gristmill.model.job_tables import JobLog
from gristmill.model.shared_work import share
from gristmill.recipe.job import Job, RecipeText, Source
from gristmill.storage.reading import Reading

OUT = write_setting("/out/a.csv")


@pytest.fixture
def groups(sessions):
    """The second run of a flow takes rows over from the first one; the third stands alone."""
    runs = tuple(run_request(OUT) for _ in range(3))
    with sessions.write() as session:
        return [group.id for group in submit_flow(session, FlowRequest(1, 1, runs, {}, takes={1: (0,)}))[1]]


@pytest.fixture
def claim(sessions, settings):
    def claim():
        with sessions.write() as session:
            return claim_job(session, Owner("host", "a"), lanes_of(settings), settings)

    return claim


def do(sessions, act, *args):
    with sessions.write() as session:
        return act(session, *args)


def test_who_takes_over_waits_for_the_recipe_only(sessions, groups, claim):
    maker, taker, other = groups
    assert [statuses(sessions, group)[1] for group in groups] == ["Pending", "Created", "Pending"]
    first = claim()
    assert first.group_id == maker
    do(sessions, complete, first, {})
    assert statuses(sessions, maker) == ["InProgress", "Complete", "Pending"]
    assert statuses(sessions, taker) == ["InProgress", "Pending", "Created"]
    assert statuses(sessions, other)[1] == "Pending"


@pytest.mark.parametrize("end", ["fails", "is canceled"])
def test_who_takes_over_begins_however_the_other_ends(sessions, groups, claim, end):
    maker, taker, _ = groups
    if end == "fails":
        do(sessions, fail, claim(), JobError("RunError", "x"))
    else:
        do(sessions, cancel_jobs, maker)
    assert statuses(sessions, taker) == ["InProgress", "Pending", "Created"]


# -- kill -9 -------------------------------------------------------------------------------------

ROWS = "a,b\n" + "".join(f"{at},{at * 7919 % 1000}\n" for at in range(2000))
STEPS = "derive type: single value: a * b as: 'c'\nsort order: -c"


def shared_run(settings, **parameters):
    """Two outputs of one recipe."""
    file = settings.data / "in.csv"
    file.write_text(ROWS)
    source = Source("in", Reading((str(file),)).as_json())
    behind = {"one": "filter type: topRows limit: 3 action: Keep", "two": "derive type: single value: $sourcerownumber"}
    runs = []
    for name, steps in behind.items():
        recipes = (RecipeText("base", STEPS, "source:0"), RecipeText(name, steps, "recipe:0"))
        job = Job((source,), recipes, parameters={key: str(value) for key, value in parameters.items()})
        runs.append(replace(run_request(write_setting(settings.data / "out" / f"{name}.csv")), job=job.as_json()))
    runs, takes = share(runs)
    return FlowRequest(1, 1, tuple(runs), {}, takes=takes)


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before the rows are kept", "rows kept"])
def test_a_killed_server_loses_no_output(settings, sessions, out, tmp_path, moment):
    request = shared_run(settings, wait_at=moment, moments=tmp_path)
    with server(settings, tmp_path, runner="share_rows") as process:
        with sessions.write() as session:
            groups = [group.id for group in submit_flow(session, request)[1]]
        until((tmp_path / f"{moment}.pid").exists, 20)
        process.kill()
        process.wait()
        until(lambda: not processes_of(process.pid), 3)
    (folder,) = settings.scratch.glob("flow-*")
    assert len(list(folder.glob("[!.]*"))) == (moment == "rows kept")
    assert not list(out.glob("*.csv"))
    with server(settings, tmp_path, runner="share_rows"):
        assert [finish(sessions, group) for group in groups] == ["Complete", "Complete"]
        until(lambda: not list(settings.scratch.iterdir()))
    lines = [f"{a},{b},{a * b}" for a, b in (map(int, row.split(",")) for row in ROWS.split()[1:])]
    wanted = sorted(enumerate(lines), key=lambda line: (-int(line[1].split(",")[2]), line[0]))
    assert (out / "one.csv").read_text().split()[1:] == [line for _, line in wanted[:3]]
    assert (out / "two.csv").read_text().split()[1:] == [f"{line},{at + 2}" for at, line in wanted]
    with sessions.read() as session:
        log = json.dumps(list(session.scalars(select(JobLog.message))))
    assert log.count("2000 rows kept") == (moment != "rows kept") and log.count("taken over") == 1

from __future__ import annotations

from dataclasses import replace

import pytest
from scenes import job_of, queue, run_request, statuses, write_setting
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from gristmill.jobs.claims import JOBS, LostClaimError, Owner, beat, claim_job, lanes_of, overdue, release, worn_out
from gristmill.jobs.failures import JobError
from gristmill.jobs.outcome import cancel_jobs, complete, fail, fail_job, reopen
from gristmill.jobs.submit import submit_flow
from gristmill.model.clock import now
from gristmill.model.flow_runs import FlowRequest
from gristmill.model.job_tables import JobEdge, JobGroup, Snapshot

ME, MY_PAST, OTHER = Owner("host-1", "b"), Owner("host-1", "a"), Owner("host-2", "c")
A, B = write_setting("/out/a.csv"), write_setting("/out/b.csv")
WRONG = JobError("RunError", "input file not found: 'a.csv'")


@pytest.fixture
def claim(sessions, settings):
    """Claims a job for an owner."""

    def claim(owner=ME, **changed):
        used = replace(settings, **changed)
        with sessions.write() as session:
            return claim_job(session, owner, lanes_of(used), used)

    return claim


@pytest.fixture
def group(sessions):
    return queue(sessions, run_request(A, B))


def do(sessions, act, *args):
    with sessions.write() as session:
        return act(session, *args)


def age(sessions, **columns):
    """Make all jobs look older by so many seconds."""
    with sessions.write() as session:
        session.execute(update(JOBS).values({name: now() - seconds * 1000 for name, seconds in columns.items()}))


def test_a_submitted_run_is_there_as_a_whole(sessions, group):
    assert statuses(sessions, group) == ["InProgress", "Pending", "Created", "Created"]
    wrangle, writer = job_of(sessions, group, 0), job_of(sessions, group, 2)
    assert (wrangle.type, wrangle.execution_language, wrangle.heartbeat_at) == ("wrangle", "photon", None)
    assert (writer.type, writer.write_setting, writer.percent_complete) == ("filewriter", B, 0)
    with sessions.read() as session:
        assert session.scalar(select(func.count()).select_from(JobEdge)) == 2
        assert session.scalars(select(Snapshot.definition)).one() == run_request(A, B).job


def test_a_run_that_cannot_be_stored_leaves_nothing(sessions):
    with pytest.raises(IntegrityError):
        queue(sessions, replace(run_request(A), flow_node_id=999))
    with sessions.read() as session:
        assert session.scalar(select(func.count()).select_from(JobGroup)) == 0


def test_only_what_waits_for_nothing_is_claimed(sessions, group, claim):
    wrangle = claim()
    assert (wrangle.payload["type"], wrangle.attempt) == ("wrangle", 1)
    assert claim() is None
    do(sessions, complete, wrangle, {})
    assert [claim().payload["position"], claim().payload["position"], claim()] == [0, 1, None]


def test_the_oldest_job_comes_first(sessions, group, claim):
    queue(sessions, run_request(A))
    do(sessions, complete, claim(), {})
    assert claim().group_id == group


def test_limits_count_per_worker_and_kind(sessions, claim):
    for _ in range(4):
        queue(sessions, run_request(A))
    assert claim(jobs_photon_max_concurrent=2) is not None
    second = claim(jobs_photon_max_concurrent=2)
    assert claim(jobs_photon_max_concurrent=2) is None
    assert claim(OTHER, jobs_photon_max_concurrent=2) is not None
    do(sessions, complete, second, {})
    assert claim(jobs_photon_max_concurrent=2).payload["type"] == "filewriter"
    assert claim(jobs_photon_max_concurrent=2).payload["type"] == "wrangle"


def test_a_silent_worker_loses_its_job_after_four_beats(sessions, group, claim):
    first = claim(OTHER)
    age(sessions, heartbeat_at=0.9)
    assert claim() is None
    age(sessions, heartbeat_at=1.1)
    again = claim()
    assert (again.job_id, again.attempt) == (first.job_id, 2)
    assert statuses(sessions, group)[1] == "InProgress"


def test_a_heartbeat_keeps_a_job(sessions, group, claim):
    running = claim(OTHER)
    age(sessions, heartbeat_at=60)
    do(sessions, beat, OTHER, [running.job_id])
    assert claim() is None


def test_a_job_that_its_worker_has_forgotten_is_claimed_again(sessions, group, claim):
    forgotten = claim(ME)
    age(sessions, heartbeat_at=60)
    do(sessions, beat, ME, [])
    assert (claim(ME).job_id, claim(ME)) == (forgotten.job_id, None)


def test_a_late_beat_does_not_take_a_job_from_those_who_do_it(sessions, settings, group, claim):
    running = claim(ME)
    age(sessions, heartbeat_at=60)
    with sessions.write() as session:
        assert claim_job(session, ME, lanes_of(settings), settings, [running.job_id]) is None
    assert claim(OTHER).job_id == running.job_id


def test_a_restarted_worker_goes_on_at_once(group, claim):
    assert claim(MY_PAST).attempt == 1
    assert claim(ME).attempt == 2


def test_who_was_replaced_changes_nothing(sessions, group, claim):
    old, new = claim(MY_PAST), claim(ME)
    for end in (lambda session: complete(session, old, {}), lambda session: fail(session, old, WRONG)):
        with pytest.raises(LostClaimError):
            do(sessions, end)
    assert statuses(sessions, group) == ["InProgress", "InProgress", "Created", "Created"]
    assert do(sessions, complete, new, {}) == "InProgress"


def test_the_last_attempt_is_not_followed_by_another(sessions, settings, group, claim):
    for boot in "abcde":
        last = claim(Owner("host-1", boot))
    assert last.attempt == 5
    assert claim(Owner("host-1", "f")) is None
    with sessions.read() as session:
        assert [job.job_id for job in worn_out(session, Owner("host-1", "f"), settings)] == [last.job_id]


def test_an_orderly_end_of_the_worker_costs_no_job(sessions, settings, group, claim):
    for boot in "abcdefgh":
        assert claim(Owner("host-1", boot)) is not None
        do(sessions, release, Owner("host-1", boot))
    with sessions.read() as session:
        assert worn_out(session, OTHER, settings) == []


def test_a_job_that_waits_for_too_long_is_found(sessions, settings, group, claim):
    age(sessions, updated_at=3600)
    with sessions.read() as session:
        assert overdue(session, settings) == []
        assert len(overdue(session, replace(settings, jobs_queue_timeout_minutes=59))) == 1
        assert overdue(session, replace(settings, jobs_queue_timeout_minutes=0)) == []


def test_the_group_is_complete_with_its_last_job(sessions, group, claim):
    do(sessions, complete, claim(), {})
    writers = [claim(), claim()]
    assert do(sessions, complete, writers[1], {}) == "InProgress"
    assert do(sessions, complete, writers[0], {}) == "Complete"
    assert statuses(sessions, group) == ["Complete"] * 4
    assert job_of(sessions, group, 0).percent_complete == 100


def test_jobs_behind_a_failed_one_are_canceled(sessions, group, claim):
    assert do(sessions, fail, claim(), WRONG) == "Failed"
    assert statuses(sessions, group) == ["Failed", "Failed", "Canceled", "Canceled"]
    assert job_of(sessions, group, 0).error_message == "input file not found: 'a.csv'"


def test_the_group_fails_when_nothing_runs_any_more(sessions, group, claim):
    do(sessions, complete, claim(), {})
    first, second = claim(), claim()
    assert do(sessions, fail, first, WRONG) == "InProgress"
    assert do(sessions, complete, second, {}) == "Failed"
    assert statuses(sessions, group) == ["Failed", "Complete", "Failed", "Complete"]


def test_cancel_stops_what_has_not_ended(sessions, group, claim):
    do(sessions, complete, claim(), {})
    running = claim()
    canceled = do(sessions, cancel_jobs, group)
    assert canceled == [running.job_id, running.job_id + 1]
    assert statuses(sessions, group) == ["Canceled", "Complete", "Canceled", "Canceled"]
    with pytest.raises(LostClaimError):
        do(sessions, complete, running, {})
    assert claim() is None


def test_a_job_that_has_ended_is_not_failed(sessions, group, claim):
    wrangle = claim()
    do(sessions, complete, wrangle, {})
    do(sessions, fail_job, wrangle.job_id, group, WRONG)
    assert statuses(sessions, group)[1] == "Complete"


def test_lost_files_are_made_again_and_finished_jobs_stay(sessions, group, claim):
    do(sessions, complete, claim(), {})
    first, second = claim(), claim()
    do(sessions, complete, first, {})
    do(sessions, reopen, second, first.job_id - 1, 1, 5)
    assert statuses(sessions, group) == ["InProgress", "Pending", "Complete", "Created"]
    do(sessions, complete, claim(), {})
    assert claim().job_id == second.job_id


def test_while_lost_files_are_made_again_everything_behind_waits(sessions, group, claim):
    do(sessions, complete, claim(), {})
    writer = claim()
    do(sessions, reopen, writer, writer.job_id - 1, 1, 5)
    assert statuses(sessions, group) == ["InProgress", "Pending", "Created", "Created"]


def test_files_that_were_made_again_meanwhile_are_not_made_twice(sessions, group, claim):
    do(sessions, complete, claim(), {})
    writer = claim()
    do(sessions, reopen, writer, writer.job_id - 1, 0, 5)
    assert statuses(sessions, group) == ["InProgress", "Complete", "Pending", "Pending"]


def test_lost_files_are_not_made_for_ever(sessions, group, claim):
    do(sessions, complete, claim(), {})
    writer = claim()
    with pytest.raises(JobError, match=r"the files of job \d+ were lost 1 times"):
        do(sessions, reopen, writer, writer.job_id - 1, 1, 1)


# -- runs of a flow that wait for each other -----------------------------------------------------


@pytest.fixture
def flow_groups(sessions):
    """The third run of a flow waits for the first two."""
    runs = tuple(run_request(setting) for setting in (A, B, A))
    with sessions.write() as session:
        return [group.id for group in submit_flow(session, FlowRequest(1, 1, runs, {2: (0, 1)}))[1]]


def finish_all(sessions, claim, count):
    for _ in range(count):
        do(sessions, complete, claim(), {})


def test_a_run_begins_when_those_it_waits_for_have_ended(sessions, flow_groups, claim):
    first, _, last = flow_groups
    finish_all(sessions, claim, 3)
    assert statuses(sessions, first)[0] == "Complete"
    assert statuses(sessions, last) == ["InProgress", "Created", "Created"]
    finish_all(sessions, claim, 1)
    assert statuses(sessions, last) == ["InProgress", "Pending", "Created"]
    finish_all(sessions, claim, 2)
    assert statuses(sessions, last)[0] == "Complete"


def test_a_run_that_fails_or_is_canceled_does_not_stop_those_that_wait(sessions, flow_groups, claim):
    first, second, last = flow_groups
    do(sessions, fail, claim(), WRONG)
    assert statuses(sessions, last)[1] == "Created"
    do(sessions, cancel_jobs, second)
    assert (statuses(sessions, first)[0], statuses(sessions, last)[1]) == ("Failed", "Pending")


def test_a_run_that_is_canceled_while_it_waits_stays_so(sessions, flow_groups, claim):
    do(sessions, cancel_jobs, flow_groups[2])
    finish_all(sessions, claim, 4)
    assert statuses(sessions, flow_groups[2]) == ["Canceled"] * 3
    assert claim() is None

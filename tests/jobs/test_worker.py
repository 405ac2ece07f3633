from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from job_runners import whole_file
from scenes import finish, job_of, queue, run_request, statuses, until, write_setting
from sqlalchemy import select

from gristmill.jobs.cancel import cancel
from gristmill.jobs.resume import resume
from gristmill.jobs.retention import forget_old_runs
from gristmill.jobs.worker import Worker
from gristmill.model.job_tables import JobGroup, JobLog, ScriptResult


@contextmanager
def working(settings, sessions, runner="write_rows"):
    worker = Worker(settings, sessions, f"job_runners:{runner}")
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_run_writes_its_output_and_nothing_else(settings, sessions, out):
    with working(settings, sessions):
        group = queue(sessions, run_request(write_setting(out / "a.csv"), rows=1000))
        assert finish(sessions, group) == "Complete"
    assert (out / "a.csv").read_text() == whole_file(1000)
    assert sorted(out.iterdir()) == [out / "a.csv"]
    assert list(settings.scratch.iterdir()) == []
    assert statuses(sessions, group) == ["Complete"] * 3


def test_the_result_says_what_was_written(settings, sessions, out):
    with working(settings, sessions):
        group = queue(sessions, run_request(write_setting(out / "a.csv"), rows=7))
        finish(sessions, group)
    with sessions.read() as session:
        result = session.scalars(select(ScriptResult)).one()
        owner = session.get_one(JobGroup, group)
    assert (result.name, result.format, result.row_count, result.is_primary_output) == ("a.csv", "csv", 7, True)
    assert (result.uri, result.size) == (f"file://{out}/a.csv", len(whole_file(7)))
    assert (result.job_group_id, result.session_id) == (group, owner.session_id)
    assert job_of(sessions, group, 1).script_result_id == result.id


def test_every_output_is_written_in_one_run(settings, sessions, out):
    settings_of = [write_setting(out / "a.csv"), write_setting(out / "new" / "b.csv"), write_setting(out / "c.csv")]
    with working(settings, sessions):
        assert finish(sessions, queue(sessions, run_request(*settings_of))) == "Complete"
    assert files_in(out) == ["a.csv", "c.csv", "new/b.csv"]


def test_the_prefix_stands_before_the_name(settings, sessions, out):
    with working(settings, sessions):
        finish(sessions, queue(sessions, run_request(write_setting(out / "a.csv", prefix="new-"))))
    assert files_in(out) == ["new-a.csv"]


def test_the_log_is_kept(settings, sessions, out):
    with working(settings, sessions):
        group = queue(sessions, run_request(write_setting(out / "a.csv")))
        finish(sessions, group)
    with sessions.read() as session:
        lines = session.execute(select(JobLog.level, JobLog.message).order_by(JobLog.id)).all()
    assert ("info", "engine photon") in lines
    assert ("info", f"wrote {out}/a.csv: 3 rows, {len(whole_file(3))} bytes") in lines


def test_progress_and_log_are_seen_during_the_run(settings, sessions, out, tmp_path):
    request = run_request(write_setting(out / "a.csv"), wait_at="half written", moments=tmp_path)
    with working(settings, sessions):
        group = queue(sessions, request)
        until(lambda: job_of(sessions, group, 0).percent_complete == 50)
        with sessions.read() as session:
            assert "engine photon" in session.scalars(select(JobLog.message)).all()
        beats = {job_of(sessions, group, 0).heartbeat_at}
        until(lambda: beats.add(job_of(sessions, group, 0).heartbeat_at) or len(beats) > 2)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"path": "/etc/gristmill/a.csv"}, "not permitted: '/etc/gristmill/a.csv'"),
        ({"path": "a.csv"}, "output a.csv: path: expected a URI or absolute path"),
        ({"action": "replace"}, "action: invalid value 'replace'"),
        ({"format": "cvs"}, "format: invalid value 'cvs'"),
    ],
)
def test_a_wrong_output_fails_the_run(settings, sessions, out, setting, message):
    with working(settings, sessions):
        group = queue(sessions, run_request({**write_setting(out / "a.csv"), **setting}))
        assert finish(sessions, group) == "Failed"
    assert statuses(sessions, group) == ["Failed", "Failed", "Canceled"]
    assert message in job_of(sessions, group, 0).error_message


@pytest.mark.parametrize(
    ("runner", "name", "message"),
    [
        ("complain", "RunError", "input file not found: 'a.csv'"),
        ("crash", "EngineCrashed", "the engine process crashed"),
        ("divide_by_zero", "EngineFailed", "ZeroDivisionError"),
    ],
)
def test_a_run_that_fails_says_why_and_leaves_nothing(settings, sessions, out, runner, name, message):
    with working(replace(settings, jobs_scratch_retention_hours=0), sessions, runner):
        group = queue(sessions, run_request(write_setting(out / "new" / "a.csv")))
        assert finish(sessions, group) == "Failed"
        until(lambda: not list(settings.scratch.iterdir()))
    wrangle = job_of(sessions, group, 0)
    assert (wrangle.error_name, wrangle.status) == (name, "Failed")
    assert message in wrangle.error_message
    assert list(out.iterdir()) == []


def test_scratch_files_of_a_failed_run_stay_for_a_while(settings, sessions, out):
    with working(settings, sessions, "complain"):
        group = queue(sessions, run_request(write_setting(out / "a.csv")))
        finish(sessions, group)
        until(lambda: not list(out.iterdir()))
    kept = settings.scratch / str(job_of(sessions, group, 0).id) / "1"
    assert kept.is_dir()
    with sessions.write() as session:
        session.get_one(JobGroup, group).finished_at -= 25 * 3600 * 1000
    with working(settings, sessions):
        until(lambda: not kept.exists())


def test_one_bad_output_does_not_hold_up_the_others(settings, sessions, out):
    (out / "taken").mkdir()
    bad = write_setting(out / "taken", action="overwrite")
    with working(settings, sessions):
        group = queue(sessions, run_request(bad, write_setting(out / "b.csv")))
        assert finish(sessions, group) == "Failed"
    assert statuses(sessions, group) == ["Failed", "Complete", "Failed", "Complete"]
    assert files_in(out) == ["b.csv"]


def resume_group(sessions, group):
    with sessions.write() as session:
        return resume(session, session.get_one(JobGroup, group))


def test_a_resumed_run_does_what_has_failed_and_only_that(settings, sessions, out):
    (out / "taken").mkdir()
    bad = write_setting(out / "taken", action="overwrite")
    with working(settings, sessions):
        group = queue(sessions, run_request(bad, write_setting(out / "b.csv")))
        assert finish(sessions, group) == "Failed"
        (out / "taken").rmdir()
        ends = job_of(sessions, group, 2).finished_at
        assert resume_group(sessions, group) == [job_of(sessions, group, 1).id]
        assert finish(sessions, group) == "Complete"
    assert files_in(out) == ["b.csv", "taken"]
    assert (out / "taken").read_text() == whole_file(3)
    assert (job_of(sessions, group, 2).finished_at, job_of(sessions, group, 0).attempt) == (ends, 2)
    assert list(settings.scratch.iterdir()) == []


def test_a_recipe_that_has_failed_is_resumed_with_all_behind_it(settings, sessions, out):
    with working(settings, sessions, "complain"):
        group = queue(sessions, run_request(write_setting(out / "a.csv")))
        assert finish(sessions, group) == "Failed"
    assert len(resume_group(sessions, group)) == 2
    with working(settings, sessions):
        assert finish(sessions, group) == "Complete"
    assert (job_of(sessions, group, 0).error_message, files_in(out)) == (None, ["a.csv"])


def test_old_runs_are_forgotten_where_that_is_wanted(settings, sessions, out):
    days = {"old": 8, "young": 6}
    with working(settings, sessions):
        groups = {age: queue(sessions, run_request(write_setting(out / f"{age}.csv"))) for age in days}
        for age, group in groups.items():
            assert finish(sessions, group) == "Complete"
            with sessions.write() as session:
                session.get_one(JobGroup, group).finished_at -= days[age] * 24 * 3600 * 1000
    assert forget_old_runs(sessions, settings) == 0
    assert forget_old_runs(sessions, replace(settings, jobs_retention_days=7)) == 1
    assert forget_old_runs(sessions, replace(settings, jobs_retention_days=7)) == 0
    with sessions.read() as session:
        assert session.scalars(select(JobGroup.id).where(JobGroup.deleted_at.is_(None))).all() == [groups["young"]]
        assert set(session.scalars(select(JobLog.job_group_id))) == {groups["young"]}
    assert files_in(out) == ["old.csv", "young.csv"]


@pytest.mark.parametrize(
    ("execution", "message"),
    [
        ("spark", "running environment spark is not configured"),
        ("warp", "running environment 'warp' is not known"),
    ],
)
def test_a_running_environment_that_is_not_there(settings, sessions, out, execution, message):
    with working(settings, sessions):
        group = queue(sessions, run_request(write_setting(out / "a.csv"), execution=execution))
        assert finish(sessions, group) == "Failed"
    wrangle = job_of(sessions, group, 0)
    assert wrangle.error_message.startswith(message)
    assert wrangle.execution_language == execution


def test_the_administrator_may_run_it_on_photon_instead(settings, sessions, out):
    with working(replace(settings, engines_fallback_to_local=True), sessions):
        group = queue(sessions, run_request(write_setting(out / "a.csv"), execution="dataflow"))
        assert finish(sessions, group) == "Complete"
    assert job_of(sessions, group, 0).execution_language == "dataflow"
    with sessions.read() as session:
        assert any("runs on photon instead" in line for line in session.scalars(select(JobLog.message)))


def test_a_run_that_takes_too_long_fails(settings, sessions, out):
    with working(replace(settings, jobs_photon_timeout_minutes=0.005), sessions, "be_slow"):
        group = queue(sessions, run_request(write_setting(out / "a.csv")))
        assert finish(sessions, group) == "Failed"
    assert job_of(sessions, group, 0).error_message == "timed out: the run took more than 0.3 seconds"


@pytest.mark.parametrize("runner", ["be_slow", "be_stubborn"])
def test_cancel_ends_the_engine_and_leaves_nothing(settings, sessions, out, runner):
    with working(settings, sessions, runner):
        group = queue(sessions, run_request(write_setting(out / "new" / "a.csv")))
        until((out / "new").exists)
        started = time.monotonic()
        with sessions.write() as session:
            stopped = cancel(session, session.get_one(JobGroup, group))
        assert statuses(sessions, group) == ["Canceled"] * 3
        until(lambda: not list(out.iterdir()) and not list(settings.scratch.iterdir()), 2)
        assert time.monotonic() - started < 2
    assert stopped == [job_of(sessions, group, 0).id, job_of(sessions, group, 1).id]
    assert statuses(sessions, group) == ["Canceled"] * 3


def test_a_run_that_has_not_begun_can_be_canceled(settings, sessions, out):
    group = queue(sessions, run_request(write_setting(out / "a.csv")))
    with sessions.write() as session:
        cancel(session, session.get_one(JobGroup, group))
    with working(settings, sessions):
        later = queue(sessions, run_request(write_setting(out / "b.csv")))
        assert finish(sessions, later) == "Complete"
    assert files_in(out) == ["b.csv"]


def test_a_run_canceled_elsewhere_is_noticed(settings, sessions, out, monkeypatch):
    monkeypatch.setattr("gristmill.jobs.cancel.drop_jobs", lambda job_ids: None)
    with working(settings, sessions, "be_slow"):
        group = queue(sessions, run_request(write_setting(out / "a.csv")))
        until(lambda: list(out.iterdir()))
        with sessions.write() as session:
            cancel(session, session.get_one(JobGroup, group))
        until(lambda: not list(out.iterdir()), 2)


def test_a_stopped_worker_is_followed_by_the_next(settings, sessions, out, tmp_path):
    request = run_request(write_setting(out / "a.csv"), rows=500, wait_at="half written", moments=tmp_path)
    with working(settings, sessions):
        group = queue(sessions, request)
        until((tmp_path / "half written.pid").exists)
    assert statuses(sessions, group) == ["InProgress", "InProgress", "Created"]
    assert list(out.iterdir()) == []
    with working(settings, sessions):
        assert finish(sessions, group) == "Complete"
    assert (out / "a.csv").read_text() == whole_file(500)
    assert job_of(sessions, group, 0).attempt == 2


def test_fifty_runs_at_once(settings, sessions, out):
    with working(settings, sessions):
        groups = [queue(sessions, run_request(write_setting(out / f"{n}.csv"), rows=10)) for n in range(50)]
        assert {finish(sessions, group, 20) for group in groups} == {"Complete"}
    assert len(files_in(out)) == 50
    assert {Path(out / name).read_text() for name in files_in(out)} == {whole_file(10)}


def test_never_more_engines_than_allowed(settings, sessions, out, monkeypatch):
    from gristmill.jobs import running

    present, most = [], []
    start = running.EngineProcess.__init__
    end = running.EngineProcess.close

    def count_start(process, order):
        present.append(process)
        most.append(len(present))
        start(process, order)

    def count_end(process):
        end(process)
        present.remove(process)

    monkeypatch.setattr(running.EngineProcess, "__init__", count_start)
    monkeypatch.setattr(running.EngineProcess, "close", count_end)
    with working(replace(settings, jobs_photon_max_concurrent=3), sessions):
        groups = [queue(sessions, run_request(write_setting(out / f"{n}.csv"))) for n in range(12)]
        for group in groups:
            finish(sessions, group, 20)
    assert max(most) <= 4  # the fork server's start is not a job


def test_runs_that_create_the_same_file_take_different_names(settings, sessions, out):
    with working(settings, sessions):
        groups = [queue(sessions, run_request(write_setting(out / "a.csv"))) for _ in range(10)]
        assert {finish(sessions, group) for group in groups} == {"Complete"}
    assert sorted(files_in(out)) == sorted(["a.csv", *(f"a_{number}.csv" for number in range(1, 10))])


def test_runs_that_append_to_the_same_file_lose_no_row(settings, sessions, out):
    with working(settings, sessions):
        setting = write_setting(out / "a.csv", action="append")
        groups = [queue(sessions, run_request(setting, rows=5)) for _ in range(10)]
        assert {finish(sessions, group) for group in groups} == {"Complete"}
    header, *rows = (out / "a.csv").read_text().splitlines()
    assert header == "number,square"
    assert sorted(rows) == sorted(whole_file(5).splitlines()[1:] * 10)


def test_lines_of_json_are_appended_whatever_is_said_of_a_header(settings, sessions, out):
    setting = write_setting(out / "a.json", action="append", format="json", header=True)
    with working(settings, sessions):
        assert {finish(sessions, queue(sessions, run_request(setting, rows=2))) for _ in range(2)} == {"Complete"}
    assert (out / "a.json").read_text() == whole_file(2) * 2


def test_a_place_that_cannot_be_written_keeps_no_other_output_from_its_own(settings, sessions, out):
    with working(settings, sessions, "write_what_can_be"):
        group = queue(sessions, run_request(write_setting(out / "a.csv"), write_setting(out / "b.csv"), broken="a.csv"))
        assert finish(sessions, group) == "Failed"
    assert statuses(sessions, group) == ["Failed", "Complete", "Failed", "Complete"]
    assert job_of(sessions, group, 1).error_message == "the disk is full"
    with working(settings, sessions):
        resume_group(sessions, group)
        assert finish(sessions, group) == "Complete"
    assert files_in(out) == ["a.csv", "b.csv"]
    assert [job_of(sessions, group, place).attempt for place in (0, 1, 2)] == [1, 1, 1]

"""Several worker processes on one PostgreSQL database."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from job_runners import whole_file
from scenes import finish, queue, run_request, statuses, until, write_setting
from sqlalchemy import select

from gristmill.jobs.cancel import cancel
from gristmill.jobs.claims import JOBS
from gristmill.model.job_tables import JobGroup
from gristmill.settings import Settings

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent


@pytest.fixture
def settings(own_home, postgres):
    return Settings(home=own_home, database_url=postgres.fresh(), jobs_heartbeat_seconds=0.25, jobs_poll_seconds=0.25)


@contextmanager
def workers(settings, moments, count=2, beat="0.25"):
    """Worker processes, the first of which can be killed."""
    command = [sys.executable, str(HERE / "job_server.py"), str(settings.home), settings.database_url]
    with ExitStack() as stack:
        started = [subprocess.Popen([*command, str(moments), "", beat], start_new_session=True) for _ in range(count)]
        for process in started:
            stack.callback(lambda process=process: (process.kill(), process.wait()))
        until(lambda: len(list((settings.home / "workers").glob("*.lock"))) >= count, 20)
        yield started


def owners(sessions):
    """Who did how many jobs, and how often the jobs were begun."""
    with sessions.read() as session:
        rows = session.execute(select(JOBS.c.owner, JOBS.c.attempt)).all()
    return Counter(owner for owner, _ in rows), {attempt for _, attempt in rows}


def pid_at(moments, moment="half written"):
    mark = moments / f"{moment}.pid"
    until(lambda: mark.exists() and mark.read_text(), 10)
    return int(mark.read_text())


def is_alive(pid):
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_they_share_the_work_and_do_everything_once(settings, sessions, out, tmp_path):
    with workers(settings, tmp_path):
        groups = [queue(sessions, run_request(write_setting(out / f"{n}.csv"), rows=200)) for n in range(40)]
        assert {finish(sessions, group, 60) for group in groups} == {"Complete"}
    assert {path.read_text() for path in out.iterdir()} == {whole_file(200)}
    assert len(list(out.iterdir())) == 40
    done, attempts = owners(sessions)
    assert (len(done), attempts) == (2, {1})


def test_a_job_that_runs_elsewhere_is_canceled_at_once(settings, sessions, out, tmp_path):
    request = run_request(write_setting(out / "a.csv"), wait_at="half written", moments=tmp_path)
    with workers(settings, tmp_path, beat="60"):
        group = queue(sessions, request)
        pid = pid_at(tmp_path)
        with sessions.write() as session:
            cancel(session, session.get_one(JobGroup, group))
        until(lambda: not is_alive(pid) and not list(out.iterdir()), 2)
    assert statuses(sessions, group) == ["Canceled"] * 3


def test_another_one_takes_over_from_the_dead(settings, sessions, out, tmp_path):
    request = run_request(write_setting(out / "a.csv"), rows=500, wait_at="half written", moments=tmp_path)
    with workers(settings, tmp_path, count=1) as (first,):
        group = queue(sessions, request)
        pid = pid_at(tmp_path)
        with workers(settings, tmp_path, count=1):
            first.kill()
            assert finish(sessions, group, 30) == "Complete"
        assert not is_alive(pid)
    assert [path.name for path in out.iterdir()] == ["a.csv"]
    assert (out / "a.csv").read_text() == whole_file(500)


def test_cut_connections_lose_nothing(settings, sessions, out, tmp_path, postgres):
    with workers(settings, tmp_path):
        groups = [queue(sessions, run_request(write_setting(out / f"{n}.csv"), rows=200)) for n in range(30)]
        until(lambda: list(out.iterdir()), 20)
        cut = 0
        for _ in range(8):
            sessions.close()
            cut += postgres.cut()
            time.sleep(0.3)
        assert cut >= 8
        assert {finish(sessions, group, 60) for group in groups} == {"Complete"}
        late = queue(sessions, run_request(write_setting(out / "late.csv"), rows=200))
        assert finish(sessions, late) == "Complete"
    assert len(list(out.iterdir())) == 31
    assert {path.read_text() for path in out.iterdir()} == {whole_file(200)}

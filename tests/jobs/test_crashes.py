"""A server that is killed in the middle of a run and started again."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from job_runners import whole_file
from scenes import finish, job_of, queue, run_request, statuses, until, write_setting
from sqlalchemy import func, select

from gristmill.model.job_tables import JobGroup, ScriptResult

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
MOMENTS = ["before the first row", "half written", "before the rename", "after the rename"]


@contextmanager
def server(settings, moments, moment="", runner="write_rows"):
    command = [sys.executable, str(HERE / "job_server.py"), str(settings.home)]
    command += [settings.database_url, str(moments), moment, "60", runner]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def processes_of(session_id):
    """The living processes that a server has started, itself included."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                state, _, _, session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(session) == session_id and state != "Z":
                found.append(int(folder.name))
    return found


def kill_at(settings, sessions, moment, moments, request):
    """Start a run and kill the server with -9 when the moment has come; nobody must survive it."""
    with server(settings, moments, moment) as process:
        group = queue(sessions, request)
        until((moments / f"{moment}.pid").exists, 10)
        assert len(processes_of(process.pid)) > 1
        process.kill()
        process.wait()
        until(lambda: not processes_of(process.pid), 3)
    return group


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_server_leaves_one_whole_output(settings, sessions, out, tmp_path, moment):
    request = run_request(write_setting(out / "a.csv"), rows=60_000, wait_at=moment, moments=tmp_path)
    group = kill_at(settings, sessions, moment, tmp_path, request)
    is_published = moment == "after the rename"
    assert (out / "a.csv").exists() == is_published
    with server(settings, tmp_path):
        assert finish(sessions, group) == "Complete"
        until(lambda: not list(settings.scratch.iterdir()))
    assert [path.name for path in out.iterdir()] == ["a.csv"]
    assert (out / "a.csv").read_text() == whole_file(60_000)
    with sessions.read() as session:
        assert session.scalar(select(func.count()).select_from(ScriptResult)) == 1


@pytest.mark.parametrize("moment", MOMENTS)
def test_only_what_was_interrupted_runs_again(settings, sessions, out, tmp_path, moment):
    request = run_request(write_setting(out / "a.csv"), wait_at=moment, moments=tmp_path)
    group = kill_at(settings, sessions, moment, tmp_path, request)
    with server(settings, tmp_path):
        finish(sessions, group)
    attempts = [job_of(sessions, group, place).attempt for place in (0, 1)]
    assert attempts == ([1, 2] if "rename" in moment else [2, 1])


def test_the_recipe_runs_again_when_its_files_are_gone(settings, sessions, out, tmp_path):
    request = run_request(write_setting(out / "a.csv"), write_setting(out / "b.csv"), rows=50)
    moment = "before the rename"
    group = kill_at(settings, sessions, moment, tmp_path, request)
    for hidden in out.glob(".gristmill-*/*/*.csv"):
        hidden.unlink()
    with server(settings, tmp_path):
        assert finish(sessions, group) == "Complete"
        until(lambda: sorted(path.name for path in out.iterdir()) == ["a.csv", "b.csv"])  # what is hidden goes last
    assert {path.read_text() for path in out.iterdir()} == {whole_file(50)}
    assert job_of(sessions, group, 0).attempt == 2


@pytest.mark.parametrize("moment", ["before the rename", "after the rename"])
def test_runs_that_append_go_on_after_a_crash_without_losing_or_doubling_rows(
    settings, sessions, out, tmp_path, moment
):
    setting = write_setting(out / "a.csv", action="append")
    first = kill_at(settings, sessions, moment, tmp_path, run_request(setting, rows=4))
    later = [queue(sessions, run_request(setting, rows=4)) for _ in range(3)]
    with server(settings, tmp_path):
        assert {finish(sessions, group) for group in (first, *later)} == {"Complete"}
    header, *rows = (out / "a.csv").read_text().splitlines()
    assert header == "number,square"
    assert sorted(rows) == sorted(whole_file(4).splitlines()[1:] * 4)


def test_a_run_that_kills_its_server_again_and_again_fails(settings, sessions, out, tmp_path):
    group = queue(sessions, run_request(write_setting(out / "new" / "a.csv"), wait_at="half written", moments=tmp_path))
    for _ in range(3):
        with server(settings, tmp_path) as process:
            until((tmp_path / "half written.pid").exists, 10)
            process.send_signal(signal.SIGKILL)
        (tmp_path / "half written.pid").unlink()
    with server(settings, tmp_path):
        assert finish(sessions, group) == "Failed"
        until(lambda: not list(out.iterdir()))
    assert statuses(sessions, group) == ["Failed", "Failed", "Canceled"]
    assert job_of(sessions, group, 0).error_message == "its worker died 3 times"


def test_a_run_that_was_canceled_while_the_server_was_down_is_cleaned_up(settings, sessions, out, tmp_path):
    from gristmill.jobs.cancel import cancel

    request = run_request(write_setting(out / "new" / "a.csv"), wait_at="half written", moments=tmp_path)
    group = kill_at(settings, sessions, "half written", tmp_path, request)
    with sessions.write() as session:
        cancel(session, session.get_one(JobGroup, group))
    with server(settings, tmp_path):
        until(lambda: not list(out.iterdir()) and not list(settings.scratch.iterdir()))
    assert statuses(sessions, group) == ["Canceled"] * 3

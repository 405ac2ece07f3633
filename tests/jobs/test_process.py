from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from gristmill.engines.watch import RunResult, Silent, SinkResult
from gristmill.jobs.children import IDLE
from gristmill.jobs.failures import JobError
from gristmill.jobs.process import EngineProcess, Order, StoppedError, start_fork_server
from gristmill.recipe.job import Job

SERVER_MODULES = {"fastapi", "starlette", "uvicorn", "pydantic", "sqlalchemy", "alembic", "httpx", "gristmill.model"}


@pytest.fixture(scope="module", autouse=True)
def fork_server():
    start_fork_server()


class Notes:
    def __init__(self):
        self.heard = []

    def progress(self, percent):
        self.heard.append(percent)

    def log(self, level, message):
        self.heard.append((level, message))


def run(runner, watch=None, timeout=10.0, **parameters):
    with EngineProcess(order(runner, **parameters)) as process:
        return process.follow(watch or Silent(), timeout)


def order(runner, **parameters):
    return Order(Job((), (), parameters=parameters), runner=f"job_runners:{runner}")


def is_alive(pid):
    return Path(f"/proc/{pid}").exists()


def wait_until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited for too long"
        time.sleep(0.01)


def test_result_progress_and_log_come_back():
    notes = Notes()
    assert run("tell_everything", notes) == RunResult((SinkResult("/out/a.csv", 3, ("a", "b"), {"b": 3}),), 1.5)
    assert notes.heard == [10, 60, ("warning", "3 cells do not fit")]


def test_threads_of_the_engine_may_tell_at_the_same_time():
    notes = Notes()
    run("tell_from_threads", notes)
    assert notes.heard == [("info", "x" * 5000)] * 200


@pytest.mark.parametrize(
    ("runner", "name", "message"),
    [
        ("complain", "RunError", "input file not found: 'a.csv'"),
        ("divide_by_zero", "EngineFailed", "the engine failed: ZeroDivisionError: division by zero"),
        ("crash", "EngineCrashed", "the engine process crashed (signal 11, Segmentation fault)"),
        (
            "be_killed",
            "EngineCrashed",
            "the engine process was killed (signal 9); the machine may have run out of memory",
        ),
        ("leave", "EngineCrashed", "the engine process ended without a result (exit code 3)"),
        ("run_out_of_memory", "RunError", "out of memory: the run needs more than this machine gives to it"),
        ("no_such_runner", "EngineFailed", "the engine failed: AttributeError: "),
    ],
)
def test_an_engine_that_fails_says_why(runner, name, message):
    with pytest.raises(JobError) as caught:
        run(runner)
    assert caught.value.name == name
    assert caught.value.message.startswith(message)


def test_problems_come_back_as_the_api_shows_them():
    with pytest.raises(JobError) as caught:
        run("complain")
    expected = {"code": "run", "message": "input file not found: 'a.csv'", "severity": "error"}
    assert caught.value.problems == (expected,)


def test_a_run_that_takes_too_long_is_ended():
    started = time.monotonic()
    with pytest.raises(JobError, match=r"timed out: the run took more than 0.1 seconds"):
        run("be_slow", timeout=0.1)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(("runner", "seconds"), [("be_slow", 0.5), ("be_stubborn", 2.0)])
def test_stopping_ends_the_process_in_time(runner, seconds):
    with EngineProcess(order(runner)) as process:
        time.sleep(0.2)
        threading.Timer(0.05, process.stop).start()
        started = time.monotonic()
        with pytest.raises(StoppedError):
            process.follow(Silent())
        assert time.monotonic() - started < seconds
        assert not is_alive(process.pid)


def test_a_process_that_is_left_alone_is_gone():
    with pytest.raises(RuntimeError), EngineProcess(order("be_slow")) as process:
        raise RuntimeError
    assert not is_alive(process.pid)


def pid_of(runner):
    """The process that an order was done in."""
    with EngineProcess(order(runner)) as process:
        with suppress(JobError):
            process.follow(Silent(), 10)
        return process.pid


def test_a_process_takes_one_run_after_the_other():
    first = pid_of("tell_everything")
    assert [pid_of("tell_everything"), pid_of("complain")] == [first, first]
    notes = Notes()
    run("tell_everything", notes)
    assert notes.heard[:2] == [10, 60]  # nothing is left of the run before


@pytest.mark.parametrize("runner", ["divide_by_zero", "grow", "leave"])
def test_a_process_with_bugs_or_too_much_memory_takes_no_other(runner):
    first = pid_of(runner)
    assert not is_alive(first)
    assert pid_of("tell_everything") != first


def test_a_waiting_process_that_was_killed_is_not_missed():
    waiting = pid_of("tell_everything")
    os.kill(waiting, signal.SIGKILL)
    wait_until(lambda: not IDLE._children[-1].is_alive)
    assert pid_of("tell_everything") != waiting


def test_engine_processes_load_nothing_of_the_server():
    modules = set(run("list_modules").sinks[0].columns)
    assert {"gristmill.engines.duckdb.engine", "duckdb", "pyarrow"} <= modules  # but the engine is there
    assert not modules & SERVER_MODULES
    assert not {name for name in modules if name.startswith(("pytest", "_pytest"))}


def test_many_processes_leave_no_open_files():
    run("tell_everything")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        run("tell_everything")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_engine_dies_with_a_server_that_was_killed(tmp_path):
    code = """if True:
        import sys
        from gristmill.jobs.process import EngineProcess, Order, start_fork_server
        from gristmill.engines.watch import Silent
        from gristmill.recipe.job import Job
        start_fork_server()
        process = EngineProcess(Order(Job((), ()), runner="job_runners:be_stubborn"))
        print(process.pid, flush=True)
        process.follow(Silent())
    """
    here = str(Path(__file__).parent)
    server = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": here}
    )
    pid = int(server.stdout.readline())
    assert is_alive(pid)
    server.kill()
    server.communicate()
    wait_until(lambda: not is_alive(pid), 2)

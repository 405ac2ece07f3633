"""What one run of a flow run has brought here, others take over."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from scenes import run_request, write_setting

from gristmill.jobs.brought import brought_once
from gristmill.jobs.process import StoppedError
from gristmill.jobs.submit import submit, submit_flow
from gristmill.model.flow_runs import FlowRequest

OUT = write_setting("/out/a.csv")


class Run:
    """A job that brings a file, which counts how often it had to."""

    def __init__(self, bench, folder, group):
        self.claim = SimpleNamespace(group_id=group)
        self.journal = SimpleNamespace(log=lambda level, message: None)
        self.stopped = threading.Event()
        self.scratch = folder / str(group)
        self.scratch.mkdir()
        self.bench = bench
        self.brought = 0

    def wait(self, seconds):
        if self.stopped.wait(seconds):
            raise StoppedError

    def bring(self, fails=False):
        self.brought += 1
        if fails:
            raise OSError
        for name in ("another", "file"):
            assert not (self.scratch / name).exists()
            (self.scratch / name).write_text("rows")
        return {"file": str(self.scratch / "file")}

    def once(self, facts="table t", bring=None):
        result = brought_once(self.bench, self, facts, self.scratch, bring or self.bring)
        assert result == {"file": str(self.scratch / "file")}
        assert (self.scratch / "file").read_text() == "rows"
        return self.brought


@pytest.fixture
def bench(sessions, settings):
    return SimpleNamespace(sessions=sessions, settings=settings)


@pytest.fixture
def runs(bench, tmp_path):
    """Three runs of a flow run, the last of which begins after the first, and one of its own."""
    with bench.sessions.write() as session:
        groups = submit_flow(session, FlowRequest(1, 1, (run_request(OUT),) * 3, {2: (0,)}))[1]
        groups.append(submit(session, run_request(OUT)))
        return [Run(bench, tmp_path, group.id) for group in groups]


def test_one_brings_it_for_those_that_begin_with_it(runs):
    assert [run.once() for run in runs] == [1, 0, 1, 1]


def test_something_else_is_brought(runs):
    assert (runs[0].once("table t"), runs[1].once("table u")) == (1, 1)


def test_who_comes_at_the_same_time_waits(runs):
    begun, may_end = threading.Event(), threading.Event()

    def slowly():
        begun.set()
        may_end.wait(10)
        return runs[0].bring()

    with ThreadPoolExecutor() as pool:
        first = pool.submit(runs[0].once, bring=slowly)
        begun.wait(10)
        second = pool.submit(runs[1].once)
        assert not second.done()
        may_end.set()
        assert (first.result(10), second.result(10)) == (1, 0)


def test_who_waits_can_be_stopped(runs):
    runs[1].stopped.set()

    def stop_the_other():
        with pytest.raises(StoppedError):
            runs[1].once()
        return runs[0].bring()

    assert runs[0].once(bring=stop_the_other) == 1


def test_where_one_fails_the_next_brings_it(runs):
    with pytest.raises(OSError):
        runs[0].once(bring=lambda: runs[0].bring(fails=True))
    assert runs[1].once() == 1


def test_what_is_not_whole_is_not_taken(runs, settings):
    runs[0].once()
    (kept,) = settings.scratch.glob("flow-*/*/file")
    kept.unlink()
    assert runs[1].once() == 1
    assert len(list(settings.scratch.glob("flow-*/*/file"))) == 1

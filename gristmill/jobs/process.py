"""One order in an engine process: hand it over, listen to the process, end it. A crash costs one job."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from types import TracebackType
from typing import Any, Self

from gristmill.engines.watch import RunResult, Silent, SinkResult, Watch
from gristmill.jobs.child import NOTED, RUNNER
from gristmill.jobs.children import GRACE_SECONDS, IDLE
from gristmill.jobs.failures import JobError
from gristmill.recipe.job import Job

Json = dict[str, Any]
_LOOK_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Order:
    """What an engine process is told: `runner` names the function that runs `job` on `engine`."""

    job: Job
    engine: str = "photon"
    runner: str = RUNNER

    def encoded(self) -> bytes:
        return json.dumps({"runner": self.runner, "engine": self.engine, "job": self.job.as_json()}).encode()


@dataclass(frozen=True, slots=True)
class Task:
    """Other work for such a process: `runner` names a function that takes `document` and a watch."""

    runner: str
    document: Json

    def encoded(self) -> bytes:
        return json.dumps({"runner": self.runner, "task": self.document}).encode()


class StoppedError(Exception):
    """The run was stopped from outside."""


class EngineProcess:
    """One order in a process of its own. `stop` may be called by any thread, everything else by its owner only."""

    def __init__(self, order: Order | Task) -> None:
        self._child = IDLE.take()
        self._is_done = False
        self._stays = False
        self._stopped_at: float | None = None
        with suppress(OSError):  # it is dead already: `follow` says so
            self._child.connection.send_bytes(order.encoded())

    @property
    def pid(self) -> int:
        return self._child.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def follow(self, watch: Watch, timeout: float | None = None) -> RunResult:
        """Pass on what the engine tells until it is done; `timeout` is in seconds.

        Raises JobError for problems, a crash or a run that takes too long, StoppedError after `stop`.
        """
        return _result(self._attend(watch, timeout, _refuse_questions))

    def carry_out(self, watch: Watch, note: Callable[[Json], None], timeout: float | None = None) -> Json:
        """The answer of a task. `note` keeps what the process asks to be noted; then it goes on. Raises as `follow`."""
        answer: Json = self._attend(watch, timeout, note)["answer"]
        return answer

    def _attend(self, watch: Watch, timeout: float | None, note: Callable[[Json], None]) -> Json:
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            message = self._next_message()
            if message is None:
                self._kill_when_late()
                if deadline is not None and time.monotonic() > deadline and self._stopped_at is None:
                    raise JobError("TimedOut", f"timed out: the run took more than {_span(timeout or 0)}")
            elif message["kind"] == "progress":
                watch.progress(message["percent"])
            elif message["kind"] == "log":
                watch.log(message["level"], message["message"])
            elif message["kind"] == "ask":
                note(message["question"])
                with suppress(OSError):  # it is dead: the next look says so
                    self._child.connection.send_bytes(NOTED)
            else:
                self._is_done = True
                self._stays = message["stays"]
                return _good(message)

    def stop(self) -> None:
        """Ask the process to end; it is killed when it is still there after a second."""
        if self._stopped_at is None:
            self._stopped_at = time.monotonic()
            self._child.send_signal(signal.SIGTERM)

    def close(self) -> None:
        """Leave the process to the next order, or make sure that it is gone."""
        if self._stays and self._stopped_at is None:
            IDLE.keep(self._child)
            return
        if not self._is_done:
            self.stop()
        self._child.reap()

    def _next_message(self) -> Json | None:
        """The next message, None when there is none yet. Raises when the process has died."""
        try:
            if not self._child.connection.poll(_LOOK_SECONDS):
                return None
            message: Json = json.loads(self._child.connection.recv_bytes())
            return message
        except (EOFError, OSError):
            raise self._death() from None

    def _kill_when_late(self) -> None:
        if self._stopped_at is not None and time.monotonic() - self._stopped_at >= GRACE_SECONDS:
            self._child.send_signal(signal.SIGKILL)

    def _death(self) -> Exception:
        code = self._child.reap()
        self._is_done = True
        if self._stopped_at is not None:
            return StoppedError()
        return JobError("EngineCrashed", _epitaph(code))


def start_fork_server() -> None:
    """Start the fork server and run an order that does nothing, so that the first real one is not the slow one."""
    forkserver.set_forkserver_preload(["gristmill.jobs.preload"])
    with EngineProcess(Order(Job((), ()), runner="gristmill.jobs.child:do_nothing")) as process:
        process.follow(Silent())


def _good(message: Json) -> Json:
    """The last message. Raises JobError when it tells of problems."""
    if message["kind"] == "done":
        return message
    if message["kind"] == "problems":
        raise JobError(message["error"], message["text"], problems=tuple(message["problems"]))
    raise JobError("EngineFailed", f"the engine failed: {message['message']}", trace=message["traceback"])


def _result(message: Json) -> RunResult:
    sinks = ({**item, "columns": tuple(item["columns"])} for item in message["sinks"])
    return RunResult(tuple(SinkResult(**item) for item in sinks), message["seconds"])


def _refuse_questions(question: Json) -> None:
    raise JobError("EngineFailed", "the engine asked for something that a run of a recipe does not have")


def _span(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 60 else f"{seconds:g} seconds"


def _epitaph(code: int | None) -> str:
    if code is None:
        return "the engine process died"
    if code == -signal.SIGKILL:
        return "the engine process was killed (signal 9); the machine may have run out of memory"
    if code < 0:
        return f"the engine process crashed (signal {-code}, {signal.strsignal(-code)})"
    return f"the engine process ended without a result (exit code {code})"

"""The worker's side of an engine process: start it, listen to it, end it.

multiprocessing's fork server keeps the engine's modules loaded, so that a process with them is there in milliseconds;
a crash costs one job and a kill leaves nothing behind. A process that stays small gets the next recipe after its own.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe, connection, forkserver
from types import TracebackType
from typing import Any, Self

from gristmill.engines.watch import RunResult, Silent, SinkResult, Watch
from gristmill.jobs.child import NOTED, RUNNER, Start
from gristmill.jobs.failures import JobError
from gristmill.recipe.job import Job

Json = dict[str, Any]
GRACE_SECONDS = 1.0
MOST_IDLE = 4
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


class Child:
    """An engine process as the system sees it; it does one order after the other."""

    def __init__(self) -> None:
        self.connection, theirs = Pipe()
        try:
            self._status, start = forkserver.connect_to_new_process([theirs.fileno()])
            with os.fdopen(start, "wb") as stream:
                stream.write(pickle.dumps({"sys_path": sys.path}) + pickle.dumps(Start()))
            self.pid: int = forkserver.read_signed(self._status)
        except (EOFError, OSError) as error:
            raise JobError("EngineCrashed", f"the engine process could not be started: {error}") from error
        finally:
            theirs.close()
        self._killing = threading.Lock()
        self._is_gone = False

    @property
    def is_alive(self) -> bool:
        return not self._is_gone and not connection.wait([self._status], 0)

    def send_signal(self, number: int) -> None:
        with self._killing, suppress(ProcessLookupError):
            if not self._is_gone:
                os.kill(self.pid, number)

    def reap(self) -> int | None:
        """Wait for the end, which comes by force where it does not come by itself, and answer the exit code.

        Negative: the signal that ended it; None: nobody knows, the fork server died as well.
        """
        if self._is_gone:
            return None
        if not connection.wait([self._status], GRACE_SECONDS):
            self.send_signal(signal.SIGKILL)
            connection.wait([self._status], GRACE_SECONDS)
        with self._killing:
            self._is_gone = True
            code = self._read_status()
            os.close(self._status)
            self.connection.close()
            return code

    def _read_status(self) -> int | None:
        if connection.wait([self._status], 0):
            with suppress(EOFError, OSError):
                code: int = forkserver.read_signed(self._status)
                return code
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        return None


class Idle:
    """Processes that have run a recipe well and wait for the next one: a warm process begins at once."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._guard = threading.Lock()

    def take(self) -> Child:
        """A process for an order: a waiting one, or a new one. Raises JobError when none can be started."""
        while (child := self._pop()) is not None:
            if child.is_alive:
                return child
            child.reap()
        return Child()

    def keep(self, child: Child) -> None:
        """Let a process wait, where not enough of them do already."""
        with self._guard:
            is_kept = len(self._children) < MOST_IDLE
            if is_kept:
                self._children.append(child)
        if not is_kept:
            _end(child)

    def end_all(self) -> None:
        """End the processes that wait."""
        while (child := self._pop()) is not None:
            _end(child)

    def _pop(self) -> Child | None:
        with self._guard:
            return self._children.pop() if self._children else None


IDLE = Idle()


def _end(child: Child) -> None:
    child.send_signal(signal.SIGTERM)
    child.reap()


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

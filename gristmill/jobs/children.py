"""Engine processes as the worker has them: started, waiting for an order, ended.

multiprocessing's fork server keeps the engine's modules loaded, so that a process with them is there in milliseconds;
a kill leaves nothing behind. A process that stays small gets the next recipe after its own.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing import Pipe, connection, forkserver

from gristmill.jobs.child import Start
from gristmill.jobs.failures import JobError

GRACE_SECONDS = 1.0
MOST_IDLE = 4


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

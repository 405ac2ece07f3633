"""Calls to the workers of this process: a submitted job starts, and a canceled one ends, at once.

Workers elsewhere find the same in the tables a moment later.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Protocol
from weakref import WeakSet


class Bell:
    """Each ring wakes one waiting thread. Rings that nobody hears are kept, at most `memory` of them."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._rings = 0
        self._is_silent = False
        self._heard = threading.Condition()

    def ring(self) -> None:
        """Wake one thread."""
        with self._heard:
            self._rings = min(self._rings + 1, self._memory)
            self._heard.notify()

    def silence(self) -> None:
        """Wake all threads for the last time: `wait` answers False from now on."""
        with self._heard:
            self._is_silent = True
            self._heard.notify_all()

    def wait(self) -> bool:
        """Sleep until the bell rings; False when it was silenced."""
        with self._heard:
            self._heard.wait_for(lambda: self._is_silent or self._rings > 0)
            self._rings = max(self._rings - 1, 0)
            return not self._is_silent


class Listener(Protocol):
    """A worker, as those see it who have work for it. All calls return at once."""

    def wake(self) -> None:
        """There may be a job to claim."""

    def drop(self, job_ids: Collection[int]) -> None:
        """These jobs were canceled."""

    def post(self) -> None:
        """There may be a message to send."""


_listeners: WeakSet[Listener] = WeakSet()
_guard = threading.Lock()


def listen(listener: Listener) -> None:
    """From now on `listener` is called."""
    with _guard:
        _listeners.add(listener)


def leave(listener: Listener) -> None:
    """From now on `listener` is not called any more."""
    with _guard:
        _listeners.discard(listener)


def wake_workers() -> None:
    """Tell every worker of this process that there may be a job to claim."""
    for listener in _present():
        listener.wake()


def post_messages() -> None:
    """Tell every worker of this process that there may be a message to send."""
    for listener in _present():
        listener.post()


def drop_jobs(job_ids: Collection[int]) -> None:
    """Tell every worker of this process that these jobs were canceled."""
    for listener in _present():
        listener.drop(job_ids)


def _present() -> list[Listener]:
    with _guard:
        return list(_listeners)

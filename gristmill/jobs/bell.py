"""Waking the workers of this process: a submitted job starts at once and not at the next look at the tables."""

from __future__ import annotations

import threading
from weakref import WeakSet


class Bell:
    """Each ring wakes one waiting thread. A ring that nobody hears is kept, at most `memory` of them."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._rings = 0
        self._silenced = False
        self._heard = threading.Condition()

    def ring(self) -> None:
        """Wake one thread."""
        with self._heard:
            self._rings = min(self._rings + 1, self._memory)
            self._heard.notify()

    def silence(self) -> None:
        """Wake all threads, now and for ever: `wait` returns False from now on."""
        with self._heard:
            self._silenced = True
            self._heard.notify_all()

    def wait(self) -> bool:
        """Sleep until the bell rings; False when it was silenced."""
        with self._heard:
            self._heard.wait_for(lambda: self._silenced or self._rings > 0)
            self._rings = max(self._rings - 1, 0)
            return not self._silenced


_bells: WeakSet[Bell] = WeakSet()
_guard = threading.Lock()


def listen(bell: Bell) -> None:
    """From now on `ring_all` rings this bell too."""
    with _guard:
        _bells.add(bell)


def leave(bell: Bell) -> None:
    """The reverse of `listen`."""
    with _guard:
        _bells.discard(bell)


def ring_all() -> None:
    """Wake a thread of every worker in this process."""
    with _guard:
        bells = list(_bells)
    for bell in bells:
        bell.ring()

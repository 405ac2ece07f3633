"""How an engine tells its caller what it does; the caller may live in another process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

SECONDS_BETWEEN_LOOKS = 0.25


class Watch(Protocol):
    """Receives what happens during a run. Every method returns at once and never raises."""

    def progress(self, percent: int) -> None:
        """Share of the work done, 0–100, never falling."""

    def log(self, level: str, message: str) -> None:
        """One line for the job's log: `info`, `warning` or `error`; never a data value."""


@dataclass(frozen=True, slots=True)
class SinkResult:
    """What was written to one sink. `nulled` counts, by column, values written as null since they do not fit.

    `error` says why this sink could not be written although others could.
    """

    path: str
    rows: int
    columns: tuple[str, ...] = ()
    nulled: dict[str, int] = field(default_factory=dict)
    error: str | None = None


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run has done."""

    sinks: tuple[SinkResult, ...]
    seconds: float = 0.0


class Silent:
    """A watch that keeps nothing."""

    def progress(self, percent: int) -> None:
        pass

    def log(self, level: str, message: str) -> None:
        pass


@contextmanager
def looking(look: Callable[[], None]) -> Iterator[None]:
    """Calls `look` now and then beside what happens inside."""
    done = threading.Event()

    def repeat() -> None:
        while not done.wait(SECONDS_BETWEEN_LOOKS):
            look()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()

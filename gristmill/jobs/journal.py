"""The log and the progress of running jobs, brought to the tables in batches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from gristmill.jobs.claims import JOBS, Claim
from gristmill.jobs.failures import storable
from gristmill.model.clock import now
from gristmill.model.job_tables import JobLog

Json = dict[str, Any]
MAX_MESSAGE = 20_000


class Journal:
    """A watch that keeps what it hears of one claimed job until somebody writes it down."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._guard = threading.Lock()
        self._writing = threading.Lock()
        self._lines: list[Json] = []
        self._percent: int | None = None

    def progress(self, percent: int) -> None:
        """Complete is said by the end of the job only."""
        with self._guard:
            self._percent = min(percent, 99)

    def log(self, level: str, message: str) -> None:
        line = {
            "job_group_id": self._claim.group_id,
            "job_id": self._claim.job_id,
            "attempt": self._claim.attempt,
            "at": now(),
            "level": level,
            "message": storable(message[:MAX_MESSAGE]),
        }
        with self._guard:
            self._lines.append(line)

    @property
    def has_news(self) -> bool:
        """Is there anything to write down?"""
        return bool(self._lines) or self._percent is not None

    @contextmanager
    def writing(self) -> Iterator[Callable[[Session], None]]:
        """Gives a function that writes down the news; they are forgotten only when the block ends well."""
        with self._writing:
            with self._guard:
                lines, percent = list(self._lines), self._percent

            def write(session: Session) -> None:
                if lines:
                    session.execute(insert(JobLog), lines)
                if percent is not None:
                    values = {"percent_complete": percent, "updated_at": now()}
                    session.execute(update(JOBS).where(self._claim.held()).values(values))

            yield write
            with self._guard:
                del self._lines[: len(lines)]
                self._percent = None if self._percent == percent else self._percent

"""Notices to workers in other processes: on PostgreSQL they arrive with the commit, everywhere else nobody needs them.

A notice may get lost with its connection; workers therefore also look into the tables now and then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Literal, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gristmill.model.database import Sessions

Notice = Literal["queued", "canceled"]
CHANNEL = "gristmill_jobs"
_LOOK_SECONDS = 1.0
log = logging.getLogger("gristmill.jobs")


def notify(session: Session, notice: Notice) -> None:
    """Tell the workers of all processes, as soon as the session commits."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_notify(CHANNEL, notice)))


def hear(sessions: Sessions, call: Callable[[Notice], None], stopping: threading.Event) -> None:
    """Pass on every notice until `stopping` is set; a connection that breaks is made anew."""
    while not stopping.is_set():
        try:
            _hear_on(_connect(sessions), call, stopping)
        except Exception:
            log.warning("cannot hear notices of other processes, trying again", exc_info=True)
            stopping.wait(_LOOK_SECONDS)


def _connect(sessions: Sessions) -> Any:
    """A connection that no session uses."""
    pooled = sessions.engine.raw_connection()
    connection: Any = pooled.driver_connection
    pooled.detach()
    connection.autocommit = True
    connection.execute(f"LISTEN {CHANNEL}")
    return connection


def _hear_on(connection: Any, call: Callable[[Notice], None], stopping: threading.Event) -> None:
    with connection:
        while not stopping.is_set():
            for notice in connection.notifies(timeout=_LOOK_SECONDS):
                call(cast(Notice, notice.payload))
                if stopping.is_set():
                    return

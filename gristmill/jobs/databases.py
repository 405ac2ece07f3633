"""Jobs that work on a database: a process of its own does it, this side notes, tries again and cleans up.

The process can be killed at any moment; then its session in the database is ended as well, so that no statement runs on
and no lock is held (platform 2.5).
"""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Callable
from typing import Any

from gristmill.jobs.failures import JobError
from gristmill.jobs.process import Task
from gristmill.jobs.running import Bench, Running
from gristmill.model.connections import login_of, usable_connection
from gristmill.model.job_tables import JobGroup
from gristmill.model.people import as_caller
from gristmill.model.tables import Person
from gristmill.problems import ProblemError
from gristmill.settings import Settings
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.session import end_sessions

Json = dict[str, Any]
Note = Callable[[Json], None]
TRANSIENT = "TransientError"
PAUSES = [2.0, 10.0, 30.0]  # seconds before another try (platform 2.8)
JITTER = 0.25

log = logging.getLogger("gristmill.jobs")


def login_for(bench: Bench, running: Running, connection_id: int | None) -> Login:
    """How to reach the database on behalf of the person who has started the run. Raises JobError."""
    with bench.sessions.read() as session:
        creator = session.get_one(JobGroup, running.claim.group_id).creator_id
        try:
            caller = as_caller(session, session.get_one(Person, creator))
            row = usable_connection(session, caller, connection_id)
            return login_of(bench.settings, row, label_of(bench.settings, running.claim.job_id))
        except ProblemError as error:
            raise JobError("RunError", str(error)) from None


def label_of(settings: Settings, job_id: int) -> str:
    """What the sessions of a job are called in the database: those of other servers have other names."""
    return f"gristmill job {job_id} {mark_of(settings)}"


def mark_of(settings: Settings) -> str:
    """Tells this server, with all its workers, from others that use the same databases."""
    return hashlib.sha256(settings.database.encode()).hexdigest()[:8]


def carry_out(bench: Bench, running: Running, login: Login, task: Task, note: Note) -> Json:
    """What came of a task. Transient faults are tried again after a pause.

    Raises JobError when it cannot be done, StoppedError when it was stopped.
    """
    if running.claim.attempt > 1:
        _end(login)  # what an earlier attempt has left in the database
    for pause in [*PAUSES, None]:
        try:
            return _once(bench, running, login, task, note)
        except JobError as error:
            if error.name != TRANSIENT or pause is None:
                raise
            seconds = pause * random.uniform(1 - JITTER, 1 + JITTER)
            running.journal.log("warning", f"{error.message}; another try in {seconds:.0f} seconds")
            running.wait(seconds)
    raise AssertionError("the last pause is none")


def _once(bench: Bench, running: Running, login: Login, task: Task, note: Note) -> Json:
    timeout = bench.settings.connectivity_timeout_minutes * 60 or None
    is_done = False
    try:
        with running.engine(task) as process:
            answer = process.carry_out(running.journal, note, timeout)
            is_done = True
            return answer
    finally:
        if not is_done:
            _end(login)


def _end(login: Login) -> None:
    """End the job's sessions, if the database can be reached at all."""
    try:
        end_sessions(login)
    except ProblemError as error:
        log.info("cannot end the sessions of %s: %s", login.label, error)

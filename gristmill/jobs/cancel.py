"""Stopping a run (platform 2.5)."""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import Session

from gristmill.jobs.calls import drop_jobs, wake_workers
from gristmill.jobs.notices import notify
from gristmill.jobs.outcome import cancel_jobs
from gristmill.model.job_tables import JobGroup


def cancel(session: Session, group: JobGroup) -> list[int]:
    """Cancel what has not ended of a run and answer the ids of these jobs.

    The statuses change with the session's commit; engine processes get their signal right after it. Then everything
    goes that was not published yet.
    """
    session.flush()
    stopped = cancel_jobs(session, group.id)
    session.expire(group)
    notify(session, "canceled")
    event.listen(session, "after_commit", lambda _: _tell(stopped), once=True)
    return stopped


def _tell(stopped: list[int]) -> None:
    drop_jobs(stopped)
    wake_workers()  # other groups may have waited for this one

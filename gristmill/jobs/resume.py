"""Going on with a run that has failed: what is finished stays, the rest is done again (platform 2.8)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gristmill.jobs.outcome import reopen_group
from gristmill.jobs.submit import announce_queued
from gristmill.model.errors import InvalidError
from gristmill.model.job_tables import JobGroup, Status


def resume(session: Session, group: JobGroup) -> list[int]:
    """Run a failed group again from the jobs that have failed, as it was defined; answers the ids of those that run.

    Raises InvalidError for a group in any other state.
    """
    session.flush()
    again = reopen_group(session, group.id)
    if not again:
        session.refresh(group)
        raise InvalidError(f"job group {group.id} is {group.status}: only a {Status.FAILED} one can be resumed")
    session.expire(group)
    announce_queued(session)
    return again

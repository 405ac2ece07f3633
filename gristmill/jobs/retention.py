"""Runs that were kept for long enough: logs, profiles and scratch files go, the record stays as a deleted one."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from gristmill.jobs.leftovers import clear
from gristmill.model.clock import SECOND, now
from gristmill.model.database import Sessions
from gristmill.model.job_tables import FINAL, Job, JobGroup, JobLog, Profile
from gristmill.settings import Settings

AT_ONCE = 200
_DAY = 24 * 3600 * SECOND


def forget_old_runs(sessions: Sessions, settings: Settings) -> int:
    """Apply `jobs.retentionDays` and answer how many runs were forgotten (platform 2.12); 0 days keep everything."""
    forgotten = 0
    while settings.jobs_retention_days and (ids := _old(sessions, settings)):
        with sessions.write() as session:
            jobs = list(session.scalars(select(Job.id).where(Job.job_group_id.in_(ids))))
            for table in (JobLog, Profile):
                session.execute(delete(table).where(table.job_group_id.in_(ids)))
            session.execute(update(JobGroup).where(JobGroup.id.in_(ids)).values(deleted_at=now(), forgotten_at=now()))
        for job_id in jobs:
            clear(settings.scratch, job_id)
        forgotten += len(ids)
    return forgotten


def _old(sessions: Sessions, settings: Settings) -> list[int]:
    oldest = now() - settings.jobs_retention_days * _DAY
    ended = (JobGroup.status.in_(FINAL), JobGroup.finished_at < oldest, JobGroup.forgotten_at.is_(None))
    with sessions.read() as session:
        return list(session.scalars(select(JobGroup.id).where(*ended).order_by(JobGroup.id).limit(AT_ONCE)))

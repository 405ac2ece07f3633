"""What follows from the end of a job: the next ones start or are given up, and the group ends with its last one.

Every function runs inside one transaction of the caller and keeps the rules of api 4.14.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Table, and_, event, or_, select, update
from sqlalchemy.orm import Session

from gristmill.jobs.calls import post_messages
from gristmill.jobs.claims import JOBS, Claim, change
from gristmill.jobs.failures import JobError
from gristmill.jobs.webhooks.announcing import announce
from gristmill.model.clock import now
from gristmill.model.job_tables import FINAL, GroupWait, JobEdge, JobGroup, JobType, Status

Json = dict[str, Any]
GROUPS = cast(Table, JobGroup.__table__)
EDGES = cast(Table, JobEdge.__table__)
WAITS = cast(Table, GroupWait.__table__)
SOURCES = JOBS.alias("source")
WAITING = (Status.CREATED, Status.PENDING)


def complete(session: Session, claim: Claim, result: Json, script_result_id: int | None = None) -> Status:
    """The job is done; answers the status of its group. Raises LostClaimError."""
    _lock_group(session, claim.group_id)
    change(
        session,
        claim,
        status=Status.COMPLETE,
        percent_complete=100,
        finished_at=now(),
        result=result,
        script_result_id=script_result_id,
        error_name=None,
        error_message=None,
    )
    statuses = _statuses(session, claim.group_id)
    if Status.CREATED in statuses.values():
        _admit(session, claim.group_id)
    if claim.payload["type"] == JobType.WRANGLE:
        _release_takers(session, claim.group_id)
    return _settle(session, claim.group_id, statuses)


def fail(session: Session, claim: Claim, error: JobError) -> Status:
    """The job cannot be done; answers the status of its group. Raises LostClaimError."""
    _lock_group(session, claim.group_id)
    change(session, claim)
    return fail_job(session, claim.job_id, claim.group_id, error)


def fail_job(session: Session, job_id: int, group_id: int, error: JobError) -> Status:
    """Fail a job that nobody works on, unless it has ended; answers the status of its group."""
    _lock_group(session, group_id)
    values = {"error_name": error.name, "error_message": error.message}
    _end(session, [job_id], Status.FAILED, (*WAITING, Status.IN_PROGRESS), **values)
    _end(session, _behind(session, group_id, job_id), Status.CANCELED, WAITING)
    _release_takers(session, group_id)
    return _settle(session, group_id, _statuses(session, group_id))


def cancel_jobs(session: Session, group_id: int) -> list[int]:
    """Cancel every job of the group that has not ended, and the group; answers the ids of these jobs."""
    _lock_group(session, group_id)
    unfinished = [job_id for job_id, status in _statuses(session, group_id).items() if not status.final]
    _end(session, unfinished, Status.CANCELED, (*WAITING, Status.IN_PROGRESS))
    values = {"status": Status.CANCELED, "cancel_requested": True, "finished_at": now(), "updated_at": now()}
    session.execute(update(GROUPS).where(GROUPS.c.id == group_id, GROUPS.c.status.not_in(FINAL)).values(values))
    _release(session, group_id)
    _release_takers(session, group_id)
    return unfinished


def reopen(session: Session, claim: Claim, source_id: int, source_attempt: int, max_attempts: int) -> None:
    """What job `source_id` made in that attempt is gone: it runs again, and everything behind it waits.

    Raises LostClaimError, and JobError when the source has had all its attempts.
    """
    _lock_group(session, claim.group_id)
    stale = (JOBS.c.id == source_id, JOBS.c.attempt == source_attempt, JOBS.c.status == Status.COMPLETE)
    if session.scalar(select(JOBS.c.id).where(*stale)) is not None:
        if source_attempt >= max_attempts:
            raise JobError("FilesLost", f"the files of job {source_id} were lost {max_attempts} times")
        again = {"status": Status.PENDING, "owner": None, "percent_complete": 0, "finished_at": None}
        session.execute(update(JOBS).where(*stale).values(**again, updated_at=now()))
        ready = (JOBS.c.id.in_(_behind(session, claim.group_id, source_id)), JOBS.c.status == Status.PENDING)
        session.execute(update(JOBS).where(*ready).values(status=Status.CREATED, updated_at=now()))
    change(session, claim, status=Status.CREATED, owner=None, result=None, percent_complete=0)
    _admit(session, claim.group_id)


def reopen_group(session: Session, group_id: int) -> list[int]:
    """Let a failed group go on: jobs that have failed or were given up wait anew; answers their ids, none otherwise.

    What a `filewriter` has noted tells whether its output is there already, so it stays. Webhooks went out with the
    first end, whose time stays for that reason.
    """
    _lock_group(session, group_id)
    failed = (GROUPS.c.id == group_id, GROUPS.c.status == Status.FAILED)
    if session.scalar(select(GROUPS.c.id).where(*failed)) is None:
        return []
    session.execute(update(GROUPS).where(*failed).values(status=Status.IN_PROGRESS, updated_at=now()))
    again = _undone(session, group_id)
    fresh = {"owner": None, "attempt": 0, "percent_complete": 0, "finished_at": None, "started_at": None}
    mended = {"error_name": None, "error_message": None, "updated_at": now()}
    session.execute(update(JOBS).where(JOBS.c.id.in_(again)).values(status=Status.CREATED, **fresh, **mended))
    others = (JOBS.c.id.in_(again), JOBS.c.type != JobType.FILE_WRITER)
    session.execute(update(JOBS).where(*others).values(result=None))
    _admit(session, group_id)
    return again


def _undone(session: Session, group_id: int) -> list[int]:
    """Jobs that have not ended well, and one that could not write everything that they wait for."""
    rows = session.execute(
        select(JOBS.c.id, JOBS.c.status, JOBS.c.result).where(JOBS.c.job_group_id == group_id).order_by(JOBS.c.id)
    )
    return [
        job_id
        for job_id, status, result in rows
        if status != Status.COMPLETE
        or any(sink.get("error") is not None for sink in (result or {}).get("sinks", {}).values())
    ]


def _lock_group(session: Session, group_id: int) -> None:
    """Let no other worker end a job of this group until the transaction is over."""
    session.execute(select(GROUPS.c.id).where(GROUPS.c.id == group_id).with_for_update())


def _settle(session: Session, group_id: int, statuses: Mapping[int, Status]) -> Status:
    """Store the status of a group that follows from its jobs, and answer it; webhooks go out with its first end."""
    status = _status_of(statuses.values())
    if not status.final:
        return status
    unsettled = (GROUPS.c.id == group_id, GROUPS.c.status.not_in(FINAL))
    before = session.execute(select(GROUPS.c.webhooks, GROUPS.c.finished_at).where(*unsettled)).one_or_none()
    if before is not None:
        values = {"status": status, "finished_at": now(), "updated_at": now()}
        session.execute(update(GROUPS).where(*unsettled).values(values))
        _release(session, group_id)
        if before.finished_at is None and announce(session, group_id, status, before.webhooks):
            event.listen(session, "after_commit", lambda _: post_messages(), once=True)
    return status


def _release(session: Session, group_id: int) -> None:
    """Let the groups begin that have waited for the end of this one."""
    for waiting in session.scalars(select(WAITS.c.job_group_id).where(WAITS.c.source_group_id == group_id)):
        _lock_group(session, waiting)
        _admit(session, waiting)


def _release_takers(session: Session, group_id: int) -> None:
    """Let the recipes of the same flow run look whether what they wait for has ended; takers come after makers."""
    takers = GROUPS.alias("takers")
    others = (
        select(takers.c.id)
        .join(GROUPS, GROUPS.c.flow_run_id == takers.c.flow_run_id)
        .where(GROUPS.c.id == group_id, takers.c.id > group_id, takers.c.status.not_in(FINAL))
        .order_by(takers.c.id)
    )
    for waiting in session.scalars(others).all():
        _lock_group(session, waiting)
        _admit(session, waiting)


def _status_of(statuses: Iterable[Status]) -> Status:
    found = set(statuses)
    if not found <= FINAL:
        return Status.IN_PROGRESS
    return next((worst for worst in (Status.FAILED, Status.CANCELED) if worst in found), Status.COMPLETE)


def _statuses(session: Session, group_id: int) -> dict[int, Status]:
    rows = session.execute(select(JOBS.c.id, JOBS.c.status).where(JOBS.c.job_group_id == group_id).order_by(JOBS.c.id))
    return {job_id: Status(status) for job_id, status in rows}


def _end(session: Session, job_ids: Iterable[int], status: Status, if_in: tuple[Status, ...], **values: object) -> None:
    chosen = (JOBS.c.id.in_(list(job_ids)), JOBS.c.status.in_(if_in))
    ended = {"status": status, "finished_at": now(), "updated_at": now(), **values}
    session.execute(update(JOBS).where(*chosen).values(ended))


def _admit(session: Session, group_id: int) -> None:
    """Jobs that wait for nothing any more become ready."""
    is_own = SOURCES.c.job_group_id == JOBS.c.job_group_id
    unmet = (
        select(EDGES.c.id)
        .join(SOURCES, SOURCES.c.id == EDGES.c.source_job_id)
        .where(EDGES.c.target_job_id == JOBS.c.id)
        .where(or_(and_(is_own, SOURCES.c.status != Status.COMPLETE), SOURCES.c.status.not_in(FINAL)))
    )
    running = (
        select(WAITS.c.id)
        .join(GROUPS, GROUPS.c.id == WAITS.c.source_group_id)
        .where(WAITS.c.job_group_id == group_id, GROUPS.c.status.not_in(FINAL))
    )
    ready = (JOBS.c.job_group_id == group_id, JOBS.c.status == Status.CREATED, ~unmet.exists(), ~running.exists())
    session.execute(update(JOBS).where(*ready).values(status=Status.PENDING, updated_at=now()))


def _behind(session: Session, group_id: int, job_id: int) -> set[int]:
    """All jobs that wait for this one, however far behind it."""
    rows = session.execute(
        select(EDGES.c.source_job_id, EDGES.c.target_job_id).where(EDGES.c.job_group_id == group_id)
    ).all()
    behind: set[int] = set()
    front = {job_id}
    while front:
        front = {target for source, target in rows if source in front} - behind
        behind |= front
    return behind

"""Who does which job: one worker at a time, and another one when it falls silent.

A claim is a row of `jobs` that is InProgress with an owner and the number of the attempt. Whoever changes the row
afterwards names both, so a worker that was given up changes nothing when it wakes up again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CursorResult,
    Table,
    and_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from gristmill.model.clock import SECOND, now
from gristmill.model.job_tables import Job, JobType, Status
from gristmill.settings import Settings

Json = dict[str, Any]
JOBS = cast(Table, Job.__table__)
SILENT_BEATS = 4


class Owner(NamedTuple):
    """A worker between its start and its end. The next one in the same `place` knows that this one is dead."""

    place: str
    boot: str

    def __str__(self) -> str:
        return f"{self.place}/{self.boot}"


class JobKey(NamedTuple):
    """A job and its group."""

    job_id: int
    group_id: int


@dataclass(frozen=True, slots=True)
class Lane:
    """Kinds of jobs that share a limit of how many run at once in a worker."""

    types: tuple[JobType, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that is ours to do: `payload` is its stage, `result` what an earlier attempt has noted."""

    job_id: int
    group_id: int
    attempt: int
    owner: str
    payload: Json
    result: Json | None

    def held(self) -> ColumnElement[bool]:
        """True for the row of the job as long as the claim stands."""
        return and_(
            JOBS.c.id == self.job_id,
            JOBS.c.owner == self.owner,
            JOBS.c.attempt == self.attempt,
            JOBS.c.status == Status.IN_PROGRESS,
        )


class LostClaimError(Exception):
    """The job was canceled or given to another worker: what was done for it does not count."""


def lanes_of(settings: Settings) -> tuple[Lane, ...]:
    """The limits of platform 2.6."""
    return (
        Lane((JobType.WRANGLE, JobType.PROFILE), settings.jobs_photon_max_concurrent),
        Lane((JobType.FILE_WRITER, JobType.PUBLISH, JobType.SQL_EXECUTION), settings.jobs_publish_max_concurrent),
        Lane((JobType.INGEST, JobType.FILE_CONVERTER), settings.jobs_ingest_max_concurrent),
    )


def claim_job(
    session: Session, owner: Owner, lanes: tuple[Lane, ...], settings: Settings, busy: Collection[int] = ()
) -> Claim | None:
    """Take the oldest job that is ready, or that a dead worker has left; None when there is none within the limits.

    `busy` are the jobs that this worker does now: a beat that comes late does not mean that they were left. The caller
    sees to it that its threads ask one after the other: the limits are those of one worker.
    """
    moment = now()
    times = {"moment": moment, "silent_since": moment - silence(settings), "busy": list(busy)}
    row = session.execute(_claim_statement(owner, lanes, settings.jobs_max_attempts), times).one_or_none()
    return None if row is None else Claim(*row)


@lru_cache(maxsize=8)
def _claim_statement(owner: Owner, lanes: tuple[Lane, ...], max_attempts: int) -> ReturningUpdate[Any]:
    """Choosing and taking is one statement. Its parameters are `moment`, `silent_since` and `busy`."""
    moment = bindparam("moment", type_=BigInteger)
    abandoned = _abandoned(owner, bindparam("silent_since", type_=BigInteger))
    is_done_here = and_(JOBS.c.owner == str(owner), JOBS.c.id.in_(bindparam("busy", expanding=True)))
    left = and_(abandoned, or_(JOBS.c.owner.is_(None), and_(~is_done_here, JOBS.c.attempt < max_attempts)))
    chosen = (
        select(JOBS.c.id)
        .where(or_(JOBS.c.status == Status.PENDING, left), _within(lanes, owner))
        .order_by(JOBS.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (
        update(JOBS)
        .where(JOBS.c.id == chosen.scalar_subquery())
        .values(
            status=Status.IN_PROGRESS,
            owner=str(owner),
            attempt=JOBS.c.attempt + 1,
            claimed_at=moment,
            heartbeat_at=moment,
            started_at=func.coalesce(JOBS.c.started_at, moment),
            updated_at=moment,
        )
        .returning(JOBS.c.id, JOBS.c.job_group_id, JOBS.c.attempt, JOBS.c.owner, JOBS.c.payload, JOBS.c.result)
    )


def beat(session: Session, owner: Owner, job_ids: Collection[int]) -> None:
    """Say that this worker works on these jobs; others of it that nobody works on fall silent."""
    mine = and_(JOBS.c.status == Status.IN_PROGRESS, JOBS.c.owner == str(owner), JOBS.c.id.in_(job_ids))
    session.execute(update(JOBS).where(mine).values(heartbeat_at=now()))


def release(session: Session, owner: Owner) -> None:
    """Let others continue at once with what this worker leaves unfinished; it does not count as its death."""
    mine = and_(JOBS.c.status == Status.IN_PROGRESS, JOBS.c.owner == str(owner))
    session.execute(update(JOBS).where(mine).values(owner=None, heartbeat_at=0))


def fall_silent(session: Session, claim: Claim) -> None:
    """Let the job be claimed anew at once, as if its worker had died."""
    session.execute(update(JOBS).where(claim.held()).values(heartbeat_at=0))


def held_jobs(session: Session, owner: Owner) -> set[tuple[int, int]]:
    """Job ids and attempts that are still this worker's."""
    mine = and_(JOBS.c.status == Status.IN_PROGRESS, JOBS.c.owner == str(owner))
    return {(id, attempt) for id, attempt in session.execute(select(JOBS.c.id, JOBS.c.attempt).where(mine))}


def change(session: Session, claim: Claim, **values: object) -> None:
    """Change the row of a claimed job. Raises LostClaimError when the claim does not stand any more."""
    statement = update(JOBS).where(claim.held()).values(updated_at=now(), **values)
    if cast(CursorResult[Any], session.execute(statement)).rowcount != 1:
        raise LostClaimError(f"job {claim.job_id}, attempt {claim.attempt}")


def worn_out(session: Session, owner: Owner, settings: Settings) -> list[JobKey]:
    """Jobs whose workers have died as often as is allowed."""
    abandoned = _abandoned(owner, literal(now() - silence(settings)))
    spent = and_(abandoned, JOBS.c.owner.is_not(None), JOBS.c.attempt >= settings.jobs_max_attempts)
    return [JobKey(*row) for row in session.execute(select(JOBS.c.id, JOBS.c.job_group_id).where(spent))]


def overdue(session: Session, settings: Settings) -> list[JobKey]:
    """Jobs that have been ready for longer than is allowed."""
    if not settings.jobs_queue_timeout_minutes:
        return []
    since = now() - settings.jobs_queue_timeout_minutes * 60 * SECOND
    late = and_(JOBS.c.status == Status.PENDING, JOBS.c.updated_at < since)
    return [JobKey(*row) for row in session.execute(select(JOBS.c.id, JOBS.c.job_group_id).where(late))]


def silence(settings: Settings) -> int:
    """For how many milliseconds a worker may say nothing until it counts as dead."""
    return int(SILENT_BEATS * settings.jobs_heartbeat_seconds * SECOND)


def _abandoned(owner: Owner, silent_since: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(JOBS.c.status == Status.IN_PROGRESS, is_dead(JOBS, owner, silent_since))


def is_dead(claimed: Table, owner: Owner, silent_since: ColumnElement[int]) -> ColumnElement[bool]:
    """True for rows of workers that are silent, or that ran in our place before us: those are dead for certain."""
    holder = claimed.c.owner
    before_us = and_(holder.startswith(f"{owner.place}/", autoescape=True), holder != str(owner))
    return or_(claimed.c.heartbeat_at < silent_since, before_us)


def _within(lanes: tuple[Lane, ...], owner: Owner) -> ColumnElement[bool]:
    mine = JOBS.alias("mine")
    open_lanes = []
    for lane in lanes:
        running = select(func.count()).where(
            mine.c.status == Status.IN_PROGRESS, mine.c.owner == str(owner), mine.c.type.in_(lane.types)
        )
        open_lanes.append(and_(JOBS.c.type.in_(lane.types), running.scalar_subquery() < lane.limit))
    return or_(false(), *open_lanes)

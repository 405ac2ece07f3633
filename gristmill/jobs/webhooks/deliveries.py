"""The rows of messages that are to be sent: claimed like jobs, by one worker at a time, and kept as the record."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, and_, literal, or_, select, update
from sqlalchemy.orm import Session

from gristmill.jobs.claims import Owner, is_dead, silence
from gristmill.jobs.webhooks.sending import Reply
from gristmill.model.clock import SECOND, now
from gristmill.model.job_tables import DeliveryStatus, WebhookDelivery
from gristmill.settings import Settings

Json = dict[str, Any]
DELIVERIES = cast(Table, WebhookDelivery.__table__)
GROWTH = 5
JITTER = 0.2


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message that is ours to send, for the `attempt`-th time."""

    id: int
    job_group_id: int
    message_id: str
    attempt: int
    owner: str
    request: Json
    attempts: list[Json] | None


def is_due(session: Session, owner: Owner, settings: Settings) -> bool:
    """Is there a message to send? Asks without changing anything."""
    return session.scalar(select(DELIVERIES.c.id).where(_ready(owner, settings)).limit(1)) is not None


def claim_delivery(session: Session, owner: Owner, settings: Settings) -> Parcel | None:
    """Take the message that has waited for longest, or that a dead worker has left."""
    moment = now()
    chosen = (
        select(DELIVERIES.c.id)
        .where(_ready(owner, settings))
        .order_by(DELIVERIES.c.due_at, DELIVERIES.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = {"status": DeliveryStatus.SENDING, "owner": str(owner), "heartbeat_at": moment, "updated_at": moment}
    columns = (DELIVERIES.c[name] for name in Parcel.__dataclass_fields__)
    statement = (
        update(DELIVERIES)
        .where(DELIVERIES.c.id == chosen.scalar_subquery())
        .values(attempt=DELIVERIES.c.attempt + 1, **taken)
        .returning(*columns)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else Parcel(*row)


def beat_deliveries(session: Session, owner: Owner, ids: Collection[int]) -> None:
    """Say that this worker lives and still sends these."""
    mine = and_(_held(str(owner)), DELIVERIES.c.id.in_(ids))
    session.execute(update(DELIVERIES).where(mine).values(heartbeat_at=now()))


def release_deliveries(session: Session, owner: Owner) -> None:
    """Let others send at once what this worker leaves unfinished."""
    values = {"status": DeliveryStatus.WAITING, "owner": None, "due_at": now()}
    session.execute(update(DELIVERIES).where(_held(str(owner))).values(values))


def record(session: Session, parcel: Parcel, reply: Reply, settings: Settings) -> DeliveryStatus:
    """Keep what came of an attempt; answers whether the message has arrived, waits to be repeated, or has failed.

    Nothing changes when the message was given to another worker meanwhile.
    """
    moment = now()
    status = _status_after(parcel, reply, settings)
    values = {
        "status": status,
        "owner": None,
        "updated_at": moment,
        "attempts": [*(parcel.attempts or ()), _entry(parcel, reply)],
        "due_at": moment + _pause(parcel.attempt, settings) if status is DeliveryStatus.WAITING else moment,
        "finished_at": None if status is DeliveryStatus.WAITING else moment,
    }
    mine = and_(_held(parcel.owner), DELIVERIES.c.id == parcel.id, DELIVERIES.c.attempt == parcel.attempt)
    session.execute(update(DELIVERIES).where(mine).values(values))
    return status


def _status_after(parcel: Parcel, reply: Reply, settings: Settings) -> DeliveryStatus:
    if reply.error is None:
        return DeliveryStatus.DELIVERED
    is_repeated = parcel.request["webhook"].get("retryOnFailure") and parcel.attempt <= settings.webhooks_max_retries
    return DeliveryStatus.WAITING if is_repeated else DeliveryStatus.FAILED


def _pause(attempt: int, settings: Settings) -> int:
    """Milliseconds until the next attempt: 1, 5, 25 seconds, a fifth more or less so that not all come at once."""
    seconds: float = settings.webhooks_retry_seconds * GROWTH ** (attempt - 1)
    return round(seconds * SECOND * random.uniform(1 - JITTER, 1 + JITTER))


def _entry(parcel: Parcel, reply: Reply) -> Json:
    return {
        "attempt": parcel.attempt,
        "at": reply.at,
        "milliseconds": reply.milliseconds,
        "statusCode": reply.status_code,
        "answer": reply.answer,
        "error": reply.error,
    }


def _ready(owner: Owner, settings: Settings) -> Any:
    moment = now()
    waits = and_(DELIVERIES.c.status == DeliveryStatus.WAITING, DELIVERIES.c.due_at <= moment)
    # our own are in the hands of a thread, however late the heartbeat is
    dead = and_(DELIVERIES.c.owner != str(owner), is_dead(DELIVERIES, owner, literal(moment - silence(settings))))
    return or_(waits, and_(DELIVERIES.c.status == DeliveryStatus.SENDING, dead))


def _held(owner: str) -> Any:
    return and_(DELIVERIES.c.status == DeliveryStatus.SENDING, DELIVERIES.c.owner == owner)

"""The threads of a worker that send messages, beside those that do jobs."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import DBAPIError

from gristmill.jobs.calls import Bell
from gristmill.jobs.running import Bench
from gristmill.jobs.webhooks.deliveries import Parcel, beat_deliveries, claim_delivery, is_due, record
from gristmill.jobs.webhooks.messages import make_message
from gristmill.jobs.webhooks.sending import Reply, send
from gristmill.model.clock import now
from gristmill.model.job_tables import DeliveryStatus
from gristmill.model.secrets import SecretError, decrypt
from gristmill.settings import Settings

log = logging.getLogger("gristmill.jobs")
RETRY_SECONDS = 1.0
THREADS = 8  # a receiver that is slow or dead holds up one of them


class Courier:
    """Sends what is due until the worker of `bench` stops."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._bell = Bell(memory=THREADS)
        self._sending: set[int] = set()

    def threads(self) -> list[threading.Thread]:
        """The threads that send, not yet started."""
        return [threading.Thread(target=self._serve, name="gristmill_webhooks", daemon=True) for _ in range(THREADS)]

    def wake(self) -> None:
        """There may be something to send."""
        self._bell.ring()

    def stop(self) -> None:
        """Begin with nothing new; what is on its way goes on until the worker is gone."""
        self._bell.silence()

    def look(self) -> None:
        """Find what has become due, and what others have left."""
        with self._bench.sessions.read() as session:
            is_any = is_due(session, self._bench.owner, self._bench.settings)
        if is_any:
            self.wake()

    def beat(self) -> None:
        """Store the heartbeat of what is on its way."""
        sending = list(self._sending)
        if sending:
            with self._bench.transaction() as session:
                beat_deliveries(session, self._bench.owner, sending)

    def _serve(self) -> None:
        while self._bell.wait():
            try:
                while (parcel := self._claim()) is not None:
                    self._bell.ring()  # there may be one more, for another thread
                    self._deliver(parcel)
            except Exception:
                log.exception("cannot send webhooks")  # the pulse rings again

    def _claim(self) -> Parcel | None:
        if self._bench.stopping.is_set():
            return None
        with self._bench.transaction() as session:
            return claim_delivery(session, self._bench.owner, self._bench.settings)

    def _deliver(self, parcel: Parcel) -> None:
        self._sending.add(parcel.id)
        try:
            reply = self._attempt(parcel)
            status = self._record(parcel, reply)
        finally:
            self._sending.discard(parcel.id)
        level = logging.INFO if status is DeliveryStatus.DELIVERED else logging.WARNING
        facts = (parcel.job_group_id, parcel.id, status.value, reply.error or reply.status_code)
        log.log(level, "job group %s: webhook delivery %s is %s, %s", *facts)

    def _attempt(self, parcel: Parcel) -> Reply:
        try:
            return attempt(self._bench.settings, parcel)
        except Exception as error:  # a message must not stay in the air because of a fault of ours
            log.exception("webhook delivery %s", parcel.id)
            return Reply(now(), 0, error=f"internal error: {type(error).__name__}")

    def _record(self, parcel: Parcel, reply: Reply) -> DeliveryStatus:
        while True:
            try:
                with self._bench.transaction() as session:
                    return record(session, parcel, reply, self._bench.settings)
            except DBAPIError:  # what has arrived is not to be sent again because the database is away for a moment
                if self._bench.stopping.wait(RETRY_SECONDS):
                    raise
                log.exception("webhook delivery %s: cannot store what came of it, trying again", parcel.id)


def attempt(settings: Settings, parcel: Parcel) -> Reply:
    """Send a message once. What makes that impossible is a reply as well."""
    webhook, facts = parcel.request["webhook"], parcel.request["facts"]
    moment = now()
    try:
        secret = None if webhook["secret"] is None else decrypt(settings, webhook["secret"])
        facts = {**facts, "jobUrl": f"{settings.public_url}/jobs/{parcel.job_group_id}"}
        message = make_message(webhook, facts, secret, parcel.message_id, moment)
    except SecretError as error:
        return Reply(moment, 0, error=str(error))
    return send(settings, message, webhook["sslVerification"])

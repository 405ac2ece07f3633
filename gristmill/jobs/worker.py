"""The worker: threads that claim jobs and do them, as long as the server lives."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection

from gristmill.jobs.calls import Bell, leave, listen
from gristmill.jobs.child import RUNNER
from gristmill.jobs.children import IDLE
from gristmill.jobs.claims import Claim, Owner, release
from gristmill.jobs.doing import do_job
from gristmill.jobs.identity import Place
from gristmill.jobs.leftovers import sweep
from gristmill.jobs.notices import Notice, hear
from gristmill.jobs.process import start_fork_server
from gristmill.jobs.pulse import beat_once, look_after
from gristmill.jobs.retention import forget_old_runs
from gristmill.jobs.running import Bench
from gristmill.jobs.webhooks.courier import Courier
from gristmill.jobs.webhooks.deliveries import release_deliveries
from gristmill.model.database import Sessions
from gristmill.settings import Settings

log = logging.getLogger("gristmill.jobs")
SWEEP_SECONDS = 300.0
PATIENCE_SECONDS = 5.0


class Worker:
    """Does the jobs of a database from `start` to `stop`. `runner` names the function that engine processes call."""

    def __init__(self, settings: Settings, sessions: Sessions, runner: str = RUNNER) -> None:
        self._settings = settings
        self._place = Place.take(settings)
        self._bench = Bench(settings, sessions, runner, self._place.owner)
        self._bell = Bell(memory=self._bench.slots)
        self._courier = Courier(self._bench)
        self._sweeping = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def owner(self) -> Owner:
        """Under which name this worker claims jobs."""
        return self._place.owner

    def start(self) -> None:
        """Begin to work. What this worker left undone when it ended last is taken up first."""
        start_fork_server()
        duties = [self._serve] * self._bench.slots + [self._pulse, self._sweep]
        if not self._bench.sessions.is_sqlite:
            duties.append(self._hear)
        self._threads = [
            threading.Thread(target=duty, name=f"gristmill{duty.__name__}", daemon=True) for duty in duties
        ]
        self._threads += self._courier.threads()
        self._sweeping.set()
        self.wake()
        listen(self)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop the engines and give back what is unfinished: the next worker goes on with it."""
        leave(self)
        self._bench.stopping.set()
        self._bell.silence()
        self._courier.stop()
        self._sweeping.set()
        for running in list(self._bench.running.values()):
            running.stop()
        end = time.monotonic() + PATIENCE_SECONDS
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0))
        IDLE.end_all()
        with self._bench.transaction() as session:
            release(session, self._bench.owner)
            release_deliveries(session, self._bench.owner)
        self._place.leave()

    def wake(self) -> None:
        """There may be a job to claim."""
        self._bell.ring()

    def post(self) -> None:
        """There may be a message to send."""
        self._courier.wake()

    def drop(self, job_ids: Collection[int]) -> None:
        """These jobs were canceled: end those that run here, clean up behind the others."""
        for job_id in job_ids:
            running = self._bench.running.get(job_id)
            if running is not None:
                running.stop()
        self._sweeping.set()

    def _serve(self) -> None:
        while self._bell.wait():
            claim = self._claim()
            while claim is not None:
                if self._bench.has_room_beside(claim):
                    self._bell.ring()  # there may be one more, for another thread
                claim = self._do(claim)

    def _claim(self) -> Claim | None:
        try:
            with self._bench.transaction(durable=False) as session:
                return self._bench.claim(session)
        except Exception:
            log.exception("cannot look for jobs")  # the pulse rings again
            return None

    def _do(self, claim: Claim) -> Claim | None:
        try:
            return do_job(self._bench, claim)
        except Exception:
            log.exception("job %s", claim.job_id)
            return None

    def _pulse(self) -> None:
        """Heartbeats, progress and logs; finds what was canceled or submitted elsewhere."""
        beat_due = 0.0
        while not self._bench.stopping.wait(
            min(self._settings.jobs_poll_seconds, self._settings.jobs_heartbeat_seconds)
        ):
            self._bell.ring()
            try:
                look_after(self._bench)
                self._courier.look()
                if time.monotonic() >= beat_due:
                    beat_due = time.monotonic() + self._settings.jobs_heartbeat_seconds
                    beat_once(self._bench)
                    self._courier.beat()
            except Exception:
                log.exception("cannot store what the jobs do")

    def _hear(self) -> None:
        """What other processes queue and cancel."""
        hear(self._bench.sessions, self._heed, self._bench.stopping)

    def _heed(self, notice: Notice) -> None:
        self._bell.ring()
        if notice == "canceled":
            look_after(self._bench)
            self._sweeping.set()

    def _sweep(self) -> None:
        """Removes what the dead have left and what was kept for long enough."""
        while not self._bench.stopping.is_set():
            self._sweeping.wait(SWEEP_SECONDS)
            self._sweeping.clear()
            try:
                with self._bench.sessions.read() as session:
                    sweep(session, self._settings, busy=list(self._bench.running))
                forget_old_runs(self._bench.sessions, self._settings)
            except Exception:
                log.exception("cannot clean up")

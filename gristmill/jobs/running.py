"""What a worker works with, and a claimed job while one of its threads does it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from gristmill.jobs.claims import Claim, Owner, claim_job, lanes_of
from gristmill.jobs.journal import Journal
from gristmill.jobs.process import EngineProcess, Order, StoppedError, Task
from gristmill.model.database import Sessions
from gristmill.model.job_tables import ScriptResult
from gristmill.settings import Settings

Json = dict[str, Any]


class Running:
    """A job in the hands of one thread. Any thread may stop it."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.journal = Journal(claim)
        self._guard = threading.Lock()
        self._stopped = threading.Event()
        self._process: EngineProcess | None = None

    def stop(self) -> None:
        """The job was canceled, given to somebody else, or the worker ends."""
        with self._guard:
            self._stopped.set()
            if self._process is not None:
                self._process.stop()

    def go_on(self) -> None:
        """Raises StoppedError when the job was stopped."""
        self.wait(0)

    def wait(self, seconds: float) -> None:
        """Do nothing for a while. Raises StoppedError as soon as the job is stopped."""
        if self._stopped.wait(seconds):
            raise StoppedError

    @contextmanager
    def engine(self, order: Order | Task) -> Iterator[EngineProcess]:
        """An engine process that `stop` reaches. Raises StoppedError when the job was stopped before."""
        with EngineProcess(order) as process:
            with self._guard:
                self._process = process
            try:
                self.go_on()
                yield process
            finally:
                with self._guard:
                    self._process = None


class Bench:
    """What the threads of a worker share; `runner` names the function that its engine processes call."""

    def __init__(self, settings: Settings, sessions: Sessions, runner: str, owner: Owner) -> None:
        self.settings = settings
        self.sessions = sessions
        self.runner = runner
        self.owner = owner
        self.running: dict[int, Running] = {}
        self.stopping = threading.Event()
        self._lanes = lanes_of(settings)
        self._writing = threading.Lock()

    @property
    def slots(self) -> int:
        """How many jobs the worker does at once at most."""
        return sum(lane.limit for lane in self._lanes)

    def has_room_beside(self, claim: Claim) -> bool:
        """Whether one more job of the kind of `claim` may run here. When not, whoever ends one looks for the next."""
        lane = next(lane for lane in self._lanes if claim.payload["type"] in lane.types)
        others = [other.claim.payload["type"] for job, other in list(self.running.items()) if job != claim.job_id]
        return sum(type in lane.types for type in others) + 1 < lane.limit

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[Session]:
        """A writing session, one after the other: the limits hold, and on SQLite nobody waits in vain for the lock."""
        with self._writing, self.sessions.write(durable=durable) as session:
            yield session

    def claim(self, session: Session) -> Claim | None:
        """The next job for this worker, within its limits; none when it is about to stop."""
        if self.stopping.is_set():
            return None
        return claim_job(session, self.owner, self._lanes, self.settings, list(self.running))


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a stage: `result` is kept with the job, `written` is the new record of an output."""

    result: Json
    written: ScriptResult | None = None

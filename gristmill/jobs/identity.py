"""Which worker this is: a numbered place that only one living process can hold.

A claim of an earlier holder of the same place is a dead one's, so a restarted server goes on with its jobs at once.
"""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Self
from uuid import uuid4

from sqlalchemy import make_url

from gristmill.jobs.claims import Owner
from gristmill.settings import Settings

MAX_WORKERS = 1000


class Place:
    """A locked file. The lock goes with the process, however it ends."""

    def __init__(self, file: int, owner: Owner) -> None:
        self._file = file
        self.owner = owner

    @classmethod
    def take(cls, settings: Settings) -> Self:
        """Take the first free place of this machine; an SQLite database is used by one machine only."""
        machine, folder = _machine(settings)
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, MAX_WORKERS):
            name = f"{machine}-{number}"
            file = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                continue
            return cls(file, Owner(name, uuid4().hex))
        raise RuntimeError(f"no free place for a worker in {folder}")

    def leave(self) -> None:
        """Let the next one have the place."""
        os.close(self._file)


def _machine(settings: Settings) -> tuple[str, Path]:
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and url.database:
        database = Path(url.database)
        return "worker", database.with_name(f"{database.name}-workers")
    folder = settings.home / "workers"
    return f"{socket.gethostname()}-{_mark(folder)}", folder


def _mark(folder: Path) -> str:
    """Tells one home folder from all others: workers of two machines of one name must not be taken for each other."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "id"
    with suppress(FileExistsError):
        partial = folder / f"id.{uuid4().hex}"
        partial.write_text(uuid4().hex[:8])
        try:
            os.link(partial, path)
        finally:
            partial.unlink()
    return path.read_text()

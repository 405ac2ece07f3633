"""The database connection: how sessions begin, read and write on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

from gristmill.settings import Settings

BUSY_MILLISECONDS = 30_000
POOL_SIZE = 20
POOL_OVERFLOW = 40


class Sessions:
    """Where sessions come from. A reading session sees one state of the data; a writing one commits at its end."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._turn: AbstractContextManager[object] = threading.Lock() if self.is_sqlite else nullcontext()
        self._durable = engine.execution_options(begin="BEGIN IMMEDIATE")
        self._light = engine.execution_options(begin="BEGIN IMMEDIATE", light=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session whose changes are thrown away."""
        # a flush would make a writer of it, which SQLite refuses without waiting when others have written since
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Session]:
        """A session that commits when the block ends well; on SQLite one after the other, in order of arrival.

        What is not `durable` survives the end of every process, but perhaps not that of the machine: for what would
        then be found out again.
        """
        engine = self._durable if durable else self._light
        # SQLite itself only polls for its lock: under load that is slow and unfair
        with self._turn, Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_database(settings: Settings) -> Sessions:
    """Connect to the database of `settings`; a missing folder of an SQLite file is made."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = create_engine(url, pool_pre_ping=not is_sqlite, pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    return Sessions(engine)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # the driver's own BEGIN comes too late for a consistent read and cannot be IMMEDIATE
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if "begin" in options:  # it writes
        connection.exec_driver_sql(f"PRAGMA synchronous = {'NORMAL' if 'light' in options else 'FULL'}")
    connection.exec_driver_sql(options.get("begin", "BEGIN"))


def _begin_postgresql(connection: Connection) -> None:
    if "light" in connection.get_execution_options():
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")

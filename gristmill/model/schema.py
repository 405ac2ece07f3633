"""The state of the database tables: is it that of this program, and how to bring it there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from gristmill.model.database import Sessions

HEAD = "0004"
_UNDEFINED = ("42P01", "42703")  # PostgreSQL: no such table, no such column
_MISSING, _NO_SUCH_COLUMN = ("no such table", "no such column"), "has no column named"  # SQLite
_FOLDER = Path(__file__).parent / "migrations"


class SchemaError(Exception):
    """The tables are not those of this program and only an administrator may change them."""


def is_unlike(error: DBAPIError) -> bool:
    """Whether a statement has failed because the tables are not those of this program."""
    if getattr(error.orig, "sqlstate", None) in _UNDEFINED:
        return True
    return str(error.orig).startswith(_MISSING) or _NO_SUCH_COLUMN in str(error.orig)


def upgrade(sessions: Sessions) -> None:
    """Bring the tables to the state of this program: `gristmill db upgrade`."""
    from alembic import command

    with sessions.engine.connect() as connection, _loose_references(connection), connection.begin():
        command.upgrade(configuration(connection), "head")


@contextmanager
def _loose_references(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew: meanwhile nothing may mind that other tables refer to it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")


def ensure_schema(sessions: Sessions) -> None:
    """What a starting server does: SQLite is brought up to date, PostgreSQL must be.

    Raises SchemaError that names `gristmill db upgrade`, or the newer program that made the tables.
    """
    found = current_revision(sessions)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise SchemaError(f"the database is of revision {found}, this program knows {HEAD}: install the newer version")
    if not sessions.is_sqlite:
        have = f"is of revision {found}" if found else "is empty"
        raise SchemaError(f"the database {have}, this program needs {HEAD}: run 'gristmill db upgrade'")
    upgrade(sessions)


def current_revision(sessions: Sessions) -> str | None:
    """The revision of the tables; None for an empty database."""
    with sessions.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return revision


def configuration(connection: Connection) -> Any:
    """Alembic's configuration over an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config

"""SQLite files. A script cannot reach any other file of the server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlglot import exp

from gristmill.problems import quoted, run_error
from gristmill.storage.tables.drivers.files import FileSession, end_sessions
from gristmill.storage.tables.incoming import Fit, Staged
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.session import Described, Existing, Progress, failure
from gristmill.storage.tables.statements import insert_values, named

__all__ = ["connect", "end_sessions"]

INSPECTED_ROWS = 1000


def connect(login: Login) -> SqliteSession:
    """An open session in a transaction; the file is made where it is missing."""
    with _errors(login):
        connection = sqlite3.connect(str(login.file), timeout=login.lock_seconds, isolation_level=None)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.execute(f"PRAGMA query_only = {'ON' if login.read_only else 'OFF'}")
        connection.execute("BEGIN" if login.read_only else "BEGIN IMMEDIATE")
    return SqliteSession(connection, login, _errors)


class SqliteSession(FileSession):
    """See `session.Session`."""

    dialect = "sqlite"
    driver_error = sqlite3.Error

    def place(self, path: Sequence[str], table: str) -> exp.Table:
        if any(name not in ("main", self._login.database) for name in path):
            raise run_error(f"path: an SQLite file has no schema {quoted(path[-1])}, write [] or ['main']")
        return named(table, ["main"])

    def describe(self, table: exp.Table) -> Described | None:
        with self._errors():
            kind = self._connection.execute(
                "SELECT type FROM sqlite_master WHERE name = ? AND type IN ('table', 'view')", [table.name]
            ).fetchone()
            if kind is None:
                return None
            found = self._connection.execute(
                'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)', [table.name]
            ).fetchall()
        columns = (
            Existing(name, native, bool(needed) and default is None and not pk, hidden in (2, 3))
            for name, native, needed, default, pk, hidden in found
            if hidden != 1
        )
        keys = sorted((row[4], row[0]) for row in found if row[4])
        return Described(tuple(columns), tuple(name for _, name in keys), is_view=kind[0] == "view")

    def load(self, table: exp.Table, fits: Sequence[Fit], names: Sequence[str], staged: Staged, tell: Progress) -> int:
        statement = insert_values(table, names, ["?"] * len(names)).sql(dialect="sqlite")
        count = 0
        with self._errors():
            for batch in staged.batches(fits):
                columns = [[_value(cell) for cell in column.to_pylist()] for column in batch.columns]
                self._connection.executemany(statement, zip(*columns, strict=True))
                count += batch.num_rows
                tell(staged.percent())
        return count

    def fields(self, query: exp.Query) -> list[tuple[str, str]]:
        """Types by the first rows: SQLite knows them by value only."""
        with self._errors():
            cursor = self._connection.execute(query.sql(dialect="sqlite"))
            sample = cursor.fetchmany(INSPECTED_ROWS)
            names = [column[0] for column in cursor.description]
        return [(name, _native([row[at] for row in sample])) for at, name in enumerate(names)]


@contextmanager
def _errors(login: Login) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", "") or ""
        raise failure(login, str(error), may_pass=code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))) from None


def _value(cell: Any) -> Any:
    match cell:
        case bool():
            return int(cell)
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case Decimal():
            return str(cell)
        case _:
            return cell


def _native(cells: Sequence[Any]) -> str:
    there = [cell for cell in cells if cell is not None]
    if there and all(isinstance(cell, int) for cell in there):
        return "integer"
    if there and all(isinstance(cell, (int, float)) for cell in there):
        return "real"
    return "text"

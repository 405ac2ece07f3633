"""DuckDB files. Neither a query nor a script can reach any other file of the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from gristmill.problems import quoted, run_error
from gristmill.storage.tables.drivers.files import FileSession, end_sessions
from gristmill.storage.tables.incoming import Fit, Staged
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.session import Described, Existing, Progress, failure
from gristmill.storage.tables.statements import named

__all__ = ["connect", "end_sessions"]

MEMORY = "512MB"
INCOMING = "gristmill_incoming"
_COLUMNS = """
SELECT column_name, data_type, NOT is_nullable AND column_default IS NULL FROM duckdb_columns()
WHERE schema_name = $schema AND table_name = $table AND database_name = current_database() ORDER BY column_index
"""
_VIEW = """
SELECT count(*) FROM duckdb_views()
WHERE schema_name = $schema AND view_name = $table AND database_name = current_database()
"""
_KEYS = """
SELECT unnest(constraint_column_names) FROM duckdb_constraints()
WHERE schema_name = $schema AND table_name = $table AND constraint_type = 'PRIMARY KEY'
AND database_name = current_database()
"""


def connect(login: Login) -> DuckDbSession:
    """An open session in a transaction; the file is made where it is missing."""
    config: dict[str, Any] = {
        "memory_limit": MEMORY,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with _errors(login):
        connection = duckdb.connect(str(login.file), read_only=login.read_only, config=config)
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        connection.execute("BEGIN TRANSACTION")
    return DuckDbSession(connection, login, _errors)


class DuckDbSession(FileSession):
    """See `session.Session`."""

    dialect = "duckdb"
    driver_error = duckdb.Error

    def place(self, path: Sequence[str], table: str) -> exp.Table:
        own = (Path(str(self._login.file)).stem, self._login.database)
        if len(path) == 2 and path[0] not in own:
            raise run_error(f"path: the connection leads to {quoted(own[0])}, not to {quoted(path[0])}")
        schema = path[-1] if path and not (len(path) == 1 and path[0] in own) else "main"
        return named(table, [schema])

    def describe(self, table: exp.Table) -> Described | None:
        at = {"schema": table.db, "table": table.name}
        with self._errors():
            columns = self._connection.execute(_COLUMNS, at).fetchall()
            if not columns:
                return None
            views = self._connection.execute(_VIEW, at).fetchall()[0][0]
            keys = self._connection.execute(_KEYS, at).fetchall()
        return Described(tuple(Existing(*row) for row in columns), tuple(row[0] for row in keys), is_view=bool(views))

    def load(self, table: exp.Table, fits: Sequence[Fit], names: Sequence[str], staged: Staged, tell: Progress) -> int:
        columns = ", ".join(exp.to_identifier(name, quoted=True).sql(dialect="duckdb") for name in names)
        with self._errors():
            self._connection.register(INCOMING, staged.batches(fits))
            statement = f"INSERT INTO {table.sql(dialect='duckdb')} ({columns}) SELECT * FROM {INCOMING}"
            found = self._connection.execute(statement).fetchall()
            self._connection.unregister(INCOMING)
        return int(found[0][0])

    def fields(self, query: exp.Query) -> list[tuple[str, str]]:
        with self._errors():
            found = self._connection.execute(f"DESCRIBE {query.sql(dialect='duckdb')}").fetchall()
        return [(str(row[0]), str(row[1])) for row in found]


@contextmanager
def _errors(login: Login) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        said = str(error).split("\n", 1)[0].partition("Error: ")[2] or str(error)
        raise failure(login, said, may_pass="Could not set lock" in str(error)) from None

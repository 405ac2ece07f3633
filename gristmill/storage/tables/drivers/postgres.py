"""PostgreSQL through psycopg: COPY in, server-side cursors out.

A session bears the login's label as `application_name`. The server looks once a second whether we are still there, so
that a killed process does not leave a statement running.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from sqlglot import exp

from gristmill.problems import quoted, run_error
from gristmill.storage.tables.incoming import Fit, Staged
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.piping import opened
from gristmill.storage.tables.session import (
    BATCH_ROWS,
    Described,
    Existing,
    Progress,
    UnknownStateError,
    failure,
)
from gristmill.storage.tables.statements import named

CHUNK = 1 << 20
END_SECONDS = 2
# sqlstate classes and codes after which another try may succeed
_PASSING = ("08", "53", "57P", "40001", "40P01", "55P03")
_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull AND NOT a.atthasdef AND a.attidentity = '',
       a.attgenerated <> '' OR a.attidentity = 'a'
FROM pg_attribute a WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_RELATION = """
SELECT c.oid, c.relkind, c.relhastriggers FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""
_KEYS = """
SELECT a.attname FROM pg_index i
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indrelid = %s AND i.indisprimary ORDER BY array_position(i.indkey::int[], a.attnum::int)
"""


def connect(login: Login) -> PostgresSession:
    """An open session in a transaction."""
    with _errors(login):
        connection = psycopg.connect(**_arguments(login), autocommit=False)
        _prepare(connection, login)
    return PostgresSession(connection, login)


def end_sessions(login: Login) -> None:
    """Terminate the backends that bear the label."""
    statement = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = %s AND pid <> pg_backend_pid() AND usename = current_user"
    )
    arguments = _arguments(login) | {"application_name": "gristmill", "connect_timeout": END_SECONDS}
    with _errors(login), psycopg.connect(**arguments, autocommit=True) as connection:
        connection.execute(statement, [login.label])


def _arguments(login: Login) -> dict[str, Any]:
    given = {
        "host": login.host,
        "port": login.port,
        "dbname": login.database,
        "user": login.user,
        "password": login.password,
        "sslmode": "require" if login.ssl else None,
    }
    return {
        **{key: value for key, value in given.items() if value is not None},
        "application_name": login.label,
        "connect_timeout": max(login.connect_seconds, 2),
        "keepalives_idle": 30,
        "tcp_user_timeout": 60_000,
    }


def _prepare(connection: psycopg.Connection[Any], login: Login) -> None:
    settings = {
        "lock_timeout": f"{login.lock_seconds}s",
        "statement_timeout": f"{login.statement_seconds}s",
        "TimeZone": "UTC",
        "DateStyle": "ISO",
        "default_transaction_read_only": "on" if login.read_only else "off",
    }
    if connection.info.server_version >= 140_000:
        settings["client_connection_check_interval"] = "1s"
    for name, value in settings.items():
        connection.execute("SELECT set_config(%s, %s, false)", [name, value])
    schema = login.params.get("schema")
    if schema:
        path = exp.to_identifier(str(schema), quoted=True).sql(dialect="postgres")
        connection.execute("SELECT set_config('search_path', %s, false)", [path])
    connection.commit()


class PostgresSession:
    """See `session.Session`."""

    def __init__(self, connection: psycopg.Connection[Any], login: Login) -> None:
        self._connection = connection
        self._login = login
        self.vendor = login.kind

    def place(self, path: Sequence[str], table: str) -> exp.Table:
        """One name is a schema, unless it is the database's own: then its default schema is meant (api 3.10)."""
        database = self._connection.info.dbname
        if len(path) == 2 and path[0] != database:
            raise run_error(
                f"path: the connection leads to database {quoted(database)}, not to {quoted(path[0])}",
                hint="Use a connection of that database.",
            )
        names = [name for name in path[-1:] if len(path) == 2 or name != database]
        return named(table, names or [self._default_schema()])

    def lock(self, name: str) -> None:
        with self._errors():
            self._connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"gristmill {name}"])

    def describe(self, table: exp.Table) -> Described | None:
        with self._errors():
            found = self._connection.execute(_RELATION, [table.db, table.name]).fetchone()
            if found is None:
                return None
            oid, kind, has_triggers = found
            columns = self._connection.execute(_COLUMNS, [oid]).fetchall()
            keys = self._connection.execute(_KEYS, [oid]).fetchall()
        return Described(
            tuple(Existing(*row) for row in columns), tuple(row[0] for row in keys), has_triggers, kind not in "rpf"
        )

    def run(self, tree: exp.Expr) -> None:
        with self._errors():
            self._connection.execute(tree.sql(dialect="postgres").encode())

    def load(self, table: exp.Table, fits: Sequence[Fit], names: Sequence[str], staged: Staged, tell: Progress) -> int:
        columns = ", ".join(exp.to_identifier(name, quoted=True).sql(dialect="postgres") for name in names)
        statement = f"COPY {table.sql(dialect='postgres')} ({columns}) FROM STDIN (FORMAT csv)"
        with self._errors(), self._connection.cursor() as cursor, staged.csv(fits) as path:
            with cursor.copy(statement.encode()) as copy, opened(path) as file:
                while chunk := file.read(CHUNK):
                    copy.write(chunk)
                    tell(staged.percent())
            return cursor.rowcount

    def commit(self) -> None:
        try:
            self._connection.commit()
        except psycopg.OperationalError as error:
            if error.sqlstate is None or error.sqlstate.startswith(("08", "57P")):
                raise UnknownStateError.of("the connection was lost during COMMIT") from None
            raise _failure(self._login, error) from None
        except psycopg.Error as error:
            raise _failure(self._login, error) from None

    def fields(self, query: exp.Query) -> list[tuple[str, str]]:
        with self._errors(), self._connection.cursor() as cursor:
            cursor.execute(exp.select("*").from_(query.subquery("q")).limit(0).sql(dialect="postgres").encode())
            described = cursor.description or []
            oids = [column.type_code for column in described]
            # a modifier of numeric is (precision << 16 | scale) + 4
            natives = cursor.execute(
                "SELECT format_type(oid, NULL) FROM unnest(%s::oid[]) WITH ORDINALITY AS t(oid, at) ORDER BY at",
                [oids],
            ).fetchall()
        return [(column.name, _with_scale(row[0], column)) for column, row in zip(described, natives, strict=True)]

    def rows(self, query: exp.Expr) -> Iterator[Sequence[Sequence[Any]]]:
        with self._errors(), self._connection.cursor("gristmill_rows") as cursor:
            cursor.itersize = BATCH_ROWS
            cursor.execute(query.sql(dialect="postgres").encode())
            while batch := cursor.fetchmany(BATCH_ROWS):
                yield batch

    def script(self, statements: Sequence[str]) -> None:
        with self._errors():
            for statement in statements:
                self._connection.execute(statement.encode())

    def close(self) -> None:
        with suppress(psycopg.Error):
            self._connection.close()

    def _default_schema(self) -> str:
        with self._errors():
            found = self._connection.execute("SELECT current_schema()").fetchone()
        return str(found[0]) if found and found[0] else "public"

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with _errors(self._login):
            yield


@contextmanager
def _errors(login: Login) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise _failure(login, error) from None


def _failure(login: Login, error: psycopg.Error) -> Exception:
    """The message of the server without its details, which hold data values; psycopg's own where there is none."""
    said = error.diag.message_primary or str(error)
    state = error.sqlstate or ""
    is_refused = state.startswith("28") or "authentication failed" in said
    may_pass = not is_refused and (state.startswith(_PASSING) if state else isinstance(error, psycopg.OperationalError))
    return failure(login, said, may_pass=may_pass)


def _with_scale(native: str, column: psycopg.Column) -> str:
    return f"{native}({column.precision},{column.scale})" if native == "numeric" and column.precision else native

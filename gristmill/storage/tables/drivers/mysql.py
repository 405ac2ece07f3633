"""MySQL and MariaDB through PyMySQL: LOAD DATA in, unbuffered cursors out.

A session holds a named lock with the login's label, by which others find it. LOAD DATA sends a file of ours to the
server: only the one that was named, and only while we load, or a server could ask for any.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pymysql
from pymysql import connections
from pymysql.constants import FIELD_TYPE
from pymysql.cursors import SSCursor
from sqlglot import exp

from gristmill.problems import quoted, run_error
from gristmill.storage.tables.fitting import cast_of
from gristmill.storage.tables.incoming import Fit, Staged
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.session import (
    BATCH_ROWS,
    Described,
    Existing,
    Progress,
    UnknownStateError,
    failure,
)
from gristmill.storage.tables.statements import insert_values, named, shown

END_SECONDS = 2
SILENT_SECONDS = 600
LOST = (2006, 2013, 2014, 2055)
_PASSING = (1040, 1203, 1205, 1213, 2002, 2003, *LOST)
_NO_LOCAL_FILES = (1148, 2068, 3948, 4166)
_MODE = "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO"
_TABLE = "SELECT table_type FROM information_schema.tables WHERE table_schema = %s AND table_name = %s"
_COLUMNS = """
SELECT column_name, column_type,
       is_nullable = 'NO' AND column_default IS NULL AND extra NOT LIKE '%%auto_increment%%',
       extra LIKE '%%GENERATED%%'
FROM information_schema.columns WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position
"""
_KEYS = """
SELECT column_name FROM information_schema.key_column_usage
WHERE table_schema = %s AND table_name = %s AND constraint_name = 'PRIMARY' ORDER BY ordinal_position
"""
_LINKS = """
SELECT (SELECT count(*) FROM information_schema.triggers
        WHERE event_object_schema = %(schema)s AND event_object_table = %(table)s)
     + (SELECT count(*) FROM information_schema.key_column_usage
        WHERE referenced_table_schema = %(schema)s AND referenced_table_name = %(table)s)
     + (SELECT count(*) FROM information_schema.key_column_usage
        WHERE table_schema = %(schema)s AND table_name = %(table)s AND referenced_table_name IS NOT NULL)
"""
_NATIVES = {
    FIELD_TYPE.TINY: "tinyint", FIELD_TYPE.SHORT: "smallint", FIELD_TYPE.LONG: "int", FIELD_TYPE.LONGLONG: "bigint",
    FIELD_TYPE.INT24: "mediumint", FIELD_TYPE.FLOAT: "float", FIELD_TYPE.DOUBLE: "double",
    FIELD_TYPE.DECIMAL: "decimal", FIELD_TYPE.NEWDECIMAL: "decimal", FIELD_TYPE.DATE: "date",
    FIELD_TYPE.DATETIME: "datetime", FIELD_TYPE.TIMESTAMP: "timestamp", FIELD_TYPE.TIME: "time",
    FIELD_TYPE.YEAR: "year", FIELD_TYPE.BIT: "bit", FIELD_TYPE.JSON: "json",
}  # fmt: skip


def connect(login: Login) -> MySqlSession:
    """An open session in a transaction."""
    with _errors(login):
        connection: Any = pymysql.connect(**_arguments(login), local_infile=True)
        connection._local_infile = False
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION sql_mode = %s, time_zone = '+00:00'", [_MODE])
            waits = "SET SESSION lock_wait_timeout = %s, innodb_lock_wait_timeout = %s"
            cursor.execute(waits, [login.lock_seconds] * 2)
            cursor.execute("SELECT GET_LOCK(%s, 0)", [login.label])
            cursor.execute("START TRANSACTION READ ONLY" if login.read_only else "START TRANSACTION")
    return MySqlSession(connection, login)


def end_sessions(login: Login) -> None:
    """Kill the session that holds the lock of the label."""
    arguments = _arguments(login) | dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), END_SECONDS)
    with _errors(login), pymysql.connect(**arguments) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT IS_USED_LOCK(%s)", [login.label])
        found = cursor.fetchone()
        if found and found[0]:
            with suppress(pymysql.err.OperationalError):  # it has ended by itself meanwhile
                cursor.execute("KILL %s", [found[0]])


def _arguments(login: Login) -> dict[str, Any]:
    is_socket = bool(login.host and login.host.startswith("/"))
    where = {"unix_socket": login.host} if is_socket else {"host": login.host, "port": login.port or 3306}
    silent = login.statement_seconds or SILENT_SECONDS
    return {
        **where,
        "user": login.user,
        "password": login.password or "",
        "database": login.database,
        "charset": "utf8mb4",
        "connect_timeout": login.connect_seconds,
        "read_timeout": silent,
        "write_timeout": silent,
        "autocommit": False,
        **({"ssl": {}} if login.ssl else {}),
    }


class MySqlSession:
    """See `session.Session`."""

    def __init__(self, connection: Any, login: Login) -> None:
        self._connection = connection
        self._login = login
        self.vendor = login.kind

    def place(self, path: Sequence[str], table: str) -> exp.Table:
        database = path[-1] if path else self._login.database
        if not database:
            raise run_error(f"path: missing, say in which database the table {quoted(table)} is")
        return named(table, [database])

    def lock(self, name: str) -> None:
        name = f"gristmill {hashlib.sha1(name.encode()).hexdigest()}"
        if not self._one("SELECT GET_LOCK(%s, %s)", [name, self._login.lock_seconds]):
            raise failure(self._login, "another publication holds the table", may_pass=True)

    def describe(self, table: exp.Table) -> Described | None:
        at = [table.db, table.name]
        kind = self._one(_TABLE, at)
        if kind is None:
            return None
        columns = self._all(_COLUMNS, at)
        keys = self._all(_KEYS, at)
        links = self._one(_LINKS, {"schema": table.db, "table": table.name})
        return Described(
            tuple(Existing(str(row[0]), str(row[1]), bool(row[2]), bool(row[3])) for row in columns),
            tuple(str(row[0]) for row in keys),
            is_linked=bool(links),
            is_view="VIEW" in str(kind),
        )

    def run(self, tree: exp.Expr) -> None:
        self._all(tree.sql(dialect="mysql"), None)

    def load(self, table: exp.Table, fits: Sequence[Fit], names: Sequence[str], staged: Staged, tell: Progress) -> int:
        try:
            return self._load_file(table, fits, names, staged)
        except pymysql.err.MySQLError as error:
            if error.args[0] not in _NO_LOCAL_FILES:
                raise _failure(self._login, error) from None
        return self._insert(table, fits, names, staged)

    def commit(self) -> None:
        try:
            self._connection.commit()
        except pymysql.err.MySQLError as error:
            if error.args and error.args[0] in LOST:
                raise UnknownStateError.of("the connection was lost during COMMIT") from None
            raise _failure(self._login, error) from None

    def fields(self, query: exp.Query) -> list[tuple[str, str]]:
        limited = exp.select("*").from_(query.subquery("q")).limit(0)
        with self._errors(), self._connection.cursor() as cursor:
            cursor.execute(limited.sql(dialect="mysql"))
            return [(column[0], _NATIVES.get(column[1], "text")) for column in cursor.description or ()]

    def rows(self, query: exp.Expr) -> Iterator[Sequence[Sequence[Any]]]:
        with self._errors(), self._connection.cursor(SSCursor) as cursor:
            cursor.execute(query.sql(dialect="mysql"))
            while batch := cursor.fetchmany(BATCH_ROWS):
                yield batch

    def script(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self._all(statement, None)

    def close(self) -> None:
        with suppress(Exception):
            self._connection.close()

    def _load_file(self, table: exp.Table, fits: Sequence[Fit], names: Sequence[str], staged: Staged) -> int:
        targets = [_quoted(name) for name in names]
        bits = [cast_of(fit.native) == "BOOLEAN" for fit in fits]
        places = [f"@v{at}" if is_bit else name for at, (name, is_bit) in enumerate(zip(targets, bits, strict=True))]
        sets = [
            f"{name} = CAST(@v{at} AS UNSIGNED)"
            for at, (name, is_bit) in enumerate(zip(targets, bits, strict=True))
            if is_bit
        ]
        with staged.csv(fits, null="NULL") as path, _one_file(self._connection, str(path)):
            file = exp.Literal.string(str(path)).sql(dialect="mysql")
            # sqlglot has no tree for it
            statement = (
                f"LOAD DATA LOCAL INFILE {file} INTO TABLE {table.sql(dialect='mysql')} CHARACTER SET utf8mb4"
                " FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '' LINES TERMINATED BY '\\n'"
                f" ({', '.join(places)})" + (f" SET {', '.join(sets)}" if sets else "")
            )
            with self._connection.cursor() as cursor:
                loaded = int(cursor.execute(statement))
                warnings = self._warnings(cursor)
        expected = staged.rows()
        if warnings or loaded != expected:
            # LOCAL makes warnings of errors: rows would be left out, texts cut
            said = warnings or f"{loaded} of {expected} rows were taken"
            raise failure(self._login, f"{shown(table)}: {said}", may_pass=False)
        return loaded

    def _warnings(self, cursor: Any) -> str | None:
        cursor.execute("SHOW WARNINGS LIMIT 1")
        found = cursor.fetchone()
        return _without_values(str(found[2])) if found else None

    def _insert(self, table: exp.Table, fits: Sequence[Fit], names: Sequence[str], staged: Staged) -> int:
        statement = insert_values(table, names, ["%s"] * len(names)).sql(dialect="mysql")
        count = 0
        with self._errors(), self._connection.cursor() as cursor:
            for batch in staged.batches(fits):
                rows = list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
                count += int(cursor.executemany(statement, rows) or 0)
        return count

    def _all(self, statement: str, values: Any) -> Sequence[Sequence[Any]]:
        with self._errors(), self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            found: Sequence[Sequence[Any]] = cursor.fetchall()
            return found

    def _one(self, statement: str, values: Any) -> Any:
        found = self._all(statement, values)
        return found[0][0] if found else None

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with _errors(self._login):
            yield


@contextmanager
def _one_file(connection: Any, path: str) -> Iterator[None]:
    """The server may ask for this file, and for no other one."""
    send = connections._send_local_file  # type: ignore[attr-defined]

    def checked(filename: bytes, to: Any) -> None:
        if filename != path.encode():
            raise run_error("not permitted: the database has asked for another file than the one to load")
        send(filename, to)

    connections._send_local_file = checked  # type: ignore[attr-defined]
    connection._local_infile = True
    try:
        yield
    finally:
        connection._local_infile = False
        connections._send_local_file = send  # type: ignore[attr-defined]


@contextmanager
def _errors(login: Login) -> Iterator[None]:
    try:
        yield
    except pymysql.err.MySQLError as error:
        raise _failure(login, error) from None


def _failure(login: Login, error: pymysql.err.MySQLError) -> Exception:
    code = error.args[0] if error.args else 0
    said = _without_values(str(error.args[-1]) if error.args else str(error))
    return failure(login, said, may_pass=code in _PASSING)


def _without_values(said: str) -> str:
    said = re.sub(r"Duplicate entry '.*' for key", "Duplicate entry for key", said)
    return re.sub(r"(Incorrect|Truncated incorrect) (.*?) value: '.*?' for", r"\1 \2 value for", said)


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql(dialect="mysql")

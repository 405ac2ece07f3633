"""Databases that are reached through a driver of their own with the common Python interface (PEP 249).

What goes over the wire is tested as text; no server of these kinds runs in our tests (docs/compatibility.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from sqlglot import exp

from gristmill.storage.tables.incoming import Fit, Staged
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.session import (
    BATCH_ROWS,
    Described,
    Existing,
    Progress,
    failure,
    missing_driver,
)
from gristmill.storage.tables.statements import insert_values, named

_COLUMNS = (
    "SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns"
    " WHERE table_schema = {0} AND table_name = {0} ORDER BY ordinal_position"
)
_ORACLE_COLUMNS = (
    "SELECT column_name, data_type, nullable, data_default FROM all_tab_columns"
    " WHERE owner = {0} AND table_name = {1} ORDER BY column_id"
)


def connect(login: Login) -> OtherSession:
    """An open session. Raises RunError that names the extra when the driver is not installed."""
    module, arguments = ARGUMENTS[login.kind.name]
    try:
        driver = import_module(module)
    except ImportError as error:
        raise missing_driver(login.kind, error) from None
    try:
        connection = driver.connect(**arguments(login))
    except Exception as error:
        raise failure(login, str(error), may_pass=False) from None
    return OtherSession(connection, login, getattr(driver, "paramstyle", "qmark"))


def end_sessions(login: Login) -> None:
    """Nothing to do: these drivers end their statement with the process."""


class OtherSession:
    """See `session.Session`."""

    def __init__(self, connection: Any, login: Login, style: str) -> None:
        self._connection = connection
        self._login = login
        self._style = style
        self.vendor = login.kind

    def place(self, path: Sequence[str], table: str) -> exp.Table:
        schema = self._login.params.get("schema")
        return named(table, list(path) or ([str(schema)] if schema else []))

    def lock(self, name: str) -> None:
        """Publications of ours are told apart by the names of their staging tables."""

    def describe(self, table: exp.Table) -> Described | None:
        """Columns by the catalogue; in databases without one by a query that answers nothing."""
        try:
            found = self._catalogue(table)
        except Exception:
            with suppress(Exception):
                self._connection.rollback()
            return None
        columns = (
            Existing(str(name), str(native), str(nullable).upper() in ("NO", "N", "FALSE") and default is None)
            for name, native, nullable, default in found
        )
        return Described(tuple(columns)) if found else None

    def run(self, tree: exp.Expr) -> None:
        end = self.vendor.ways.merged if isinstance(tree, exp.Merge) else ""
        self.script([tree.sql(dialect=self.vendor.dialect) + end])

    def load(self, table: exp.Table, fits: Sequence[Fit], names: Sequence[str], staged: Staged, tell: Progress) -> int:
        statement = insert_values(table, names, self._marks(len(names))).sql(dialect=self.vendor.dialect)
        count = 0
        with self._errors(), _closing(self._connection.cursor()) as cursor:
            for batch in staged.batches(fits):
                rows = [self._bound(row) for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)]
                cursor.executemany(statement, rows)
                count += len(rows)
                tell(staged.percent())
        return count

    def commit(self) -> None:
        with self._errors():
            self._connection.commit()

    def fields(self, query: exp.Query) -> list[tuple[str, str]]:
        none = exp.Literal.number(1).eq(exp.Literal.number(0))
        with self._errors(), _closing(self._connection.cursor()) as cursor:
            empty = exp.select("*").from_(query.subquery("q")).where(none)
            cursor.execute(empty.sql(dialect=self.vendor.dialect))
            return [(str(column[0]), str(column[1])) for column in cursor.description or ()]

    def rows(self, query: exp.Expr) -> Iterator[Sequence[Sequence[Any]]]:
        with self._errors(), _closing(self._connection.cursor()) as cursor:
            cursor.execute(query.sql(dialect=self.vendor.dialect))
            while batch := cursor.fetchmany(BATCH_ROWS):
                yield batch

    def script(self, statements: Sequence[str]) -> None:
        with self._errors(), _closing(self._connection.cursor()) as cursor:
            for statement in statements:
                cursor.execute(statement)

    def close(self) -> None:
        with suppress(Exception):
            self._connection.close()

    def _catalogue(self, table: exp.Table) -> Sequence[Sequence[Any]]:
        marks = self._marks(2)
        values = self._bound((table.db, table.name))
        statement = _ORACLE_COLUMNS if self.vendor.dialect == "oracle" else _COLUMNS
        if "{1}" not in statement:
            statement = statement.replace("table_name = {0}", "table_name = {1}")
        with _closing(self._connection.cursor()) as cursor:
            cursor.execute(statement.format(*marks), values)
            found: Sequence[Sequence[Any]] = cursor.fetchall()
            return found

    def _marks(self, count: int) -> list[str]:
        """What stands for bound values in the driver's way."""
        match self._style:
            case "qmark":
                return ["?"] * count
            case "numeric" | "named":
                return [f":{at + 1}" for at in range(count)]
            case "pyformat" if self.vendor.name == "bigquery":
                return [f"%(p{at})s" for at in range(count)]
            case _:
                return ["%s"] * count

    def _bound(self, row: Sequence[Any]) -> Any:
        if self._style == "pyformat" and self.vendor.name == "bigquery":
            return {f"p{at}": cell for at, cell in enumerate(row)}
        return tuple(row)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if type(error).__module__.startswith("gristmill"):
                raise
            raise failure(self._login, str(error), may_pass=False) from None


@contextmanager
def _closing(cursor: Any) -> Iterator[Any]:
    try:
        yield cursor
    finally:
        with suppress(Exception):
            cursor.close()


def _sqlserver(login: Login) -> dict[str, Any]:
    return {
        "server": login.host,
        "port": str(login.port),
        "user": login.user,
        "password": login.password,
        "database": login.database or "",
        "login_timeout": login.connect_seconds,
        "timeout": login.statement_seconds,
        "appname": login.label,
    }


def _oracle(login: Login) -> dict[str, Any]:
    service = login.params.get("service") or login.database
    return {
        "user": login.user,
        "password": login.password,
        "dsn": f"{login.host}:{login.port}/{service}",
        "tcp_connect_timeout": login.connect_seconds,
    }


def _redshift(login: Login) -> dict[str, Any]:
    return {
        "host": login.host,
        "port": login.port,
        "user": login.user,
        "password": login.password,
        "database": login.database,
        "ssl": True,
        "timeout": login.connect_seconds,
        "application_name": login.label,
    }


def _snowflake(login: Login) -> dict[str, Any]:
    given = {key: login.params[key] for key in ("warehouse", "role", "schema") if login.params.get(key)}
    account = str(login.host or "").removesuffix(".snowflakecomputing.com")
    return {
        "account": account,
        "user": login.user,
        "password": login.password,
        "database": login.database,
        "login_timeout": login.connect_seconds,
        "autocommit": False,
        **given,
    }


def _bigquery(login: Login) -> dict[str, Any]:
    from google.cloud import bigquery
    from google.oauth2 import service_account

    project = login.params.get("project") or login.database
    account = login.secrets.get("serviceAccount")
    credentials = service_account.Credentials.from_service_account_info(account) if account else None
    return {"client": bigquery.Client(project=project, credentials=credentials)}


def _databricks(login: Login) -> dict[str, Any]:
    return {
        "server_hostname": login.host,
        "http_path": login.params.get("httpPath"),
        "access_token": login.secrets.get("token") or login.password,
        "catalog": login.database,
    }


def _hive(login: Login) -> dict[str, Any]:
    return {
        "host": login.host,
        "port": login.port,
        "username": login.user,
        "password": login.password,
        "database": login.database or "default",
        "auth": "LDAP" if login.password else None,
    }


ARGUMENTS: Mapping[str, tuple[str, Callable[[Login], dict[str, Any]]]] = {
    "sqlserver": ("pymssql", _sqlserver),
    "oracle": ("oracledb", _oracle),
    "redshift": ("redshift_connector", _redshift),
    "snowflake": ("snowflake.connector", _snowflake),
    "bigquery": ("google.cloud.bigquery.dbapi", _bigquery),
    "databricks": ("databricks.sql", _databricks),
    "hive": ("pyhive.hive", _hive),
}
"""By vendor: the module of its driver, and how that wants to be told where to connect."""

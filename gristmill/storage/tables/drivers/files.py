"""What sessions of databases in a file have in common: SQL of one dialect over the driver's own connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any, ClassVar

from sqlglot import exp

from gristmill.storage.tables.login import Login
from gristmill.storage.tables.session import BATCH_ROWS

Errors = Callable[[Login], AbstractContextManager[None]]


class FileSession:
    """See `session.Session`. `errors` puts the driver's errors into words."""

    dialect: ClassVar[str]
    driver_error: ClassVar[type[Exception]]

    def __init__(self, connection: Any, login: Login, errors: Errors) -> None:
        self._connection = connection
        self._login = login
        self._errors_of = errors
        self.vendor = login.kind

    def lock(self, name: str) -> None:
        """The file is locked as a whole."""

    def run(self, tree: exp.Expr) -> None:
        self.script([tree.sql(dialect=self.dialect)])

    def rows(self, query: exp.Expr) -> Iterator[Sequence[Sequence[Any]]]:
        with self._errors():
            cursor = self._connection.execute(query.sql(dialect=self.dialect))
            while batch := cursor.fetchmany(BATCH_ROWS):
                yield batch

    def script(self, statements: Sequence[str]) -> None:
        with self._errors():
            for statement in statements:
                self._connection.execute(statement).fetchall()

    def commit(self) -> None:
        self.script(["COMMIT"])

    def close(self) -> None:
        with suppress(self.driver_error):
            self._connection.close()

    def _errors(self) -> AbstractContextManager[None]:
        return self._errors_of(self._login)


def end_sessions(login: Login) -> None:
    """Nothing to do: the session ends with its process."""

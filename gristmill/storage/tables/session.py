"""An open connection to a database, as those see it who load and read tables. `drivers` has one for each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from sqlglot import exp

from gristmill.problems import RunError, TransientError, run_error
from gristmill.storage.tables.incoming import Fit, Staged
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.vendor import Vendor

Progress = Callable[[int], None]
BATCH_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Existing:
    """A column of a table: `native` with length and precision; `is_needed`: it takes no null and has no default.

    `is_fixed`: the database computes it, nobody can load it.
    """

    name: str
    native: str
    is_needed: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """A table that is there. `is_linked`: triggers or foreign keys hang on it; `is_view`: it only looks like one."""

    columns: tuple[Existing, ...]
    keys: tuple[str, ...] = ()
    is_linked: bool = False
    is_view: bool = False


class Session(Protocol):
    """One connection. Errors of the database come out as RunError, without secrets and data values."""

    vendor: Vendor

    def place(self, path: Sequence[str], table: str) -> exp.Table:
        """The table that a publication or dataset names."""

    def lock(self, name: str) -> None:
        """Let no other publication of ours change that table until this session ends."""

    def describe(self, table: exp.Table) -> Described | None:
        """What is known of a table; None where there is none."""

    def run(self, tree: exp.Expr) -> None:
        """Run a statement that answers nothing."""

    def load(self, table: exp.Table, fits: Sequence[Fit], names: Sequence[str], staged: Staged, tell: Progress) -> int:
        """Bring the staged rows into some columns of a table; answers how many."""

    def commit(self) -> None:
        """End the transaction well. Raises UnknownStateError when nobody can tell whether it did."""

    def fields(self, query: exp.Query) -> list[tuple[str, str]]:
        """Names and native types of what a query answers."""

    def rows(self, query: exp.Expr) -> Iterator[Sequence[Sequence[Any]]]:
        """The rows of a query in batches, never all of them at once."""

    def script(self, statements: Sequence[str]) -> None:
        """Run statements that people wrote, and forget what they answer."""

    def close(self) -> None:
        """End the session; what is not committed is taken back."""


class UnknownStateError(RunError):
    """The connection was lost while the transaction ended: it may have ended well or not."""


def connect(login: Login) -> Session:
    """An open session. Raises RunError, or TransientError where trying again may help."""
    session: Session = _driver(login).connect(login)
    return session


def probe(login: Login) -> None:
    """Connect and leave again. Raises RunError when that does not work."""
    connect(login).close()


def end_sessions(login: Login) -> None:
    """End the sessions in the database that bear the login's label, whoever holds them."""
    _driver(login).end_sessions(login)


def _driver(login: Login) -> Any:
    try:
        return import_module(f"gristmill.storage.tables.drivers.{login.kind.driver}")
    except ImportError as error:
        raise missing_driver(login.kind, error) from None


def missing_driver(vendor: Vendor, error: ImportError) -> RunError:
    """The sentence for a driver that is not installed."""
    return run_error(
        f"the driver for {vendor.title} is not installed ({error.name})",
        hint=f"Install it with: pip install 'gristmill[{vendor.extra}]'",
    )


def failure(login: Login, said: str, *, may_pass: bool) -> RunError:
    """An error of the database in one sentence, secrets left out."""
    first = login.hidden(said.strip().split("\n", 1)[0])
    message = f"{login.kind.title}: {first}"
    return TransientError.of(message) if may_pass else run_error(message)

"""Rows with their numbers.

`ROW_NUMBER() OVER ()` is certain, but makes DuckDB read and compute with one thread. A table numbers its rows by
itself, and all threads fill it in order: so a dataset of which few columns are needed is brought into one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import duckdb
from sqlglot import exp

WIDE = 2
"""A copy pays where it holds at most one out of so many columns; a wider one costs more than the threads save."""


class Numbering:
    """The tables of one session that number the rows of its datasets."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._tables: set[str] = set()
        self._copies: dict[str, list[tuple[str, frozenset[str]]]] = {}
        self._numbers = itertools.count()

    def knows(self, table: str) -> None:
        """A dataset that is a table already."""
        self._tables.add(table)

    def forget(self, view: str) -> None:
        """A dataset has other rows from now on."""
        for name, _ in self._copies.pop(view, ()):
            self._connection.execute(f"DROP TABLE {name}")

    def numbered(self, view: str, columns: Iterable[str], of: int, *, in_parallel: bool) -> tuple[str, exp.Expr]:
        """A table that has these columns of a dataset of so many, and the SQL of its row numbers, from 1."""
        wanted = frozenset(columns)
        if view in self._tables:
            return view, _from_one()
        if not in_parallel or len(wanted) * WIDE > of:
            return view, exp.Window(this=exp.Anonymous(this="row_number"))
        return self._copy(view, wanted), _from_one()

    def _copy(self, view: str, wanted: frozenset[str]) -> str:
        known = self._copies.setdefault(view, [])
        for name, columns in known:
            if wanted <= columns:
                return name
        name = f"numbered_{next(self._numbers)}"
        items = ", ".join(sorted(wanted)) or "NULL AS nothing"
        self._connection.execute(f"CREATE TEMP TABLE {name} AS SELECT {items} FROM {view}")
        known.append((name, wanted))
        return name


def _from_one() -> exp.Expr:
    return exp.Add(this=exp.column("rowid"), expression=exp.Literal.number(1))

"""The rows to load: a staged Parquet file, its columns with their types, and how they fit into those of a table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from gristmill.storage.tables.fitting import cast_of, fitted, may_lose
from gristmill.storage.tables.piping import piped
from gristmill.storage.tables.vendor import Vendor
from gristmill.types.logical import LogicalType

if TYPE_CHECKING:
    import pyarrow as pa

TYPES_KEY = "gristmill.types"
BATCH_ROWS = 10_000
MEMORY = "512MB"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A column of the result: `physical` is DuckDB's type in the file, `is_soft` that its type was only inferred."""

    name: str
    type: LogicalType
    physical: str
    is_soft: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """A column of the result and the type of the table's column that takes it."""

    incoming: Incoming
    native: str
    vendor: Vendor

    def cell(self, *, as_text: bool) -> exp.Expr:
        return fitted(self, as_text=as_text)


class Staged:
    """A staged file, opened for loading. Use as a context manager."""

    def __init__(self, path: str, threads: int = 0) -> None:
        config: dict[str, Any] = {"memory_limit": MEMORY, **({"threads": threads} if threads else {})}
        self._connection = duckdb.connect(":memory:", config=config)
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET enable_progress_bar = true")
        self._connection.execute("SET enable_progress_bar_print = false")
        self.path = path

    def __enter__(self) -> Staged:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def columns(self) -> list[Incoming]:
        """The columns of the file; their logical types were noted when it was written."""
        place = {"path": self.path}
        described = self._connection.execute("DESCRIBE SELECT * FROM read_parquet($path)", place).fetchall()
        found = self._connection.execute("SELECT key, value FROM parquet_kv_metadata($path)", place).fetchall()
        noted = {bytes(key).decode(): bytes(value).decode() for key, value in found}
        types = json.loads(noted[TYPES_KEY])
        return [
            Incoming(row[0], LogicalType.from_list(item["type"]), str(row[1]), item["soft"])
            for row, item in zip(described, types, strict=True)
        ]

    def rows(self) -> int:
        """How many rows the file has."""
        return self._number("SELECT count(*) FROM read_parquet($path)")

    def repeated(self, keys: Sequence[Fit]) -> int:
        """How many rows share their keys with another one; rows with an empty key have none."""
        columns = [exp.column(fit.incoming.name, quoted=True) for fit in keys]
        there = exp.and_(*(exp.Not(this=exp.Is(this=item.copy(), expression=exp.Null())) for item in columns))
        groups = exp.select(exp.alias_(exp.Count(this=exp.Star()), "n")).from_(self._table()).where(there)
        groups = groups.group_by(*columns).having(exp.Count(this=exp.Star()) > 1)
        total = exp.select(exp.func("coalesce", exp.Sum(this=exp.column("n")), exp.Literal.number(0)))
        return self._number(total.from_(groups.subquery("g")).sql(dialect="duckdb"))

    def lost(self, fits: Sequence[Fit]) -> dict[str, int]:
        """How many values of each column the table's type cannot hold; columns without any are left out."""
        risky = [fit for fit in fits if may_lose(fit)]
        if not risky:
            return {}
        counts = [
            exp.Count(this=exp.column(fit.incoming.name, quoted=True)) - exp.Count(this=fit.cell(as_text=False))
            for fit in risky
        ]
        found = self._connection.execute(exp.select(*counts).from_(self._table()).sql(dialect="duckdb")).fetchone()
        return {fit.incoming.name: count for fit, count in zip(risky, found or (), strict=True) if count}

    @contextmanager
    def csv(self, fits: Sequence[Fit], *, null: str = "") -> Iterator[Path]:
        """A pipe in the file system with the rows as CSV, every text quoted; `null` stands for null, unquoted.

        The engine writes while the reader reads, so nothing is kept. Raises RunError when it fails.
        """
        names = [f"c{place}" for place in range(len(fits))]
        items = [exp.alias_(fit.cell(as_text=True), name) for fit, name in zip(fits, names, strict=True)]
        query = exp.select(*items).from_(self._table()).sql(dialect="duckdb")
        quoted = [name for fit, name in zip(fits, names, strict=True) if cast_of(fit.native) in (None, "JSON")]
        force = f", FORCE_QUOTE ({', '.join(quoted)})" if quoted else ""
        settings = f"FORMAT csv, HEADER false, NULLSTR '{null}'{force}, USE_TMP_FILE false"
        with piped(self._connection, lambda pipe: f"COPY ({query}) TO '{pipe}' ({settings})") as path:
            yield path

    def batches(self, fits: Sequence[Fit]) -> pa.RecordBatchReader:
        """The rows in batches, one column for each fit."""
        items = [exp.alias_(fit.cell(as_text=False), f"c{place}") for place, fit in enumerate(fits)]
        query = exp.select(*items).from_(self._table()).sql(dialect="duckdb")
        reader: pa.RecordBatchReader = self._connection.execute(query).to_arrow_reader(BATCH_ROWS)
        return reader

    def percent(self) -> int:
        """How far the rows are written, 0 to 100; any thread may ask."""
        return max(int(self._connection.query_progress()), 0)

    def _table(self) -> exp.Expr:
        return exp.Anonymous(this="read_parquet", expressions=[exp.Literal.string(self.path)])

    def _number(self, query: str) -> int:
        named: Mapping[str, Any] = {"path": self.path} if "$path" in query else {}
        found = self._connection.execute(query, dict(named)).fetchone()
        return int(found[0]) if found else 0

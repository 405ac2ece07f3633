"""A file read by DuckDB's strict reader and by way of a clean copy: both give rows of texts and nulls."""

from __future__ import annotations

from pathlib import Path

import duckdb

from gristmill.engines.duckdb.sources import _read_csv
from gristmill.storage.lenient import clean_copy
from gristmill.storage.reading import CsvStructure, Reading
from gristmill.storage.strict import clean_options, csv_options, reads_strictly

Rows = list[tuple[str | None, ...]]


def reading_of(path: Path, structure: CsvStructure, encoding: str = "utf-8") -> Reading:
    return Reading((str(path),), "csv", {"encoding": encoding}, structure)


def strict_rows(connection: duckdb.DuckDBPyConnection, path: Path, structure: CsvStructure) -> Rows | None:
    """The rows of the strict reader; None where it may not try, or refuses."""
    if not reads_strictly(path, reading_of(path, structure)):
        return None
    try:
        return rows_by(connection, path, csv_options(structure))
    except duckdb.Error:
        return None


def lenient_rows(connection: duckdb.DuckDBPyConnection, path: Path, structure: CsvStructure) -> Rows:
    target = path.with_name("clean.csv")
    clean_copy(path, reading_of(path, structure), target)
    return rows_by(connection, target, clean_options(structure))


def rows_by(connection: duckdb.DuckDBPyConnection, path: Path, options: dict[str, object]) -> Rows:
    return connection.execute(f"SELECT * FROM {_read_csv(path, options).sql(dialect='duckdb')}").fetchall()

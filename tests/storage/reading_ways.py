"""Two ways to the rows of a file: what DuckDB reads by `readable`, and the rules of `records` applied by hand."""

from __future__ import annotations

from pathlib import Path

import duckdb

from gristmill.engines.duckdb.tables import read_csv
from gristmill.storage.cleaning import Table, readable
from gristmill.storage.encodings import opened, texts
from gristmill.storage.reading import CsvStructure, Reading
from gristmill.storage.records import records
from gristmill.storage.structure import cells

Rows = list[tuple[str | None, ...]]


def reading_of(path: Path, structure: CsvStructure, encoding: str = "utf-8") -> Reading:
    return Reading((str(path),), "csv", {"encoding": encoding}, structure)


def text_of(path: Path, encoding: str = "utf-8") -> str:
    """The decoded text without its byte-order mark."""
    with opened(path) as file:
        return "".join(text for text, _ in texts(file, encoding, 1 << 20))


def rows_by_rule(path: Path, structure: CsvStructure, encoding: str = "utf-8") -> Rows:
    """The data rows by `records` and `cells` alone."""
    rows = [
        tuple(cells(record, structure)) for record, _ in records(text_of(path, encoding), structure) if record
    ]  # fmt: skip
    return rows[1:] if structure.header else rows


def rows_by_table(connection: duckdb.DuckDBPyConnection, table: Table) -> Rows:
    """The rows that DuckDB reads, in their order."""
    source = read_csv(table.path, table.options).sql(dialect="duckdb")
    found = connection.execute(f"SELECT * FROM {source}").fetchall()
    rows = [row for row in found if row[0] is not None]
    # empty lines are rows that begin with null, as no other does
    assert len(found) - len(rows) == table.repairs.blank_lines
    return rows


def rows_read(connection: duckdb.DuckDBPyConnection, path: Path, reading: Reading, *, clean: bool = False) -> Rows:
    """The rows as the engine reads them: a file that DuckDB refuses in place it reads as a copy."""
    table = readable(path, reading, path.with_name("copy.csv"), clean=clean)
    try:
        return rows_by_table(connection, table)
    except duckdb.InvalidInputException:
        assert table.path == path
        return rows_read(connection, path, reading, clean=True)

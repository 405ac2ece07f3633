"""Parquet: the schema gives names and types; numbers, Booleans and dates stay what they are (types 13.1, 7.3).

`layout` keeps `fields`: the names in the files. DuckDB reads the files, in the engine and here, so both see the same
native types.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.problems import run_error
from gristmill.storage.column_names import legal_names
from gristmill.storage.detected import TEXT, Detected
from gristmill.storage.formats.avro import CLOCK, DAY, FRACTIONAL, MOMENT
from gristmill.storage.reading import Reading
from gristmill.storage.structure import Infer
from gristmill.types.logical import ARRAY, BOOLEAN, DECIMAL, INTEGER, OBJECT, STRING, LogicalType

if TYPE_CHECKING:
    import duckdb

INSPECTED_ROWS = 1000
MEMORY = "512MB"
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
WIDE_INTEGERS = ("UBIGINT", "HUGEINT", "UHUGEINT")

# What decides on a column's type must hold for all of its values; DuckDB looks at a column in no time.
FRACTIONS = "epoch_us(try_cast({0} AS TIMESTAMP)) % 1000000 <> 0"
TOO_WIDE = "{0} IS NOT NULL AND try_cast({0} AS BIGINT) IS NULL"

Field = tuple[str, str]
"""Name and native type of a column of a file."""


def look(reading: Reading, files: Sequence[Path], infer: Infer) -> Detected:
    """Columns by the schema of the first file; types of texts are inferred from their values.

    Raises RunError for files that are no Parquet.
    """
    with _connection(files[0]) as connection:
        fields = fields_of(connection, files[0])
        kinds = [kind_of(native) for _, native in fields]
        types = [logical for logical, _ in kinds]
        forms = [form for _, form in kinds]
        wide = [place for place, (_, native) in enumerate(fields) if native in WIDE_INTEGERS]
        for place in _having(connection, files, wide, TOO_WIDE):
            types[place], forms[place] = DECIMAL, TEXT
        if not reading.options.get("disableTypeInference"):
            types = _with_inferred(connection, files[0], fields, types, infer)
        moments = [place for place, type_ in enumerate(types) if type_ == MOMENT]
        for place in _having(connection, files, moments, FRACTIONS):
            types[place] = FRACTIONAL
    reading = replace(reading, layout={"fields": [name for name, _ in fields]})
    names = legal_names((name for name, _ in fields), sanitize=bool(reading.options.get("sanitizeColumnNames")))
    return Detected(reading, tuple(names), tuple(types), tuple(forms))


def kind_of(native: str) -> tuple[LogicalType, str]:
    """The logical type and the form of a native type, by its name in DuckDB."""
    if native.endswith("]"):
        return ARRAY, TEXT
    name = native.partition("(")[0].strip()
    if name in ("STRUCT", "MAP"):
        return OBJECT, TEXT
    if name in INTEGERS or name in WIDE_INTEGERS:
        return INTEGER, "integer"
    if name in ("FLOAT", "DOUBLE"):
        return DECIMAL, "decimal"
    if name.startswith("TIMESTAMP"):
        return MOMENT, "moment"
    return _OTHERS.get(name, (STRING, TEXT))


_OTHERS = {
    "BOOLEAN": (BOOLEAN, "boolean"),
    "DECIMAL": (DECIMAL, TEXT),
    "DATE": (DAY, "moment"),
    **dict.fromkeys(("TIME", "TIME_NS", "TIME WITH TIME ZONE"), (CLOCK, TEXT)),
}


def fields_of(connection: duckdb.DuckDBPyConnection, path: Path) -> list[Field]:
    """The columns of a file, names as they stand in it."""
    place = {"path": glob_escaped(path)}
    schema = connection.execute("SELECT name, num_children FROM parquet_schema($path)", place).fetchall()
    described = connection.execute(f"DESCRIBE {_select('*')}", place).fetchall()
    return list(zip(_top_level(schema), (str(row[1]) for row in described), strict=True))


def glob_escaped(path: Path | str) -> str:
    """A path as DuckDB's readers take it: characters of its wildcards stand for themselves."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in str(path))


def _select(columns: str) -> str:
    return f"SELECT {columns} FROM read_parquet($path, hive_partitioning = false)"


def _top_level(schema: Sequence[tuple[str, int | None]]) -> Iterator[str]:
    """The names of the columns; the schema also lists what is inside of nested ones, in depth first order."""
    at = 1
    while at < len(schema):
        yield schema[at][0]
        left = 1
        while left:
            left += (schema[at][1] or 0) - 1
            at += 1


def _with_inferred(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    fields: Sequence[Field],
    types: list[LogicalType],
    infer: Infer,
) -> list[LogicalType]:
    texts = [place for place, (_, native) in enumerate(fields) if native in ("VARCHAR", "JSON")]
    if not texts:
        return types
    found = connection.execute(
        f"{_numbered(texts, len(fields))} LIMIT {INSPECTED_ROWS}", {"path": glob_escaped(path)}
    ).fetchall()
    inferred = {place: infer([row[at] for row in found]) for at, place in enumerate(texts)}
    return [inferred.get(place, type_) for place, type_ in enumerate(types)]


def _numbered(places: Sequence[int], count: int, around: str = "{}") -> str:
    """A query for some columns by position: their names may be anything."""
    names = ", ".join(f"f{place}" for place in range(count))
    return f"SELECT {', '.join(around.format(f'f{place}') for place in places)} FROM ({_select('*')}) AS t({names})"


def _having(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], places: Sequence[int], condition: str
) -> Iterator[int]:
    """The columns for which the condition is true anywhere."""
    left = set(places)
    for path in files:
        if not left:
            return
        count = len(fields_of(connection, path))
        asked = sorted(place for place in left if place < count)
        query = _numbered(asked, count, f"bool_or({condition})")
        answer = connection.execute(query, {"path": glob_escaped(path)}).fetchone() if asked else ()
        for place, is_true in zip(asked, answer or (), strict=True):
            if is_true:
                left.discard(place)
                yield place


@contextmanager
def _connection(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    import duckdb

    connection = duckdb.connect(":memory:", config={"memory_limit": MEMORY})
    try:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection
    except duckdb.Error as error:
        raise unreadable(path, error) from None
    finally:
        connection.close()


def unreadable(path: Path, error: Exception) -> Exception:
    """A file that is no Parquet, or broken."""
    import re

    said = re.sub(r"^[A-Za-z ]+ Error: ", "", str(error).split("\n", 1)[0])
    return run_error(f"file cannot be read: {path}: {said}")

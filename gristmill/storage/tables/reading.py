"""Reading: a table, a view or a query becomes a Parquet file that the engine reads (platform 3.8, types 13.4).

Numbers, Booleans and moments stay what they are; everything else comes as the text that the database prints, so that
no digit is lost.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from gristmill.problems import plural, quoted, run_error
from gristmill.storage.detect import look
from gristmill.storage.formats.avro import CLOCK
from gristmill.storage.reading import Reading
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.publishing import Talk
from gristmill.storage.tables.scripts import split
from gristmill.storage.tables.session import Session, connect
from gristmill.storage.tables.statements import column, shown
from gristmill.storage.tables.vendor import Vendor, plain
from gristmill.types.logical import DECIMAL, OBJECT, LogicalType

if TYPE_CHECKING:
    import pyarrow as pa

Json = dict[str, Any]
FLOATS = ("double precision", "double", "real", "float", "float4", "float8", "float64", "binary_double", "binary_float")
WIDE = ("hugeint", "ubigint", "bigint unsigned")
INSTANTS = ("timestamp with time zone", "timestamptz", "timestamp_tz", "timestamp_ltz")


@dataclass(frozen=True, slots=True)
class Read:
    """A column to read: `form` as in `recipe.job.SourceColumn`, `type` where a text's type is known all the same."""

    name: str
    native: str
    form: str
    type: LogicalType | None = None


def work(task: Json, talk: Talk) -> Json:
    """What an engine process does with `{"login", "relation", "file", "options"}`: see `read_relation`."""
    login = Login.from_json(task["login"])
    answer = read_relation(login, task["relation"], Path(task["file"]), task.get("options") or {})
    talk.log("info", f"read {plural(answer['rows'], 'row')} of {plural(len(answer['columns']), 'column')}")
    return answer


def read_relation(login: Login, relation: Json, file: Path, options: Json, limit: int | None = None) -> Json:
    """Write the rows of a relation to a file.

    `relation` is `{"path", "table", "columns", "filter"}` or `{"sql"}`; `limit` stops after so many rows. Answers
    `{"reading", "columns", "rows"}` as a job's source has them. Raises RunError for what is not there or not allowed.
    """
    session = connect(login)
    try:
        query, fields = _query(session, relation)
        columns = [_read(session.vendor, name, native) for name, native in fields]
        _refuse_repeated(columns)
        items = [_item(session.vendor, item) for item in columns]
        wanted: exp.Expr = query.select(*items, append=False)
        if limit is not None:
            wanted = query.select(*items, append=False).limit(limit)
        elif "sql" in relation and not session.vendor.can.inner_order:
            wanted = exp.var(checked_sql(relation["sql"], session.vendor.dialect))
        rows = _write(session.rows(wanted), columns, file)
    finally:
        session.close()
    found = look(Reading((str(file),), "parquet", dict(options)))
    known = {place: item.type for place, item in enumerate(columns) if item.type is not None}
    described = [
        {"name": name, "type": known.get(place, logical).as_list(), "form": form}
        for place, (name, logical, form) in enumerate(found.columns())
    ]
    return {"reading": found.reading.as_json(), "columns": described, "rows": rows}


def checked_sql(text: str, dialect: str) -> str:
    """The one SELECT of a query, without what stands behind it (platform 3.8).

    Raises RunError for several statements and for any that begins with another word than SELECT or WITH.
    """
    statements = split(text, dialect)
    if len(statements) != 1:
        raise run_error(f"raw: expected one SELECT, found {len(statements)} statements")
    tokens = sqlglot.tokenize(statements[0], read=dialect)
    first = tokens[0].text.upper()
    if first not in ("SELECT", "WITH"):
        raise run_error(f"raw: expected a statement that begins with SELECT or WITH, got {quoted(first)}")
    return statements[0][tokens[0].start : tokens[-1].end + 1]


def _query(session: Session, relation: Json) -> tuple[exp.Select, list[tuple[str, str]]]:
    """What to select from, and names and native types of its columns."""
    if "sql" in relation:
        text = checked_sql(relation["sql"], session.vendor.dialect)
        inner = exp.Select(expressions=[exp.Star()], from_=exp.From(this=_verbatim(text)))
        return inner, session.fields(inner)
    table = session.place(relation.get("path") or (), relation["table"])
    described = session.describe(table)
    if described is None:
        raise run_error(f"table not found: {shown(table)}")
    fields = {item.name: item.native for item in described.columns}
    wanted = relation.get("columns") or list(fields)
    missing = [name for name in wanted if name not in fields]
    if missing:
        raise run_error(f"table {shown(table)} has no column {', '.join(map(quoted, missing))} any more")
    query = exp.select("*").from_(table)
    if relation.get("filter"):
        query = query.where(_condition(relation["filter"], session.vendor))
    return query, [(name, fields[name]) for name in wanted]


def _verbatim(text: str) -> exp.Expr:
    """Somebody's own SELECT as a table, not a word changed."""
    alias = exp.TableAlias(this=exp.to_identifier("q"))
    return exp.Subquery(this=exp.var(text), alias=alias)


def _condition(text: str, vendor: Vendor) -> exp.Expr:
    try:
        return exp.condition(text, dialect=vendor.dialect, copy=False)
    except (ParseError, TokenError):
        raise run_error(f"filter: cannot read the condition {quoted(text)}") from None


def _read(vendor: Vendor, name: str, native: str) -> Read:
    own, logical = plain(native), vendor.read(native)
    if vendor.dialect == "mysql" and native.lower() == "tinyint(1)":
        return Read(name, native, "boolean")
    match logical:
        case "Integer" if own not in WIDE and native.lower() not in WIDE:
            return Read(name, native, "integer")
        case "Float" if own in FLOATS:
            return Read(name, native, "decimal")
        case "Integer" | "Float":
            return Read(name, native, "text", DECIMAL)
        case "Bool":
            return Read(name, native, "boolean")
        case "Datetime" if own == "date":
            return Read(name, native, "day")
        case "Datetime" if own.startswith("time") and not own.startswith("timestamp"):
            return Read(name, native, "text", CLOCK)
        case "Datetime":
            return Read(name, native, "moment")
        case "Map" | "Array":
            return Read(name, native, "text", OBJECT if logical == "Map" else LogicalType("Array"))
        case _ if own == "bit":
            return Read(name, native, "bits")
        case _:
            return Read(name, native, "bytes" if _is_binary(own) else "text")


def _is_binary(native: str) -> bool:
    return native in ("bytea", "blob", "bytes", "image", "raw", "long raw") or native.endswith(("blob", "binary"))


def _item(vendor: Vendor, read: Read) -> exp.Expr:
    """The column as it is asked for: what is no basic type as text, instants in UTC, infinite dates as null."""
    cell: exp.Expr = column(read.name)
    if vendor.dialect == "postgres":
        cell = _of_postgres(read, cell)
    elif read.form == "text" and vendor.driver != "sqlite":
        cell = exp.cast(cell, exp.DataType.Type.VARCHAR if vendor.dialect != "mysql" else "CHAR")
    return exp.alias_(cell, read.name, quoted=True)


def _of_postgres(read: Read, cell: exp.Expr) -> exp.Expr:
    if read.form == "text" and plain(read.native) == "money":
        return exp.cast(exp.cast(cell, "NUMERIC"), "TEXT")
    if read.form in ("text", "bits"):
        return exp.cast(cell, "TEXT")
    if read.form in ("day", "moment"):
        if plain(read.native) in INSTANTS:
            cell = exp.AtTimeZone(this=cell, zone=exp.Literal.string("UTC"))
        kind = "DATE" if read.form == "day" else "TIMESTAMP"
        low, high = (exp.cast(exp.Literal.string(text), kind) for text in ("0001-01-01", "9999-12-31"))
        return exp.Case(ifs=[exp.If(this=exp.Between(this=cell.copy(), low=low, high=high), true=cell)])
    return cell


def _refuse_repeated(columns: Sequence[Read]) -> None:
    names = [item.name for item in columns]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        hint = "Give each column a name of its own with AS."
        raise run_error(f"the query answers several columns called {', '.join(map(quoted, repeated))}", hint=hint)


# -- values ----------------------------------------------------------------------------------------------------------


def _write(batches: Iterator[Sequence[Sequence[Any]]], columns: Sequence[Read], file: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = [_types()[item.form] for item in columns]
    schema = pa.schema([pa.field(item.name, type_) for item, type_ in zip(columns, types, strict=True)])
    count = 0
    with pq.ParquetWriter(str(file), schema, compression="snappy") as writer:
        for batch in batches:
            cells = zip(*batch, strict=True)
            arrays = [
                pa.array([CELLS[item.form](cell) for cell in cells_], type_)
                for item, cells_, type_ in zip(columns, cells, types, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(batch)
    return count


def _types() -> Mapping[str, pa.DataType]:
    import pyarrow as pa

    return {
        "text": pa.string(),
        "bytes": pa.string(),
        "bits": pa.string(),
        "integer": pa.int64(),
        "decimal": pa.float64(),
        "boolean": pa.bool_(),
        "day": pa.date32(),
        "moment": pa.timestamp("us"),
    }


def _text(cell: Any) -> str | None:
    match cell:
        case None:
            return None
        case str():
            return cell.encode("utf-8", "replace").decode()
        case bytes() | bytearray() | memoryview():
            return _base64(cell)
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime():
            return cell.isoformat(sep=" ")
        case _:
            return str(cell)


def _base64(cell: Any) -> str | None:
    return None if cell is None else base64.b64encode(bytes(cell)).decode() if not isinstance(cell, str) else cell


def _bits(cell: Any) -> str | None:
    return str(int.from_bytes(cell, "big")) if isinstance(cell, (bytes, bytearray)) else _text(cell)


def _integer(cell: Any) -> int | None:
    """Null for what does not fit: SQLite columns may hold anything."""
    try:
        value = None if cell is None else int(cell)
    except (TypeError, ValueError):
        return None
    return value if value is not None and -(2**63) <= value < 2**63 else None


def _decimal(cell: Any) -> float | None:
    try:
        value = None if cell is None else float(cell)
    except (TypeError, ValueError):
        return None
    return value if value is not None and math.isfinite(value) else None


def _boolean(cell: Any) -> bool | None:
    if isinstance(cell, (bytes, bytearray)):
        return bool(int.from_bytes(cell, "big"))
    if isinstance(cell, str):
        return {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}.get(cell.strip().lower())
    return None if cell is None else bool(cell)


def _day(cell: Any) -> date | None:
    moment = _moment(cell)
    return None if moment is None else moment.date()


def _moment(cell: Any) -> datetime | None:
    if isinstance(cell, str):
        try:
            cell = datetime.fromisoformat(cell)
        except ValueError:
            return None
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).replace(tzinfo=None) if cell.tzinfo else cell
    return datetime(cell.year, cell.month, cell.day) if isinstance(cell, date) else None


CELLS: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "bytes": _base64,
    "bits": _bits,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "day": _day,
    "moment": _moment,
}

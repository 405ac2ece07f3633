"""Cells that drivers of databases answer, as Parquet holds them (types 13.4)."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.storage.tables.read_columns import Read

if TYPE_CHECKING:
    import pyarrow as pa


def write_cells(batches: Iterator[Sequence[Sequence[Any]]], columns: Sequence[Read], file: Path) -> int:
    """Write the rows that a database answers to a Parquet file; answers how many there were."""
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

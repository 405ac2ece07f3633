"""Files that the engine does not read itself become Parquet in scratch: columns `f0`, `f1` …, rows in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_AT_A_TIME = 8192


def write_rows(rows: Iterable[Sequence[Any]], forms: Sequence[str], target: Path) -> None:
    """Write rows with one value per form: texts, or values of `integer`, `decimal`, `boolean`, `moment`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = [_types()[form] for form in forms]
    schema = pa.schema([(f"f{place}", type_) for place, type_ in enumerate(types)])
    with pq.ParquetWriter(str(target), schema, compression="snappy") as writer:
        for piece in _pieces(rows):
            columns = [pa.array(column, type_) for column, type_ in zip(_transposed(piece, forms), types, strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def _types() -> dict[str, pa.DataType]:
    import pyarrow as pa

    return {
        "text": pa.string(),
        "integer": pa.int64(),
        "decimal": pa.float64(),
        "boolean": pa.bool_(),
        "moment": pa.timestamp("us"),
    }


def _pieces(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    source = iter(rows)
    while piece := list(islice(source, ROWS_AT_A_TIME)):
        yield piece


def _transposed(piece: list[Sequence[Any]], forms: Sequence[str]) -> list[Sequence[Any]]:
    return list(zip(*piece, strict=True)) if forms else []

"""Avro: the schema gives names and types; numbers, Booleans and dates stay what they are (types 13.1, platform 4.7).

`layout` keeps `fields`: the names in the files.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from gristmill.problems import run_error
from gristmill.storage.column_names import legal_names
from gristmill.storage.compression import plain
from gristmill.storage.detected import TEXT, Detected
from gristmill.storage.formats.json_values import Number, cell
from gristmill.storage.reading import Reading
from gristmill.storage.structure import Infer
from gristmill.types.catalogue import datetime_type
from gristmill.types.logical import ARRAY, BOOLEAN, DECIMAL, INTEGER, OBJECT, STRING, LogicalType
from gristmill.types.numbers import print_number

INSPECTED_RECORDS = 10_000
DAY, MOMENT, FRACTIONAL = (
    datetime_type(format) for format in ("yyyy*mm*dd", "yyyy*mm*dd*HH:MM:SS", "yyyy*mm*dd*HH:MM:SS.sss")
)
CLOCK = datetime_type("HH:MM:SS")

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a native type becomes: logical type, form, and how its values are converted."""

    type: LogicalType
    form: str
    convert: Convert


def look(reading: Reading, files: Sequence[Path], infer: Infer) -> Detected:
    """Columns by the schema of the first file; types of texts are inferred from their values.

    Raises RunError for files that are no Avro container.
    """
    with _records(files[0]) as (fields, records):
        sample = list(islice(records, INSPECTED_RECORDS))
    kinds = [kind for _, kind in fields]
    names = legal_names((name for name, _ in fields), sanitize=bool(reading.options.get("sanitizeColumnNames")))
    keep = bool(reading.options.get("disableTypeInference"))
    types = tuple(
        kind.type if keep else _type(kind, [record.get(name) for record in sample], infer) for name, kind in fields
    )
    reading = replace(reading, layout={"fields": [name for name, _ in fields]})
    return Detected(reading, tuple(names), types, tuple(kind.form for kind in kinds))


def _type(kind: Kind, values: list[Any], infer: Infer) -> LogicalType:
    if kind.type == STRING:
        return infer([kind.convert(value) for value in values])
    if kind.type == MOMENT and any(isinstance(value, datetime) and value.microsecond for value in values):
        return FRACTIONAL
    return kind.type


def rows(path: Path, reading: Reading, forms: Sequence[str], notes: list[str]) -> Iterator[list[Any]]:
    """The records of a file in these forms. A field that the file does not have is null and told in `notes`."""
    with _records(path) as (fields, records):
        there = dict(fields)
        wanted = [str(name) for name in reading.layout["fields"]]
        if missing := [name for name in wanted if name not in there]:
            notes.append(f"{path.name} has no field {', '.join(missing)}: null")
        converts = [
            (name, _in_form(there[name], form) if name in there else _nothing)
            for name, form in zip(wanted, forms, strict=True)
        ]
        for record in records:
            yield [convert(record.get(name)) for name, convert in converts]


def _nothing(value: Any) -> None:
    return None


def _in_form(kind: Kind, form: str) -> Convert:
    """Values in the dataset's form, also where this file has another native type."""
    if kind.form == form:
        return kind.convert
    if form == TEXT:
        return lambda value: _printed(kind.convert(value))
    return lambda value: None


def _printed(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return print_number(value)
    return str(value)


@contextmanager
def _records(path: Path) -> Iterator[tuple[list[tuple[str, Kind]], Iterator[dict[str, Any]]]]:
    """The fields of a file with their kinds, and its records."""
    import fastavro

    try:
        with path.open("rb") as file:
            reader = fastavro.reader(file)
            yield _fields(reader.writer_schema), _as_records(reader, path)
    except FileNotFoundError:
        raise run_error(f"file not found: {path}") from None
    except (ValueError, OSError) as error:
        raise run_error(f"file cannot be read: {path}: {plain(error)}") from None


def _as_records(reader: Any, path: Path) -> Iterator[dict[str, Any]]:
    is_record = isinstance(reader.writer_schema, dict) and reader.writer_schema.get("type") == "record"
    iterator = iter(reader)
    while True:
        try:
            value = next(iterator)
        except StopIteration:
            return
        except Exception as error:  # the decoder raises whatever the broken bytes lead it to
            raise run_error(f"file cannot be read: {path}: broken Avro data ({plain(error)})") from None
        yield value if is_record else {"column1": value}


# -- types -----------------------------------------------------------------------------------------------------------


def _fields(schema: Any) -> list[tuple[str, Kind]]:
    named: dict[str, Any] = {}
    _collect(schema, named, "")
    if isinstance(schema, dict) and schema.get("type") == "record":
        return [(str(field["name"]), _kind(field["type"], named)) for field in schema["fields"]]
    return [("column1", _kind(schema, named))]


def _collect(schema: Any, named: dict[str, Any], space: str) -> None:
    """All named types of a schema, by full and by short name."""
    if isinstance(schema, list):
        for part in schema:
            _collect(part, named, space)
    elif isinstance(schema, dict):
        space = str(schema.get("namespace") or space)
        if name := schema.get("name"):
            named |= {str(name): schema, f"{space}.{name}": schema}
        for part in (schema.get("items"), schema.get("values"), *(f["type"] for f in schema.get("fields", ()))):
            _collect(part, named, space)


def _kind(schema: Any, named: dict[str, Any]) -> Kind:
    if isinstance(schema, list):
        others = [part for part in schema if part != "null"]
        return _kind(others[0], named) if len(others) == 1 else OTHER
    if isinstance(schema, dict):
        logical = _LOGICAL.get(str(schema.get("logicalType")))
        return logical or _kind(schema["type"], named)
    return _KINDS.get(schema) or (_kind(named[schema], named) if schema in named else OTHER)


def _text(value: Any) -> str | None:
    """Texts as they are, bytes in base64, anything nested as compact JSON."""
    return cell(_plain(value))


def _plain(value: Any) -> Any:
    """A value of Avro as a value of JSON."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return Number(print_number(value)) if math.isfinite(value) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return Number(value)
    if isinstance(value, Decimal):
        return Number(f"{value:f}") if value.is_finite() else None
    return _moment_text(value) if isinstance(value, date | time) else value if _is_json(value) else str(value)


def _is_json(value: Any) -> bool:
    return value is None or isinstance(value, str | bool)


def _moment_text(value: date | time) -> str:
    if isinstance(value, datetime):
        local = _local(value)
        return local.isoformat(" ", "milliseconds" if local.microsecond else "seconds")
    return value.isoformat("seconds") if isinstance(value, time) else value.isoformat()


def _number(value: Any) -> float | None:
    """A double; of a single-precision number the digits that it stands for."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _single(value: Any) -> float | None:
    import struct

    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    for digits in range(6, 10):
        short = float(f"{value:.{digits}g}")
        if struct.pack("f", short) == struct.pack("f", value):
            return short
    return float(value)


def _moment(value: Any) -> datetime | None:
    """UTC without zone; what the library could not make a date of is null."""
    if isinstance(value, datetime):
        return _local(value)
    return datetime.combine(value, time()) if isinstance(value, date) else None


def _local(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value


def _same(value: Any) -> Any:
    return value


OTHER = Kind(STRING, TEXT, _text)
_KINDS = {
    **dict.fromkeys(("int", "long"), Kind(INTEGER, "integer", _same)),
    "float": Kind(DECIMAL, "decimal", _single),
    "double": Kind(DECIMAL, "decimal", _number),
    "boolean": Kind(BOOLEAN, "boolean", _same),
    **dict.fromkeys(("string", "enum", "fixed", "bytes", "null"), OTHER),
    **dict.fromkeys(("map", "record", "error"), Kind(OBJECT, TEXT, _text)),
    "array": Kind(ARRAY, TEXT, _text),
}
_LOGICAL = {
    "date": Kind(DAY, "moment", _moment),
    **dict.fromkeys(
        ("timestamp-millis", "timestamp-micros", "local-timestamp-millis", "local-timestamp-micros"),
        Kind(MOMENT, "moment", _moment),
    ),
    **dict.fromkeys(("time-millis", "time-micros"), Kind(CLOCK, TEXT, _text)),
    "decimal": Kind(DECIMAL, TEXT, _text),
    "uuid": OTHER,
}

"""How a dataset is read: what structure detection found before, or the bare file when nobody has looked at it yet."""

from __future__ import annotations

from typing import Any

from gristmill.model.addresses import local_file
from gristmill.model.tables import ImportedDataset
from gristmill.recipe.job import Json, SourceColumn
from gristmill.settings import Settings
from gristmill.types.logical import LogicalType

Columns = tuple[SourceColumn, ...]


def reading_of(settings: Settings, dataset: ImportedDataset, uri: str) -> tuple[Json, Columns | None]:
    """The reading and the columns of a dataset whose data lies at `uri`.

    The columns are None while nobody has looked at the file as it is now; the run then looks first.
    """
    detected = dataset.detected
    if detected is not None and dataset.detected_key == file_key(uri):
        return detected["reading"], columns_from_json(detected["columns"])
    return {"files": [uri], "format": None, "options": dict(dataset.options or {})}, None


def remember_reading(dataset: ImportedDataset, uri: str, reading: Json, columns: Columns) -> None:
    """Keep what detection found while the file stays as it is."""
    dataset.detected_key = file_key(uri)
    dataset.detected = {"reading": reading, "columns": columns_as_json(columns)}


def file_key(uri: str) -> str | None:
    """What tells one state of a file from the next: address, size, time of change. None where there is no such file."""
    file = local_file(uri)
    if file is None:
        return None
    try:
        facts = file.stat()
    except OSError:
        return None
    return f"{uri}|{facts.st_size}|{facts.st_mtime_ns}"


def columns_as_json(columns: Columns) -> list[Json]:
    """`[{"name": "a", "type": ["Integer"]}]`, as in job documents."""
    return [{"name": column.name, "type": column.type.as_list()} for column in columns]


def columns_from_json(columns: list[Any]) -> Columns:
    """The reverse of `columns_as_json`."""
    return tuple(SourceColumn(column["name"], LogicalType.from_list(column["type"])) for column in columns)

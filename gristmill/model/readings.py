"""How a dataset is read: what structure detection has found, or the bare file when nobody has looked at it yet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gristmill.model.addresses import local_file
from gristmill.model.tables import ImportedDataset
from gristmill.problems import ProblemError
from gristmill.recipe.job import Json, SourceColumn
from gristmill.settings import Settings
from gristmill.storage.detect import look
from gristmill.storage.locations import Roots
from gristmill.storage.reading import Reading

Columns = tuple[SourceColumn, ...]
Found = tuple[Json, Columns]
Open = tuple[Json, None]


def reading_of(settings: Settings, dataset: ImportedDataset, uri: str, *, look_again: bool = False) -> Found | Open:
    """The reading and the columns of a dataset whose data lies at `uri`.

    What was found before holds while the file stays as it is. Else, with `look_again`, somebody looks now, if the file
    can be read; without it the columns are None and the run looks first.
    """
    detected = dataset.detected
    if detected is not None and dataset.detected_key == file_key(uri):
        return detected["reading"], columns_from_json(detected["columns"])
    found = look_at(settings, uri, dataset.options or {}) if look_again else None
    if found is not None:
        remember_reading(dataset, uri, found)
        return found
    return Reading((uri,), None, dict(dataset.options or {})).as_json(), None


def look_at(settings: Settings, uri: str, options: Json) -> Found | None:
    """Structure and columns of a file; None for a file that is not there, not permitted or not readable."""
    before = file_key(uri)
    if before is None:
        return None
    try:
        real = Roots(settings.data, settings.storage_file_roots).locate(uri)
        detected = look(Reading((str(real),), None, dict(options)))
    except (ProblemError, OSError):
        return None
    if file_key(uri) != before:
        return None
    columns = (SourceColumn(name, type, form) for name, type, form in detected.columns())
    return replace(detected.reading, files=(uri,)).as_json(), tuple(columns)


def remember_reading(dataset: ImportedDataset, uri: str, found: Found) -> None:
    """Keep what was found while the file stays as it is."""
    dataset.detected_key = file_key(uri)
    dataset.detected = {"reading": found[0], "columns": columns_as_json(found[1])}


def permitted_size(settings: Settings, uri: str) -> int | None:
    """The size of a file in bytes; None for one that is not there or not permitted."""
    try:
        real = Roots(settings.data, settings.storage_file_roots).locate(uri)
        return real.stat().st_size if real.is_file() else None
    except (ProblemError, OSError):
        return None


def file_key(uri: str) -> str | None:
    """What tells one state of a file from the next: address, size, time of change. None where there is no such file.

    A folder has none: what lies in it may change without a trace on the folder.
    """
    file = local_file(uri)
    try:
        if file is None or not file.is_file():
            return None
        facts = file.stat()
    except OSError:
        return None
    return f"{uri}|{facts.st_size}|{facts.st_mtime_ns}"


def columns_as_json(columns: Columns) -> list[Json]:
    """`[{"name": "a", "type": ["Integer"]}]`, as in job documents."""
    return [column.as_json() for column in columns]


def columns_from_json(columns: list[Any]) -> Columns:
    """The reverse of `columns_as_json`."""
    return tuple(SourceColumn.from_json(column) for column in columns)

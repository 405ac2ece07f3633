"""How a dataset is read: what structure detection has found, or the bare file when nobody has looked at it yet."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from gristmill.model.addresses import local_file
from gristmill.model.tables import ImportedDataset
from gristmill.problems import ProblemError
from gristmill.recipe.job import Json, SourceColumn
from gristmill.settings import Settings
from gristmill.storage.detect import format_of, look
from gristmill.storage.fetching import fetch_head, local_name
from gristmill.storage.locations import Roots
from gristmill.storage.reading import Reading
from gristmill.storage.remote import Entry, is_remote, open_remote

Columns = tuple[SourceColumn, ...]
Found = tuple[Json, Columns]
Open = tuple[Json, None]
_HEAD = 4 << 20
_WHOLE = 64 << 20


def reading_of(settings: Settings, dataset: ImportedDataset, uri: str, *, look_again: bool = False) -> Found | Open:
    """The reading and the columns of a dataset whose data lies at `uri`.

    What was found before holds while the file stays as it is. Else, with `look_again`, somebody looks now, if the file
    can be read; without it the columns are None and the run looks first.
    """
    detected = dataset.detected
    if detected is not None and dataset.detected_key == file_key(settings, uri):
        return detected["reading"], columns_from_json(detected["columns"])
    found = look_at(settings, uri, dataset.options or {}) if look_again else None
    if found is not None:
        remember_reading(dataset, file_key(settings, uri), found)
        return found
    return Reading((uri,), None, dict(dataset.options or {})).as_json(), None


def look_at(settings: Settings, uri: str, options: Json) -> Found | None:
    """Structure and columns of a file; None for a file that is not there, not permitted or not readable.

    Of a text on a store only the beginning is brought here.
    """
    before = file_key(settings, uri)
    if before is None:
        return None
    try:
        if is_remote(uri):
            with tempfile.TemporaryDirectory(prefix="look-") as folder:
                near = _near(settings, uri, Path(folder))
                detected = None if near is None else look(Reading((str(near),), None, dict(options)))
        else:
            real = Roots(settings.data, settings.storage_file_roots).locate(uri)
            detected = look(Reading((str(real),), None, dict(options)))
    except (ProblemError, OSError, EOFError):
        return None
    if detected is None or file_key(settings, uri) != before:
        return None
    columns = (SourceColumn(name, type, form) for name, type, form in detected.columns())
    return replace(detected.reading, files=(uri,)).as_json(), tuple(columns)


def remember_reading(dataset: ImportedDataset, key: str | None, found: Found) -> None:
    """Keep what was found while the file stays as `key` tells."""
    dataset.detected_key = key
    dataset.detected = {"reading": found[0], "columns": columns_as_json(found[1])}


def permitted_size(settings: Settings, uri: str) -> int | None:
    """The size of a file in bytes; None for one that is not there or not permitted."""
    try:
        if is_remote(uri):
            entry = _entry(settings, uri)
            return None if entry is None else entry.size
        real = Roots(settings.data, settings.storage_file_roots).locate(uri)
        return real.stat().st_size if real.is_file() else None
    except (ProblemError, OSError):
        return None


def file_key(settings: Settings, uri: str) -> str | None:
    """What tells one state of a file from the next: address, size, time of change. None where there is no such file.

    A folder has none: what lies in it may change without a trace on the folder.
    """
    try:
        if is_remote(uri):
            entry = _entry(settings, uri)
            return None if entry is None else f"{uri}|{entry.size}|{entry.version}"
        file = local_file(uri)
        if file is None or not file.is_file():
            return None
        facts = file.stat()
    except (ProblemError, OSError):
        return None
    return f"{uri}|{facts.st_size}|{facts.st_mtime_ns}"


def _entry(settings: Settings, uri: str) -> Entry | None:
    remote = open_remote(settings, uri)
    return remote.store.stat(remote.path) if remote.path else None


def _near(settings: Settings, uri: str, folder: Path) -> Path | None:
    """Enough of a file to look at: the beginning of a text, the whole of anything else that is not too large."""
    remote = open_remote(settings, uri)
    target = folder / local_name(remote.path)
    size = fetch_head(remote, target, _HEAD)
    if size is not None and size > _HEAD and format_of(target) != "csv":
        return target if size <= _WHOLE and fetch_head(remote, target, _WHOLE) else None
    return target


def columns_as_json(columns: Columns) -> list[Json]:
    """`[{"name": "a", "type": ["Integer"]}]`, as in job documents."""
    return [column.as_json() for column in columns]


def columns_from_json(columns: list[Any]) -> Columns:
    """The reverse of `columns_as_json`."""
    return tuple(SourceColumn.from_json(column) for column in columns)

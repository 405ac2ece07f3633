"""When rows may be added to an output that is there already (platform 4.2)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gristmill.problems import quoted, run_error

Json = dict[str, Any]
_LINE_FORMATS = ("csv", "json")


def refuse_appending(setting: Json) -> None:
    """Raises RunError for single files that are no plain lines: bytes behind their end would make them unreadable."""
    if setting["action"] != "append" or not setting["asSingleFile"]:
        return
    if setting["format"] not in _LINE_FORMATS:
        raise run_error(f"cannot append to a single {setting['format']} file: give asSingleFile false")
    if setting["compression"] != "none":
        raise run_error(f"cannot append to a file compressed with {setting['compression']}: give asSingleFile false")


def refuse_other_columns(target: Path, setting: Json, columns: Sequence[str]) -> None:
    """Raises RunError when CSV rows are to be added to a file whose first row has another number of cells."""
    is_plain_csv = setting["format"] == "csv" and setting["asSingleFile"] and len(setting["delim"]) == 1
    if setting["action"] != "append" or not is_plain_csv or not target.is_file():
        return
    with target.open(encoding="utf-8", errors="replace", newline="") as file:
        first = next(csv.reader(file, delimiter=setting["delim"]), None)
    if first is not None and len(first) != len(columns):
        found, new = f"{len(first)} columns", f"{len(columns)} new ones"
        raise run_error(f"cannot append to {quoted(target)}: it has {found}, which do not fit {new}")

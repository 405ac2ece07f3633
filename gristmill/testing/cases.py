"""Case files: one JSON object a line, a recipe over a small table and the table that must come out.

The format stands in `tests/cases/README.md`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gristmill.problems import plural, quoted

Cell = str | None
_REQUIRED = ("id", "about", "columns", "rows", "recipe", "expect")
_OPTIONAL = ("basis", "note", "types", "params", "inputs", "unordered", "approx")


class CaseFileError(ValueError):
    """A case file cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of texts; None is missing."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Input:
    """A dataset as a CSV file with a header would hold it. `types` forces the type of some columns."""

    table: Table
    types: Mapping[str, str | Sequence[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form of the case file."""
        return {"columns": list(self.table.columns), "rows": [*map(list, self.table.rows)], "types": dict(self.types)}


@dataclass(frozen=True, slots=True)
class Case:
    """One recipe, its inputs and what must come out: a table, or an error message that holds `error`."""

    id: str
    about: tuple[str, ...]
    source: Input
    recipe: str
    table: Table | None
    error: str | None
    params: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, Input] = field(default_factory=dict)
    unordered: bool = False
    approx: float | None = None
    basis: str = ""
    note: str = ""
    place: str = ""


def read_cases(path: Path) -> list[Case]:
    """The cases of one file. Raises CaseFileError; OSError when the file cannot be opened."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise CaseFileError(f"{path}: not UTF-8 at byte {error.start}") from None
    return [_read_line(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def without_repeated_ids(cases: Iterable[Case]) -> Iterator[Case]:
    """The same cases. Raises CaseFileError where two have one id."""
    seen: dict[str, str] = {}
    for case in cases:
        if case.id in seen:
            raise CaseFileError(f"{case.place}: the id {quoted(case.id)} stands at {seen[case.id]} too")
        seen[case.id] = case.place
        yield case


def _read_line(line: str, place: str) -> Case:
    try:
        document = json.loads(line)
    except json.JSONDecodeError as error:
        raise CaseFileError(f"{place}: not JSON: {error.msg} at column {error.colno}") from None
    if not isinstance(document, dict):
        raise CaseFileError(f"{place}: expected an object")
    absent = [key for key in _REQUIRED if key not in document]
    unknown = [key for key in document if key not in _REQUIRED + _OPTIONAL]
    if absent or unknown:
        raise CaseFileError(f"{place}: " + (f"no key {quoted(absent[0])}" if absent else f"unknown key {unknown[0]!r}"))
    try:
        return _case(document, place)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CaseFileError(f"{place}: {error}") from None


def _case(document: Mapping[str, Any], place: str) -> Case:
    expect = document["expect"]
    if ("error" in expect) == ("columns" in expect):
        raise ValueError("'expect' must hold either 'columns' and 'rows', or 'error'")
    return Case(
        id=document["id"],
        about=tuple(document["about"]),
        source=_input(document),
        recipe=document["recipe"],
        table=_table(expect) if "columns" in expect else None,
        error=expect.get("error"),
        params=document.get("params", {}),
        inputs={name: _input(item) for name, item in document.get("inputs", {}).items()},
        unordered=document.get("unordered", False),
        approx=document.get("approx"),
        basis=document.get("basis", ""),
        note=document.get("note", ""),
        place=place,
    )


def _input(item: Mapping[str, Any]) -> Input:
    return Input(_table(item), item.get("types", {}))


def _table(item: Mapping[str, Any]) -> Table:
    columns = tuple(item["columns"])
    rows = tuple(tuple(row) for row in item["rows"])
    for number, row in enumerate(rows, 1):
        if len(row) != len(columns):
            raise ValueError(f"row {number} has {plural(len(row), 'cell')} for {plural(len(columns), 'column')}")
        if not all(cell is None or isinstance(cell, str) for cell in row):
            raise TypeError(f"row {number}: cells are texts or null")
    return Table(columns, rows)

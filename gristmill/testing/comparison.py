"""Whether the table that came out is the table that must come out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gristmill.problems import quoted
from gristmill.testing.cases import Cell, Table

LEAST_TOLERANCE = 1e-9
Row = tuple[Cell, ...]


def difference(expected: Table, got: Table, *, unordered: bool = False, approx: float | None = None) -> str | None:
    """The first difference in words, or None.

    An empty text equals null, arrays and objects compare as JSON, numbers as text unless `approx` is given: a
    relative tolerance, at least 1e-9 absolute.
    """
    if expected.columns != got.columns:
        return f"columns: expected {list(expected.columns)}, got {list(got.columns)}"
    if unordered:
        return _unordered_difference(expected, got, approx)
    for number, (wanted, row) in enumerate(zip(expected.rows, got.rows, strict=False), 1):
        for column, left, right in zip(expected.columns, wanted, row, strict=True):
            if not same_cell(left, right, approx):
                return f"row {number}, column {quoted(column)}: expected {_shown(left)}, got {_shown(right)}"
    return _count_difference(expected.rows, got.rows)


def same_cell(expected: Cell, got: Cell, approx: float | None = None) -> bool:
    """Whether two cells count as equal."""
    left, right = expected or None, got or None
    if left is None or right is None:
        return left is right
    if left == right:
        return True
    if left[0] in "[{" and right[0] in "[{":
        return _same_json(_as_json(left), _as_json(right), approx)
    return approx is not None and _close(left, right, approx)


def _unordered_difference(expected: Table, got: Table, approx: float | None) -> str | None:
    rest = list(got.rows)
    for wanted in expected.rows:
        match = next((row for row in rest if _same_row(wanted, row, approx)), None)
        if match is None:
            return f"no row {_shown_row(wanted)}; left over: {', '.join(map(_shown_row, rest[:3])) or 'none'}"
        rest.remove(match)
    return f"too many rows: {_shown_row(rest[0])}" if rest else None


def _count_difference(expected: Sequence[Row], got: Sequence[Row]) -> str | None:
    if len(got) > len(expected):
        return f"row {len(expected) + 1}: expected no more rows, got {_shown_row(got[len(expected)])}"
    if len(got) < len(expected):
        return f"row {len(got) + 1}: expected {_shown_row(expected[len(got)])}, got no more rows"
    return None


def _same_row(expected: Row, got: Row, approx: float | None) -> bool:
    return all(same_cell(left, right, approx) for left, right in zip(expected, got, strict=True))


def _as_json(text: str) -> Any:
    """The value with its numbers as written, or the text itself where it is no JSON."""
    try:
        return json.loads(text, parse_int=_Number, parse_float=_Number)
    except (ValueError, RecursionError):
        return text


class _Number(str):
    """The text of a JSON number."""

    __slots__ = ()


def _same_json(left: Any, right: Any, approx: float | None) -> bool:
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(
            _same_json(one, other, approx) for one, other in zip(left, right, strict=True)
        )
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_same_json(left[key], right[key], approx) for key in left)
    if isinstance(left, _Number) and approx is not None:
        return _close(left, right, approx)
    return bool(left == right)


def _close(expected: str, got: str, approx: float) -> bool:
    try:
        left, right = float(expected), float(got)
    except ValueError:
        return False
    return abs(left - right) <= max(LEAST_TOLERANCE, approx * abs(left))


def _shown(cell: Cell) -> str:
    return "null" if cell is None else quoted(cell)


def _shown_row(row: Row) -> str:
    return "[" + ", ".join(map(_shown, row)) + "]"

"""How a table differs from the one that was expected, by row and column, for people to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from gristmill.problems import quoted
from gristmill.testing.cases import Cell, Table
from gristmill.testing.comparison import Row, same_cell

SHOWN = 10  # differences that are printed
ALIGNED = 2000  # rows; longer stretches are compared row by row


def differences(expected: Table, found: Table, *, unordered: bool = False, approx: float | None = None) -> list[str]:
    """What differs, in words: columns first, then cells of the columns that both have, then rows. Rows count from 1."""
    told = list(_columns(expected.columns, found.columns))
    names = [name for name in expected.columns if name in found.columns]
    wanted, rows = _only(expected, names), _only(found, names)
    if unordered:
        return [*told, *_sets(wanted, rows, names, approx)]
    return [*told, *_lists(wanted, rows, names, approx)]


def shown(told: Sequence[str]) -> list[str]:
    """The first differences, and how many more there are."""
    rest = len(told) - SHOWN
    return [*told[:SHOWN], *([f"… and {rest} more"] if rest > 0 else [])]


def _columns(expected: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    missing = [name for name in expected if name not in found]
    surplus = [name for name in found if name not in expected]
    if missing:
        yield f"missing columns: {', '.join(map(quoted, missing))}"
    if surplus:
        yield f"surplus columns: {', '.join(map(quoted, surplus))}"
    if not missing and not surplus and list(expected) != list(found):
        yield f"columns in another order: expected {', '.join(expected)}; found {', '.join(found)}"


def _only(table: Table, names: Sequence[str]) -> list[Row]:
    """The rows with these columns alone."""
    places = [table.columns.index(name) for name in names]
    return [tuple(row[place] or None for place in places) for row in table.rows]


def _lists(expected: list[Row], found: list[Row], names: Sequence[str], approx: float | None) -> Iterator[str]:
    start = 0
    while start < min(len(expected), len(found)) and _same(expected[start], found[start], approx):
        start += 1
    left, right = expected[start:], found[start:]
    if len(left) == len(right) or max(len(left), len(right)) > ALIGNED:
        yield from _stretch(left, right, start, start, names, approx)
        return
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for tag, low, high, new_low, new_high in matcher.get_opcodes():
        if tag != "equal":
            yield from _stretch(left[low:high], right[new_low:new_high], start + low, start + new_low, names, approx)


def _stretch(
    expected: list[Row], found: list[Row], at: int, found_at: int, names: Sequence[str], approx: float | None
) -> Iterator[str]:
    """Rows side by side; what one side has more is missing or surplus."""
    for place, (wanted, row) in enumerate(zip(expected, found, strict=False), 1):
        for name, left, right in zip(names, wanted, row, strict=True):
            if not same_cell(left, right, approx):
                where = f"row {at + place}" + (f" (found as row {found_at + place})" if at != found_at else "")
                yield f"{where}, column {quoted(name)}: expected {_cell(left)}, found {_cell(right)}"
    both = min(len(expected), len(found))
    yield from (f"missing row {at + place}: {_row(row)}" for place, row in enumerate(expected[both:], both + 1))
    yield from (f"surplus row {found_at + place}: {_row(row)}" for place, row in enumerate(found[both:], both + 1))


def _sets(expected: list[Row], found: list[Row], names: Sequence[str], approx: float | None) -> Iterator[str]:
    """Rows that only one side has, whatever their order."""
    missing = list((Counter(expected) - Counter(found)).elements())
    surplus = list((Counter(found) - Counter(expected)).elements())
    for row in missing:
        match = next((other for other in surplus if _same(row, other, approx)), None)
        if match is None:
            yield f"missing row: {_row(row)}"
        else:
            surplus.remove(match)
    yield from (f"surplus row: {_row(row)}" for row in surplus)


def _same(expected: Row, found: Row, approx: float | None) -> bool:
    return all(same_cell(left, right, approx) for left, right in zip(expected, found, strict=True))


def _cell(cell: Cell) -> str:
    return "nothing" if cell is None else quoted(cell)


def _row(row: Row) -> str:
    return "[" + ", ".join(map(_cell, row)) + "]"

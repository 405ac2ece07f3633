"""Columns as a step writes them, and where they stand in its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gristmill.language import tree
from gristmill.plan.rows import Field, Rows
from gristmill.problems import Span, recipe_error


@dataclass(frozen=True, slots=True)
class ColumnList:
    """Columns as written: names, ranges and `*`, resolved against the rows of the step."""

    items: tuple[tree.Value, ...]

    def places(self, rows: Rows) -> list[int]:
        """Positions in the order of the list, each once. Raises RecipeError `column not found`."""
        found: dict[int, None] = {}
        for item in self.items:
            for place in _places(item, rows):
                found.setdefault(place)
        return list(found)

    def fields(self, rows: Rows) -> list[Field]:
        return [rows.fields[place] for place in self.places(rows)]


def _places(item: tree.Value, rows: Rows) -> Sequence[int]:
    if isinstance(item, tree.Everything):
        return range(len(rows.fields))
    if isinstance(item, tree.Range):
        first, last = (_place(name, rows, item.span) for name in (item.first, item.last))
        if first is None or last is None:
            return ()
        return range(min(first, last), max(first, last) + 1)
    if isinstance(item, tree.Name):
        place = _place(item.name, rows, item.span)
        return () if place is None else (place,)
    if isinstance(item, tree.Text):
        place = _place(item.value, rows, item.span)
        return () if place is None else (place,)
    raise recipe_error("syntax", "expected a column here", span=item.span)


def _place(name: str, rows: Rows, span: Span | None) -> int | None:
    """Where a column stands; None only where the columns are not all known yet."""
    place = rows.position(name)
    if place is None and not rows.open:
        rows.find(name, span)
    return place


@dataclass(frozen=True, slots=True)
class ColumnName:
    """One column as written."""

    name: str
    span: Span | None

    def place(self, rows: Rows) -> int:
        """Its position. Raises RecipeError `column not found`; `OpenSchema` where nobody can tell yet."""
        place = _place(self.name, rows, self.span)
        if place is None:
            raise OpenSchemaError
        return place

    def field(self, rows: Rows) -> Field:
        return rows.fields[self.place(rows)]


class OpenSchemaError(Exception):
    """A step needs a column of a schema that depends on data nobody could be asked for: it stays unchecked."""

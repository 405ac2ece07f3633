"""Rows out of cells and of columns: splitrows, unpivot (transforms 7.43, 7.48)."""

from __future__ import annotations

from dataclasses import replace

from gristmill.plan.branches import typed_again, unite
from gristmill.plan.expressions import Apply, Column, Expr, Form, Window
from gristmill.plan.relations import Source
from gristmill.plan.rows import Field, Rows
from gristmill.plan.values import SOFT, Kind, Typing, Value, computed
from gristmill.plan.views import text_view
from gristmill.problems import recipe_error
from gristmill.transforms import parameters as p
from gristmill.transforms.base import Example, Examples, Transform
from gristmill.transforms.nesting import exploded
from gristmill.transforms.scope import Scope


class Splitrows(Transform, name="splitrows", title="Break into rows", group="reshape"):
    """Make one row per piece of a text; an empty piece at its end goes.

    As the first step it numbers the source rows anew.
    """

    col = p.column("the text")
    on = p.text("what separates the pieces", required=True)
    quote = p.text("character between whose pairs nothing splits")
    quote_escape = p.text("character that escapes a quote; both ways are understood without it", key="quoteEscapeChar")

    examples: Examples = (
        Example("splitrows col: c on: ';'", {"c": ("a;b;", "d")}, {"c": ("a", "b", "d")}),
        Example("splitrows col: c on: ';' quote: '\"'", {"c": ('a;"b;c"',)}, {"c": ("a", '"b;c"')}),
    )

    def apply(self, rows: Rows) -> Rows:
        place = self.col.place(rows)
        first = isinstance(rows.relation, Source) and rows.record is not None
        source = text_view(rows.fields[place].value, self.scope(rows))
        rows, element, _ = exploded(rows, self._pieces(source))
        fields = list(rows.fields)
        fields[place] = Field(fields[place].name, computed(element))
        rows = rows.with_fields(fields)
        if not first:
            return rows.without_lineage()
        counted = Apply("ROWNUMBER", (), Form.INTEGER, window=Window((), rows.order))
        rows, (record,) = rows.define([computed(counted)])
        return replace(rows, record=record.expr)

    def _pieces(self, source: Expr) -> Expr:
        if not self.on:
            return Apply("text_list", (source,), Form.TEXTS)
        if self.quote:
            return Apply("quoted_pieces", (source,), Form.TEXTS, (self.on, self.quote, self.quote_escape or '\\"'))
        return Apply("row_pieces", (source,), Form.TEXTS, (self.on,))


class Unpivot(Transform, name="unpivot", title="Unpivot columns", group="reshape"):
    """Make one row per column, with its name and its cell; the other columns are repeated."""

    col = p.columns("columns that become rows")
    group_every = p.integer("how many columns per row", default=1, low=1, key="groupEvery")

    examples: Examples = (
        Example("unpivot col: a,b groupEvery: 1", {"id": ("1",), "a": ("x",), "b": ("",)},
                {"id": ("1", "1"), "key": ("a", "b"), "value": ("x", "")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        places = self.col.places(rows)
        if not places:
            if rows.open:
                return replace(rows.with_fields(()), open=True)
            raise recipe_error("missing-parameter", "missing parameter 'col'")
        slots = [places[at :: self.group_every] for at in range(min(self.group_every, len(places)))]
        slots += [[] for _ in range(self.group_every - len(slots))]
        scope = self.scope(rows)
        kept = [item for place, item in enumerate(rows.fields) if place not in places]
        rows, values = self._lists(rows, slots, scope)
        rows, _, position = exploded(rows, values[0][0])
        new = [value for names, cells, typing in values for value in _slot(names, cells, typing, position, scope)]
        rows = rows.with_fields(kept)
        return self._named(rows, new).without_lineage()

    def _lists(self, rows: Rows, slots: list[list[int]], scope: Scope) -> tuple[Rows, list[tuple[Expr, Expr, Typing]]]:
        """For each slot the list of names, the list of cells and their type."""
        lists: list[tuple[Expr, Expr, Typing]] = []
        for slot in slots:
            items = [rows.fields[place] for place in slot]
            exprs, typing = unite([item.value for item in items], scope)
            texts = tuple(text_view(Value(item, typing), scope) for item in exprs)
            names = Apply("constant_list", (), Form.TEXTS, (tuple(item.name for item in items),))
            cells = Apply("text_list", texts, Form.TEXTS)
            lists.append((names, cells, typing))
        rows, columns = rows.define([Value(cells, SOFT) for _, cells, _ in lists])
        return rows, [(names, column.expr, typing) for (names, _, typing), column in zip(lists, columns, strict=True)]

    def _named(self, rows: Rows, values: list[Value]) -> Rows:
        """`key` and `value`, or `key1`, `value1`, `key2`, … last."""
        for at, value in enumerate(values):
            wanted = ("key", "value")[at % 2] + (str(at // 2 + 1) if self.group_every > 1 else "")
            rows = rows.insert([(rows.free_name(wanted), value)], len(rows.fields))
        return rows


def _slot(names: Expr, cells: Expr, typing: Typing, position: Column, scope: Scope) -> tuple[Value, Value]:
    name = Apply("piece_at", (names, position), Form.TEXT)
    cell: Expr = Apply("piece_at", (cells, position), Form.TEXT)
    if typing.kind is Kind.STATIC:
        cell = typed_again(cell, typing, scope)
    return computed(name), Value(cell, typing)

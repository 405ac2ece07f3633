"""Gaps in columns: replacemissing, replacemismatched (transforms 7.35, 7.36)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from gristmill.language import tree
from gristmill.plan.branches import choose
from gristmill.plan.building import case
from gristmill.plan.expressions import Apply, Column, Expr, Form, Key, Window
from gristmill.plan.grouping import group_keys
from gristmill.plan.ordering import sort_keys
from gristmill.plan.rows import Rows
from gristmill.plan.values import NULL, Kind, Value, computed
from gristmill.plan.views import fits
from gristmill.problems import recipe_error
from gristmill.transforms import parameters as p
from gristmill.transforms.base import Example, Examples, Transform
from gristmill.transforms.constants import type_of_words
from gristmill.transforms.evaluate import evaluate
from gristmill.transforms.formulas import rewritten
from gristmill.transforms.scope import Scope
from gristmill.types.logical import STRING, Family, LogicalType


class Replacemissing(Transform, name="replacemissing", title="Replace missing values", group="missing"):
    """Fill cells that are null or empty: with a value, an aggregate of the column, or a neighbouring value."""

    AGGREGATES: ClassVar[Mapping[str, tuple[str, str]]] = {
        "average": ("AVERAGE", "AVERAGE"), "median": ("MEDIAN", "MEDIAN"), "min": ("MIN", "MINDATE"),
        "max": ("MAX", "MAXDATE"), "sum": ("SUM", "SUM"),
    }  # fmt: skip
    NEIGHBOURS: ClassVar[Mapping[str, str]] = {"lastValid": "last_present", "nextValid": "next_present"}

    col = p.columns("columns to fill")
    with_ = p.word("what to fill with", ("custom", "null", "mode", *AGGREGATES, *NEIGHBOURS), required=True, key="with")
    text = p.expression("custom: the value", required=False)
    group = p.group()
    order = p.order()

    examples: Examples = (
        Example("replacemissing col: p with: custom text: 'T12'", {"p": ("", "T1")}, {"p": ("T12", "T1")}),
        Example("replacemissing col: v with: mode", {"v": ("y", "", "x", "x")}, {"v": ("y", "x", "x", "x")}),
        Example(
            "replacemissing col: v with: lastValid group: g order: k",
            {"g": ("a", "b", "a"), "k": ("1", "2", "3"), "v": ("x", "", "")},
            {"g": ("a", "b", "a"), "k": ("1", "2", "3"), "v": ("x", None, "x")},
        ),
    )

    def apply(self, rows: Rows) -> Rows:
        scope = self.grouped_scope(rows, self.group, self.order)
        changed = {}
        for place in self.col.places(rows):
            item = rows.fields[place]
            scope.current, scope.current_place = item.value, place
            gap = self.gap(item.value, scope)
            changed[place] = filled(item.value, gap, self._filling(item.name, item.value, scope), scope)
        return rewritten(scope.rows, changed, scope)

    def gap(self, value: Value, scope: Scope) -> Expr:
        """Which cells are filled."""
        return is_empty(value)

    def tested(self, value: Value, scope: Scope) -> LogicalType:
        """The type for which a cell is valid."""
        return value.typing.logical if value.typing.kind is Kind.HARD else STRING

    def _filling(self, name: str, value: Value, scope: Scope) -> Value:
        if self.with_ == "custom":
            if self.text is None:
                raise recipe_error("missing-parameter", "missing parameter 'text'")
            return evaluate(self.text, scope)
        if self.with_ == "null":
            return NULL
        if self.with_ == "mode":
            return self._mode(value, scope)
        if self.with_ in self.NEIGHBOURS:
            window = self.NEIGHBOURS[self.with_]
            return scope.windowed(window, (self._valid(value, scope).expr,), value.form, value.typing)
        function, for_dates = self.AGGREGATES[self.with_]
        dated = value.typing.family is Family.DATETIME
        return evaluate(tree.Call(for_dates if dated else function, (tree.Name(name),)), scope)

    def _valid(self, value: Value, scope: Scope) -> Value:
        """The column with all cells null but the valid ones."""
        if not value.is_text:
            return value
        test = fits(value, self.tested(value, scope), scope)
        return scope.define(Value(case((test, value.expr), form=Form.TEXT), value.typing))

    def _mode(self, value: Value, scope: Scope) -> Value:
        """The most frequent valid cell of the group; of equally frequent ones the first in sort order."""
        valid = self._valid(value, scope)
        group = scope.window().partition
        of_equals = Window((*group, *group_keys(valid, scope)))
        count = scope.define(computed(Apply("COUNT", (valid.expr,), Form.INTEGER, window=of_equals)))
        order = (Key(count.expr, descending=True), *sort_keys(value, False, scope), *scope.rows.order)
        return Value(Apply("leading_cell", (valid.expr,), value.form, window=Window(group, order)), value.typing)


def is_empty(value: Value) -> Expr:
    """Whether a cell is null or the empty text."""
    return Apply("missing", (value.expr,), Form.BOOLEAN) if value.is_text else value.expr.is_null()


def filled(old: Value, gap: Expr, filling: Value, scope: Scope) -> Value:
    """The filling where there is a gap, else the cell."""
    return choose((filling, old), scope, lambda parts: case((gap, parts[0]), otherwise=parts[1], form=parts[0].form))


class Replacemismatched(Replacemissing, name="replacemismatched", title="Replace mismatched values", group="missing"):
    """Replace cells that do not fit their column's type, or another type that is named; empty cells stay."""

    type = p.words("another type to test", required=False)

    examples: Examples = (
        Example("replacemismatched col: v type: Integer with: custom text: '0'", {"v": ("1", "abc", "")},
                {"v": ("1", "0", "")}),
    )  # fmt: skip

    def gap(self, value: Value, scope: Scope) -> Expr:
        return ~is_empty(value) & ~fits(value, self.tested(value, scope), scope)

    def tested(self, value: Value, scope: Scope) -> LogicalType:
        if self.type:
            return type_of_words(list(self.type), self.span_of("type"))
        if value.typing.kind is not Kind.SOFT or not isinstance(value.expr, Column):
            return value.typing.logical
        return scope.inferred(value) or value.typing.logical

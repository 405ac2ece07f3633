"""Columns by formula: derive, set, and the steps that only write them differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gristmill.language import tree
from gristmill.plan.branches import choose
from gristmill.plan.building import case, coalesce, null
from gristmill.plan.expressions import Column, Form
from gristmill.plan.rows import Field, Rows
from gristmill.plan.values import Kind, Origin, Typing, Value
from gristmill.plan.views import cell_of_type, condition_view, settled
from gristmill.problems import recipe_error
from gristmill.transforms import naming
from gristmill.transforms import parameters as p
from gristmill.transforms.base import Example, Examples, Transform
from gristmill.transforms.column_lists import ColumnList
from gristmill.transforms.evaluate import evaluate
from gristmill.transforms.scope import Aggregates, Scope
from gristmill.types.logical import LogicalType
from gristmill.types.validation import is_valid

STAYS_FROM = 0.8  # share of fitting values from which an unlocked settype survives a rewriting (types 8.5)


class Derive(Transform, name="derive", title="New formula", group="formula"):
    """Add a column computed by a formula.

    It stands right of the columns that the formula reads. With aggregates or window functions the formula is
    computed over the rows of the group, in the given order, and every row keeps its place.
    """

    type = p.word("whether the formula looks at one row or at many", ("single", "multiple"), default="single")
    value = p.expression("the formula")
    group = p.group()
    order = p.order()
    as_ = p.text("name of the new column", key="as")
    col = p.text("old spelling of the name", key="col")
    row = p.expression("old: rows for which it is computed, null elsewhere", required=False)

    examples: Examples = (
        Example(
            "derive type: single value: a * 2 as: 'b'", {"a": ("1", "x"), "z": ("p", "q")},
            {"a": ("1", "x"), "b": ("2", None), "z": ("p", "q")},
        ),
        Example(
            "derive type: multiple value: SUM(v) group: g as: 's'", {"g": ("a", "b", "a"), "v": ("1", "5", "2")},
            {"g": ("a", "b", "a"), "v": ("1", "5", "2"), "s": ("3", "5", "3")},
        ),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        scope = self.grouped_scope(rows, self.group, self.order)
        value = evaluate(self.value, scope)
        read = set(scope.used)
        value = only_where(self.row, value, scope)
        rows, scope.used = scope.rows, read
        name = rows.free_name(naming.clean(self.as_ or self.col or "")) if self.as_ or self.col else None
        name = name or naming.formula(self.value, rows)
        return rows.insert([(name, value)], place_of_new(rows, scope, self.group, self.order))


def place_of_new(rows: Rows, scope: Scope, group: ColumnList, order: tuple[tree.OrderItem, ...]) -> int:
    """Right of the right-most column that was read, else of the group and order columns, else last (transforms 6.2)."""
    if scope.used:
        return max(scope.used) + 1
    named = group.places(rows)
    for item in order:
        if isinstance(item.key, tree.Name):
            place = rows.position(item.key.name)
            named += [] if place is None else [place]
    return max(named) + 1 if named else len(rows.fields)


def only_where(test: tree.Value | None, value: Value, scope: Scope, otherwise: Value | None = None) -> Value:
    """The old `row:`: the value where the test is true, else `otherwise` or null."""
    if test is None:
        return value
    scope.aggregates, mode = Aggregates.REFUSED, scope.aggregates
    condition = condition_view(evaluate(test, scope))
    scope.aggregates = mode
    rest = null(value.form) if otherwise is None else otherwise.expr
    return Value(case((coalesce(condition, False), value.expr), otherwise=rest, form=value.form), value.typing)


class Set(Transform, name="set", title="Edit column with formula", group="formula"):
    """Compute columns anew, in place; `$col` is the column itself.

    All formulas see the columns as they were before the step.
    """

    col = p.columns("columns to change")
    value = p.expression("the formula")
    group = p.group()
    order = p.order()
    row = p.expression("old: rows that change; the others keep their cells", required=False)

    examples: Examples = (
        Example(
            "set col: a,b value: IFMISSING($col, 'n/a')", {"a": ("1", ""), "b": ("", "y")},
            {"a": ("1", "n/a"), "b": ("n/a", "y")},
        ),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        scope = self.grouped_scope(rows, self.group, self.order)
        changed: dict[int, Value] = {}
        for place in self.col.places(rows):
            old = rows.fields[place].value
            scope.current, scope.current_place = old, place
            value = evaluate(self.value, scope)
            if self.row is not None:
                value = _kept_elsewhere(self.row, value, old, scope)
            changed[place] = value
        return rewritten(scope.rows, changed, scope)


def _kept_elsewhere(test: tree.Value, value: Value, old: Value, scope: Scope) -> Value:
    scope.aggregates, mode = Aggregates.REFUSED, scope.aggregates
    condition = coalesce(condition_view(evaluate(test, scope)), False)
    scope.aggregates = mode
    return choose(
        (value, old), scope, lambda parts: case((condition, parts[0]), otherwise=parts[1], form=parts[0].form)
    )


def rewritten(rows: Rows, changed: dict[int, Value], scope: Scope) -> Rows:
    """Rows with columns changed in place, each with the type that it then has (types 8.5)."""
    before = {place: rows.fields[place].value.typing for place in changed}
    rows = rows.change({place: _as_column(value) for place, value in changed.items()})
    kept = {}
    for place in changed:
        old, new = before[place], rows.fields[place].value.typing
        if new.kind is Kind.STATIC and not (old.locked and new.logical.name != old.logical.name):
            continue
        if new.kind is Kind.HARD and new == old and old.origin is Origin.SETTYPE:
            continue
        if old.kind is Kind.HARD and old.origin is Origin.SETTYPE and _stays(rows, place, old, scope):
            kept[place] = old
        else:
            kept[place] = new.soft()
    types = {place: typing.logical for place, typing in kept.items()}
    return rows.change(cells_of_types(rows, types, scope)).retyped(kept)


def cells_of_types(rows: Rows, types: Mapping[int, LogicalType], scope: Scope) -> dict[int, Value]:
    """The columns at those places whose native values become texts, so that they can be of the types."""
    cells = {place: cell_of_type(rows.fields[place].value, logical, scope) for place, logical in types.items()}
    return {place: cell for place, cell in cells.items() if cell is not rows.fields[place].value}


def _as_column(value: Value) -> Value:
    return Value(null(Form.TEXT), value.typing) if value.is_null else Value(settled(value.expr), value.typing)


def _stays(rows: Rows, place: int, typing: Typing, scope: Scope) -> bool:
    """Whether a settype survives: locked, or enough of the new values fit."""
    if typing.locked:
        return True
    column = rows.fields[place].value.expr
    texts = [cell for cell in scope.env.sample(column, rows) if cell] if isinstance(column, Column) else []
    fitting = sum(is_valid(cell, typing.logical) for cell in texts)
    return bool(texts) and fitting >= STAYS_FROM * len(texts)


class Columnbyexample(Transform, name="columnbyexample", title="Column by example", group="formula"):
    """Add a column by the program that was learned from examples; new programs are not learned."""

    columns = p.columns("columns that the program reads", required=False)
    mapping_id = p.integer("number of the examples in the product; without effect", key="exampleMappingId")
    value = p.expression("the learned program")
    as_ = p.text("name of the new column", key="as")

    examples: Examples = (
        Example(
            "columnbyexample columns: a exampleMappingId: 7 value: UPPER(a) as: 'b'", {"a": ("x",), "z": ("q",)},
            {"a": ("x",), "b": ("X",), "z": ("q",)},
        ),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        value = evaluate(self.value, scope)
        rows = scope.rows
        listed = self.columns.places(rows) or scope.used
        name = rows.free_name(naming.clean(self.as_)) if self.as_ else naming.formula(self.value, rows)
        return rows.insert([(name, value)], max(listed) + 1 if listed else len(rows.fields))


class Select(Transform, name="select", title="Select columns", group="columns"):
    """Make exactly these columns, in this order, each by a formula."""

    values = p.pairs("formula and name")

    examples: Examples = (
        Example("select values: [c,'x'],[a + 1,'y']", {"a": ("1",), "b": ("2",), "c": ("3",)},
                {"x": ("3",), "y": ("2",)}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        values = [evaluate(formula, scope) for formula, _ in self.values]
        rows, columns = scope.rows.define([_as_column(value) for value in values])
        rows = replace(rows.with_fields(()), open=False)
        for (_, name), column in zip(self.values, columns, strict=True):
            if not isinstance(name, tree.Text):
                raise recipe_error("syntax", "parameter 'values' takes pairs of a formula and a name", span=name.span)
            rows = rows.with_fields((*rows.fields, Field(rows.free_name(naming.clean(name.value)), column)))
        return rows


class Window(Transform, name="window", title="Window", group="formula"):
    """Add columns by window or aggregate functions over the rows of a group, in the given order."""

    value = p.expressions("window or aggregate functions")
    group = p.group()
    order = p.order()

    examples: Examples = (
        Example("window value: ROWNUMBER() order: d", {"d": ("3", "1", "2")},
                {"d": ("3", "1", "2"), "window": ("3", "1", "2")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        scope = self.grouped_scope(rows, self.group, self.order)
        new: list[tuple[str, Value]] = []
        for node in self.value:
            value = evaluate(node, scope)
            new.append((rows.free_name("window", [name for name, _ in new]), value))
        return scope.rows.insert(new, place_of_new(rows, scope, self.group, self.order))

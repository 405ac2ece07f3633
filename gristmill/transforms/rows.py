"""Which rows, in which order: filter, delete, keep, sort, deduplicate."""

from __future__ import annotations

from functools import reduce

from gristmill.language import tree
from gristmill.language.patterns import compile_pattern
from gristmill.plan.building import coalesce
from gristmill.plan.comparison import compare
from gristmill.plan.expressions import Apply, Expr, Form, Key, Literal, Window
from gristmill.plan.ordering import sort_keys
from gristmill.plan.rows import Rows
from gristmill.plan.values import Value, computed
from gristmill.plan.views import condition_view, fits, text_view
from gristmill.problems import quoted, recipe_error
from gristmill.transforms import parameters as p
from gristmill.transforms.base import Example, Examples, Transform, order_value
from gristmill.transforms.column_lists import ColumnName
from gristmill.transforms.constants import type_of_words
from gristmill.transforms.evaluate import evaluate
from gristmill.transforms.matching import found_in
from gristmill.transforms.scope import Scope

FILTER_TYPES = (
    "custom", "missing", "mismatched", "valid", "exactly", "notExactly", "oneOf", "contains", "startsWith", "endsWith",
    "matches", "lessThan", "greaterThan", "between", "range", "topRows", "rowRange", "rowInterval",
)  # fmt: skip


def kept(rows: Rows, condition: Expr, action: str) -> Rows:
    """The rows for which the condition is true, or those for which it is not; null counts as not true."""
    true = coalesce(condition, False)
    return rows.where(true if action == "Keep" else ~true)


class Filter(Transform, name="filter", title="Filter rows", group="rows"):
    """Keep or delete rows by a condition, by the cells of a column, or by position.

    A condition that is null counts as not true: Keep drops the row, Delete leaves it.
    """

    type = p.word("what is looked at", FILTER_TYPES)
    row_type = p.word("whether the condition looks at one row or at many", ("single", "multiple"), key="rowType")
    row = p.expression("the condition", required=False)
    group = p.group()
    order = p.order()
    col = p.column("the column to look at", required=False)
    missing = p.column("old: the column whose empty cells match", required=False)
    mismatched = p.words("the type that cells do not fit", required=False)
    exactly = p.expression("the value that matches", required=False)
    not_exactly = p.expression("the value that does not match", required=False, key="notExactly")
    one_of = p.flexible("values that match", required=False, key="oneOf")
    contains = p.pattern("what the cell holds", required=False)
    starts_with = p.pattern("what the cell begins with", required=False, key="startsWith")
    ends_with = p.pattern("what the cell ends with", required=False, key="endsWith")
    matches = p.pattern("what the whole cell is", required=False)
    ignore_case = p.boolean("letter case does not matter", key="ignoreCase")
    less_than = p.expression("upper bound", required=False, key="lessThan")
    less_than_equal = p.expression("whether the upper bound itself matches", required=False, key="lessThanEqual")
    greater_than = p.expression("lower bound", required=False, key="greaterThan")
    greater_than_equal = p.expression("whether the lower bound itself matches", required=False, key="greaterThanEqual")
    limit = p.integer("topRows: how many rows", low=0)
    from_ = p.integer("rowRange: first row", key="from", low=1)
    to = p.integer("rowRange: last row", low=1)
    every = p.integer("rowInterval: every so many rows", low=1)
    offset = p.integer("rowInterval: rows before the first interval", default=0, low=0)
    action = p.word(
        "what happens to the rows that match", ("Keep", "Delete"), default="Keep", synonyms={"drop": "Delete"}
    )

    examples: Examples = (
        Example("filter type: missing col: a action: Delete", {"a": ("1", "", "2")}, {"a": ("1", "2")}),
        Example(
            "filter type: custom rowType: single row: a > 1 action: Keep", {"a": ("1", "2", "")}, {"a": ("2",)}
        ),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        scope = self.grouped_scope(rows, self.group, self.order)
        condition = self._condition(self.type or self._deduced(), scope)
        return kept(scope.rows, condition, self.action)

    def _deduced(self) -> str:
        """The old form without `type` is known by the parameter that stands there."""
        by_parameter = {
            "row": "custom", "missing": "missing", "mismatched": "mismatched", "exactly": "exactly",
            "not_exactly": "notExactly", "one_of": "oneOf", "contains": "contains", "starts_with": "startsWith",
            "ends_with": "endsWith", "matches": "matches", "limit": "topRows", "from_": "rowRange",
            "every": "rowInterval",
        }  # fmt: skip
        for attribute, kind in by_parameter.items():
            if self.given(attribute):
                return kind
        low = self.given("greater_than") or self.given("greater_than_equal")
        high = self.given("less_than") or self.given("less_than_equal")
        if low or high:
            return "between" if low and high else "greaterThan" if low else "lessThan"
        raise recipe_error("missing-parameter", "missing parameter 'type'")

    def _condition(self, kind: str, scope: Scope) -> Expr:
        if kind == "custom":
            return self._row_condition(scope)
        if kind in ("topRows", "rowRange", "rowInterval"):
            return self._by_position(kind, scope)
        if kind == "exactly" and self.col is None and self.exactly is not None:
            return condition_view(evaluate(self.exactly, scope))
        value = self._column(scope)
        match kind:
            case "missing":
                return _empty(value)
            case "mismatched" | "valid":
                return self._by_type(kind, value, scope)
            case "exactly" | "notExactly" | "oneOf":
                return self._by_value(kind, value, scope)
            case "contains" | "startsWith" | "endsWith" | "matches":
                return self._by_pattern(kind, value, scope)
            case _:
                return self._by_bounds(kind, value, scope)

    def _row_condition(self, scope: Scope) -> Expr:
        if self.row is None:
            raise recipe_error("missing-parameter", "missing parameter 'row'")
        return condition_view(evaluate(self.row, scope))

    def _column(self, scope: Scope) -> Value:
        column: ColumnName | None = self.col or self.missing
        if column is None:
            raise recipe_error("missing-parameter", "missing parameter 'col'")
        return column.field(scope.rows).value

    def _by_type(self, kind: str, value: Value, scope: Scope) -> Expr:
        logical = value.typing.logical
        if self.mismatched:
            logical = type_of_words(list(self.mismatched), self.span_of("mismatched"))
        else:
            logical = scope.inferred(value) or logical if value.typing == value.typing.soft() else logical
        valid = fits(value, logical, scope)
        return valid if kind == "valid" else ~_empty(value) & ~valid

    def _by_value(self, kind: str, value: Value, scope: Scope) -> Expr:
        nodes = self._values(kind)
        if kind == "exactly" and isinstance(nodes[0], tree.Call):
            condition = evaluate(nodes[0], scope)
            if condition.form is Form.BOOLEAN:
                return condition.expr
        tests = [coalesce(compare("=", value, evaluate(node, scope), scope), False) for node in nodes]
        equal = reduce(lambda a, b: a | b, tests)
        if kind == "notExactly":
            return ~equal
        return ~_empty(value) & equal

    def _values(self, kind: str) -> tuple[tree.Value, ...]:
        attribute = {"exactly": "exactly", "notExactly": "not_exactly", "oneOf": "one_of"}[kind]
        given = getattr(self, attribute)
        if given is None or given == ():
            raise recipe_error("missing-parameter", f"missing parameter {quoted(kind)}")
        nodes = given if isinstance(given, tuple) else (given,)
        return tuple(item for node in nodes for item in (node.items if isinstance(node, tree.Array) else (node,)))

    def _by_pattern(self, kind: str, value: Value, scope: Scope) -> Expr:
        attribute = {"startsWith": "starts_with", "endsWith": "ends_with"}.get(kind, kind)
        node = getattr(self, attribute)
        if node is None:
            raise recipe_error("missing-parameter", f"missing parameter {quoted(kind)}")
        where = {"contains": "anywhere", "startsWith": "start", "endsWith": "end", "matches": "whole"}[kind]
        found = found_in(text_view(value, scope), compile_pattern(node, self.ignore_case), where)
        return ~_empty(value) & found

    def _by_bounds(self, kind: str, value: Value, scope: Scope) -> Expr:
        tests = []
        if kind != "greaterThan":
            tests.append(self._bound(value, self.less_than, self.less_than_equal, "<", "lessThan", scope))
        if kind != "lessThan":
            tests.append(self._bound(value, self.greater_than, self.greater_than_equal, ">", "greaterThan", scope))
        return ~_empty(value) & reduce(lambda a, b: a & b, tests)

    def _bound(
        self, value: Value, bound: tree.Value | None, inclusive: tree.Value | None, op: str, key: str, scope: Scope
    ) -> Expr:
        """In old text `lessThanEqual: 5` holds the bound itself."""
        closed = isinstance(inclusive, tree.Boolean) and inclusive.value
        if inclusive is not None and not isinstance(inclusive, tree.Boolean):
            bound, closed = inclusive, True
        if bound is None:
            raise recipe_error("missing-parameter", f"missing parameter {quoted(key)}")
        return compare(f"{op}=" if closed else op, value, evaluate(bound, scope), scope)

    def _by_position(self, kind: str, scope: Scope) -> Expr:
        counted = Apply("ROWNUMBER", (), Form.INTEGER, window=Window((), scope.rows.order))
        number = scope.define(computed(counted)).expr
        if kind == "topRows":
            return number <= self._needed("limit", self.limit)
        if kind == "rowRange":
            return (number >= self._needed("from", self.from_)) & (number <= self._needed("to", self.to))
        every = self._needed("every", self.every)
        offset: int = self.offset
        return (number > offset) & ((number - offset) % every).eq(0)

    def _needed(self, key: str, value: int | None) -> int:
        if value is None:
            raise recipe_error("missing-parameter", f"missing parameter {quoted(key)}")
        return value


def _empty(value: Value) -> Expr:
    return Apply("missing", (value.expr,), Form.BOOLEAN) if value.is_text else value.expr.is_null()


class Delete(Transform, name="delete", title="Delete rows", group="rows"):
    """Old: delete the rows for which a condition is true."""

    row = p.expression("the condition")

    action = "Delete"

    examples: Examples = (Example("delete row: a == 1", {"a": ("1", "2")}, {"a": ("2",)}),)

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        condition = condition_view(evaluate(self.row, scope))
        return kept(scope.rows, condition, self.action)


class Keep(Delete, name="keep", title="Keep rows", group="rows"):
    """Old: keep only the rows for which a condition is true."""

    action = "Keep"

    examples: Examples = (Example("keep row: a == 1", {"a": ("1", "2")}, {"a": ("1",)}),)


class Sort(Transform, name="sort", title="Sort rows", group="rows"):
    """Order the rows: numbers by value, dates by time, texts without case; empty cells last, or first when descending.

    Rows with equal keys keep their order.
    """

    order = p.order(required=True)

    examples: Examples = (Example("sort order: -a", {"a": ("10", "9", "")}, {"a": ("", "10", "9")}),)

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        keys: list[Key] = []
        for item in self.order:
            value = order_value(item, scope)
            if not value.is_null:
                keys += sort_keys(value, item.descending, scope)
        return scope.rows.sorted_by(keys)


class Deduplicate(Transform, name="deduplicate", title="Remove duplicate rows", group="rows"):
    """Remove rows that equal an earlier one in all columns, text for text; empty cells are equal."""

    examples: Examples = (Example("deduplicate", {"a": ("1", "1", "2")}, {"a": ("1", "2")}),)

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        keys = tuple(coalesce(text_view(item.value, scope), "") for item in rows.fields)
        first = Apply("ROWNUMBER", (), Form.INTEGER, window=Window(keys, rows.order))
        return rows.where(first.eq(Literal(1))).without_lineage(record=False, path=True)

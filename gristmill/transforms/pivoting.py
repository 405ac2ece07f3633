"""Values become columns: pivot, valuestocols, onehotencode (transforms 7.30, 7.31, 7.49); the data decide which."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from gristmill.language import tree
from gristmill.plan.branches import choose
from gristmill.plan.building import case, cast, coalesce
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.rows import Field, Rows, claim_name, name_key
from gristmill.plan.values import NULL, Value, computed
from gristmill.problems import recipe_error
from gristmill.transforms import naming
from gristmill.transforms import parameters as p
from gristmill.transforms.base import Example, Examples, Transform
from gristmill.transforms.distinct import Combination, combinations, holds, key_text
from gristmill.transforms.evaluate import evaluate
from gristmill.transforms.filling import is_empty
from gristmill.transforms.grouping import aggregated, named
from gristmill.transforms.scope import Aggregates, Scope


def still_open(rows: Rows) -> Rows:
    """Rows whose columns nobody can tell without data."""
    return replace(rows.with_fields(()), open=True)


class Pivot(Transform, name="pivot", title="Pivot table", group="reshape"):
    """Aggregate by rows and columns: each combination of values of the pivoted columns becomes a column.

    A cell without rows is null, of COUNT() it is 0. Rows come in the order of each group's first row.
    """

    col = p.columns("columns whose values become columns", required=False)
    group = p.group()
    value = p.expressions("aggregates; COUNT() by default", required=False)
    limit = p.integer("how many combinations at most", default=50, low=1)

    examples: Examples = (
        Example("pivot col: t value: SUM(v) group: g",
                {"g": ("A", "A", "B"), "t": ("x", "y", "x"), "v": ("1", "2", "3")},
                {"g": ("A", "B"), "sum_v_x": ("1", "3"), "sum_v_y": ("2", None)}),
        Example("pivot group: g value: COUNT()", {"g": ("A", "A", "B")}, {"g": ("A", "B"), "row_count": ("2", "1")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        nodes = self.value or (tree.Call("COUNT", ()),)
        groups, pivots = self.group.fields(rows), self.col.fields(rows)
        scope = self.scope(rows, aggregates=Aggregates.GROUPED)
        values = [evaluate(node, scope) for node in nodes]
        if not pivots:
            if self.col.items:
                return still_open(rows)
            names = named(nodes, rows, [item.name for item in groups])
            return aggregated(scope, groups, list(zip(names, values, strict=True)))
        if self.env.ask is None:
            return still_open(rows)
        found = combinations(rows, [item.value for item in pivots], scope, self.limit, self.env.ask)
        if not found and not groups:
            raise recipe_error("run", "pivot made no columns: the data has no rows")
        cells = aggregated(scope, groups + pivots, [(f"v{at}", value) for at, value in enumerate(values)])
        return self._turned(cells, len(groups), found, [(node, naming.aggregate(node, rows)) for node in nodes])

    def _turned(self, rows: Rows, groups: int, found: list[Combination], nodes: list[tuple[tree.Value, str]]) -> Rows:
        """One row per group out of rows of one cell each."""
        scope = self.scope(rows)
        fields = rows.fields
        pivots, cells = fields[groups : len(fields) - len(nodes)], fields[len(fields) - len(nodes) :]
        keys = [scope.define(computed(key_text(item.value, scope))).expr for item in pivots]
        order = scope.row_order()
        used = {name_key(item.name) for item in fields[:groups]}
        columns: list[tuple[str, Value]] = []
        for one in found:
            for (node, head), cell in zip(nodes, cells, strict=True):
                name = naming.clean("_".join((head, *one.names)))
                name = claim_name(name, used)
                expr: Expr = case((holds(keys, one.keys), cell.value.expr), form=cell.value.form)
                expr = Apply("first_cell", (expr,), cell.value.form, order=order)
                columns.append((name, Value(_counted(expr) if _counts_rows(node) else expr, cell.value.typing)))
        return aggregated(scope, list(fields[:groups]), columns)


def _counts_rows(node: tree.Value) -> bool:
    return isinstance(node, tree.Call) and node.function == "COUNT" and not node.args


def _counted(count: Expr) -> Expr:
    return cast(coalesce(count, 0), Form.INTEGER)


class Onehotencode(Transform, name="onehotencode", title="One hot encode", group="reshape"):
    """Add a column of 1 and 0 for each value of a column; an empty cell is 0 in all of them."""

    col = p.column("the column")
    limit = p.integer("how many values at most", default=50, low=1)

    examples: Examples = (
        Example("onehotencode col: c", {"c": ("x", "y", "x")},
                {"c": ("x", "y", "x"), "c_x": ("1", "0", "1"), "c_y": ("0", "1", "0")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        place = self.col.place(rows)
        if self.env.ask is None:
            return still_open(rows)
        item = rows.fields[place]
        scope = self.scope(rows)
        found = _values_of(item, scope, self.limit, self)
        key = scope.define(computed(key_text(item.value, scope))).expr
        new: list[tuple[str, Value]] = []
        for one in found:
            name = rows.free_name(naming.clean(f"{item.name}_{one.names[0]}"), [name for name, _ in new])
            new.append((name, computed(cast(case((holds([key], one.keys), 1), otherwise=0), Form.INTEGER))))
        return scope.rows.insert(new, place + 1)


def _values_of(item: Field, scope: Scope, limit: int, step: Transform) -> list[Combination]:
    """The different values of a column that are not empty."""
    assert step.env.ask is not None
    return combinations(scope.rows.where(~is_empty(item.value)), [item.value], scope, limit, step.env.ask)


class Valuestocols(Transform, name="valuestocols", title="Convert values to columns", group="reshape"):
    """Add a column for each value of a column: one text where the row has the value, another where not."""

    col = p.columns("columns whose values become columns")
    value = p.expression("what stands where the row has the value; true by default", required=False)
    default = p.expression("what stands elsewhere; null by default", required=False)
    limit = p.integer("how many new columns at most", default=50, low=1)

    examples: Examples = (
        Example("valuestocols col: c value: '1' default: '0'", {"c": ("x", "y", "x")},
                {"c": ("x", "y", "x"), "x": ("1", "0", "1"), "y": ("0", "1", "0")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        places = self.col.places(rows)
        if self.env.ask is None or not places:
            return still_open(rows)
        scope = self.scope(rows)
        tests = self._tests([rows.fields[place] for place in places], scope)
        present = evaluate(self.value or tree.Text("true"), scope)
        absent = NULL if self.default is None else evaluate(self.default, scope)
        new: list[tuple[str, Value]] = []
        for text in sorted(tests)[: self.limit]:
            name = rows.free_name(naming.clean(text) or "column", [name for name, _ in new])
            new.append((name, _either(tests[text], present, absent, scope)))
        return scope.rows.insert(new, max(places) + 1)

    def _tests(self, items: list[Field], scope: Scope) -> dict[str, Expr]:
        """For each value whether a row has it, in any of the columns."""
        tests: dict[str, list[Expr]] = {}
        for item in items:
            found = _values_of(item, scope, self.limit, self)
            key = scope.define(computed(key_text(item.value, scope))).expr
            for one in found:
                tests.setdefault(one.names[0], []).append(holds([key], one.keys))
        return {text: reduce(lambda a, b: a | b, found) for text, found in tests.items()}


def _either(test: Expr, present: Value, absent: Value, scope: Scope) -> Value:
    return choose(
        (present, absent), scope, lambda parts: case((test, parts[0]), otherwise=parts[1], form=parts[0].form)
    )

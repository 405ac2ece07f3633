"""One row per group: groupby."""

from __future__ import annotations

from dataclasses import replace

from gristmill.language import tree
from gristmill.plan.expressions import Apply, Column, Expr, Form, Key
from gristmill.plan.grouping import group_keys, typed_key
from gristmill.plan.relations import Aggregate
from gristmill.plan.rows import Field, Rows, claim_name, name_key
from gristmill.plan.values import Value
from gristmill.plan.views import kept
from gristmill.problems import recipe_error
from gristmill.transforms import naming
from gristmill.transforms import parameters as p
from gristmill.transforms.base import Example, Examples, Transform
from gristmill.transforms.evaluate import evaluate
from gristmill.transforms.scope import Aggregates, Scope


class Groupby(Transform, name="groupby", title="Group by", group="aggregate", aliases=("aggregate",)):
    """Make one row per group of equal keys, or add the group's aggregates to every row.

    Rows come in the order of each group's first row.
    """

    group = p.group()
    value = p.expressions("aggregates", required=False)
    type = p.word("a new table, or columns beside the rows", ("agg", "window"), default="agg")

    examples: Examples = (
        Example(
            "groupby group: g value: SUM(v) type: agg", {"g": ("a", "b", "a"), "v": ("1", "5", "2")},
            {"g": ("a", "b"), "sum_v": ("3", "5")},
        ),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        keys = self.group.fields(rows)
        if not keys and not self.value and not rows.open:
            raise recipe_error("missing-parameter", "missing parameter 'value'")
        if self.type == "window":
            return self._beside(rows)
        scope = self.scope(rows, aggregates=Aggregates.GROUPED)
        values = [evaluate(node, scope) for node in self.value]
        names = named(self.value, rows, [item.name for item in keys])
        return aggregated(scope, keys, list(zip(names, values, strict=True)))

    def _beside(self, rows: Rows) -> Rows:
        scope = self.grouped_scope(rows, self.group, ())
        values = [evaluate(node, scope) for node in self.value]
        names = named(self.value, rows, list(rows.names))
        return scope.rows.insert(list(zip(names, values, strict=True)), len(rows.fields))


def named(nodes: tuple[tree.Value, ...], rows: Rows, taken: list[str]) -> list[str]:
    """Names of aggregates over columns of rows (rule N4), each free."""
    used = {name_key(name) for name in taken}
    return [claim_name(naming.aggregate(node, rows), used) for node in nodes]


def aggregated(scope: Scope, keys: list[Field], values: list[tuple[str, Value]]) -> Rows:
    """One row per group: the key columns, shown as in the group's first row, then the values."""
    rows, order = _ordered(scope.rows)
    key_columns: list[tuple[int, Expr]] = []
    columns: list[tuple[int, Expr]] = []
    fields: list[Field] = []
    for item in keys:
        parts = [(next(rows.ids), part) for part in group_keys(item.value, scope)]
        key_columns += parts
        fields.append(Field(item.name, _shown(item.value, parts[0], columns, rows, scope)))
    for name, value in values:
        number = next(rows.ids)
        expr = kept(value)
        form = Form.TEXT if expr.form is Form.ANY else expr.form
        columns.append((number, expr))
        fields.append(Field(name, Value(Column(number, form), value.typing)))
    firsts = [(next(rows.ids), Apply("smallest", (order[0],), Form.INTEGER))]
    if len(order) > 1:
        firsts.append((next(rows.ids), Apply("smallest_beside", order, Form.INTEGER)))
    relation = Aggregate(rows.relation, tuple(key_columns), (*columns, *firsts))
    keys_of_order = tuple(Key(Column(number, Form.INTEGER)) for number, _ in firsts)
    return replace(rows.with_fields(fields), relation=relation, order=keys_of_order, record=None, path=None)


def _ordered(rows: Rows) -> tuple[Rows, tuple[Expr, ...]]:
    """The rows, and one or two columns of ascending numbers that tell their order.

    The two row numbers of a join serve as they are: to number its rows anew would sort them all.
    """
    keys = [key.expr for key in rows.order if isinstance(key.expr, Column) and key.expr.form is Form.INTEGER]
    if len(rows.order) == len(keys) == 2 and not any(key.descending or key.nulls_first for key in rows.order):
        return rows, tuple(keys)
    rows, order = rows.numbered()
    return rows, (order,)


def _shown(value: Value, part: tuple[int, Expr], columns: list[tuple[int, Expr]], rows: Rows, scope: Scope) -> Value:
    """The key as it is shown: itself where equal keys look the same, else the first row's text."""
    if typed_key(value, value.typing.family, scope) is None or value.form is not Form.TEXT:
        return Value(Column(part[0], value.form), value.typing)
    number = next(rows.ids)
    columns.append((number, Apply("first_cell", (value.expr,), Form.TEXT, order=rows.order)))
    return Value(Column(number, Form.TEXT), value.typing)

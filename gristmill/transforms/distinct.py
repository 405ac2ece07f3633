"""The different values of columns, asked of the data: what becomes columns (transforms 7.30, 7.31, 7.49)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from gristmill.plan.building import case, coalesce, concat
from gristmill.plan.expressions import Apply, Column, Expr, Form, Key
from gristmill.plan.grouping import typed_key
from gristmill.plan.relations import Aggregate, Plan
from gristmill.plan.rows import Ask, Rows
from gristmill.plan.values import Value, computed
from gristmill.plan.views import text_view
from gristmill.transforms.scope import Scope

NO_VALUE = "null"
MOMENT_KEY = "yyyy-MM-dd HH:mm:ss.SSS"


@dataclass(frozen=True, slots=True)
class Combination:
    """Values that stand together in a row: their keys, and their texts as names show them."""

    keys: tuple[str, ...]
    names: tuple[str, ...]


def key_text(value: Value, scope: Scope) -> Expr:
    """A text that is equal for cells of one group and for no others; never null."""
    if not value.is_text:
        return coalesce(_printed(value.expr, scope) if value.form is not Form.JSON else value.expr, "")
    text = coalesce(value.expr, "")
    typed = typed_key(value, value.typing.family, scope)
    if typed is None:
        return text
    # what does not fit the type keeps apart from what prints alike
    return case((~typed.is_null(), concat("=", _printed(typed, scope))), otherwise=concat("'", text), form=Form.TEXT)


def _printed(typed: Expr, scope: Scope) -> Expr:
    if typed.form is Form.MOMENT:
        return Apply("print_moment", (typed,), Form.TEXT, (MOMENT_KEY,))
    return text_view(computed(typed), scope)


def combinations(rows: Rows, values: list[Value], scope: Scope, limit: int, ask: Ask) -> list[Combination]:
    """The first combinations that occur, by the code points of their texts."""
    rows, _ = rows.numbered()
    keys = [(next(rows.ids), key_text(value, scope)) for value in values]
    firsts = [
        (next(rows.ids), Apply("first_cell", (text_view(value, scope),), Form.TEXT, order=rows.order))
        for value in values
    ]
    relation = Aggregate(rows.relation, tuple(keys), tuple(firsts))
    key_columns = [Column(number, Form.TEXT) for number, _ in keys]
    shown = [_name(Column(number, Form.TEXT)) for number, _ in firsts]
    columns = [(f"c{at}", item) for at, item in enumerate((*key_columns, *shown))]
    plan = Plan(relation, tuple(columns), tuple(Key(item) for item in (*shown, *key_columns)))
    found = [tuple(cell or "" for cell in row) for row in ask(plan, limit)]
    return [Combination(row[: len(values)], row[len(values) :]) for row in found]


def _name(text: Expr) -> Expr:
    return case((coalesce(text.ne(""), False), text), otherwise=NO_VALUE, form=Form.TEXT)


def holds(columns: list[Expr], keys: tuple[str, ...]) -> Expr:
    """Whether a row has this combination, by its key texts."""
    return reduce(lambda a, b: a & b, [column.eq(key) for column, key in zip(columns, keys, strict=True)])

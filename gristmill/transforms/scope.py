"""Where an expression stands: its rows, its group and order, the built-in variables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from gristmill.functions.registry import FUNCTIONS
from gristmill.language import tree
from gristmill.plan.building import null
from gristmill.plan.expressions import Apply, Column, Expr, Form, Key, Window
from gristmill.plan.grouping import group_keys
from gristmill.plan.rows import Rows
from gristmill.plan.values import Kind, Typing, Value, computed
from gristmill.plan.views import Context
from gristmill.plan.walking import walk
from gristmill.problems import Span, quoted, recipe_error
from gristmill.transforms.environment import Environment
from gristmill.types.logical import LogicalType
from gristmill.types.translation import custom_format_for, first_in_format


class Aggregates(Enum):
    """What an aggregate or window function means where the expression stands."""

    BESIDE = "beside"  # computed over the group and repeated on each row
    GROUPED = "grouped"  # the one value of a group
    REFUSED = "refused"


@dataclass(slots=True)
class Scope(Context):
    """Where an expression is evaluated. `rows` may grow by hidden columns; read it back afterwards.

    `used` collects the positions of the columns that were read, for the place of a new column (transforms 6.2).
    """

    rows: Rows
    env: Environment
    current: Value | None = None
    current_place: int | None = None
    aggregates: Aggregates = Aggregates.BESIDE
    refusal: str = "use derive type: multiple, groupby or pivot"
    group: tuple[Value, ...] = ()
    order: tuple[Key, ...] = ()
    qualified: Callable[[tree.Qualified | tree.Name], Value] | None = None
    used: set[int] = field(default_factory=set)
    joining: bool = False
    ordered: bool = False

    @property
    def reference_year(self) -> int:  # type: ignore[override]
        return self.env.reference.year

    @property
    def now(self) -> datetime:
        return self.env.reference

    @property
    def order_keys(self) -> int:
        return len(self.order)

    @property
    def beside_rows(self) -> bool:
        return self.aggregates is Aggregates.BESIDE

    def inferred(self, value: Value) -> LogicalType | None:
        return self.env.inferred(value.expr, self.rows) if isinstance(value.expr, Column) else None

    def all_fit(self, value: Value) -> bool:
        return isinstance(value.expr, Column) and self.env.all_fit(value.expr, self.rows)

    def shown(self, value: Value) -> str:
        typing = value.typing
        if typing.shown is not None:
            return typing.shown
        if typing.logical.format is None:
            return "yyyy-MM-dd HH:mm:ss"
        return custom_format_for(typing.logical.format, None)

    def shown_like(self, value: Value) -> str:
        """The format for a date computed from a cell: its column's, with the separators of its texts."""
        if value.is_text and value.typing.kind is Kind.SOFT:
            # a computed text that is a date has the format in which it is read (types 8.3)
            value = value.typed(replace(value.typing, logical=self.inferred(value) or value.typing.logical))
        if not value.is_text or value.typing.logical.format is None:
            return self.shown(value)
        format = value.typing.logical.format
        columns = [node for node in walk(value.expr) if isinstance(node, Column) and node.form is Form.TEXT]
        texts = (text for column in columns for text in self.env.sample(column, self.rows) if text)
        return custom_format_for(format, first_in_format(format, texts))

    def define(self, value: Value) -> Value:
        """The value as a column of its own, for functions that build on an intermediate result."""
        self.rows, (column,) = self.rows.define([value])
        return column

    def aggregate(
        self, name: str, args: tuple[Expr, ...], form: Form, typing: Typing, constants: tuple[Any, ...] = ()
    ) -> Value:
        """A declared aggregate on planned arguments, over the group or beside the rows."""
        window = Window(self.window().partition) if self.aggregates is Aggregates.BESIDE else None
        order = self.row_order() if FUNCTIONS[name].ordered else ()
        return Value(Apply(name, args, form, constants, window, order), typing)

    def windowed(
        self, name: str, args: tuple[Expr, ...], form: Form, typing: Typing, constants: tuple[Any, ...] = ()
    ) -> Value:
        """A declared window function on planned arguments."""
        return Value(Apply(name, args, form, constants, self.window()), typing)

    @property
    def seed(self) -> int:
        return self.env.seed

    def fresh_number(self) -> int:
        return next(self.env.streams)

    def variable(self, name: str) -> Value:
        """A built-in variable; the row number as a column of its own, so that it can stand anywhere."""
        found = built_in(name, self, None)
        return self.define(found) if name == "rownumber" else found

    def row_order(self) -> tuple[Key, ...]:
        """The present row order as one key."""
        self.rows, number = self.rows.numbered()
        return (Key(number),)

    def window(self) -> Window:
        """The group and the order in force, the present row order last."""
        keys = tuple(key for value in self.group for key in group_keys(value, self))
        return Window(keys, self.order + self.rows.order)


# -- built-in variables ------------------------------------------------------------------------------


def built_in(name: str, scope: Scope, span: Span | None) -> Value:
    refuse_ungrouped(f"${name}", scope, span)
    if name == "rownumber" and scope.joining:
        raise recipe_error("misplaced-variable", "'$rownumber' is not available in a join's condition", span=span)
    return BUILT_IN[name](scope)


def _record(scope: Scope) -> Value:
    return computed(scope.rows.record or null(Form.INTEGER))


def _path(scope: Scope) -> Value:
    return computed(scope.rows.path or null(Form.TEXT))


def _row(scope: Scope) -> Value:
    """The place in the present order; a column of its own where it is part of what looks at many rows."""
    number = computed(Apply("ROWNUMBER", (), Form.INTEGER, window=Window((), scope.rows.order)))
    return number if scope.aggregates is Aggregates.BESIDE else scope.define(number)


BUILT_IN: dict[str, Callable[[Scope], Value]] = {
    "sourcerownumber": _record,
    "filepath": _path,
    "filename": lambda scope: computed(Apply("file_name", (_path(scope).expr,), Form.TEXT)),
    "rownumber": _row,
}


def refuse_ungrouped(written: str, scope: Scope, span: Span | None) -> None:
    if scope.aggregates is Aggregates.GROUPED:
        raise recipe_error(
            "argument-type", f"{quoted(written)} must stand inside an aggregate such as ANY or SUM", span=span
        )

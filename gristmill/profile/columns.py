"""What a profile looks at in each column: its text, whether it fits, and its number where it has one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from gristmill.plan.building import case
from gristmill.plan.expressions import Apply, Column, Expr, Form, Literal
from gristmill.plan.moment_views import instant_view
from gristmill.plan.primitives import Aggregated
from gristmill.plan.relations import Aggregate, Plan
from gristmill.plan.rows import Field, Rows
from gristmill.plan.values import Kind, Typing, Value, computed
from gristmill.plan.views import decimal_view, integer_view, text_fits, text_view
from gristmill.transforms.environment import Environment
from gristmill.transforms.scope import Scope
from gristmill.types.logical import STRING, Family, LogicalType

BY_NUMBER = (Family.NUMBER, Family.DATETIME)
FEW, SAMPLE = 20_000, 2_000  # rows
OCCURRENCES = 4  # of a cell, for grouping to pay


class Data(Protocol):
    """The engine that holds the rows."""

    def ask(self, plan: Plan, limit: int) -> list[tuple[str | None, ...]]:
        """The first rows of a plan."""

    def keep(self, rows: Rows, wanted: Sequence[Expr]) -> tuple[Rows, list[Column]]:
        """Rows over a table that holds these expressions, and the columns that do."""

    def aside(self) -> AbstractContextManager[None]:
        """What is kept within is let go at its end."""


@dataclass(frozen=True, slots=True)
class Profiled:
    """A column of the result by its different cells: each row stands for `weight` rows of the result.

    `text` is the cell as it is shown, `present` whether it is there, `valid` whether it fits too, `number` the value of
    a valid cell where values are laid out on an axis (milliseconds since 1970 for dates), `moment` the date itself.
    `grouped` says that no cell occurs twice; several texts may still be one number.
    """

    name: str
    type: LogicalType
    rows: Rows
    weight: Expr
    text: Expr
    present: Expr
    valid: Expr
    number: Expr | None = None
    moment: Expr | None = None
    grouped: bool = True


def typed_fields(scope: Scope) -> list[Field]:
    """Every column; computed texts by the type that they would get in a typed file (types 8.3)."""
    return [replace(item, value=_typed(item.value, scope)) for item in scope.rows.fields]


def _typed(value: Value, scope: Scope) -> Value:
    if value.typing.kind is Kind.SOFT and value.form is Form.TEXT:
        return value.typed(Typing(scope.inferred(value) or STRING, Kind.HARD))
    return value


def unlike_fields(fields: Sequence[Field], rows: Rows, in_all: int, data: Data) -> set[str]:
    """The names of those columns of numbers whose cells hardly repeat, by the first rows.

    Of d cells that are equally frequent, s rows repeat about s²/2d.
    """
    numbers = [item for item in fields if item.value.form is Form.TEXT and item.value.typing.family in BY_NUMBER]
    if in_all < FEW or not numbers:
        return set()
    plan = Plan(rows.relation, tuple((f"n{at}", item.value.expr) for at, item in enumerate(numbers)))
    found = data.ask(plan, SAMPLE)
    most = SAMPLE * SAMPLE // 2 // (in_all // OCCURRENCES)
    columns = zip(numbers, zip(*found, strict=True), strict=True)
    return {item.name for item, cells in columns if len(cells) - len(set(cells)) < most}


def profiled(item: Field, rows: Rows, env: Environment, data: Data, *, grouped: bool) -> Profiled:
    """A column of the rows. Its cells are grouped first: most are read, and tested, once instead of a thousand times.

    Computed decimals hardly repeat and need no reading: they stay as they are.
    """
    if item.value.form is Form.DECIMAL:
        scope = Scope(rows, env)
        number, _ = _number(item.value, scope)
        present, text = ~item.value.expr.is_null(), text_view(item.value, scope)
        logical = item.value.typing.logical
        return Profiled(item.name, logical, scope.rows, Literal(1), text, present, present, number, grouped=False)
    if grouped:
        return _held(item.name, *_cells(item, rows, env), data)
    return _held_numbers(item.name, Scope(rows.with_fields([item]), env), data)


def _cells(item: Field, rows: Rows, env: Environment) -> tuple[Scope, Expr]:
    """The different cells of a column with their counts."""
    value, ids = item.value, rows.ids
    keys = [value.expr] if value.offset is None else [value.expr, value.offset]
    columns = [Column(next(ids), key.form) for key in keys]
    weight = Column(next(ids), Form.INTEGER)
    defined = tuple((column.id, key) for column, key in zip(columns, keys, strict=True))
    relation = Aggregate(rows.relation, defined, ((weight.id, Aggregated("count")),))
    cell = Value(columns[0], value.typing, None if value.offset is None else columns[1])
    return Scope(Rows(relation, (Field(item.name, cell),), (), ids), env), weight


def _held(name: str, scope: Scope, weight: Expr, data: Data) -> Profiled:
    """The cells with all that is computed of them, in a table of their own."""
    value = scope.rows.fields[0].value
    logical, text = value.typing.logical, text_view(value, scope)
    native = value.form is not Form.TEXT
    present = ~value.expr.is_null() if native else text_fits(text, STRING)
    number, moment = _number(value, scope)
    if number is None:
        valid = present if native else text_fits(text, logical)
        held, (text, present, valid, weight) = data.keep(scope.rows, [text, present, valid, weight])
        return Profiled(name, logical, held, weight, text, present, valid)
    more = [] if moment is None else [moment]
    held, (text, present, weight, number, *moments) = data.keep(scope.rows, [text, present, weight, number, *more])
    # a cell that fits and has no number (beyond what numbers can be) is a mismatch
    return Profiled(name, logical, held, weight, text, present, ~number.is_null(), number, next(iter(moments), None))


def _held_numbers(name: str, scope: Scope, data: Data) -> Profiled:
    """The numbers of all rows; texts only where there is none."""
    value = scope.rows.fields[0].value
    number, moment = _number(value, scope)
    assert number is not None
    number = scope.define(computed(number)).expr
    text = case((number.is_null(), value.expr), form=Form.TEXT)
    wanted = [text, text_fits(value.expr, STRING), number, *([] if moment is None else [moment])]
    held, (text, present, number, *moments) = data.keep(replace(scope.rows, order=()), wanted)
    return Profiled(
        name,
        value.typing.logical,
        held,
        Literal(1),
        text,
        present,
        ~number.is_null(),
        number,
        next(iter(moments), None),
        grouped=False,
    )


def _number(value: Value, scope: Scope) -> tuple[Expr | None, Expr | None]:
    logical = value.typing.logical
    if logical.family is Family.NUMBER:
        return (integer_view(value) if logical.name == "Integer" else decimal_view(value)), None
    if logical.family is Family.DATETIME:
        moment = instant_view(value, scope)
        return Apply("unix_millis", (moment,), Form.INTEGER), moment
    return None, None

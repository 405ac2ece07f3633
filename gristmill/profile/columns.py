"""What a profile looks at in each column: its text, whether it fits, and its number where it has one."""

from __future__ import annotations

from dataclasses import dataclass

from gristmill.plan.expressions import Apply, Expr, Form, case
from gristmill.plan.values import Kind, Typing, Value, computed
from gristmill.plan.views import decimal_view, instant_view, integer_view, text_fits, text_view
from gristmill.transforms.scope import Scope
from gristmill.types.logical import STRING, Family, LogicalType

COUNTED_BY_NUMBER = ("Integer", "Float", "Datetime")


@dataclass(frozen=True, slots=True)
class Profiled:
    """A column of the result.

    `text` is the cell as it is shown, `present` whether it is there, `valid` whether it fits too, `number` the value of
    a valid cell where values are laid out on an axis (milliseconds since 1970 for dates), `moment` the date itself.
    """

    name: str
    type: LogicalType
    text: Expr
    present: Expr
    valid: Expr
    number: Expr | None = None
    moment: Expr | None = None


def profiled_columns(scope: Scope) -> list[Profiled]:
    """Every column; computed texts by the type that they would get in a typed file (types 8.3).

    The scope grows by hidden columns: what several questions read is computed once.
    """
    return [_profiled(item.name, item.value, scope) for item in scope.rows.fields]


def _profiled(name: str, value: Value, scope: Scope) -> Profiled:
    if value.typing.kind is Kind.SOFT and value.form is Form.TEXT:
        value = value.typed(Typing(scope.inferred(value) or STRING, Kind.HARD))
    logical, text = value.typing.logical, text_view(value, scope)
    number, moment = _number(value, scope)
    if value.form is not Form.TEXT:
        present = ~value.expr.is_null()
        return Profiled(name, logical, text, present, present, number, moment)
    present = text_fits(text, STRING)
    if number is None:
        return Profiled(name, logical, text, present, _held(scope, text_fits(text, logical)))
    # a cell that fits and has no number (beyond what numbers can be) is a mismatch
    number = _held(scope, number)
    return Profiled(name, logical, text, present, ~number.is_null(), number, moment)


def _held(scope: Scope, item: Expr) -> Expr:
    return scope.define(computed(item)).expr


def _number(value: Value, scope: Scope) -> tuple[Expr | None, Expr | None]:
    logical = value.typing.logical
    if logical.family is Family.NUMBER:
        return (integer_view(value) if logical.name == "Integer" else decimal_view(value)), None
    if logical.family is Family.DATETIME:
        moment = instant_view(value, scope)
        return Apply("unix_millis", (moment,), Form.INTEGER), moment
    return None, None


def where(condition: Expr, value: Expr) -> Expr:
    """The value in the rows that pass, else null."""
    return case((condition, value), form=value.form)

"""The common type of branches and passed-on cells: IF, CASE, COALESCE, IFMISSING, … (language 4.8, types 8.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from gristmill.plan.building import null
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.plan.moment_views import read_moment
from gristmill.plan.values import NULL, SOFT, Kind, Typing, Value, static
from gristmill.plan.views import Context, settled, text_view
from gristmill.types.logical import DECIMAL, INTEGER, Family


def unite(values: Sequence[Value], context: Context) -> tuple[list[Expr], Typing]:
    """The values as expressions of one form, and the typing of a column that holds them.

    Equal types keep their type, kind and states; Integer with Decimal is Decimal; `NULL()` and `''` adapt to the
    others; everything else becomes text.
    """
    telling = [value for value in values if not value.is_null and not value.is_empty_text]
    typing = _common_typing([value.typing for value in telling])
    forms = {value.form for value in telling}
    has_empty = any(value.is_empty_text for value in values)
    form = _common_form(forms, typing, has_empty)
    return [_in_form(value, form, context) for value in values], typing


def choose(values: Sequence[Value], context: Context, build: Callable[[list[Expr]], Expr]) -> Value:
    """The value that `build` makes of the united branches; NULL where all of them are."""
    if values and all(value.is_null for value in values):
        return NULL
    exprs, typing = unite(values, context)
    return Value(build(exprs), typing)


def _common_typing(typings: list[Typing]) -> Typing:
    if not typings:
        return SOFT
    first = typings[0]
    if all(_same(first, other) for other in typings[1:]):
        hard = next((typing for typing in typings if typing.kind is Kind.HARD), first)
        scale = first.scale if all(typing.scale == first.scale for typing in typings) else None
        shown = first.shown if all(typing.shown == first.shown for typing in typings) else None
        return replace(hard, scale=scale, shown=shown)
    if all(typing.family is Family.NUMBER for typing in typings):
        kinds = {typing.kind for typing in typings}
        if kinds == {Kind.STATIC}:
            return static(DECIMAL)
        hard = next(typing for typing in typings if typing.kind is Kind.HARD)
        return replace(hard, logical=DECIMAL, scale=None)
    return SOFT


def _same(first: Typing, other: Typing) -> bool:
    if first.kind is Kind.SOFT or other.kind is Kind.SOFT:
        return first.kind is other.kind
    return first.logical == other.logical


def _common_form(forms: set[Form], typing: Typing, has_empty: bool) -> Form:
    """Native where every branch is; text as soon as one is text, or the empty text must stay apart from null."""
    if not forms:
        return Form.TEXT if has_empty else Form.ANY
    if typing.kind is Kind.SOFT or has_empty:
        return Form.TEXT
    if len(forms) == 1:
        return next(iter(forms))
    if forms <= {Form.INTEGER, Form.DECIMAL}:
        return Form.DECIMAL
    if forms == {Form.TEXT, Form.JSON}:
        return Form.TEXT
    return Form.TEXT


def _in_form(value: Value, form: Form, context: Context) -> Expr:
    if value.is_null:
        return null(form)
    if value.form is form:
        return settled(value.expr)
    if form is Form.DECIMAL:
        if isinstance(value.expr, Literal) and isinstance(value.expr.value, int):
            return Literal(float(value.expr.value))
        return Apply("as_decimal", (value.expr,), Form.DECIMAL)
    return text_view(value, context)


def typed_again(expr: Expr, typing: Typing, context: Context) -> Expr:
    """A text whose typing is static, read back into its native form (dates that passed through text)."""
    if typing.family is Family.DATETIME:
        return read_moment(expr, typing.logical, context.reference_year)
    if typing.family is Family.NUMBER and typing.logical == INTEGER:
        return Apply("read_integer", (expr,), Form.INTEGER)
    return expr

"""What makes two cells one group (language 1.5)."""

from __future__ import annotations

from gristmill.plan.building import case, coalesce
from gristmill.plan.expressions import Expr, Form
from gristmill.plan.moment_views import instant_view
from gristmill.plan.values import Value
from gristmill.plan.views import Context, boolean_view, number_view
from gristmill.types.logical import Family


def group_keys(value: Value, context: Context) -> tuple[Expr, ...]:
    """Expressions that are equal for cells of one group.

    Valid numbers, Booleans and dates by value; other cells by exact text; null and missing are one group.
    """
    if value.form not in (Form.TEXT, Form.JSON):
        return (value.expr,)
    text = coalesce(value.expr, "")
    typed = typed_key(value, value.typing.family, context)
    if typed is None:
        return (text,)
    return (typed, case((typed.is_null(), text)))


def typed_key(value: Value, family: Family, context: Context) -> Expr | None:
    """The view by which texts of a type are compared, or None where they are compared as texts."""
    if family is Family.NUMBER:
        return number_view(value)
    if family is Family.BOOLEAN:
        return boolean_view(value)
    if family is Family.DATETIME:
        return instant_view(value, context)
    return None

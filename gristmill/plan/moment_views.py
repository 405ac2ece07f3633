"""How functions see a date: its local time, its offset from UTC, and what is compared (language 4.9)."""

from __future__ import annotations

from gristmill.plan.building import null
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.plan.values import Kind, Value
from gristmill.plan.views import Context
from gristmill.types.formats import notation_groups
from gristmill.types.logical import Family, LogicalType
from gristmill.types.parsedate import parse_date


def moment_view(value: Value, context: Context) -> Expr:
    """The date of a cell: by its column's format, for a text by its inferred format, then the default list."""
    form = value.form
    if form is Form.MOMENT:
        return value.expr
    if form is not Form.TEXT:
        return null(Form.MOMENT)
    typing = value.typing
    year = context.reference_year
    if typing.family is Family.DATETIME:
        return read_moment(value.expr, typing.logical, year)
    if typing.family is not Family.TEXT:
        return null(Form.MOMENT)
    inferred = context.inferred(value) if typing.kind is Kind.SOFT else None
    if inferred is not None and inferred.name == "Datetime":
        read = read_moment(value.expr, inferred, year)
        if context.all_fit(value):
            return read
        return Apply("first_moment", (read, _default_moment(value.expr, year)), Form.MOMENT)
    return _default_moment(value.expr, year)


def offset_view(value: Value, context: Context) -> Expr | None:
    """The offset from UTC in minutes that a date cell may have, null where it has none; None: no cell has one."""
    if value.form is not Form.TEXT:
        return value.offset
    typing, year = value.typing, context.reference_year
    logical = typing.logical
    if typing.kind is Kind.SOFT:
        logical = context.inferred(value) or logical
    if logical.family is Family.DATETIME:
        if logical.format is None:
            return Apply("read_any_offset", (value.expr,), Form.INTEGER, (logical.category or "", year))
        if "offset" not in notation_groups(logical.format):
            return None
        return Apply("read_offset", (value.expr,), Form.INTEGER, (logical.format,))
    if typing.family is not Family.TEXT or logical.name in ("Integer", "Float", "Bool", "Array", "Map"):
        return None
    if isinstance(value.expr, Literal):
        found = parse_date(str(value.expr.value), None, year)
        return None if found is None or found.offset_minutes is None else Literal(found.offset_minutes, Form.INTEGER)
    return Apply("parse_offset", (value.expr,), Form.INTEGER, ((), year))


def instant_view(value: Value, context: Context) -> Expr:
    """The date of a cell in UTC where it has an offset, else as it is: what sorting and grouping go by."""
    offset = offset_view(value, context)
    local = moment_view(value, context)
    return local if offset is None else Apply("as_instant", (local, offset), Form.MOMENT)


def moment_views(first: Value, second: Value, context: Context) -> tuple[Expr, Expr]:
    """Two dates to be compared: in UTC where both have an offset, else their local times (functions-b 3.5)."""
    views = (moment_view(first, context), moment_view(second, context))
    return comparable_moments(views, (first, second), context)


def comparable_moments(views: tuple[Expr, Expr], values: tuple[Value, Value], context: Context) -> tuple[Expr, Expr]:
    """Both views as UTC in the rows in which both dates have an offset."""
    own, other = (offset_view(value, context) for value in values)
    if own is None or other is None:
        return views
    return (
        Apply("beside_offset", (views[0], own, other), Form.MOMENT),
        Apply("beside_offset", (views[1], other, own), Form.MOMENT),
    )


def read_moment(text: Expr, logical: LogicalType, year: int) -> Expr:
    """Texts read by a Datetime type: its format, any format of its category, or any of the catalogue."""
    if logical.format is not None:
        return Apply("read_moment", (text,), Form.MOMENT, (logical.format, year))
    return Apply("read_any_moment", (text,), Form.MOMENT, (logical.category or "", year))


def _default_moment(text: Expr, year: int) -> Expr:
    return Apply("parse_moment", (text,), Form.MOMENT, ((), year))

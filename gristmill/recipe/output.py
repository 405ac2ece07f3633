"""What a sink receives of every cell (types 10): part of the plan, so that all engines write the same."""

from __future__ import annotations

from dataclasses import replace

from gristmill.plan.expressions import Apply, Expr, Form, case
from gristmill.plan.relations import Plan
from gristmill.plan.rows import Rows
from gristmill.plan.values import Kind, Typing, Value
from gristmill.plan.views import boolean_view, decimal_view, integer_view, moment_view, text_fits, text_view
from gristmill.transforms.environment import Environment
from gristmill.transforms.evaluate import Scope
from gristmill.types.logical import Family, LogicalType


def text_plan(rows: Rows, env: Environment, *, include_mismatches: bool) -> Plan:
    """Every column as text, as a CSV file shows it; mismatched cells are null unless they are wanted."""
    scope = Scope(rows, env)
    return rows.plan(
        [(item.name, shown_text(item.value, scope, include_mismatches=include_mismatches)) for item in rows.fields]
    )


def shown_text(value: Value, scope: Scope, *, include_mismatches: bool) -> Expr:
    """The text of a cell, null where it does not fit its column's hard type."""
    text = text_view(value, scope)
    if include_mismatches or not _may_mismatch(value):
        return text
    fits = text_fits(text, value.typing.logical)
    return case((fits, text), form=Form.TEXT)


def _may_mismatch(value: Value) -> bool:
    typing = value.typing
    return value.form is Form.TEXT and typing.kind is Kind.HARD and typing.logical.name != "String"


def typed_value(value: Value, scope: Scope, *, include_mismatches: bool) -> tuple[Expr, LogicalType]:
    """The cell in the physical form of its type for files with types, and that type (types 13.1)."""
    logical = value.typing.logical
    if value.typing.kind is Kind.SOFT:
        logical = scope.inferred(value) or logical
    family = logical.family
    typed = value if value.typing.kind is not Kind.SOFT else value.typed(_hard(value, logical))
    if family is Family.NUMBER:
        return (integer_view(typed) if logical.name == "Integer" else decimal_view(typed)), logical
    if family is Family.BOOLEAN:
        return boolean_view(typed), logical
    if family is Family.DATETIME and _is_full(logical):
        return moment_view(typed, scope), logical
    return shown_text(value, scope, include_mismatches=include_mismatches), logical


def _hard(value: Value, logical: LogicalType) -> Typing:
    return replace(value.typing, logical=logical, kind=Kind.HARD)


def _is_full(logical: LogicalType) -> bool:
    """Whether a Datetime has year, month and day; others stay text in typed files."""
    category = logical.category or ""
    return logical.format is None or all(part in category for part in ("yy", "mm", "dd"))


def json_member(value: Value, scope: Scope, *, include_mismatches: bool) -> Expr:
    """The cell as a JSON value (platform 4.7); never null: `null` stands for it."""
    text = shown_text(value, scope, include_mismatches=include_mismatches)
    hard = value.typing.kind is not Kind.SOFT
    family = value.typing.family if hard else Family.TEXT
    kind = {Family.NUMBER: "number", Family.BOOLEAN: "boolean", Family.ARRAY: "json", Family.OBJECT: "json"}.get(
        family, "text"
    )
    return Apply("json_member", (text,), Form.TEXT, (kind,))

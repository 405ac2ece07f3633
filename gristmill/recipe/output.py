"""What a sink receives of every cell (types 10): part of the plan, so that all engines write the same."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gristmill.plan.building import case, cast
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.plan.moment_views import instant_view, moment_view
from gristmill.plan.relations import Plan
from gristmill.plan.rows import Rows
from gristmill.plan.values import Kind, Value, computed
from gristmill.plan.views import boolean_view, decimal_view, integer_view, text_fits, text_view
from gristmill.transforms.environment import Environment
from gristmill.transforms.scope import Scope
from gristmill.types.formats import notation_groups
from gristmill.types.logical import STRING, Family, LogicalType

PRINTED = frozenset(string.ascii_letters + string.digits + "+-.")
NUMERIC = PRINTED | frozenset(" \t\r\n")


@dataclass(frozen=True, slots=True)
class Cell:
    """A column as a sink gets it.

    `raw` is the text that `expr` is made of: where there is one and `expr` is null, it does not fit; None where that
    cannot be. `nothing` is what stands for null in `expr`, if not null itself. `type` is what the cells are in files
    with types, `is_soft` that it was inferred from computed texts. `alphabet` are the characters that its texts are
    made of, where that is known: `PRINTED` of what the engine prints, `NUMERIC` of texts that are valid numbers.
    """

    name: str
    expr: Expr
    raw: Expr | None
    type: LogicalType
    is_soft: bool = False
    nothing: str | None = None
    alphabet: frozenset[str] | None = None


def text_plan(rows: Rows, env: Environment, *, include_mismatches: bool) -> Plan:
    """Every column as text, as a CSV file shows it; mismatched cells are null unless they are wanted."""
    scope = Scope(rows, env)
    cells = text_cells(scope, include_mismatches=include_mismatches)
    return scope.rows.plan([(cell.name, cell.expr) for cell in cells])


def text_cells(scope: Scope, *, include_mismatches: bool) -> list[Cell]:
    """Every column as text; `scope` grows by hidden columns."""
    return [_text_cell(item.name, item.value, scope, include_mismatches) for item in scope.rows.fields]


def _text_cell(name: str, value: Value, scope: Scope, include_mismatches: bool) -> Cell:
    text = text_view(value, scope)
    if include_mismatches or not _may_mismatch(value):
        alphabet = PRINTED if value.form in (Form.INTEGER, Form.DECIMAL, Form.BOOLEAN) else None
        return Cell(name, text, None, STRING, alphabet=alphabet)
    # read twice: a column of its own is computed once
    fits = scope.define(computed(text_fits(text, value.typing.logical))).expr
    alphabet = NUMERIC if value.typing.logical.name in ("Integer", "Float") else None
    return Cell(name, case((fits, text), form=Form.TEXT), text, STRING, alphabet=alphabet)


def _may_mismatch(value: Value) -> bool:
    typing = value.typing
    return value.form is Form.TEXT and typing.kind is Kind.HARD and typing.logical.name != "String"


def json_cells(scope: Scope, *, include_mismatches: bool) -> list[Cell]:
    """Every column as a JSON value (platform 4.7); never null: `null` stands for it."""
    cells = text_cells(scope, include_mismatches=include_mismatches)
    return [
        replace(cell, expr=Apply("json_member", (cell.expr,), Form.TEXT, (_json_kind(item.value),)), nothing="null")
        for cell, item in zip(cells, scope.rows.fields, strict=True)
    ]


def _json_kind(value: Value) -> str:
    family = value.typing.family  # text for soft columns
    return _JSON_KINDS.get(family, "text")


_JSON_KINDS = {Family.NUMBER: "number", Family.BOOLEAN: "boolean", Family.ARRAY: "json", Family.OBJECT: "json"}


def typed_cells(scope: Scope, *, include_mismatches: bool, moments: bool, texts: Sequence[str] = ()) -> list[Cell]:
    """Every column in the physical form of its type for files with types (types 13.1).

    `moments`: dates as timestamps, else as texts. `texts` names soft columns that do not fit their inferred type.
    """
    return [
        _typed_cell(item.name, item.value, scope, include_mismatches, moments, item.name not in texts)
        for item in scope.rows.fields
    ]


def _typed_cell(name: str, value: Value, scope: Scope, include_mismatches: bool, moments: bool, infer: bool) -> Cell:
    soft = value.typing.kind is Kind.SOFT
    inferred = scope.inferred(value) if soft and infer else None
    typed = value if inferred is None else value.typed(value.typing.hard(inferred))
    expr = _physical(typed, scope, moments)
    if expr is None:
        return _text_cell(name, value, scope, include_mismatches)
    # native values always fit
    return Cell(name, expr, value.expr if value.form is Form.TEXT else None, typed.typing.logical, soft)


def _physical(value: Value, scope: Scope, moments: bool) -> Expr | None:
    """The number, Boolean or timestamp of a cell; None for types that files hold as text."""
    logical = value.typing.logical
    if value.typing.kind is Kind.SOFT:
        return None
    if logical.family is Family.NUMBER:
        return integer_view(value) if logical.name == "Integer" else _without_sign_of_zero(decimal_view(value))
    if logical.family is Family.BOOLEAN:
        return boolean_view(value)
    if logical.family is Family.DATETIME and moments and _is_full(logical):
        return instant_view(value, scope) if has_offset(logical) else moment_view(value, scope)
    return None


def _without_sign_of_zero(number: Expr) -> Expr:
    """The number; engines keep the sign of a zero or lose it, as they sort or not, and no text shows it."""
    return cast(number + Literal(0.0), Form.DECIMAL)


def has_offset(logical: LogicalType) -> bool:
    """Whether a Datetime's texts tell their offset: then timestamps are instants in UTC."""
    return logical.format is not None and "offset" in notation_groups(logical.format)


def _is_full(logical: LogicalType) -> bool:
    """Whether a Datetime has year, month and day; others stay text in typed files."""
    category = logical.category or ""
    return logical.format is None or all(part in category for part in ("yy", "mm", "dd"))

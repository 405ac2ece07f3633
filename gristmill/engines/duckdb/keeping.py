"""Rows that are read several times are computed once and kept as a table of the engine, which spills to scratch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gristmill.engines.duckdb.session import Session
from gristmill.plan.expressions import Column, Expr, Form, Key
from gristmill.plan.rows import Field, Rows
from gristmill.plan.values import Value


def kept(session: Session, rows: Rows) -> Rows:
    """The same rows, read from a table that holds them."""
    parts = [expr for item in rows.fields for expr in _parts(item.value)]
    base, columns = keep(session, rows, parts, in_memory=True)
    new = iter(columns)
    return base.with_fields(
        Field(item.name, replace(item.value, expr=next(new), offset=None if item.value.offset is None else next(new)))
        for item in rows.fields
    )


def keep(session: Session, rows: Rows, wanted: Sequence[Expr], *, in_memory: bool = False) -> tuple[Rows, list[Column]]:
    """The rows without fields, in their order, and the columns that now hold the wanted expressions."""
    columns = [Column(next(rows.ids), Form.TEXT if item.form is Form.ANY else item.form) for item in wanted]
    plan = rows.plan([(f"f{at}", expr) for at, expr in enumerate(wanted)])
    source = session.keep(plan, columns, in_memory=in_memory)
    return Rows(source, (), (Key(Column(source.row, Form.INTEGER)),), rows.ids), columns


def _parts(value: Value) -> list[Expr]:
    return [value.expr] if value.offset is None else [value.expr, value.offset]

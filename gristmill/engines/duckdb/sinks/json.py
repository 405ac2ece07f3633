"""JSON Lines: an object per row, keys in column order (platform 4.7)."""

from __future__ import annotations

import json
from pathlib import Path

from sqlglot import exp

from gristmill.engines.duckdb.session import Session
from gristmill.engines.duckdb.sinks.copying import called, copy_lines, text
from gristmill.engines.duckdb.sinks.misfits import Columns
from gristmill.engines.duckdb.sinks.written import Written
from gristmill.plan.rows import Rows
from gristmill.recipe.job import Sink
from gristmill.recipe.output import json_cells
from gristmill.transforms.environment import Environment
from gristmill.transforms.scope import Scope


def write_json(session: Session, rows: Rows, env: Environment, sink: Sink, path: Path) -> Written:
    """Write the rows to a plain file."""
    scope = Scope(rows, env)
    cells = json_cells(scope, include_mismatches=sink.include_mismatches)
    columns = Columns(session, scope.rows, cells)
    columns.misfits.begin()
    parts: list[exp.Expr] = []
    for name, cell in zip(columns.names, columns.sql(otherwise=text("null")), strict=True):
        parts += [text(f"{',' if parts else '{'}{json.dumps(name, ensure_ascii=False)}:"), cell]
    line = called("concat", *parts, text("}")) if parts else text("{}")
    count = copy_lines(session, columns.select([line]), path, None, in_order=columns.in_order)
    return Written(count, columns.misfits.counts())

"""COPY: the engine writes the rows of a query to a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlglot import exp

from gristmill.engines.duckdb.session import Session

Options = Sequence[tuple[str, exp.Expr]]


def copy(session: Session, query: exp.Expr, path: Path, options: Options, *, in_order: bool) -> int:
    """Run the COPY; answers the number of rows. `in_order`: what the query answers depends on their order."""
    written = exp.Literal.string(str(path)).sql(dialect="duckdb")
    # our callers write to a path of their own and rename it; the engine may not touch any other
    options = [*options, ("USE_TMP_FILE", exp.Boolean(this=False))]
    settings = ", ".join(f"{name} {value.sql(dialect='duckdb')}" for name, value in options)
    with session.writing(in_order=in_order):
        statement = f"COPY ({query.sql(dialect='duckdb')}) TO {written} ({settings})"
        found = session.connection.execute(statement).fetchone()
    return int(found[0]) if found else 0


def copy_lines(session: Session, query: exp.Select, path: Path, header: str | None, *, in_order: bool) -> int:
    """Write a query's one column of whole lines as they are."""
    line = query.expressions[0]
    query = query.select(exp.alias_(line, header or "line", quoted=True), append=False)
    options = [
        ("FORMAT", exp.var("csv")),
        ("HEADER", exp.Boolean(this=header is not None)),
        # without quotes nothing is looked for in the line, so any delimiter does
        ("DELIMITER", exp.Literal.string("\x1f")),
        ("QUOTE", exp.Literal.string("")),
        ("ESCAPE", exp.Literal.string("")),
    ]
    return copy(session, query, path, options, in_order=in_order)


def text(value: str) -> exp.Expr:
    """A text of ours as SQL."""
    return exp.Literal.string(value)


def called(name: str, *args: exp.Expr) -> exp.Expr:
    """A call of one of the engine's functions."""
    return exp.Anonymous(this=name, expressions=list(args))

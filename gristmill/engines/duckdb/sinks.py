"""Writing: every sink is one COPY of the plan, in the text or the types of its format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlglot import exp

from gristmill.engines.duckdb.session import Session
from gristmill.engines.watch import SinkResult
from gristmill.plan.expressions import Apply, Expr, Form, Literal, coalesce, concat
from gristmill.plan.relations import Plan
from gristmill.plan.rows import Rows
from gristmill.problems import quoted, run_error
from gristmill.recipe.job import Sink
from gristmill.recipe.output import json_member, text_plan, typed_value
from gristmill.transforms.environment import Environment
from gristmill.transforms.evaluate import Scope

PART = "part-00000"
# No line of ours holds this character, so one column of whole lines passes the CSV writer untouched.
IMPOSSIBLE = "\x1f"

Writer = Callable[[Session, Rows, Environment, Sink, Path], int]


def write(session: Session, rows: Rows, env: Environment, sink: Sink) -> SinkResult:
    """Write the rows to a sink. Raises RunError for a format that is not there."""
    writer = WRITERS.get(sink.format)
    if writer is None:
        raise run_error(f"not supported: output format {quoted(sink.format)} ({', '.join(WRITERS)})")
    count = writer(session, rows, env, sink, _file_of(sink))
    return SinkResult(sink.path, count, rows.names)


def _file_of(sink: Sink) -> Path:
    """The file to write: the path itself, or the first part in the directory of that path."""
    path = Path(sink.path)
    if sink.options.get("asSingleFile", False):
        return path
    path.mkdir(parents=True, exist_ok=True)
    return path / f"{PART}.{EXTENSIONS[sink.format]}{COMPRESSIONS[_compression(sink)]}"


EXTENSIONS = {"csv": "csv", "json": "json", "pqt": "parquet"}
COMPRESSIONS = {"none": "", "gzip": ".gz"}


def _compression(sink: Sink) -> str:
    compression = str(sink.options.get("compression") or "none")
    if sink.format != "pqt" and compression not in COMPRESSIONS:
        raise run_error(f"not supported: compression {quoted(compression)} ({', '.join(COMPRESSIONS)})")
    return compression if sink.format != "pqt" else "none"


# -- formats -----------------------------------------------------------------------------------------


def _write_csv(session: Session, rows: Rows, env: Environment, sink: Sink, path: Path) -> int:
    delimiter = str(sink.options.get("delim") or ",")
    _check_delimiter(delimiter)
    always = bool(sink.options.get("hasQuotes", False))
    header = bool(sink.options.get("header", False))
    plan = text_plan(rows, env, include_mismatches=sink.include_mismatches)
    if len(delimiter) > 1:
        return _write_lines(
            session, _csv_lines(plan, delimiter, always), sink, path, _header(plan, delimiter, always, header)
        )
    # an empty text would be written as "", null as nothing; both are nothing unless all is quoted
    empty_as = "" if always or len(plan.columns) == 1 else None
    query = session.query(plan)
    columns = [_empty_as(f"o{at}", empty_as, name) for at, name in enumerate(query.columns)]
    options = [
        ("FORMAT", exp.var("csv")),
        ("HEADER", exp.Boolean(this=header)),
        ("DELIMITER", exp.Literal.string(delimiter)),
        ("QUOTE", exp.Literal.string('"')),
        ("ESCAPE", exp.Literal.string('"')),
        *([("FORCE_QUOTE", exp.Star())] if always else []),
        *_compressed(sink),
    ]
    return _copy(session, exp.Select(expressions=columns, from_=exp.From(this=query.tree.subquery("q"))), path, options)


def _check_delimiter(delimiter: str) -> None:
    if any(char in delimiter for char in '"\r\n'):
        raise run_error(f"invalid value {quoted(delimiter)} for delim: quotes and line ends cannot separate cells")


def _empty_as(column: str, value: str | None, name: str) -> exp.Expr:
    source = exp.column(column)
    if value is None:
        cell: exp.Expr = exp.Anonymous(this="nullif", expressions=[source, exp.Literal.string("")])
    else:
        cell = exp.Anonymous(this="coalesce", expressions=[source, exp.Literal.string(value)])
    return exp.alias_(cell, name, quoted=True)


def _csv_lines(plan: Plan, delimiter: str, always: bool) -> Plan:
    fields = [_csv_field(coalesce(item, ""), delimiter, always) for _, item in plan.columns]
    return Plan(plan.relation, (("line", _joined(fields, delimiter)),), plan.order)


def _csv_field(item: Expr, delimiter: str, always: bool) -> Expr:
    return Apply("csv_field", (item,), Form.TEXT, (delimiter, "always" if always else ""))


def _joined(items: Sequence[Expr], delimiter: str) -> Expr:
    parts: list[Expr] = []
    for item in items:
        parts += [Literal(delimiter), item] if parts else [item]
    first, *rest = parts
    return concat(first, *rest)


def _header(plan: Plan, delimiter: str, always: bool, wanted: bool) -> str | None:
    if not wanted:
        return None
    names = [name for name, _ in plan.columns]
    special = [always or delimiter in name or any(char in name for char in '"\r\n') for name in names]
    doubled = [name.replace('"', '""') for name in names]
    return delimiter.join(f'"{name}"' if quote else name for name, quote in zip(doubled, special, strict=True))


def _write_json(session: Session, rows: Rows, env: Environment, sink: Sink, path: Path) -> int:
    scope = Scope(rows, env)
    members: list[Expr] = []
    for item in rows.fields:
        key = Apply("json_element", (Literal(item.name),), Form.TEXT, ("text",))
        members.append(concat(key, ":", json_member(item.value, scope, include_mismatches=sink.include_mismatches)))
    line = concat("{", _joined(members, ","), "}") if members else Literal("{}")
    return _write_lines(session, scope.rows.plan([("line", line)]), sink, path, None)


def _write_lines(session: Session, plan: Plan, sink: Sink, path: Path, header: str | None) -> int:
    """One column of whole lines, written as they are."""
    query = session.query(plan)
    options = [
        ("FORMAT", exp.var("csv")),
        ("HEADER", exp.Boolean(this=header is not None)),
        ("DELIMITER", exp.Literal.string(IMPOSSIBLE)),
        ("QUOTE", exp.Literal.string("")),
        ("ESCAPE", exp.Literal.string("")),
        *_compressed(sink),
    ]
    line = exp.alias_(exp.column("o0"), header or "line", quoted=True)
    return _copy(session, exp.Select(expressions=[line], from_=exp.From(this=query.tree.subquery("q"))), path, options)


def _write_parquet(session: Session, rows: Rows, env: Environment, sink: Sink, path: Path) -> int:
    scope = Scope(rows, env)
    typed = [
        (item.name, typed_value(item.value, scope, include_mismatches=sink.include_mismatches)[0])
        for item in rows.fields
    ]
    query = session.query(scope.rows.plan(typed))
    columns = [exp.alias_(exp.column(f"o{at}"), name, quoted=True) for at, name in enumerate(query.columns)]
    codec = {"none": "uncompressed", "": "snappy"}.get(
        str(sink.options.get("compression") or ""), str(sink.options.get("compression"))
    )
    options = [("FORMAT", exp.var("parquet")), ("COMPRESSION", exp.var(codec))]
    return _copy(session, exp.Select(expressions=columns, from_=exp.From(this=query.tree.subquery("q"))), path, options)


def _compressed(sink: Sink) -> list[tuple[str, exp.Expression]]:
    compression = _compression(sink)
    return [] if compression == "none" else [("COMPRESSION", exp.var(compression))]


def _copy(session: Session, select: exp.Expression, path: Path, options: Sequence[tuple[str, Any]]) -> int:
    """Run the COPY; answers the number of rows."""
    written = exp.Literal.string(str(path)).sql(dialect="duckdb")
    # our callers write to a path of their own and rename it; the engine may not touch any other
    options = [*options, ("USE_TMP_FILE", exp.Boolean(this=False))]
    settings = ", ".join(f"{name} {value.sql(dialect='duckdb')}" for name, value in options)
    found = session.connection.execute(f"COPY ({select.sql(dialect='duckdb')}) TO {written} ({settings})").fetchone()
    return int(found[0]) if found else 0


WRITERS: dict[str, Writer] = {"csv": _write_csv, "json": _write_json, "pqt": _write_parquet}

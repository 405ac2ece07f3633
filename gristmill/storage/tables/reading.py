"""Reading: a table, a view or a query becomes a Parquet file that the engine reads (platform 3.8)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from gristmill.problems import plural, quoted, run_error
from gristmill.storage.detect import look
from gristmill.storage.reading import Reading
from gristmill.storage.tables.cells import write_cells
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.publishing import Talk
from gristmill.storage.tables.read_columns import Read, asked, column_to_read
from gristmill.storage.tables.scripts import split
from gristmill.storage.tables.session import Session, connect
from gristmill.storage.tables.statements import shown
from gristmill.storage.tables.vendor import Vendor

Json = dict[str, Any]


def work(task: Json, talk: Talk) -> Json:
    """What an engine process does with `{"login", "relation", "file", "options"}`: see `read_relation`."""
    login = Login.from_json(task["login"])
    answer = read_relation(login, task["relation"], Path(task["file"]), task.get("options") or {})
    talk.log("info", f"read {plural(answer['rows'], 'row')} of {plural(len(answer['columns']), 'column')}")
    return answer


def read_relation(login: Login, relation: Json, file: Path, options: Json, limit: int | None = None) -> Json:
    """Write the rows of a relation to a file.

    `relation` is `{"path", "table", "columns", "filter"}` or `{"sql"}`; `limit` stops after so many rows. Answers
    `{"reading", "columns", "rows"}` as a job's source has them. Raises RunError for what is not there or not allowed.
    """
    session = connect(login)
    try:
        query, fields = _query(session, relation)
        columns = [column_to_read(session.vendor, name, native) for name, native in fields]
        _refuse_repeated(columns)
        items = [asked(session.vendor, item) for item in columns]
        wanted: exp.Expr = query.select(*items, append=False)
        if limit is not None:
            wanted = query.select(*items, append=False).limit(limit)
        elif "sql" in relation and not session.vendor.can.inner_order:
            wanted = exp.var(checked_sql(relation["sql"], session.vendor.dialect))
        rows = write_cells(session.rows(wanted), columns, file)
    finally:
        session.close()
    found = look(Reading((str(file),), "parquet", dict(options)))
    known = {place: item.type for place, item in enumerate(columns) if item.type is not None}
    described = [
        {"name": name, "type": known.get(place, logical).as_list(), "form": form}
        for place, (name, logical, form) in enumerate(found.columns())
    ]
    return {"reading": found.reading.as_json(), "columns": described, "rows": rows}


def checked_sql(text: str, dialect: str) -> str:
    """The one SELECT of a query, without what stands behind it (platform 3.8).

    Raises RunError for several statements and for any that begins with another word than SELECT or WITH.
    """
    statements = split(text, dialect)
    if len(statements) != 1:
        raise run_error(f"raw: expected one SELECT, found {len(statements)} statements")
    tokens = sqlglot.tokenize(statements[0], read=dialect)
    first = tokens[0].text.upper()
    if first not in ("SELECT", "WITH"):
        raise run_error(f"raw: expected a statement that begins with SELECT or WITH, got {quoted(first)}")
    return statements[0][tokens[0].start : tokens[-1].end + 1]


def _query(session: Session, relation: Json) -> tuple[exp.Select, list[tuple[str, str]]]:
    """What to select from, and names and native types of its columns."""
    if "sql" in relation:
        text = checked_sql(relation["sql"], session.vendor.dialect)
        inner = exp.Select(expressions=[exp.Star()], from_=exp.From(this=_verbatim(text)))
        return inner, session.fields(inner)
    table = session.place(relation.get("path") or (), relation["table"])
    described = session.describe(table)
    if described is None:
        raise run_error(f"table not found: {shown(table)}")
    fields = {item.name: item.native for item in described.columns}
    wanted = relation.get("columns") or list(fields)
    missing = [name for name in wanted if name not in fields]
    if missing:
        raise run_error(f"table {shown(table)} has no column {', '.join(map(quoted, missing))} any more")
    query = exp.select("*").from_(table)
    if relation.get("filter"):
        query = query.where(_condition(relation["filter"], session.vendor))
    return query, [(name, fields[name]) for name in wanted]


def _verbatim(text: str) -> exp.Expr:
    """Somebody's own SELECT as a table, not a word changed."""
    alias = exp.TableAlias(this=exp.to_identifier("q"))
    return exp.Subquery(this=exp.var(text), alias=alias)


def _condition(text: str, vendor: Vendor) -> exp.Expr:
    try:
        return exp.condition(text, dialect=vendor.dialect, copy=False)
    except (ParseError, TokenError):
        raise run_error(f"filter: cannot read the condition {quoted(text)}") from None


def _refuse_repeated(columns: Sequence[Read]) -> None:
    names = [item.name for item in columns]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        hint = "Give each column a name of its own with AS."
        raise run_error(f"the query answers several columns called {', '.join(map(quoted, repeated))}", hint=hint)

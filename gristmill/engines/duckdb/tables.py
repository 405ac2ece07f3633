"""One file of a dataset as a query: columns `f0`, `f1` … in the forms that the job expects, and `file_path`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlglot import exp

from gristmill.storage.formats.parquet import WIDE_INTEGERS, Field, glob_escaped, kind_of

FILE_PATH, LINE = "file_path", "line_number"
TYPES = {"integer": "BIGINT", "decimal": "DOUBLE", "boolean": "BOOLEAN", "moment": "TIMESTAMP", "text": "VARCHAR"}


@dataclass(frozen=True, slots=True)
class Part:
    """A file's rows. `absent` are characters that no cell of a column holds, by column; empty: nothing is known."""

    query: exp.Select
    absent: tuple[frozenset[str], ...] = ()


def csv_query(
    path: Path,
    options: Mapping[str, Any],
    places: Sequence[int | None],
    shown: str,
    *,
    blanks: bool = False,
    lines: bool = False,
) -> exp.Select:
    """A regular text file, every cell a text. `shown` is the path that rows tell of themselves.

    `places` says for each column of the dataset where the file has it; None: nowhere, its cells are null. `blanks`: it
    holds empty lines, as rows that begin with null; they are left out. With `lines`, `line_number` has counted them.
    """
    cells = [exp.cast(exp.Null(), "VARCHAR") if place is None else exp.column(f"f{place}") for place in places]
    columns: list[exp.Expr] = [exp.alias_(cell, f"f{at}") for at, cell in enumerate(cells)]
    if not blanks:
        return _query(read_csv(path, options), columns, shown)
    there = exp.Not(this=exp.Is(this=exp.column("f0"), expression=exp.Null()))
    if not lines:
        return _query(read_csv(path, options), columns, shown).where(there)
    counted = exp.alias_(exp.Window(this=exp.Anonymous(this="row_number")), LINE)
    every = exp.Select(expressions=[exp.Star(), counted], from_=exp.From(this=read_csv(path, options)))
    alias = exp.TableAlias(this=exp.to_identifier("t"))
    return _query(exp.Subquery(this=every, alias=alias), [*columns, exp.column(LINE)], shown).where(there)


def scratch_query(path: Path, columns: int, shown: str) -> exp.Select:
    """A file that storage has converted: its columns are as the job expects them."""
    return _query(read_parquet(path), [exp.column(f"f{at}") for at in range(columns)], shown)


def parquet_query(
    path: Path, fields: Sequence[Field], wanted: Sequence[str], forms: Sequence[str], shown: str
) -> exp.Select:
    """A Parquet file; `fields` are those of this file, `wanted` the dataset's. What is not there is null."""
    alias = exp.TableAlias(
        this=exp.to_identifier("t"), columns=[exp.to_identifier(f"c{at}") for at in range(len(fields))]
    )
    inner = exp.Select(expressions=[exp.Star()], from_=exp.From(this=read_parquet(path)))
    places = {name: place for place, (name, _) in reversed(list(enumerate(fields)))}
    repeated = len(places) < len(fields)
    columns = []
    for at, (name, form) in enumerate(zip(wanted, forms, strict=True)):
        # two columns of one name: then only the place tells them apart
        place = at if repeated and at < len(fields) else places.get(name)
        cell: exp.Expr = exp.cast(exp.Null(), TYPES[form])
        if place is not None:
            cell = _in_form(exp.column(f"c{place}"), fields[place][1], form)
        columns.append(exp.alias_(cell, f"f{at}"))
    return _query(exp.Subquery(this=inner, alias=alias), columns, shown)


def _query(table: exp.Expr, columns: Sequence[exp.Expr], shown: str) -> exp.Select:
    path = exp.alias_(exp.Literal.string(shown), FILE_PATH)
    return exp.Select(expressions=[*columns, path], from_=exp.From(this=table))


# -- native types ----------------------------------------------------------------------------------------------------


def _in_form(column: exp.Expr, native: str, form: str) -> exp.Expr:
    """A native value in a form; null where it cannot be told in it."""
    own = kind_of(native)[1]
    if form == "text":
        return _text(column, native)
    if form == "decimal" and native == "FLOAT":
        # the digits that a single-precision number stands for, not those of its double
        return _finite(column, exp.cast(exp.cast(column.copy(), "VARCHAR"), "DOUBLE"))
    if form == "moment" and own == "moment":
        moment = exp.cast(column, "TIMESTAMP")
        return _finite(moment, moment.copy())
    if form == "integer" and native in WIDE_INTEGERS:
        return exp.TryCast(this=column, to=exp.DataType.build("BIGINT"))
    if form == own or (form == "decimal" and own == "integer"):
        value = exp.cast(column, TYPES[form])
        return _finite(value, value.copy()) if own == "decimal" else value
    return exp.cast(exp.Null(), TYPES[form])


def _finite(tested: exp.Expr, value: exp.Expr) -> exp.Expr:
    condition = exp.Anonymous(this="isfinite", expressions=[tested])
    return exp.Case(ifs=[exp.If(this=condition, true=value)])


def _text(column: exp.Expr, native: str) -> exp.Expr:
    """The text of a native value; nested ones as compact JSON, bytes in base64."""
    if native in ("FLOAT", "DOUBLE"):
        printed = exp.Anonymous(
            this="regexp_replace",
            expressions=[exp.cast(column, "VARCHAR"), exp.Literal.string(r"\.0$"), exp.Literal.string("")],
        )
        return _finite(column.copy(), printed)
    if native == "BLOB":
        return exp.Anonymous(this="to_base64", expressions=[column])
    if native.startswith("TIMESTAMP"):
        return exp.cast(exp.cast(column, "TIMESTAMP"), "VARCHAR")
    if native == "TIME WITH TIME ZONE":
        return exp.cast(exp.cast(column, "TIME"), "VARCHAR")
    if native.endswith("]") or native.startswith(("STRUCT", "MAP")):
        json = exp.cast(exp.Anonymous(this="to_json", expressions=[column]), "VARCHAR")
        there = exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null()))
        return exp.Case(ifs=[exp.If(this=there, true=json)])
    return exp.cast(column, "VARCHAR")


# -- readers ---------------------------------------------------------------------------------------------------------


def read_csv(path: Path, options: Mapping[str, Any]) -> exp.Expr:
    """DuckDB's reader of text files; folders named `a=1` mean nothing to it."""
    return _reader("read_csv", path, {**options, "hive_partitioning": False})


def read_parquet(path: Path) -> exp.Expr:
    """DuckDB's reader of Parquet files."""
    return _reader("read_parquet", path, {"hive_partitioning": False})


def _reader(function: str, path: Path, options: Mapping[str, Any]) -> exp.Expr:
    settings = [exp.EQ(this=exp.to_identifier(name), expression=_literal(value)) for name, value in options.items()]
    return exp.Anonymous(this=function, expressions=[exp.Literal.string(glob_escaped(path)), *settings])


def _literal(value: Any) -> exp.Expr:
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, dict):
        pairs = [exp.PropertyEQ(this=exp.Literal.string(key), expression=_literal(item)) for key, item in value.items()]
        return exp.Struct(expressions=pairs)
    return exp.Literal.number(value) if isinstance(value, int) else exp.Literal.string(str(value))

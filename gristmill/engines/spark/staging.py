"""What goes into Spark and what comes out of it, as Parquet in scratch.

Photon's reader and photon's writers do both ends: one set of rules for irregular texts, and the same bytes in every
output format. Rows get their numbers where they are read and are put in order before they are written; nothing is
ever collected in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlglot import exp

from gristmill.engines.duckdb.session import Session as Photon
from gristmill.engines.duckdb.sinks.copying import copy
from gristmill.engines.spark.session import ROW, Session
from gristmill.plan.expressions import Column, Expr, Form, Key, Literal
from gristmill.plan.relations import Plan, Source
from gristmill.plan.rows import Field, Rows
from gristmill.plan.values import Value
from gristmill.plan.views import settled
from gristmill.recipe.job import Job
from gristmill.recipe.job import Source as JobSource


def stage_sources(photon: Photon, job: Job, folder: Path) -> list[Path]:
    """A Parquet file of each source, its rows numbered."""
    files = [folder / f"source-{number}.parquet" for number in range(len(job.sources))]
    counted = exp.alias_(exp.Window(this=exp.Anonymous(this="row_number")), ROW)
    for number, file in enumerate(files):
        query = exp.Select(
            expressions=[exp.Star(), counted.copy()], from_=exp.From(this=exp.to_table(f"source_{number}"))
        )
        copy(photon, query, file, [("FORMAT", exp.var("parquet"))], in_order=False)
    return files


def stage_rows(session: Session, rows: Rows, folder: Path, ids: Iterator[int]) -> tuple[Rows, list[Path]]:
    """Run the plan of the rows into Parquet files in their order; the same rows over these files."""
    wanted: list[tuple[str, Expr]] = []
    columns: list[Column] = []

    def staged(expr: Expr) -> Expr:
        if isinstance(expr, Literal):
            return expr
        columns.append(Column(next(ids), Form.TEXT if expr.form is Form.ANY else expr.form))
        wanted.append((f"f{len(wanted)}", settled(expr)))
        return columns[-1]

    fields = []
    for item in rows.fields:
        offset = None if item.value.offset is None else staged(item.value.offset)
        fields.append(Field(item.name, Value(staged(item.value.expr), item.value.typing, offset)))
    frame = session.frame(session.query(Plan(rows.relation, tuple(wanted), rows.order)))
    frame.toDF(*(name for name, _ in wanted)).write.parquet(str(folder / "rows"))
    numbers, forms = tuple(column.id for column in columns), tuple(column.kind for column in columns)
    source = Source(len(session.job.sources), numbers, forms, next(ids), next(ids), next(ids))
    again = replace(rows, relation=source, order=(Key(Column(source.row, Form.INTEGER)),), record=None, path=None)
    return again.with_fields(fields), sorted((folder / "rows").glob("*.parquet"))


def read_staged(photon: Photon, files: list[Path]) -> None:
    """Make the staged rows a source of photon's, behind those of the job."""
    number = len(photon.job.sources)
    photon.job = replace(photon.job, sources=(*photon.job.sources, JobSource("rows", {"format": "rows"})))
    listed = exp.Array(expressions=[exp.Literal.string(str(file)) for file in files])
    table = exp.Anonymous(this="read_parquet", expressions=[listed])
    query = exp.Select(expressions=[exp.Star()], from_=exp.From(this=table)).sql(dialect="duckdb")
    photon.connection.execute(f"CREATE VIEW source_{number} AS {query}")

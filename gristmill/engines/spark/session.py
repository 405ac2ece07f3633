"""A Spark session for one job: its sources, its routines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlglot import exp

from gristmill.engines.duckdb.tables import FILE_PATH, LINE
from gristmill.engines.spark.lower import Query, lower
from gristmill.engines.spark.process import registered, spark_session
from gristmill.engines.spark.routines import register
from gristmill.engines.spark.trees import binary, number
from gristmill.plan.relations import Plan, Source
from gristmill.recipe.job import Job

ROW = "row_number"


class Session:
    """Answers questions about a job's data and runs its plan. Use as a context manager.

    `in_order`: the sources' rows stand in memory, in their order.
    """

    def __init__(self, job: Job, *, settings: Mapping[str, str] = MappingProxyType({}), in_order: bool = False) -> None:
        self.job = job
        self.spark = spark_session(job.limits, settings)
        self.in_order = in_order
        self._lined: set[int] = set()  # the sources that count their empty lines

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        for number_ in range(len(self.job.sources)):
            self.spark.catalog.dropTempView(f"source_{number_}")

    def ask(self, plan: Plan, limit: int) -> list[tuple[str | None, ...]]:
        """The first rows of a plan, cells as they are."""
        query = self.query(plan)
        query.tree.set("limit", exp.Limit(expression=exp.Literal.number(limit)))
        return [tuple(row) for row in self.frame(query).collect()]

    def all_rows(self, plan: Plan) -> list[tuple[str | None, ...]]:
        """All rows of a plan, in order."""
        return [tuple(row) for row in self.frame(self.query(plan)).collect()]

    def load_rows(self, place: int, names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
        """Make a source of texts that stand in memory."""
        columns = [*(f"f{at}" for at in range(len(names))), ROW]
        tuples = [[*map(_cell, row), _row(at)] for at, row in enumerate(rows, 1)]
        values = exp.Values(
            expressions=[exp.Tuple(expressions=row) for row in tuples or [[*(_cell(None) for _ in names), _row(0)]]],
            alias=exp.TableAlias(this=exp.to_identifier("t"), columns=[exp.to_identifier(name) for name in columns]),
        )
        select = exp.Select(expressions=[exp.Star()], from_=exp.From(this=values))
        if not rows:
            select.set("where", exp.Where(this=exp.false()))
        self.spark.sql(select.sql(dialect="spark")).createOrReplaceTempView(f"source_{place}")

    def open(self, files: Sequence[Path]) -> None:
        """Make a source of each staged file."""
        for place, file in enumerate(files):
            frame = self.spark.read.parquet(str(file))
            frame.createOrReplaceTempView(f"source_{place}")
            if LINE in frame.columns:
                self._lined.add(place)

    def frame(self, query: Query) -> Any:
        """The query as a data frame."""
        return self.spark.sql(query.sql())

    def query(self, plan: Plan) -> Query:
        """The plan's query, its routines registered."""
        query = lower(plan, _far_ids(), self.read, in_order=self.in_order)
        known = registered()
        for name, call in query.batches.items():
            if name not in known:
                register(self.spark, name, call)
                known.add(name)
        return query

    def read(self, node: Source, wanted: set[int]) -> tuple[exp.Expr, dict[int, exp.Expr]]:
        """The view of a source; its rows have their numbers since they were read."""
        columns: dict[int, exp.Expr] = {place: exp.column(f"f{at}") for at, place in enumerate(node.columns)}
        columns[node.row] = exp.column(ROW)
        reading = self.job.sources[node.index].reading
        offset = number(int(reading.get("header_records", 0)))
        counts = exp.column(LINE if node.index in self._lined else ROW)
        columns[node.record] = binary(exp.Add, counts, offset)
        columns[node.path] = exp.column(FILE_PATH) if reading.get("files") else exp.Null()
        return exp.to_table(f"source_{node.index}"), columns


def _cell(cell: str | None) -> exp.Expr:
    return exp.cast(exp.Null(), "STRING") if cell is None else exp.Literal.string(cell)


def _row(at: int) -> exp.Expr:
    return exp.cast(exp.Literal.number(at), "BIGINT")


def _far_ids() -> Iterator[int]:
    """Numbers for the hidden columns of one query, beyond those of the compiler."""
    return iter(range(10_000_000, 2**31))

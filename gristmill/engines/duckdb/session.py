"""A DuckDB connection for one job: its limits, its sources, its routines."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial

import duckdb
from sqlglot import exp

from gristmill.engines.duckdb.connection import connect, one_thread
from gristmill.engines.duckdb.holding import TooManyError, held
from gristmill.engines.duckdb.lower import Query, lower
from gristmill.engines.duckdb.numbering import Numbering
from gristmill.engines.duckdb.routines import Routines
from gristmill.engines.duckdb.tables import FILE_PATH, LINE
from gristmill.engines.sql.absences import Absent
from gristmill.engines.sql.levels import Read
from gristmill.plan.expressions import Column
from gristmill.plan.passes.graph import inputs_first, rebuild, topmost_groups
from gristmill.plan.relations import Aggregate, Extend, Plan, Relation, Source, Windowed
from gristmill.plan.walking import columns_of
from gristmill.recipe.job import Job


@dataclass(frozen=True, slots=True)
class StandIn:
    """A source that is read in the place of a relation, which is held: its identity stays its own."""

    node: Relation
    source: Source


class Session:
    """Answers questions about a job's data and runs its plan. Use as a context manager."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.connection = connect(job.limits)
        self._routines = Routines(self.connection)
        self.numbering = Numbering(self.connection)
        self._lined: set[int] = set()  # the sources that count their empty lines
        self._absent: dict[int, Sequence[Absent]] = {}  # what no cell of the sources' columns holds
        self.kept = 0
        self.opening: Callable[[int], None] = lambda number: None
        self._numbers = itertools.count(FARTHER)  # for columns of stand-ins that the compiler does not know
        self._stand_ins: dict[int, StandIn] = {}
        self._below: dict[int, StandIn] = {}  # those with the rows of a relation and more columns
        self._held: list[duckdb.DuckDBPyRelation] = []  # their views live as long as they do
        self.fitting: set[int] = set()  # kept columns of texts that all fit their type

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def ask(self, plan: Plan, limit: int) -> list[tuple[str | None, ...]]:
        """The first rows of a plan, cells as they are; groups that they are made of are computed once for all."""
        plan = self._at_stand_in(plan)
        for node in topmost_groups(plan.relation, self._stand_ins):
            self._keep_groups(node)
        return self.first_rows(plan, limit)

    def first_rows(self, plan: Plan, limit: int) -> list[tuple[str | None, ...]]:
        """The same, nothing kept."""
        query = self.query(plan)
        query.tree.set("limit", exp.Limit(expression=exp.Literal.number(limit)))
        with self._threads_for(query):
            return self.connection.execute(query.sql()).fetchall()

    def all_rows(self, plan: Plan) -> list[tuple[str | None, ...]]:
        """All rows of a plan, in order."""
        query = self.query(plan)
        with self._threads_for(query):
            return self.connection.execute(query.sql()).fetchall()

    def load_rows(self, number: int, names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
        """Make a source of texts that stand in memory."""
        columns = [f"f{place}" for place in range(len(names))]
        definitions = ", ".join(f"{column} VARCHAR" for column in columns) or "nothing VARCHAR"
        self.connection.execute(f"CREATE TABLE source_{number} ({definitions})")
        self.numbering.knows(f"source_{number}")
        if rows:
            marks = ", ".join("?" * len(columns)) or "NULL"
            self.connection.executemany(
                f"INSERT INTO source_{number} VALUES ({marks})",
                [list(row) for row in rows],
            )

    def keep(self, plan: Plan, columns: Sequence[Column], *, in_memory: bool = False) -> Source:
        """Make a table of a plan's rows; answers the source that reads its columns under these numbers.

        `in_memory`: the rows of a result, which are read as a whole; a table only where they are too many.
        """
        source = self._reading(self._next_source(), columns)
        query = self.query(plan)
        with self._threads_for(query):
            self._fill(f"source_{source.index}", query.sql(), len(columns), in_memory=in_memory)
        self._absent[source.index] = query.absent
        return source

    def _fill(self, name: str, query: str, columns: int, *, in_memory: bool) -> None:
        names = ", ".join(f"f{at}" for at in range(columns)) or "nothing"
        if in_memory:
            with suppress(TooManyError):
                self._held.append(held(self.connection, name, f"SELECT * FROM ({query}) AS held ({names})"))
                return
        self.connection.execute(f"CREATE TEMP TABLE {name} ({names}) AS {query}")
        self.numbering.knows(name)

    def stand_in(self, node: Relation, row: Column | None, columns: Sequence[Column], query: exp.Query) -> None:
        """From now on the rows of a relation are read with this query instead of being computed.

        It gives the columns as `f0`, `f1` …; the numbers of its rows will do for the column `row`.
        """
        number = self._next_source()
        self.view(number, query)
        found = self._stand_ins[id(node)] = StandIn(node, self._reading(number, columns, row))
        while isinstance(node, Extend | Windowed):
            node = node.input
            self._below[id(node)] = found

    def let_go(self, number: int) -> None:
        """A kept table that nobody reads any more."""
        self.connection.execute(f"DROP TABLE source_{number}")

    def writing(self, *, in_order: bool) -> AbstractContextManager[None]:
        """While a query's rows are written: those that lie in memory come in their order, and others that must."""
        return one_thread(self.connection) if in_order or self._held else nullcontext()

    def _threads_for(self, query: Query) -> AbstractContextManager[None]:
        # also behind a sort or a window several threads take rows as they come
        return one_thread(self.connection) if query.in_order else nullcontext()

    def _keep_groups(self, node: Aggregate) -> None:
        columns = tuple(Column(number, item.form) for number, item in (*node.keys, *node.columns))
        plan = Plan(node, tuple((f"f{at}", column) for at, column in enumerate(columns)))
        self._stand_ins[id(node)] = StandIn(node, self.keep(plan, columns))

    def _reading(self, index: int, columns: Sequence[Column], row: Column | None = None) -> Source:
        numbers, forms = tuple(column.id for column in columns), tuple(column.kind for column in columns)
        number = next(self._numbers) if row is None else row.id
        return Source(index, numbers, forms, number, *itertools.islice(self._numbers, 2))

    def _next_source(self) -> int:
        self.kept += 1
        return len(self.job.sources) + self.kept - 1

    def _at_stand_in(self, plan: Plan) -> Plan:
        """A question about rows that a stand-in has, put to it. Its order may be another, so one must be asked for."""
        found = self._below.get(id(plan.relation))
        if found is None or not plan.order:
            return plan
        read = [expr for _, expr in plan.columns] + [key.expr for key in plan.order]
        is_there = set().union(*map(columns_of, read)) <= {*found.source.columns, found.source.row}
        return replace(plan, relation=found.node) if is_there else plan

    def _with_stand_ins(self, plan: Plan) -> Plan:
        if not self._stand_ins:
            return plan
        found = self._stand_ins
        return rebuild(plan, lambda old, new: found[id(old)].source if id(old) in found else new)

    def confine(self, files: Sequence[str], folders: Sequence[str]) -> None:
        """From here on the engine reaches these files, and what lies in these folders, and nothing else.

        Neither a recipe nor a query can take that back.
        """
        self.connection.execute("SET enable_progress_bar = true")
        self.connection.execute("SET enable_progress_bar_print = false")
        for name, paths in (("allowed_paths", files), ("allowed_directories", folders)):
            listed = exp.Array(expressions=[exp.Literal.string(path) for path in paths])
            self.connection.execute(f"SET {name} = {listed.sql(dialect='duckdb')}")
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET allowed_configs = ['threads']")
        self.connection.execute("SET lock_configuration = true")

    def query(self, plan: Plan) -> Query:
        """The plan's query, its routines registered."""
        plan = self._with_stand_ins(plan)
        query = lower(plan, _far_ids(), self._reader, self._absent_of(plan))
        for name, call in query.batches.items():
            self._routines.register(name, call)
        return query

    def view(self, number: int, query: exp.Query, absent: Sequence[Absent] = ()) -> None:
        """Make a source of a query, or another one of it; `absent` is what no cell of its columns holds."""
        self._absent[number] = absent
        self.numbering.forget(f"source_{number}")
        (self._lined.add if LINE in query.named_selects else self._lined.discard)(number)
        self.connection.execute(f"CREATE OR REPLACE VIEW source_{number} AS {query.sql(dialect='duckdb')}")

    def _absent_of(self, plan: Plan) -> dict[int, Absent]:
        sources = [node for node in inputs_first(plan.relation) if isinstance(node, Source)]
        return {
            number: absent
            for node in sources
            for number, absent in zip(node.columns, self._absent.get(node.index, ()), strict=False)
        }

    def _reader(self, in_order: bool) -> Read:
        return partial(self._read, in_parallel=not in_order)

    def _read(self, node: Source, wanted: set[int], *, in_parallel: bool) -> tuple[exp.Expr, dict[int, exp.Expr]]:
        """The table of a source; row numbers are computed at the reader, where the order is certain."""
        if node.index < len(self.job.sources):
            self.opening(node.index)
        table = f"source_{node.index}"
        reading = self.job.sources[node.index].reading if node.index < len(self.job.sources) else {}
        columns: dict[int, exp.Expr] = {
            number: exp.column(f"f{place}") for place, number in enumerate(node.columns) if number in wanted
        }
        # tables that stand in memory come from no file
        columns[node.path] = exp.column(FILE_PATH) if reading.get("files") else exp.Null()
        if node.row in wanted or node.record in wanted:
            counts = exp.column(LINE) if node.index in self._lined else None
            named = {columns[number].name for number in wanted & columns.keys()} - {""} | ({LINE} if counts else set())
            table, row = self.numbering.numbered(table, named, len(node.columns), in_parallel=in_parallel)
            columns[node.row] = row
            offset = exp.Literal.number(int(reading.get("header_records", 0)))
            columns[node.record] = exp.Add(this=counts or row.copy(), expression=offset)
        return exp.to_table(table), columns


FAR, FARTHER = 10_000_000, 2_000_000_000


def _far_ids() -> Iterator[int]:
    """Numbers for the hidden columns of one query, beyond those of the compiler."""
    return iter(range(FAR, FARTHER))

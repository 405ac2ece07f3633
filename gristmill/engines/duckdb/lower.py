"""A plan becomes one DuckDB query."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from gristmill.engines.duckdb.sums import depends_on_order, exact_sums
from gristmill.engines.sql.absences import Absent, spare_looks
from gristmill.engines.sql.batches import BatchCall, routine_name
from gristmill.engines.sql.expand import expand_plan
from gristmill.engines.sql.levels import Builder, Read
from gristmill.engines.sql.write import Writer
from gristmill.functions.registry import FUNCTIONS
from gristmill.plan.expressions import Form
from gristmill.plan.passes.order import drop_kept_order
from gristmill.plan.passes.prune import prune_columns
from gristmill.plan.passes.readings import share_readings
from gristmill.plan.relations import Plan

TYPES = {
    Form.TEXT: "VARCHAR",
    Form.JSON: "VARCHAR",
    Form.INTEGER: "BIGINT",
    Form.DECIMAL: "DOUBLE",
    Form.BOOLEAN: "BOOLEAN",
    Form.MOMENT: "TIMESTAMP",
    Form.TEXTS: "VARCHAR[]",
}

# How the sources of a plan are read, once it is known whether their rows must come in order.
Reader = Callable[[bool], Read]


@dataclass(slots=True)
class Query:
    """A query with the vectorised routines that it calls, by their SQL names.

    `in_order`: what it answers depends on the order in which rows come, so one thread has to run it. `absent` are
    characters that no cell of a column holds, by column.
    """

    tree: exp.Select
    columns: tuple[str, ...]
    in_order: bool
    absent: tuple[Absent, ...] = ()
    batches: dict[str, BatchCall] = field(default_factory=dict)

    def sql(self) -> str:
        return self.tree.sql(dialect="duckdb", copy=False)


def lower(plan: Plan, ids: Iterator[int], reader: Reader, absent: Mapping[int, Absent]) -> Query:
    """The query of a plan; its columns are `o0`, `o1`, … in the order of `columns`.

    `absent` is what is known to be so of columns that are read, by their numbers.
    """
    plan = share_readings(drop_kept_order(prune_columns(plan)), ids)
    plan, spared = spare_looks(expand_plan(plan, FUNCTIONS, "duckdb", ids), absent)
    plan = prune_columns(exact_sums(plan, ids))
    writer = Writer(TYPES, routine_name)
    in_order = depends_on_order(plan)
    tree = Builder(plan, writer.write, reader(in_order)).query()
    return Query(tree, tuple(name for name, _ in plan.columns), in_order, spared, writer.batches)

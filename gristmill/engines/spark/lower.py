"""A plan becomes one Spark query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from sqlglot import exp

from gristmill.engines.spark.builder import SparkBuilder
from gristmill.engines.spark.routines import computed_by_photon
from gristmill.engines.spark.trees import NotNativeError
from gristmill.engines.spark.write import TYPES, SparkWriter
from gristmill.engines.sql.batches import BatchCall, routine_name
from gristmill.engines.sql.expand import expand_plan, stacked
from gristmill.engines.sql.kinds import kind_of
from gristmill.functions.declare import Function
from gristmill.functions.registry import FUNCTIONS
from gristmill.plan.expressions import Apply, Column, Expr, Form, Literal
from gristmill.plan.passes.graph import available, inputs_first, rebuild
from gristmill.plan.passes.order import drop_kept_order
from gristmill.plan.passes.prune import prune_columns
from gristmill.plan.primitives import Aggregated
from gristmill.plan.relations import Aggregate, Definition, Join, Plan, Relation, Source, Windowed
from gristmill.plan.walking import columns_of, rewrite

Read = Callable[[Source, set[int]], tuple[exp.Expr, dict[int, exp.Expr]]]


@dataclass(slots=True)
class Query:
    """A query with the vectorised routines that it calls, by their SQL names."""

    tree: exp.Select
    columns: tuple[str, ...]
    batches: dict[str, BatchCall] = field(default_factory=dict)

    def sql(self) -> str:
        return self.tree.sql(dialect="spark", copy=False)


def lower(
    plan: Plan,
    ids: Iterator[int],
    read: Read,
    *,
    in_order: bool = False,
    writer: type[SparkWriter] = SparkWriter,
) -> Query:
    """The query of a plan; its columns are `o0`, `o1`, … in the order of `columns`.

    `in_order`: the sources' rows stay in their order where no step breaks it. What `writer` cannot write becomes a
    routine.
    """
    plan = prune_columns(plan)
    plan = drop_kept_order(plan) if in_order else plan
    plan = prune_columns(lifted(expand_plan(plan, FUNCTIONS, "spark", ids, partial(adapted, writer)), ids))
    writing = writer(TYPES, routine_name)
    tree = SparkBuilder(plan, writing.write, read).query()
    return Query(tree, tuple(name for name, _ in plan.columns), writing.batches)


def adapted(writer: type[SparkWriter], function: Function, node: Apply, built: Expr) -> Expr | None:
    """The routine for a function that cannot be written exactly; its arguments are written already."""
    if node.kind is Form.ANY or not node.args:
        return None
    given = frozenset(id(arg) for arg in node.args if not isinstance(arg, Literal))
    try:
        writer(TYPES, routine_name, given=given).write(built)
    except NotNativeError:
        return computed_by_photon(function, node)
    return None


def lifted(plan: Plan, ids: Iterator[int]) -> Plan:
    """Aggregates look at plain columns, and joins compare such: what they are given is computed below them."""

    def lift(old: Relation, node: Relation) -> Relation:
        if isinstance(node, Join) and node.condition is not None:
            return _lifted_join(node, ids)
        if not isinstance(node, Aggregate | Windowed):
            return node
        below: list[Definition] = []
        columns = tuple((number, _lifted(item, below, ids)) for number, item in node.columns)
        return replace(node, input=stacked(node.input, below), columns=columns) if below else node

    return rebuild(plan, lift)


def _lifted_join(node: Join, ids: Iterator[int]) -> Join:
    """What one side tells alone is a column of that side: no routine may stand in an outer join's condition."""
    assert node.condition is not None
    there = available(inputs_first(node))
    sides = (there[id(node.left)], there[id(node.right)])
    below: tuple[list[Definition], list[Definition]] = ([], [])

    def lift(part: Expr) -> Expr | None:
        if isinstance(part, Column | Literal):
            return part
        read = columns_of(part)
        for columns, definitions in zip(sides, below, strict=True):
            if read and read <= columns:
                return _defined(part, definitions, ids)
        return None

    condition = rewrite(node.condition, lift)
    left, right = (
        stacked(side, made) if made else side for side, made in zip((node.left, node.right), below, strict=True)
    )
    return replace(node, left=left, right=right, condition=condition)


def _lifted(item: Expr, below: list[Definition], ids: Iterator[int]) -> Expr:
    def plain(part: Expr) -> Expr:
        return part if isinstance(part, Column | Literal) else _defined(part, below, ids)

    def lift(node: Expr) -> Expr | None:
        return node.with_children(tuple(map(plain, node.children()))) if isinstance(node, Aggregated) else None

    return rewrite(item, lift)


def _defined(part: Expr, below: list[Definition], ids: Iterator[int]) -> Column:
    number = next(ids)
    below.append((number, part))
    kind = kind_of(part)
    return Column(number, kind if isinstance(kind, Form) else Form.ANY)

"""What Spark calls the aggregates and window functions of declarations, over groups and over windows alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from sqlglot import exp

from gristmill.engines.spark.sums import exact_sum
from gristmill.engines.spark.trees import (
    NotNativeError,
    Tree,
    binary,
    both,
    call,
    cast,
    is_known,
    lambda_of,
    number,
    when,
)
from gristmill.engines.sql.kinds import kind_of
from gristmill.plan.expressions import Expr, Form, Frame, Literal
from gristmill.plan.primitives import Aggregated


class Writing(Protocol):
    """What the builders need of the writer."""

    def write(self, node: Expr) -> Tree: ...

    def over(self, call: Tree, node: Aggregated) -> Tree: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that an aggregate looks at: a call over them, and an argument where the condition holds."""

    writing: Writing
    node: Aggregated

    def arg(self, at: int = 0) -> Tree:
        return self.where(self.writing.write(self.node.args[at]))

    def where(self, item: Tree) -> Tree:
        """Spark has no FILTER in windows: rows that are left out are null."""
        node = self.node
        return item if node.where is None else when(self.writing.write(node.where), item)

    def call(self, name: str, *args: Tree) -> Tree:
        return self.writing.over(call(name, *args), self.node)

    def made(self, item: Tree) -> Tree:
        return self.writing.over(item, self.node)


def _plain(name: str) -> Callable[[Rows], Tree]:
    return lambda rows: rows.call(name, *(rows.arg(at) for at in range(len(rows.node.args))))


def _count(rows: Rows) -> Tree:
    node = rows.node
    if not node.args:
        return (
            rows.made(exp.Count(this=exp.Star())) if node.where is None else rows.call("count", rows.where(number(1)))
        )
    if not node.distinct:
        return rows.call("count", rows.arg())
    if node.over is None:
        return call("count", exp.Distinct(expressions=[rows.arg()]))
    return cast(call("array_size", rows.call("collect_set", rows.arg())), "BIGINT")


def _sum(rows: Rows) -> Tree:
    """Integers in 128 bits."""
    if kind_of(rows.node.args[0]) is not Form.INTEGER:
        return rows.call("sum", rows.arg())
    return rows.call("sum", cast(rows.arg(), "DECIMAL(19, 0)"))


def _mean(rows: Rows) -> Tree:
    count = call("nullif", rows.call("count", rows.arg()), number(0))
    return binary(exp.Div, exact_sum(rows.arg, rows.made), cast(count, "DOUBLE"))


def _max(rows: Rows) -> Tree:
    if len(rows.node.args) == 1:
        return rows.call("max", rows.arg())
    collected = rows.call("collect_set" if rows.node.distinct else "collect_list", rows.arg())
    ordered = call("sort_array", collected, exp.Boolean(this=False))
    top = call("slice", ordered, number(1), number(_number(rows.node.args[1])))
    return when(binary(exp.GT, call("array_size", top), number(0)), top.copy())


def _arg_min(rows: Rows) -> Tree:
    """Rows whose value or key is null do not take part."""
    node, write = rows.node, rows.writing.write
    if len(node.args) == 2:
        key = when(is_known(write(node.args[0])), rows.where(write(node.args[1])))
        return rows.call("min_by", write(node.args[0]), key)
    pair = call("struct", write(node.args[1]), exp.alias_(write(node.args[0]), "x"))
    known = both(is_known(write(node.args[0])), is_known(write(node.args[1])))
    found = call("sort_array", rows.call("collect_list", rows.where(when(known, pair))))
    first = call("slice", found, number(1), number(_number(node.args[2])))
    values = call("transform", first, lambda_of("p", _field("p", "x")))
    return when(binary(exp.GT, call("array_size", values), number(0)), values.copy())


def _list(rows: Rows) -> Tree:
    """All values, nulls too, in an order whose keys ascend, nulls last."""
    node, write = rows.node, rows.writing.write
    if any(key.descending or key.nulls_first for key in node.order):
        raise NotNativeError
    keys = [
        part for key in node.order for part in (exp.Is(this=write(key.expr), expression=exp.Null()), write(key.expr))
    ]
    item = call("struct", *keys, exp.alias_(write(node.args[0]), "x"))
    found = call("sort_array", rows.call("collect_list", rows.where(item)))
    values = call("transform", found, lambda_of("p", _field("p", "x")))
    return when(binary(exp.GT, call("array_size", values), number(0)), values.copy())


def _mode(rows: Rows) -> Tree:
    """Of several most frequent values the lowest."""
    return rows.call("mode", rows.arg(), exp.Boolean(this=True))


def _quantile(rows: Rows) -> Tree:
    return rows.call("percentile", rows.arg(), rows.writing.write(rows.node.args[1]))


def _neighbour(name: str) -> Callable[[Rows], Tree]:
    return lambda rows: rows.call(name, rows.arg(), number(_number(rows.node.args[1])))


def _edge(kind: type[exp.Func]) -> Callable[[Rows], Tree]:
    def build(rows: Rows) -> Tree:
        found: Tree = kind(this=rows.arg())
        return rows.made(exp.IgnoreNulls(this=found) if rows.node.ignore_nulls else found)

    return build


def _field(name: str, field: str) -> Tree:
    return exp.Dot(this=exp.column(name), expression=exp.to_identifier(field))


def _number(node: Expr) -> int:
    assert isinstance(node, Literal) and isinstance(node.value, int)
    return node.value


SAME_NAMES = "min var_pop var_samp stddev_pop stddev_samp corr covar_pop covar_samp row_number rank dense_rank"
AGGREGATES: Mapping[str, Callable[[Rows], Tree]] = MappingProxyType(
    {
        **{name: _plain(name) for name in SAME_NAMES.split()},
        "count": _count, "sum": _sum, "max": _max, "arg_min": _arg_min, "list": _list, "mode": _mode,
        "quantile_cont": _quantile, "lag": _neighbour("lag"), "lead": _neighbour("lead"),
        "first_value": _edge(exp.FirstValue), "last_value": _edge(exp.LastValue), "favg": _mean,
        "fsum": lambda rows: exact_sum(rows.arg, rows.made),
    }
)  # fmt: skip


def is_empty(frame: Frame | None) -> bool:
    """Whether a frame ends before it begins: Spark refuses one."""
    if frame is None or frame.start is None or frame.end is None:
        return False
    return -frame.start > frame.end


def without_rows(node: Aggregated) -> Tree:
    """What an aggregate of no rows gives."""
    return cast(number(0), "BIGINT") if node.name == "count" else exp.Null()

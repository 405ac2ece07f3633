"""Primitives become Spark's SQL trees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlglot import exp

from gristmill.engines.spark import moments
from gristmill.engines.spark.aggregates import AGGREGATES, Rows, is_empty, without_rows
from gristmill.engines.spark.primitives import NATIVES
from gristmill.engines.spark.trees import (
    NotNativeError,
    Tree,
    binary,
    both,
    call,
    cast,
    double,
    try_cast,
    when,
)
from gristmill.engines.sql.kinds import DATE, MICROS, MONTHS, Kind, kind_of
from gristmill.engines.sql.kinds import TYPES as KINDS
from gristmill.engines.sql.write import Writer
from gristmill.plan.expressions import ARITHMETIC, Binary, Expr, Form, Literal
from gristmill.plan.primitives import Aggregated, Cast, Native

TYPES: Mapping[Form, str] = MappingProxyType(
    {
        Form.TEXT: "STRING",
        Form.JSON: "STRING",
        Form.INTEGER: "BIGINT",
        Form.DECIMAL: "DOUBLE",
        Form.BOOLEAN: "BOOLEAN",
        Form.MOMENT: "TIMESTAMP_NTZ",
        Form.TEXTS: "ARRAY<STRING>",
    }
)
NAMES: dict[Kind, str] = {DATE: "DATE", **dict(TYPES.items())}
TRIED = {"+": "try_add", "-": "try_subtract", "*": "try_multiply", "/": "try_divide", "%": "try_mod"}
DOUBLES = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}
SHORT = "INTEGER"  # 32 bits


@dataclass(slots=True)
class SparkWriter(Writer):
    """Writes expressions for Spark. Raises NotNativeError for what it has nothing for.

    `given` are nodes, by identity, that are written already: a trial looks only at what stands around them.
    """

    given: frozenset[int] = frozenset()

    def write(self, node: Expr) -> Tree:
        if id(node) in self.given:
            return exp.column("given")
        match node:
            case Native():
                builder = NATIVES.get(node.name)
                if builder is None:
                    raise NotNativeError(node.name)
                return builder(self.write, node.args)
            case Binary() if node.op in ARITHMETIC:
                return self._arithmetic(node)
            case Aggregated():
                return self._over_rows(node)
            case _:
                return Writer.write(self, node)

    # -- arithmetic ------------------------------------------------------------------------------

    def _arithmetic(self, node: Binary) -> Tree:
        left, right = kind_of(node.left), kind_of(node.right)
        for whole, step, later in ((left, right, (node.left, node.right)), (right, left, (node.right, node.left))):
            if whole in (Form.MOMENT, DATE) and step in (MICROS, MONTHS):
                return self._moved(later, step, 1 if node.op == "+" else -1)
        if left == DATE:
            return call("date_add" if node.op == "+" else "date_sub", self.write(node.left), self._short(node.right))
        if Form.DECIMAL in (left, right) and node.op in DOUBLES:
            return binary(DOUBLES[node.op], self.write(node.left), self.write(node.right))
        if Form.ANY in (left, right):
            raise NotNativeError(f"{left} {node.op} {right}")
        sides = [self.write(node.left), self.write(node.right)]
        if left == right == Form.INTEGER:
            sides = [cast(side, "BIGINT") for side in sides]
        return call(TRIED[node.op], *sides)

    def _moved(self, pair: tuple[Expr, Expr], step: object, sign: int) -> Tree:
        moment, step_of = self.write(pair[0]), self.write(pair[1])
        if kind_of(pair[0]) == DATE:
            moment = moments.local(moment)
        return (moments.moved if step == MICROS else moments.moved_by_months)(moment, step_of, sign)

    def _short(self, node: Expr) -> Tree:
        return cast(self.write(node), "INT")

    # -- casts -----------------------------------------------------------------------------------

    def _cast(self, node: Cast) -> Tree:
        kind, target = kind_of(node.operand), node.target
        wanted = target if isinstance(target, Form) else KINDS.get(target, Form.ANY)
        name = "INT" if target == SHORT else NAMES.get(wanted)
        if isinstance(node.operand, Literal) and node.operand.value is None and name is not None:
            return cast(exp.Null(), name)
        if name is None or kind is Form.ANY:
            raise NotNativeError(f"cast of {kind} to {target}")
        item = self.write(node.operand)
        if kind is Form.DECIMAL and wanted is Form.INTEGER:
            return _rounded(item, name)
        if kind is Form.DECIMAL and wanted is Form.TEXT:
            raise NotNativeError("text of a double")
        if kind == wanted and name != "INT":
            return item
        return try_cast(item, name)

    # -- other rows ------------------------------------------------------------------------------

    def _over_rows(self, node: Aggregated) -> Tree:
        if node.over is not None and is_empty(node.over.frame):
            return without_rows(node)
        builder = AGGREGATES.get(node.name)
        if builder is None:
            raise NotNativeError(node.name)
        return builder(Rows(self, node))

    def over(self, call: Tree, node: Aggregated) -> Tree:
        """A call over the node's window, if it has one."""
        return call if node.over is None else self._windowed(call, node.over)


def _rounded(item: Tree, name: str) -> Tree:
    """A double as the nearest integer, null where it does not fit."""
    near = call("rint", item)
    fits = both(binary(exp.GTE, near, double(-(2.0**63))), binary(exp.LT, near.copy(), double(2.0**63)))
    return when(fits, try_cast(near.copy(), name))

"""Relations as Spark's common table expressions, where they are not those of every engine."""

from __future__ import annotations

from sqlglot import exp

from gristmill.engines.spark.trees import binary, call, lambda_of, number
from gristmill.engines.sql.level import Level, aliased, identifier
from gristmill.engines.sql.levels import Builder, column_node, select_of
from gristmill.plan.relations import Aggregate, Explode, Relation, Windowed


class SparkBuilder(Builder):
    """Aggregates and windows read a table of plain columns; a list becomes rows by a function of its own."""

    def _relation(self, node: Relation) -> Level:
        if isinstance(node, Aggregate | Windowed):
            self._settle(node.input)
        return super()._relation(node)

    def _settle(self, node: Relation) -> None:
        level = self.levels[id(node)]
        if not level.is_bare:
            self.levels[id(node)] = self._close(level, self.needs[id(node)])

    def _explode(self, node: Explode) -> Level:
        level = self._of(node.input)
        level.define([(node.element, node.items)])
        inner = self._close(level, self.needs[id(node.input)] | {node.element})
        pair = call("struct", exp.alias_(exp.column("e"), "e"), exp.alias_(exp.column("i"), "i"))
        pairs = call("transform", column_node(node.element), lambda_of("e i", pair))
        kept = sorted(self.needs[id(node)] - {node.element, node.position})
        exploded = self._named(
            select_of([*map(column_node, kept), aliased(call("explode", pairs), "pair")], inner.table)
        )
        place = binary(exp.Add, _field("i"), number(1))
        place = exp.Cast(this=place, to=exp.DataType.build("BIGINT"))
        columns = [
            *map(column_node, kept),
            aliased(_field("e"), identifier(node.element)),
            aliased(place, identifier(node.position)),
        ]
        return self._named(select_of(columns, exploded.table))


def _field(name: str) -> exp.Expr:
    return exp.Dot(this=exp.column("pair"), expression=exp.to_identifier(name))

"""Relations become one query of common table expressions; see `level` for how row-wise steps fuse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from sqlglot import exp

from gristmill.engines.sql.level import Level, Write, aliased, identifier
from gristmill.plan.expressions import Column, Expr, Form, Key
from gristmill.plan.passes.graph import expressions_of, inputs_first, keys_over, needs
from gristmill.plan.relations import (
    Aggregate,
    Explode,
    Extend,
    Filter,
    Join,
    JoinKind,
    Plan,
    Relation,
    Renumbered,
    Source,
    Union,
    Windowed,
)
from gristmill.plan.walking import walk

# From where an engine reads a source, and the SQL of each of its columns that is wanted.
Read = Callable[[Source, set[int]], tuple[exp.Expr, dict[int, exp.Expr]]]

SIDES = {JoinKind.LEFT: "LEFT", JoinKind.RIGHT: "RIGHT", JoinKind.OUTER: "FULL"}


class Builder:
    """Builds one query out of an expanded, pruned plan."""

    def __init__(self, plan: Plan, write: Write, read: Read) -> None:
        self.plan = plan
        self.write = write
        self.read = read
        self.needs = needs(plan)
        self.uses = _uses(plan)
        self.ctes: list[exp.CTE] = []
        self.levels: dict[int, Level] = {}
        self.readers = Counter(id(part) for node in inputs_first(plan.relation) for part in node.inputs)

    def query(self) -> exp.Select:
        """The whole plan; output columns are named by position, `o0`, `o1`, …"""
        for node in inputs_first(self.plan.relation):
            level = self._relation(node)
            shared = self.readers[id(node)] > 1
            self.levels[id(node)] = self._close(level, self.needs[id(node)]) if shared else level
        named = [(f"o{at}", item) for at, (_, item) in enumerate(self.plan.columns)]
        keys = [key.expr for key in self.plan.order]
        level = self.levels[id(self.plan.relation)]
        select, keys = level.select(named, keys, self.write, self._name)
        if keys:
            ordered = self._order(keys_over(self.plan.order, keys))
            select.set("order", exp.Order(expressions=ordered))
        if self.ctes:
            select.set("with_", exp.With(expressions=self.ctes))
        return select

    # -- relations -------------------------------------------------------------------------------

    def _relation(self, node: Relation) -> Level:
        match node:
            case Source():
                return self._source(node)
            case Extend() | Windowed() | Renumbered():
                level = self._of(node.input)
                level.define(node.columns)
                return level
            case Filter():
                level = self._of(node.input)
                level.keep_where(node.predicate)
                return level
            case Aggregate():
                return self._aggregate(node)
            case Join():
                return self._join(node)
            case Union():
                return self._union(node)
            case Explode():
                return self._explode(node)

    def _source(self, node: Source) -> Level:
        wanted = self.needs[id(node)]
        table, columns = self.read(node, wanted)
        made = [number for number in (*node.columns, node.row, node.record, node.path) if number in wanted]
        items = [aliased(columns[number], identifier(number)) for number in made]
        return self._named(select_of(items, table))

    def _aggregate(self, node: Aggregate) -> Level:
        level = self._of(node.input)
        if level.is_windowed:
            level = self._close(level, self.needs[id(node.input)])
        columns = [(identifier(number), item) for number, item in (*node.keys, *node.columns)]
        select, _ = level.select(columns, (), self.write, self._name)
        if node.keys:
            places = [exp.Literal.number(place + 1) for place in range(len(node.keys))]
            select.set("group", exp.Group(expressions=places))
        elif not columns:
            select.set("expressions", [exp.Count(this=exp.Star())])
        return self._named(select)

    def _join(self, node: Join) -> Level:
        left, right = (self._table(part) for part in (node.left, node.right))
        select = select_of([column_node(number) for number in sorted(self.needs[id(node)])], left)
        join = exp.Join(this=right)
        if node.condition is None:
            join.set("kind", "CROSS")
        else:
            join.set("side", SIDES.get(node.kind))
            join.set("on", self.write(node.condition))
        select.set("joins", [join])
        return self._named(select)

    def _union(self, node: Union) -> Level:
        query: exp.Query | None = None
        wanted = [column for column in node.columns if column[0] in self.needs[id(node)]]
        for branch, part in enumerate(node.branches):
            columns = [(identifier(number), items[branch]) for number, items in wanted]
            select, _ = self._of(part).select(columns, (), self.write, self._name)
            query = select if query is None else exp.Union(this=query, expression=select, distinct=False)
        assert query is not None
        return self._named(query)

    def _explode(self, node: Explode) -> Level:
        """Both lists of an UNNEST run side by side: the elements and their positions."""
        level = self._of(node.input)
        level.define([(node.element, node.items)])
        inner = self._close(level, self.needs[id(node.input)] | {node.element})
        items = column_node(node.element)
        length = exp.Anonymous(this="len", expressions=[items.copy()])
        places = exp.Anonymous(this="generate_series", expressions=[exp.Literal.number(1), length])
        kept = sorted(self.needs[id(node)] - {node.element, node.position})
        columns = [
            *(column_node(number) for number in kept),
            aliased(exp.Anonymous(this="unnest", expressions=[items]), identifier(node.element)),
            aliased(exp.Anonymous(this="unnest", expressions=[places]), identifier(node.position)),
        ]
        return self._named(select_of(columns, inner.table))

    # -- levels ----------------------------------------------------------------------------------

    def _of(self, node: Relation) -> Level:
        return self.levels[id(node)].copy()

    def _close(self, level: Level, wanted: set[int]) -> Level:
        """The same columns as a table of their own."""
        columns = [(identifier(number), Column(number, Form.ANY)) for number in sorted(wanted)]
        select, _ = level.select(columns, (), self.write, self._name)
        return self._named(select)

    def _table(self, node: Relation) -> exp.Expr:
        """The relation as something to join: its table itself if nothing is added to it."""
        level = self.levels[id(node)]
        if not level.is_bare:
            level = self.levels[id(node)] = self._close(level, self.needs[id(node)])
        return level.table.copy()

    def _named(self, query: exp.Query) -> Level:
        return Level(self._name(query), self.uses)

    def _name(self, query: exp.Query) -> exp.Expr:
        name = f"t{len(self.ctes) + 1}"
        self.ctes.append(exp.CTE(this=query, alias=exp.TableAlias(this=exp.to_identifier(name))))
        return exp.to_table(name)

    def _order(self, keys: Iterable[Key]) -> list[exp.Expr]:
        """ORDER BY items; where the nulls go is always said."""
        return [
            exp.Ordered(this=self.write(key.expr), desc=key.descending, nulls_first=key.nulls_first) for key in keys
        ]


def column_node(number: int) -> exp.Expr:
    return exp.Column(this=exp.Identifier(this=identifier(number), quoted=False))


def select_of(items: list[exp.Expr], table: exp.Expr) -> exp.Select:
    return exp.Select(expressions=items or [exp.Literal.number(1)], from_=exp.From(this=table))


def _uses(plan: Plan) -> Counter[int]:
    """How often each column is read in the whole plan."""
    exprs: list[Expr] = [item for _, item in plan.columns] + [key.expr for key in plan.order]
    for node in inputs_first(plan.relation):
        exprs.extend(expressions_of(node))
    return Counter(part.id for item in exprs for part in walk(item) if isinstance(part, Column))

"""Relations become SELECTs: runs of row-wise steps fuse into one.

A level is a SELECT that can still take more: where it reads from, what its columns are, which rows it keeps.
A definition is put in place where it is read when it is read once or is small; otherwise the level is closed
and the next one reads its columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from gristmill.engines.sql.expand import BatchCall
from gristmill.plan.expressions import Aggregated, Column, Expr, Key, Literal, walk
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

SMALL = 3
DEEPEST = 40


@dataclass(slots=True)
class Level:
    """An open SELECT. `definitions` are over the columns of `table`; a column without one is the table's own."""

    table: exp.Expression
    definitions: dict[int, Expr] = field(default_factory=dict)
    predicates: list[Expr] = field(default_factory=list)
    windowed: set[int] = field(default_factory=set)
    depths: dict[int, int] = field(default_factory=dict)


# How an engine writes an expression, and from where it reads a source: FROM item, and SQL of each column.
Write = Callable[[Expr], exp.Expression]
Read = Callable[[Source, set[int]], tuple[exp.Expression, dict[int, exp.Expression]]]


def identifier(number: int) -> str:
    """The SQL name of a column; names of users never stand in SQL but as the last aliases."""
    return f"c{number}"


class Builder:
    """Builds one query of common table expressions out of an expanded, pruned plan."""

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
            if self.readers[id(node)] > 1:
                level = self._close(level, self.needs[id(node)])
            self.levels[id(node)] = level
        level = self.levels[id(self.plan.relation)]
        exprs = [item for _, item in self.plan.columns]
        keys = [key.expr for key in self.plan.order]
        if keys and (level.windowed or level.predicates):
            level = self._close(level, self.needs[id(self.plan.relation)])
        level = self._ready(level, [*exprs, *keys], self.plan.relation)
        select = self._select(level, [(f"o{at}", self._inline(level, item)) for at, item in enumerate(exprs)])
        if keys:
            ordered = keys_over(self.plan.order, [self._inline(level, key) for key in keys])
            select.set("order", exp.Order(expressions=self.order(ordered)))
        if self.ctes:
            select.set("with_", exp.With(expressions=self.ctes))
        return select

    # -- relations -------------------------------------------------------------------------------

    def _relation(self, node: Relation) -> Level:
        match node:
            case Source():
                return self._source(node)
            case Extend() | Windowed():
                return self._extend(node)
            case Filter():
                return self._filter(node)
            case Renumbered():
                return self._renumbered(node)
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
        select = exp.Select(
            expressions=[exp.alias_(columns[number], identifier(number)) for number in made] or [exp.Literal.number(1)]
        )
        select.set("from_", exp.From(this=table))
        return Level(self._name(select))

    def _extend(self, node: Extend | Windowed) -> Level:
        exprs = [item for _, item in node.columns]
        level = self._ready(self._copy(node.input), exprs, node.input)
        inlined = [(number, self._inline(level, item)) for number, item in node.columns]
        for number, item in inlined:
            level.definitions[number] = item
            level.depths[number] = _depth(item)
            if any(isinstance(part, Aggregated) for part in walk(item)):
                level.windowed.add(number)
        return level

    def _filter(self, node: Filter) -> Level:
        level = self._copy(node.input)
        if level.windowed:
            level = self._close(level, self.needs[id(node.input)])
        level = self._ready(level, [node.predicate], node.input)
        level.predicates.append(self._inline(level, node.predicate))
        return level

    def _renumbered(self, node: Renumbered) -> Level:
        level = self._copy(node.input)
        level.definitions |= {number: self._inline(level, item) for number, item in node.columns}
        level.windowed |= {
            number for number, item in node.columns if isinstance(item, Column) and item.id in level.windowed
        }
        return level

    def _aggregate(self, node: Aggregate) -> Level:
        level = self._copy(node.input)
        if level.windowed:
            level = self._close(level, self.needs[id(node.input)])
        level = self._ready(level, expressions_of(node), node.input)
        columns = [(identifier(number), self._inline(level, item)) for number, item in (*node.keys, *node.columns)]
        select = self._select(level, columns)
        if node.keys:
            group = [exp.Literal.number(place + 1) for place in range(len(node.keys))]
            select.set("group", exp.Group(expressions=group))
        elif not columns:
            select.set("expressions", [exp.Count(this=exp.Star())])
        return Level(self._name(select))

    def _join(self, node: Join) -> Level:
        left, right = (self._table(part) for part in (node.left, node.right))
        wanted = self.needs[id(node)]
        select = exp.Select(
            expressions=[exp.column(identifier(number)) for number in sorted(wanted)] or [exp.Literal.number(1)]
        )
        select.set("from_", exp.From(this=left))
        join = exp.Join(this=right)
        if node.condition is None:
            join.set("kind", "CROSS")
        else:
            side = {JoinKind.LEFT: "LEFT", JoinKind.RIGHT: "RIGHT", JoinKind.OUTER: "FULL"}.get(node.kind)
            if side is not None:
                join.set("side", side)
            join.set("on", self.write(node.condition))
        select.set("joins", [join])
        return Level(self._name(select))

    def _union(self, node: Union) -> Level:
        query: exp.Expression | None = None
        for branch, part in enumerate(node.branches):
            exprs = [items[branch] for _, items in node.columns]
            level = self._ready(self._copy(part), exprs, part)
            named = [
                (identifier(number), self._inline(level, item))
                for (number, _), item in zip(node.columns, exprs, strict=True)
            ]
            select = self._select(level, named)
            query = select if query is None else exp.Union(this=query, expression=select, distinct=False)
        assert query is not None
        return Level(self._name(query))

    def _explode(self, node: Explode) -> Level:
        level = self._ready(self._copy(node.input), [node.items], node.input)
        level.definitions[node.element] = self._inline(level, node.items)
        inner = self._close(level, (self.needs[id(node.input)] | {node.element}))
        wanted = self.needs[id(node)] - {node.element, node.position}
        items = exp.column(identifier(node.element))
        select = exp.Select(
            expressions=[
                *(exp.column(identifier(number)) for number in sorted(wanted)),
                exp.alias_(exp.Anonymous(this="unnest", expressions=[items]), identifier(node.element)),
                exp.alias_(
                    exp.Anonymous(
                        this="unnest",
                        expressions=[
                            exp.Anonymous(
                                this="generate_series",
                                expressions=[
                                    exp.Literal.number(1),
                                    exp.Anonymous(this="len", expressions=[items.copy()]),
                                ],
                            )
                        ],
                    ),
                    identifier(node.position),
                ),
            ]
        )
        select.set("from_", exp.From(this=inner.table))
        return Level(self._name(select))

    # -- levels ----------------------------------------------------------------------------------

    def _copy(self, node: Relation) -> Level:
        level = self.levels[id(node)]
        return Level(
            level.table, dict(level.definitions), list(level.predicates), set(level.windowed), dict(level.depths)
        )

    def _ready(self, level: Level, exprs: Iterable[Expr], node: Relation) -> Level:
        """The level, closed first if one of the expressions reads what must not be put in its place."""
        for item in exprs:
            for part in walk(item):
                if isinstance(part, Column) and self._keeps(level, part.id):
                    return self._close(level, self.needs[id(node)])
        return level

    def _keeps(self, level: Level, number: int) -> bool:
        definition = level.definitions.get(number)
        if definition is None or isinstance(definition, Column | Literal):
            return False
        if number in level.windowed or level.depths.get(number, 0) > DEEPEST:
            return True
        return self.uses[number] > 1 and _is_large(definition)

    def _inline(self, level: Level, item: Expr) -> Expr:
        if isinstance(item, Column):
            return level.definitions.get(item.id, item)
        children = item.children()
        if not children:
            return item
        return item.with_children(tuple(self._inline(level, child) for child in children))

    def _close(self, level: Level, wanted: set[int]) -> Level:
        columns = [
            (identifier(number), level.definitions.get(number, Column(number, _ANY))) for number in sorted(wanted)
        ]
        return Level(self._name(self._select(level, columns)))

    def _table(self, node: Relation) -> exp.Expression:
        """The relation as something to join: its table itself if the level adds nothing to it."""
        level = self.levels[id(node)]
        if level.predicates or level.windowed or any(number in level.definitions for number in self.needs[id(node)]):
            level = self._close(level, self.needs[id(node)])
            self.levels[id(node)] = level
        return level.table.copy()

    def _select(self, level: Level, columns: list[tuple[str, Expr]]) -> exp.Select:
        select = exp.Select(
            expressions=[exp.alias_(self.write(item), name) for name, item in columns] or [exp.Literal.number(1)]
        )
        select.set("from_", exp.From(this=level.table.copy()))
        if level.predicates:
            select.set("where", exp.Where(this=exp.and_(*(self.write(item) for item in level.predicates))))
        return select

    def _name(self, query: exp.Expression) -> exp.Expression:
        name = f"t{len(self.ctes) + 1}"
        self.ctes.append(exp.CTE(this=query, alias=exp.TableAlias(this=exp.to_identifier(name))))
        return exp.to_table(name)

    def order(self, keys: Iterable[Key]) -> list[exp.Expression]:
        """ORDER BY items; where the nulls go is always said."""
        return [
            exp.Ordered(this=self.write(key.expr), desc=key.descending, nulls_first=key.nulls_first) for key in keys
        ]


_ANY = Column(0, Literal(None).form).kind


def _uses(plan: Plan) -> Counter[int]:
    """How often each column is read in the whole plan."""
    exprs = [item for _, item in plan.columns] + [key.expr for key in plan.order]
    for node in inputs_first(plan.relation):
        exprs.extend(expressions_of(node))
    return Counter(part.id for item in exprs for part in walk(item) if isinstance(part, Column))


def _is_large(item: Expr) -> bool:
    return any(isinstance(part, BatchCall) or count > SMALL for count, part in enumerate(walk(item), 1))


def _depth(item: Expr) -> int:
    deepest = 0
    stack = [(item, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in node.children())
    return deepest

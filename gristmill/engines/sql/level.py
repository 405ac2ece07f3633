"""Runs of row-wise steps as few SELECTs as they need.

Definitions and conditions over one table are laid out in levels: what is read once or is small is put in its place;
what is large and read more than once gets a level below its readers. Conditions and row-wise columns commute, so only
a window holds its place among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from gristmill.engines.sql.batches import BatchCall
from gristmill.plan.expressions import Column, Expr, Form, Literal
from gristmill.plan.primitives import Aggregated
from gristmill.plan.walking import columns_of, walk

SMALL = 3
DEEPEST = 40

Write = Callable[[Expr], exp.Expr]
Named = Sequence[tuple[str, Expr]]


def identifier(number: int) -> str:
    """The SQL name of a column; names of users never stand in SQL but as the last aliases."""
    return f"c{number}"


def aliased(item: exp.Expr, name: str) -> exp.Expr:
    """`item AS name`; a column of that name needs no alias."""
    if isinstance(item, exp.Column) and item.name == name:
        return item
    return exp.Alias(this=item, alias=exp.Identifier(this=name, quoted=False))


@dataclass(frozen=True, slots=True)
class Placed:
    """An expression over the columns that exist below its level."""

    expr: Expr
    level: int
    depth: int
    windowed: bool = False


@dataclass(slots=True)
class Level:
    """Columns and conditions over one table, not written yet."""

    table: exp.Expr
    uses: Counter[int]
    definitions: dict[int, Placed] = field(default_factory=dict)
    conditions: list[Placed] = field(default_factory=list)
    least_condition: int = 1
    least_window: int = 1

    def copy(self) -> Level:
        return Level(
            self.table,
            self.uses,
            dict(self.definitions),
            list(self.conditions),
            self.least_condition,
            self.least_window,
        )

    @property
    def is_bare(self) -> bool:
        """Whether the table itself is all there is."""
        return not self.definitions and not self.conditions

    @property
    def is_windowed(self) -> bool:
        return any(placed.windowed for placed in self.definitions.values())

    def define(self, columns: Sequence[tuple[int, Expr]]) -> None:
        """More columns; they do not read each other."""
        placed = [(number, self._placed(item)) for number, item in columns]
        for number, item in placed:
            self.definitions[number] = item
            if item.windowed:
                self.least_condition = max(self.least_condition, item.level + 1)

    def keep_where(self, condition: Expr) -> None:
        """Fewer rows; the condition comes above every window so far."""
        placed = self._placed(condition)
        level = max(placed.level, self.least_condition)
        self.conditions.append(Placed(placed.expr, level, placed.depth))
        self.least_window = max(self.least_window, level)

    def select(
        self, named: Named, others: Iterable[Expr], write: Write, name: NameQuery
    ) -> tuple[exp.Select, list[Expr]]:
        """The SELECT of these columns, and the other expressions put in place for it (sort keys)."""
        columns = [(label, self._placed(item)) for label, item in named]
        rest = [self._placed(item) for item in others]
        highest = max((placed.level for placed in (*rest, *self.conditions, *(item for _, item in columns))), default=1)
        below = self._below(highest, [placed.expr for placed in (*rest, *(item for _, item in columns))])
        table = self.table
        for level in range(1, highest):
            table = name(self._written(level, table, below[level], write))
        items = [aliased(write(placed.expr), label) for label, placed in columns]
        select = exp.Select(expressions=items or [exp.Literal.number(1)], from_=exp.From(this=table.copy()))
        self._restrict(select, highest, write)
        return select, [placed.expr for placed in rest]

    # -- placing ---------------------------------------------------------------------------------

    def _placed(self, item: Expr) -> Placed:
        level, windowed = 1, False

        def put(node: Expr) -> tuple[Expr, int]:
            """The node in place, and how deep it is."""
            nonlocal level, windowed
            if isinstance(node, Column):
                known = self.definitions.get(node.id)
                if known is None:
                    return node, 1
                if self._stays(node.id, known):
                    level = max(level, known.level + 1)
                    return node, 1
                level = max(level, known.level)
                return known.expr, known.depth
            windowed = windowed or isinstance(node, Aggregated)
            children = node.children()
            if not children:
                return node, 1
            placed = [put(child) for child in children]
            depth = 1 + max(depth for _, depth in placed)
            if all(new is old for (new, _), old in zip(placed, children, strict=True)):
                return node, depth
            return node.with_children(tuple(child for child, _ in placed)), depth

        expr, depth = put(item)
        return Placed(expr, max(level, self.least_window) if windowed else level, depth, windowed)

    def _stays(self, number: int, known: Placed) -> bool:
        """Whether a column is computed once and read, not put in its readers' places."""
        if isinstance(known.expr, Column | Literal):
            return False
        if known.windowed or known.depth > DEEPEST:
            return True
        return self.uses[number] > 1 and _is_large(known.expr)

    # -- writing ---------------------------------------------------------------------------------

    def _below(self, highest: int, exprs: Sequence[Expr]) -> dict[int, set[int]]:
        """By level, the columns that the levels above it read."""
        needed = set().union(*(columns_of(item) for item in exprs))
        needed |= self._read_by_conditions(highest)
        result = {}
        for level in range(highest - 1, 0, -1):
            result[level] = set(needed)
            for number in result[level]:
                placed = self.definitions.get(number)
                if placed is not None and placed.level == level:
                    needed.discard(number)
                    needed |= columns_of(placed.expr)
            needed |= self._read_by_conditions(level)
        return result

    def _read_by_conditions(self, level: int) -> set[int]:
        return set().union(*(columns_of(placed.expr) for placed in self.conditions if placed.level == level))

    def _written(self, level: int, table: exp.Expr, columns: set[int], write: Write) -> exp.Select:
        items = []
        for number in sorted(columns):
            placed = self.definitions.get(number)
            here = placed is not None and placed.level == level
            item = placed.expr if placed is not None and here else Column(number, Form.ANY)
            items.append(aliased(write(item), identifier(number)))
        select = exp.Select(expressions=items or [exp.Literal.number(1)], from_=exp.From(this=table.copy()))
        self._restrict(select, level, write)
        return select

    def _restrict(self, select: exp.Select, level: int, write: Write) -> None:
        here = [write(placed.expr) for placed in self.conditions if placed.level == level]
        if here:
            # alone without parentheses: Spark takes `t WHERE (c)` for a table with an alias
            condition, *others = here if len(here) == 1 else map(exp.paren, here)
            for other in others:
                condition = exp.And(this=condition, expression=other)
            select.set("where", exp.Where(this=condition))


NameQuery = Callable[[exp.Query], exp.Expr]


def _is_large(item: Expr) -> bool:
    return any(isinstance(part, BatchCall) or count > SMALL for count, part in enumerate(walk(item), 1))

"""Which plans are alike: they differ only in the numbers of their columns, as plans of several jobs do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gristmill.plan.expressions import Column, Expr, Key
from gristmill.plan.passes.graph import inputs_first
from gristmill.plan.relations import (
    Aggregate,
    Definition,
    Explode,
    Extend,
    Filter,
    Join,
    Plan,
    Relation,
    Renumbered,
    Source,
    Union,
    Windowed,
)
from gristmill.plan.walking import rewrite


def likeness(plan: Plan, limit: int, sources: Mapping[int, int]) -> str | None:
    """Equal for plans that give the same first rows, whichever job asks.

    `sources` are the numbers under which all these jobs know their sources, by index; None: one of them is unknown.
    """
    nodes = inputs_first(plan.relation)
    if not all(node.index in sources for node in nodes if isinstance(node, Source)):
        return None
    told = _Telling(sources)
    digest = hashlib.sha256()
    for line in (*map(told.relation, nodes), *told.wanted(plan), str(limit)):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


class _Telling:
    """Tells of relations, one after the other, under numbers of its own: columns in the order of their appearance."""

    def __init__(self, sources: Mapping[int, int]) -> None:
        self.sources = sources
        self.numbers: dict[int, int] = {}
        self.places: dict[int, int] = {}

    def relation(self, node: Relation) -> str:
        """The line of a relation; its inputs have had theirs."""
        inputs = [self.places[id(part)] for part in node.inputs]
        self.places[id(node)] = len(self.places)
        return f"{type(node).__name__} {inputs} {' '.join(self._facts(node))}"

    def wanted(self, plan: Plan) -> Iterator[str]:
        """The lines of what is wanted of the last relation."""
        for name, item in plan.columns:
            yield f"{name!r} {self._expr(item)}"
        yield from self._keys(plan.order)

    def _facts(self, node: Relation) -> Iterator[str]:
        match node:
            case Source():
                made = (*node.columns, node.row, node.record, node.path)
                yield f"{self.sources[node.index]} {node.forms} {[self._number(number) for number in made]}"
            case Extend() | Windowed() | Renumbered():
                yield from self._definitions(node.columns)
            case Filter():
                yield self._expr(node.predicate)
            case Aggregate():
                yield from self._definitions(node.keys)
                yield "of"
                yield from self._definitions(node.columns)
            case Join():
                yield f"{node.kind} {'' if node.condition is None else self._expr(node.condition)}"
            case Union():
                yield from (f"{self._number(number)} {self._exprs(exprs)}" for number, exprs in node.columns)
            case Explode():
                yield f"{self._expr(node.items)} {self._number(node.element)} {self._number(node.position)}"

    def _definitions(self, columns: Iterable[Definition]) -> Iterator[str]:
        return (f"{self._number(number)} {self._expr(item)}" for number, item in columns)

    def _keys(self, keys: Iterable[Key]) -> Iterator[str]:
        return (f"{self._expr(key.expr)} {key.descending} {key.nulls_first}" for key in keys)

    def _exprs(self, exprs: Sequence[Expr]) -> str:
        return " ".join(map(self._expr, exprs))

    def _expr(self, item: Expr) -> str:
        return repr(rewrite(item, self._renumbered))

    def _renumbered(self, node: Expr) -> Expr | None:
        return Column(self._number(node.id), node.kind) if isinstance(node, Column) else None

    def _number(self, number: int) -> int:
        return self.numbers.setdefault(number, len(self.numbers))

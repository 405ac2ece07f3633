"""A whole plan in primitives of an engine's dialect; hidden columns go under the relation that reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gristmill.engines.sql.expander import Adapt, Expander, as_it_is
from gristmill.functions.declare import Function
from gristmill.plan.expressions import Column, Expr
from gristmill.plan.passes.graph import keys_over, rebuild
from gristmill.plan.primitives import Aggregated
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
    Union,
    Windowed,
)
from gristmill.plan.walking import rewrite, walk


def expand_plan(
    plan: Plan, functions: Mapping[str, Function], dialect: str, ids: Iterator[int], adapt: Adapt = as_it_is
) -> Plan:
    """The plan in primitives of one dialect."""

    def expander() -> Expander:
        return Expander(functions, dialect, ids, [], adapt)

    expanded = rebuild(plan, lambda _, node: _expanded(node, expander()))
    top = expander()
    columns = tuple((name, top.expand(item)) for name, item in expanded.columns)
    order = keys_over(expanded.order, [top.expand(key.expr) for key in expanded.order])
    relation = stacked(expanded.relation, top.hoisted) if top.hoisted else expanded.relation
    return Plan(relation, columns, order)


def _expanded(node: Relation, expander: Expander) -> Relation:
    """A relation in primitives; hidden columns go under it, or in place where they cannot."""
    match node:
        case Aggregate():
            return _expand_groups(node, expander)
        case Join() if node.condition is not None:
            return replace(node, condition=_in_place(node.condition, expander))
        case Union():
            columns = tuple(
                (number, tuple(_in_place(item, expander) for item in exprs)) for number, exprs in node.columns
            )
            return replace(node, columns=columns)
        case Windowed():
            node = replace(node, columns=expander.untried(_definitions(node.columns, expander)))
        case Extend() | Renumbered():
            node = replace(node, columns=_definitions(node.columns, expander))
        case Filter():
            node = replace(node, predicate=expander.expand(node.predicate))
        case Explode():
            node = replace(node, items=expander.expand(node.items))
    return _with_hoisted(node, expander.hoisted)


def _in_place(item: Expr, expander: Expander) -> Expr:
    return _unhoisted(expander.expand(item), expander.hoisted)


def _definitions(columns: tuple[Definition, ...], expander: Expander) -> tuple[Definition, ...]:
    return tuple((number, expander.expand(item)) for number, item in columns)


def _expand_groups(node: Aggregate, expander: Expander) -> Relation:
    keys, columns = _definitions(node.keys, expander), _definitions(node.columns, expander)
    columns = tuple((number, _of_groups(item, dict(expander.hoisted))) for number, item in columns)
    grouped = _with_hoisted(replace(node, keys=keys, columns=columns), expander.hoisted)
    assert isinstance(grouped, Aggregate)
    return expander.split(grouped)


def _of_groups(item: Expr, hoisted: dict[int, Expr]) -> Expr:
    """Outside an aggregate a group has no hidden columns of its rows: constants are put back in place."""

    def put_back(node: Expr) -> Expr | None:
        if isinstance(node, Aggregated):
            return node
        if isinstance(node, Column) and node.id in hoisted:
            return _of_groups(hoisted[node.id], hoisted)
        return None

    return rewrite(item, put_back)


def _with_hoisted(node: Relation, hoisted: list[Definition]) -> Relation:
    if not hoisted:
        return node
    assert isinstance(node, Extend | Windowed | Filter | Aggregate | Renumbered | Explode)
    return replace(node, input=stacked(node.input, hoisted))


def stacked(relation: Relation, hoisted: list[Definition]) -> Relation:
    """Hidden columns under a relation; one may read those before it, so each that does begins a new layer."""
    layer: list[Definition] = []
    made: set[int] = set()
    for number, item in hoisted:
        if made & {part.id for part in walk(item) if isinstance(part, Column)}:
            relation = _layer(relation, layer)
            layer, made = [], set()
        layer.append((number, item))
        made.add(number)
    return _layer(relation, layer)


def _layer(relation: Relation, layer: list[Definition]) -> Relation:
    windowed = any(isinstance(part, Aggregated) for _, item in layer for part in walk(item))
    return Windowed(relation, tuple(layer)) if windowed else Extend(relation, tuple(layer))


def _unhoisted(node: Expr, hoisted: list[Definition]) -> Expr:
    """Hidden columns put back in place, where there is no single input that could compute them."""
    if not hoisted:
        return node
    definitions = dict(hoisted)

    def put_back(part: Expr) -> Expr:
        if isinstance(part, Column) and part.id in definitions:
            return put_back(definitions[part.id])
        children = part.children()
        return part.with_children(tuple(put_back(child) for child in children)) if children else part

    return put_back(node)

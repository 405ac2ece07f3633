"""Walking the relations of a plan; a relation that is used twice is visited once."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import replace

from gristmill.plan.expressions import Expr, Key
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
from gristmill.plan.walking import columns_of


def inputs_first(root: Relation) -> list[Relation]:
    """Every relation once, inputs before those that read them."""
    result: list[Relation] = []
    seen: set[int] = set()
    stack: list[tuple[Relation, bool]] = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            result.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((part, False) for part in reversed(node.inputs))
    return result


def expressions_of(node: Relation) -> tuple[Expr, ...]:
    """All expressions of a relation, over the columns of its inputs."""
    match node:
        case Extend() | Windowed() | Renumbered():
            return tuple(expr for _, expr in node.columns)
        case Filter():
            return (node.predicate,)
        case Aggregate():
            return tuple(expr for _, expr in (*node.keys, *node.columns))
        case Join():
            return () if node.condition is None else (node.condition,)
        case Union():
            return tuple(expr for _, exprs in node.columns for expr in exprs)
        case Explode():
            return (node.items,)
        case Source():
            return ()


def needs(plan: Plan) -> dict[int, set[int]]:
    """For every relation (by identity) the numbers of the columns that are read from it."""
    order = inputs_first(plan.relation)
    wanted: dict[int, set[int]] = {id(node): set() for node in order}
    wanted[id(plan.relation)] = _read_by([expr for _, expr in plan.columns]) | _read_by(key.expr for key in plan.order)
    there = available(order)
    for node in reversed(order):
        for part, columns in zip(node.inputs, _inputs_needs(node, wanted[id(node)]), strict=True):
            wanted[id(part)] |= columns & there[id(part)]
    return wanted


def available(order: Iterable[Relation]) -> dict[int, set[int]]:
    """For every relation (by identity, inputs first) the numbers of the columns that it has."""
    found: dict[int, set[int]] = {}
    for node in order:
        passed = () if isinstance(node, Aggregate | Renumbered | Union) else node.inputs
        found[id(node)] = set().union(made_by(node), *(found[id(part)] for part in passed))
    return found


def made_by(node: Relation) -> set[int]:
    """The numbers of the columns that a relation makes itself."""
    match node:
        case Source():
            return {*node.columns, node.row, node.record, node.path}
        case Extend() | Windowed() | Renumbered() | Union():
            return {column[0] for column in node.columns}
        case Aggregate():
            return {number for number, _ in (*node.keys, *node.columns)}
        case Explode():
            return {node.element, node.position}
        case Filter() | Join():
            return set()


def _read_by(exprs: Iterable[Expr]) -> set[int]:
    return set().union(*(columns_of(expr) for expr in exprs))


def _inputs_needs(node: Relation, wanted: set[int]) -> list[set[int]]:
    match node:
        case Source():
            return []
        case Extend() | Windowed():
            made = {number for number, _ in node.columns}
            return [(wanted - made) | _read_by(expr for number, expr in node.columns if number in wanted)]
        case Renumbered():
            return [_read_by(expr for number, expr in node.columns if number in wanted)]
        case Filter():
            return [wanted | columns_of(node.predicate)]
        case Aggregate():
            kept = [expr for number, expr in node.columns if number in wanted]
            return [_read_by([expr for _, expr in node.keys] + kept)]
        case Join():
            both = wanted | (columns_of(node.condition) if node.condition is not None else set())
            return [both, both]
        case Union():
            return [
                _read_by(exprs[branch] for number, exprs in node.columns if number in wanted)
                for branch in range(len(node.branches))
            ]
        case Explode():
            return [(wanted - {node.element, node.position}) | columns_of(node.items)]


def rebuild(plan: Plan, change: Callable[[Relation, Relation], Relation]) -> Plan:
    """The plan with every relation replaced by `change(old, same relation over changed inputs)`."""
    done: dict[int, Relation] = {}
    for node in inputs_first(plan.relation):
        done[id(node)] = change(node, with_inputs(node, [done[id(part)] for part in node.inputs]))
    return replace(plan, relation=done[id(plan.relation)])


def topmost_groups(relation: Relation, done: Container[int] = ()) -> list[Aggregate]:
    """The aggregates of a relation that no other one lies above; what lies below those `done` (identities) is none."""
    found: dict[int, Aggregate] = {}
    front = [relation]
    while front:
        node = front.pop()
        if id(node) in done:
            continue
        if isinstance(node, Aggregate):
            found[id(node)] = node
        else:
            front.extend(node.inputs)
    return list(found.values())


def with_inputs(node: Relation, inputs: list[Relation]) -> Relation:
    """The relation over other inputs."""
    if all(new is old for new, old in zip(inputs, node.inputs, strict=True)):
        return node
    match node:
        case Source():
            return node
        case Join():
            return replace(node, left=inputs[0], right=inputs[1])
        case Union():
            return replace(node, branches=tuple(inputs))
        case _:
            return replace(node, input=inputs[0])


def keys_over(keys: Iterable[Key], exprs: Iterable[Expr]) -> tuple[Key, ...]:
    """The keys with other expressions."""
    return tuple(replace(key, expr=expr) for key, expr in zip(keys, exprs, strict=True))


def kept(columns: tuple[Definition, ...], wanted: set[int]) -> tuple[Definition, ...]:
    return tuple(column for column in columns if column[0] in wanted)

"""The leaves of a recipe's expressions: names, literals and variables, each as a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gristmill.language import tree
from gristmill.plan.values import NULL, Value, literal
from gristmill.problems import quoted, recipe_error
from gristmill.transforms.scope import BUILT_IN, Scope, built_in, refuse_ungrouped

LARGEST = 2**63 - 1
SMALLEST = -(2**63)


def _name(node: tree.Name, scope: Scope) -> Value:
    refuse_ungrouped(node.name, scope, node.span)
    if scope.qualified is not None:
        return scope.qualified(node)
    place = scope.rows.position(node.name)
    if place is None and scope.rows.open:
        return NULL
    field_ = scope.rows.find(node.name, node.span)
    scope.used.add(scope.rows.position(node.name) or 0)
    return field_.value


def _qualified(node: tree.Qualified, scope: Scope) -> Value:
    if scope.qualified is None:
        raise recipe_error(
            "misplaced-variable",
            f"{quoted(f'{node.dataset}.{node.name}')}: dataset names belong to join, lookup and union",
            span=node.span,
        )
    return scope.qualified(node)


def _integer(node: tree.Integer, scope: Scope) -> Value:
    return literal(node.value if SMALLEST <= node.value <= LARGEST else float(node.value))


def _decimal(node: tree.Decimal, scope: Scope) -> Value:
    return literal(float(node.text))


def _pattern(node: tree.Pattern | tree.Regex, scope: Scope) -> Value:
    raise recipe_error("argument-type", "a pattern cannot stand here", span=node.span)


def _variable(node: tree.Variable, scope: Scope) -> Value:
    name = node.name
    if name == "col":
        if scope.current is None:
            raise recipe_error(
                "misplaced-variable",
                "'$col' is only available in set and other steps that change columns in place",
                span=node.span,
            )
        if scope.current_place is not None:
            scope.used.add(scope.current_place)
        return scope.current
    if name in BUILT_IN:
        return built_in(name, scope, node.span)
    return literal(scope.env.parameter(name, node.span))


LEAVES: dict[type, Callable[[Any, Scope], Value]] = {
    tree.Name: _name,
    tree.Qualified: _qualified,
    tree.Text: lambda node, scope: literal(node.value),
    tree.Integer: _integer,
    tree.Decimal: _decimal,
    tree.Boolean: lambda node, scope: literal(node.value),
    tree.Pattern: _pattern,
    tree.Regex: _pattern,
    tree.Variable: _variable,
}

"""Small helpers that make SQL trees, and the two answers to what cannot be written."""

from __future__ import annotations

from sqlglot import exp

from gristmill.engines.sql.write import type_node

Tree = exp.Expr


class NotNativeError(Exception):
    """Spark has nothing that gives the same as this primitive; its function runs as a vectorised routine."""


def call(name: str, *args: Tree) -> Tree:
    """A call of one of Spark's functions."""
    return exp.Anonymous(this=name, expressions=list(args))


def text(value: str) -> Tree:
    return exp.Literal.string(value)


def number(value: int) -> Tree:
    literal = exp.Literal.number(abs(value))
    return exp.Paren(this=exp.Neg(this=literal)) if value < 0 else literal


def double(value: float) -> Tree:
    return cast(text(repr(value)), "DOUBLE")


def cast(item: Tree, name: str) -> Tree:
    return exp.Cast(this=item, to=type_node(name))


def try_cast(item: Tree, name: str) -> Tree:
    return exp.TryCast(this=item, to=type_node(name), safe=True)


def binary(kind: type[exp.Expr], left: Tree, right: Tree) -> Tree:
    return exp.Paren(this=kind(this=left, expression=right))


def when(test: Tree, value: Tree, otherwise: Tree | None = None) -> Tree:
    return exp.Case(ifs=[exp.If(this=test, true=value)], default=otherwise)


def both(left: Tree, right: Tree) -> Tree:
    return binary(exp.And, left, right)


def is_null(item: Tree) -> Tree:
    return exp.Paren(this=exp.Is(this=item, expression=exp.Null()))


def is_known(item: Tree) -> Tree:
    return exp.Paren(this=exp.Not(this=is_null(item)))


def lambda_of(names: str, body: Tree) -> Tree:
    """`(a, b) -> body`; in the body the names are plain columns."""
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name) for name in names.split()])

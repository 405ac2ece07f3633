"""The primitives that the trees of declarations are made of, beside the operators (`plan/expressions.py`)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gristmill.plan.expressions import Expr, Form, Key, Window


@dataclass(frozen=True, slots=True)
class Native(Expr):
    """A function of the engine, by its name in DuckDB; other engines have a table of what they call it."""

    name: str
    args: tuple[Expr, ...]
    kind: Form = Form.ANY

    @property
    def form(self) -> Form:
        return self.kind

    def children(self) -> tuple[Expr, ...]:
        return self.args

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        return Native(self.name, children, self.kind)


@dataclass(frozen=True, slots=True)
class Aggregated(Expr):
    """An aggregate or window function of the engine."""

    name: str
    args: tuple[Expr, ...] = ()
    distinct: bool = False
    order: tuple[Key, ...] = ()
    where: Expr | None = None
    ignore_nulls: bool = False
    over: Window | None = None

    def children(self) -> tuple[Expr, ...]:
        keys = tuple(key.expr for key in self.order)
        inner = self.args + keys + (() if self.where is None else (self.where,))
        return inner if self.over is None else inner + self.over.exprs

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        rest = iter(children)
        args = tuple(next(rest) for _ in self.args)
        order = tuple(replace(key, expr=next(rest)) for key in self.order)
        where = None if self.where is None else next(rest)
        over = None if self.over is None else self.over.with_exprs(rest)
        return replace(self, args=args, order=order, where=where, over=over)


@dataclass(frozen=True, slots=True)
class Case(Expr):
    """`CASE WHEN test THEN value … ELSE otherwise END`."""

    whens: tuple[tuple[Expr, Expr], ...]
    otherwise: Expr
    kind: Form = Form.ANY

    @property
    def form(self) -> Form:
        if self.kind is not Form.ANY:
            return self.kind
        values = (*(value for _, value in self.whens), self.otherwise)
        return next((value.form for value in values if value.form is not Form.ANY), Form.ANY)

    def children(self) -> tuple[Expr, ...]:
        return (*(part for when in self.whens for part in when), self.otherwise)

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        pairs = tuple(zip(children[:-1:2], children[1:-1:2], strict=True))
        return Case(pairs, children[-1], self.kind)


@dataclass(frozen=True, slots=True)
class Cast(Expr):
    """A cast to the engine's type of a form, null where it does not succeed unless `strict`."""

    operand: Expr
    target: Form | str
    strict: bool = False

    @property
    def form(self) -> Form:
        return self.target if isinstance(self.target, Form) else Form.ANY

    def children(self) -> tuple[Expr, ...]:
        return (self.operand,)

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        return Cast(children[0], self.target, self.strict)

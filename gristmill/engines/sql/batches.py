"""Routines that compute whole columns: calls of them in a plan, and their names in SQL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b

from gristmill.functions.declare import Function
from gristmill.plan.expressions import Constant, Expr, Form


@dataclass(frozen=True, slots=True)
class BatchCall(Expr):
    """A vectorised routine that the engine calls with Arrow arrays; one per function and constants."""

    function: Function
    constants: tuple[Constant, ...]
    args: tuple[Expr, ...]
    kind: Form

    @property
    def form(self) -> Form:
        return self.kind

    def children(self) -> tuple[Expr, ...]:
        return self.args

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        return replace(self, args=children)


def routine_name(call: BatchCall) -> str:
    """The SQL name of a routine with its constants; one that takes lists has a name for each length."""
    name = f"w_{call.function.name.lower()}"
    if any(argument.many for argument in call.function.takes):
        name = f"{name}_of_{len(call.args)}"
    if not call.constants:
        return name
    # Python's hash is the same of -1 and -2, and of 1 and true
    digest = blake2b(repr(call.constants).encode(), digest_size=8).hexdigest()
    return f"{name}_{digest}"

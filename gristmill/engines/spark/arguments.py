"""How the builders of Spark's calls see their arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gristmill.engines.spark.trees import NotNativeError, Tree, call, cast, is_known, number, when
from gristmill.plan.expressions import Expr, Literal

LONGEST = 2**31 - 1


class Write(Protocol):
    """Writes an argument."""

    def __call__(self, node: Expr) -> Tree: ...


Args = tuple[Expr, ...]
Builder = Callable[[Write, Args], Tree]


def plain(name: str) -> Builder:
    """The same function by another name."""
    return lambda write, args: call(name, *map(write, args))


def constant(node: Expr) -> str | int:
    """A text or whole number that stands in the recipe. Raises NotNativeError for what is computed."""
    if isinstance(node, Literal) and isinstance(node.value, str | int) and not isinstance(node.value, bool):
        return node.value
    raise NotNativeError


def size(write: Write, node: Expr) -> Tree:
    """A length or position as the 32 bits that Spark's functions take."""
    if isinstance(node, Literal) and isinstance(node.value, int):
        return number(min(node.value, LONGEST))
    wanted = write(node)
    known = is_known(wanted.copy())  # `least` alone would make the longest of a null
    return cast(when(known, call("least", wanted, number(LONGEST))), "INT")

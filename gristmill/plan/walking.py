"""Going through expressions: their nodes, the columns they read, and the same tree with parts replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gristmill.plan.expressions import Apply, Column, Expr


def walk(root: Expr) -> Iterator[Expr]:
    """Every node, parents before children."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.children())


def columns_of(root: Expr) -> set[int]:
    """The numbers of all columns that an expression reads."""
    return {node.id for node in walk(root) if isinstance(node, Column)}


def rewrite(root: Expr, replace: Callable[[Expr], Expr | None]) -> Expr:
    """The tree with every node for which `replace` answers something replaced; parents are asked first."""
    found = replace(root)
    if found is not None:
        return found
    children = root.children()
    if not children:
        return root
    changed = tuple(rewrite(child, replace) for child in children)
    if all(new is old for new, old in zip(changed, children, strict=True)):
        return root
    return root.with_children(changed)


def is_windowed(root: Expr) -> bool:
    """Whether the expression holds a function that looks at other rows."""
    return any(isinstance(node, Apply) and node.window is not None for node in walk(root))

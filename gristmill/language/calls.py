"""Calls of functions: other spellings of their names, and how deep calls lie within each other."""

from __future__ import annotations

from gristmill.language import tree
from gristmill.problems import Span

# Other spellings of functions, read but never written (functions-a 2).
ALIASES = {
    "PARSEINTEGER": "PARSEINT", "PARSEBOOLEAN": "PARSEBOOL", "PARSEDECIMAL": "PARSEFLOAT", "CEIL": "CEILING",
    "POWER": "POW", "LENGTH": "LEN", "SUBSTR": "SUBSTRING", "TRUNCATE": "TRUNC", "ISEMPTY": "ISMISSING",
}  # fmt: skip


def called(name: str, args: tuple[tree.Expression, ...], span: Span | None = None) -> tree.Call:
    """The call in the main spelling; AND and OR of more than two nest from the left."""
    name = ALIASES.get(name, name)
    if name == "CONCAT":
        return tree.Call("MERGE", args if args and isinstance(args[0], tree.Array) else (tree.Array(args),), span=span)
    if name in ("AND", "OR") and len(args) > 2:
        result = tree.Call(name, args[:2], span=span)
        for arg in args[2:]:
            result = tree.Call(name, (result, arg), span=span)
        return result
    return tree.Call(name, args, span=span)


def height(expression: tree.Expression) -> int:
    """How many calls and arrays lie within each other."""
    level: list[tree.Expression] = [expression]
    levels = 0
    while level:
        level = [
            child
            for node in level
            for child in (
                node.args if isinstance(node, tree.Call) else node.items if isinstance(node, tree.Array) else ()
            )
        ]
        levels += 1
    return levels

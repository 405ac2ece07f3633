"""A syntax tree becomes recipe text: `parse(print_recipe(tree))` gives the tree again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from gristmill.language import tree

PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
RESERVED = frozenset({"true", "false"})

INFIX = {
    "OR": ("||", 1), "AND": ("&&", 2),
    "EQUAL": ("==", 4), "NOTEQUAL": ("!=", 4), "LESSTHAN": ("<", 4), "LESSTHANEQUAL": ("<=", 4),
    "GREATERTHAN": (">", 4), "GREATERTHANEQUAL": (">=", 4),
    "ADD": ("+", 5), "SUBTRACT": ("-", 5), "MULTIPLY": ("*", 6), "DIVIDE": ("/", 6), "MOD": ("%", 6), "POW": ("^", 7),
}  # fmt: skip
NOT, COMPARISON, POWER, UNARY, ATOM = 3, 4, 7, 8, 9


def print_recipe(recipe: tree.Recipe) -> str:
    """The canonical text, one step a line, ending with a line end unless it is empty."""
    return "".join(f"{print_step(step)}\n" for step in recipe.steps)


def print_step(step: tree.AnyStep) -> str:
    """One step without a line end."""
    if isinstance(step, tree.Comment):
        return f"//{step.text}"
    if isinstance(step, tree.Unreadable):
        return step.text
    return " ".join([step.transform, *(print_parameter(parameter) for parameter in step.parameters)])


def print_parameter(parameter: tree.Parameter) -> str:
    """`key: value,value`."""
    separator = ", " if any(isinstance(value, tree.OutputColumn | tree.Dataset) for value in parameter.values) else ","
    return f"{parameter.name}: {separator.join(print_value(value) for value in parameter.values)}"


def print_value(value: tree.Value) -> str:
    """A value as it stands behind a parameter's colon."""
    match value:
        case tree.Everything():
            return "*"
        case tree.Word():
            return value.word
        case tree.OrderItem():
            return _order_item(value)
        case tree.Dataset():
            return _dataset(value.name)
        case tree.OutputColumn():
            return f"{name(value.name)} = {print_expression(value.source)}"
        case tree.MappedColumn():
            sources = ",".join(print_expression(source) for source in value.sources)
            return f"{{'as': {text(value.name)}, 'sources': {sources}}}"
        case _:
            return print_expression(value)


def _order_item(item: tree.OrderItem) -> str:
    """`-key` is descending, so an ascending key may not begin with a minus."""
    key = print_expression(item.key)
    if item.descending:
        return f"-{key}"
    return f"({key})" if key.startswith("-") else key


def print_expression(node: tree.Expression) -> str:
    """An expression with the parentheses that it needs."""
    return _print(node)[0]


def name(column: str) -> str:
    """A column's name, in braces unless it is a plain word."""
    if PLAIN_NAME.fullmatch(column) and column not in RESERVED:
        return column
    return braced(column)


def braced(name: str) -> str:
    """Any name in braces."""
    return "{" + re.sub(r"[\\{}]", r"\\\g<0>", name) + "}"


def text(value: str) -> str:
    """A string literal in single quotes."""
    known = {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    pieces = [
        known.get(char, char if char.isprintable() or ord(char) > 0xFFFF or char == " " else None) for char in value
    ]
    return (
        "'"
        + "".join(
            piece if piece is not None else f"\\u{ord(char):04x}" for piece, char in zip(pieces, value, strict=True)
        )
        + "'"
    )


def _dataset(dataset: str) -> str:
    """A dataset's name: free text unless something in it would end the name or be read as something else."""
    plain = re.fullmatch(r"\w[^{},:=\n\r]*(?<!\s)", dataset) is not None
    return dataset if plain else braced(dataset)


Printed = tuple[str, int]


def _print(node: tree.Expression) -> Printed:
    return _PRINTERS[type(node)](node)


def _call(node: tree.Call) -> Printed:
    infix = INFIX.get(node.function)
    if infix is not None and len(node.args) == 2:
        return _infix(node, *infix)
    if node.function == "NOT" and len(node.args) == 1:
        return f"!{_within(node.args[0], NOT)}", NOT
    if node.function == "NEGATE" and len(node.args) == 1 and not _is_number(node.args[0]):
        return f"-{_within(node.args[0], ATOM)}", UNARY
    return f"{node.function}({', '.join(print_expression(arg) for arg in node.args)})", ATOM


def _infix(node: tree.Call, sign: str, level: int) -> Printed:
    """Left-associative, but comparisons take no comparison beside them and powers nest to the right."""
    left, right = node.args
    if level == COMPARISON:
        sides = _within(left, level + 1), _within(right, level + 1)
    elif level == POWER:
        sides = _within(left, level + 1), _within(right, level)
    else:
        sides = _within(left, level), _within(right, level + 1)
    return f"{sides[0]} {sign} {sides[1]}", level


def _within(node: tree.Expression, level: int) -> str:
    printed, own = _print(node)
    return printed if own >= level else f"({printed})"


def _is_number(node: tree.Expression) -> bool:
    return isinstance(node, tree.Integer | tree.Decimal)


def _number(written: str) -> Printed:
    return written, UNARY if written.startswith("-") else ATOM


def _variable(node: tree.Variable) -> Printed:
    return f"${node.name if PLAIN_NAME.fullmatch(node.name) else braced(node.name)}", ATOM


_PRINTERS: dict[type, Callable[[Any], Printed]] = {
    tree.Name: lambda node: (name(node.name), ATOM),
    tree.Qualified: lambda node: (f"{_dataset(node.dataset)}.{name(node.name)}", ATOM),
    tree.Text: lambda node: (text(node.value), ATOM),
    tree.Pattern: lambda node: (f"`{node.value}`", ATOM),
    tree.Regex: lambda node: ("/" + re.sub(r"(?<!\\)((?:\\\\)*)/", r"\1\\/", node.value) + "/", ATOM),
    tree.Integer: lambda node: _number(str(node.value)),
    tree.Decimal: lambda node: _number(node.text),
    tree.Boolean: lambda node: ("true" if node.value else "false", ATOM),
    tree.Variable: _variable,
    tree.Range: lambda node: (f"{name(node.first)}~{name(node.last)}", ATOM),
    tree.Array: lambda node: (f"[{', '.join(print_expression(item) for item in node.items)}]", ATOM),
    tree.Call: _call,
}

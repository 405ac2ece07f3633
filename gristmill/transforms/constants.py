"""Arguments that a declaration wants as literals: words, flags, whole numbers, texts, types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gristmill.functions.declare import Argument, Function, Want
from gristmill.language import tree
from gristmill.problems import RecipeError, Span, did_you_mean, quoted, recipe_error
from gristmill.types.logical import LogicalType, type_named


def bind_constant(argument: Argument, node: tree.Expression, place: int, function: Function) -> Any:
    """The literal that stands as argument number `place` of a call. Raises RecipeError for anything else."""
    return _BINDERS[argument.want](argument, node, place, function)


def parameter_literal(value: str, span: Span | None) -> tree.Expression:
    """A parameter's text as a literal; between back-ticks it is a pattern, between slashes a regular expression."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "`/":
        inner = value[1:-1]
        return tree.Pattern(inner, span=span) if value[0] == "`" else tree.Regex(inner, span=span)
    return tree.Text(value, span=span)


def _word(argument: Argument, node: tree.Expression, place: int, function: Function) -> str:
    written = node.name if isinstance(node, tree.Name) else node.value if isinstance(node, tree.Text) else None
    known = {known.casefold(): known for known in argument.words}
    if written is not None:
        folded = written.strip().casefold()
        for form in (folded, folded.removesuffix("s")):
            if form in known:
                return known[form]
    shown = quoted(written) if written is not None else "this"
    raise recipe_error(
        "argument-type",
        f"{shown} is not a {argument.what} ({', '.join(argument.words)})",
        hint=did_you_mean(written or "", argument.words),
        span=node.span,
    )


def _flag(argument: Argument, node: tree.Expression, place: int, function: Function) -> bool:
    if isinstance(node, tree.Boolean):
        return node.value
    if isinstance(node, tree.Text) and node.value.casefold() in ("true", "false"):
        return node.value.casefold() == "true"
    raise _not_literal(argument, node, place, function)


def _count_argument(argument: Argument, node: tree.Expression, place: int, function: Function) -> int:
    value: int | None = None
    if isinstance(node, tree.Integer):
        value = node.value
    elif isinstance(node, tree.Decimal) and float(node.text).is_integer():
        value = int(float(node.text))
    elif isinstance(node, tree.Text) and node.value.strip().lstrip("+-").isdigit():
        value = int(node.value)
    elif isinstance(node, tree.Call) and node.function == "NEGATE" and isinstance(node.args[0], tree.Integer):
        value = -node.args[0].value
    if value is None:
        raise _not_literal(argument, node, place, function)
    low, high = argument.low, argument.high
    if (low is not None and value < low) or (high is not None and value > high):
        limits = f"{low} to {high}" if low is not None and high is not None else f"{low} or more"
        raise recipe_error("bad-number", f"invalid value {value} for {argument.name}: must be {limits}", span=node.span)
    return value


def _string(argument: Argument, node: tree.Expression, place: int, function: Function) -> str:
    if isinstance(node, tree.Text):
        return node.value
    raise _not_literal(argument, node, place, function)


def _texts(argument: Argument, node: tree.Expression, place: int, function: Function) -> tuple[str, ...]:
    items = node.items if isinstance(node, tree.Array) else (node,)
    return tuple(_string(argument, item, place, function) for item in items)


def _type(argument: Argument, node: tree.Expression, place: int, function: Function) -> LogicalType:
    items = node.items if isinstance(node, tree.Array) else (node,)
    parts = [
        item.value if isinstance(item, tree.Text) else item.name
        for item in items
        if isinstance(item, tree.Text | tree.Name)
    ]
    if len(parts) != len(items) or not parts:
        raise _not_literal(argument, node, place, function)
    return type_of_words(parts, node.span)


def type_of_words(parts: list[str], span: Span | None) -> LogicalType:
    """A type by its list of words. Raises RecipeError `invalid value … for type` at the given place."""
    try:
        return LogicalType(type_named(parts[0]).name, *parts[1:3])
    except RecipeError as error:
        problem = error.problems[0]
        raise recipe_error(problem.code, problem.message, hint=problem.hint, span=span) from None


def _not_literal(argument: Argument, node: tree.Expression, place: int, function: Function) -> RecipeError:
    return recipe_error(
        "argument-type",
        f"argument {place} of {function.name} must be a literal ({argument.want.value})",
        span=node.span,
    )


_BINDERS: dict[Want, Callable[[Argument, tree.Expression, int, Function], Any]] = {
    Want.WORD: _word,
    Want.FLAG: _flag,
    Want.COUNT: _count_argument,
    Want.STRING: _string,
    Want.TEXTS: _texts,
    Want.TYPE: _type,
}

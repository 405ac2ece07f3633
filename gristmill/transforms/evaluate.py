"""Expressions of a recipe become expressions of the plan: what binds arguments evaluates in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from gristmill.functions.declare import Argument, Function, FunctionKind, Want
from gristmill.functions.registry import FUNCTIONS
from gristmill.language import tree
from gristmill.plan.values import NULL, Kind, Value, literal
from gristmill.problems import RecipeError, Span, recipe_error
from gristmill.transforms.calls import apply, check_count, find_function
from gristmill.transforms.constants import bind_constant, parameter_literal
from gristmill.transforms.leaves import LEAVES
from gristmill.transforms.scope import BUILT_IN, Aggregates, Scope
from gristmill.types.logical import Family


def evaluate(node: tree.Value, scope: Scope) -> Value:
    """The value of an expression. Raises RecipeError with the place of the guilty word."""
    try:
        return _EVALUATORS[type(node)](node, scope)
    except KeyError:
        raise recipe_error("syntax", "expected a value here", span=node.span) from None


def _array(node: tree.Array, scope: Scope) -> Value:
    return FUNCTIONS["array_literal"].plan(scope, _evaluated(node.items, scope))  # type: ignore[misc]


def _evaluated(items: Sequence[tree.Expression], scope: Scope) -> tuple[Value, ...]:
    """The values of a list, `a~d` as the columns from a to d (language 3.2)."""
    return tuple(evaluate(part, scope) for item in items for part in _columns_between(item, scope))


def _columns_between(item: tree.Expression, scope: Scope) -> Sequence[tree.Expression]:
    if not isinstance(item, tree.Range):
        return (item,)
    places = [scope.rows.position(name) for name in (item.first, item.last)]
    known = [place for place in places if place is not None]
    if len(known) < len(places):
        # says which one is missing, unless nobody can tell yet
        return [tree.Name(name, span=item.span) for name in (item.first, item.last)]
    between = scope.rows.fields[min(known) : max(known) + 1]
    return [tree.Name(field.name, span=item.span, braced=True) for field in between]


def _call(node: tree.Call, scope: Scope) -> Value:
    """The value of a call. What a function itself refuses is said of the whole call."""
    function = find_function(node)
    check_count(function, node)
    try:
        if function.kind is FunctionKind.SCALAR:
            return apply(function, _bind(function, node, scope), scope)
        return _over_rows(function, node, scope)
    except RecipeError as error:
        raise RecipeError(replace(problem, span=problem.span or node.span) for problem in error.problems) from None


def _over_rows(function: Function, node: tree.Call, scope: Scope) -> Value:
    """An aggregate or window function, by what it means where it stands."""
    mode = scope.aggregates
    if mode is Aggregates.REFUSED or (mode is Aggregates.GROUPED and function.kind is FunctionKind.WINDOW):
        kind = "an aggregate" if function.kind is FunctionKind.AGGREGATE else "a window function"
        raise recipe_error("aggregate-misplaced", f"{function.name} is {kind}; {scope.refusal}", span=node.span)
    refusal = scope.refusal
    scope.aggregates, scope.refusal = Aggregates.REFUSED, "it cannot stand inside another aggregate"
    try:
        bound = _bind(function, node, scope)
    finally:
        scope.aggregates, scope.refusal = mode, refusal
    return apply(function, bound, scope)


def _bind(function: Function, node: tree.Call, scope: Scope) -> list[Any]:
    """The arguments by declaration: values, tuples of values for lists, constants."""
    given = list(node.args)
    bound: list[Any] = []
    for place, argument in enumerate(function.takes):
        if argument.many:
            bound.append(_bind_list(argument, given, place, function, node, scope))
        elif not given:
            if argument.required:
                raise recipe_error(
                    "argument-count",
                    f"{function.name} expects {function.least} arguments, got {len(node.args)}",
                    span=node.span,
                )
            bound.append(_default(argument))
        else:
            bound.append(_bind_one(argument, given.pop(0), place + 1, function, scope))
    if given:
        raise recipe_error(
            "argument-count",
            f"{function.name} expects at most {function.most} arguments, got {len(node.args)}",
            span=node.span,
        )
    return bound


def _default(argument: Argument) -> Any:
    if argument.is_constant:
        return argument.default
    if argument.default is None:
        return NULL
    assert not isinstance(argument.default, tuple)
    return literal(argument.default)


def _bind_list(
    argument: Argument, given: list[tree.Expression], place: int, function: Function, node: tree.Call, scope: Scope
) -> tuple[Value, ...]:
    """`F([a, b])`; where a list comes last, `F(a, b)` is the same (functions-b 1.1)."""
    if not given:
        if argument.required:
            raise recipe_error("argument-count", f"{function.name} expects a list, got nothing", span=node.span)
        return ()
    first = given.pop(0)
    several = bool(given) and place == len(function.takes) - 1
    items: list[tree.Expression] = list(first.items) if isinstance(first, tree.Array) and not several else [first]
    if several:
        items += given
        given.clear()
    if not items and not argument.may_be_empty:
        expected = "expects at least one value, got an empty list"
        raise recipe_error("argument-count", f"{function.name} {expected}", span=node.span)
    return _evaluated(items, scope)


def _bind_one(argument: Argument, node: tree.Expression, place: int, function: Function, scope: Scope) -> Any:
    if argument.want is Want.PATTERN:
        return bind_pattern(node, scope)
    if not argument.is_constant:
        value = _bracketed(node, argument, scope) or evaluate(_unlisted(node, argument), scope)
        if function.kind is FunctionKind.SCALAR and argument.want in (Want.NUMBER, Want.INTEGER):
            _refuse_nested(value, place, function, node.span)
        return value
    return bind_constant(argument, _substituted(node, scope), place, function)


def _bracketed(node: tree.Expression, argument: Argument, scope: Scope) -> Value | None:
    """The column of `ARRAYINDEXOF([col], x)`, if it holds arrays or objects: else the brackets make an array of it."""
    if not (argument.bracketed and isinstance(node, tree.Array) and len(node.items) == 1):
        return None
    item = node.items[0]
    if not isinstance(item, tree.Name):
        return None
    value = evaluate(item, scope)
    logical = scope.inferred(value) if value.typing.kind is Kind.SOFT else value.typing.logical
    return value if logical is not None and logical.family in (Family.ARRAY, Family.OBJECT) else None


def _refuse_nested(value: Value, place: int, function: Function, span: Span | None) -> None:
    """Arrays and objects never are numbers (language 4.4, 12.3); aggregates just find no number in them."""
    if value.typing.family in (Family.ARRAY, Family.OBJECT):
        raise recipe_error(
            "argument-type", f"argument {place} of {function.name} must be a number, got an array or object", span=span
        )


def _unlisted(node: tree.Expression, argument: Argument) -> tree.Expression:
    """`ISMISSING([x])` is `ISMISSING(x)`: a list of one column where no array is wanted."""
    if isinstance(node, tree.Array) and len(node.items) == 1 and argument.want not in (Want.ARRAY, Want.ANY):
        return node.items[0]
    return node


def _substituted(node: tree.Expression, scope: Scope) -> tree.Expression:
    """A run parameter stands for its text where a literal is wanted (language 3.6)."""
    if isinstance(node, tree.Variable) and node.name not in BUILT_IN and node.name != "col":
        return parameter_literal(scope.env.parameter(node.name, node.span), node.span)
    return node


def bind_pattern(node: tree.Expression, scope: Scope) -> Any:
    """A literal text, pattern or regular expression as its tree node; anything else as a value (plain text)."""
    node = _substituted(node, scope)
    if isinstance(node, tree.Text | tree.Pattern | tree.Regex):
        return node
    return evaluate(node, scope)


_EVALUATORS: dict[type, Callable[[Any, Scope], Value]] = {**LEAVES, tree.Array: _array, tree.Call: _call}

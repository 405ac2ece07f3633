"""Calls of declared functions: which one is meant, and its arguments in the form that it wants."""

from __future__ import annotations

from typing import Any

from gristmill.functions.declare import Argument, Function, FunctionKind, Want, form_of
from gristmill.functions.registry import ABSENT, FUNCTIONS
from gristmill.language import tree
from gristmill.plan.expressions import Apply, Expr, Key, Window
from gristmill.plan.moment_views import moment_view
from gristmill.plan.values import Value
from gristmill.plan.views import condition_view, integer_view, json_view, number_view, settled, text_view
from gristmill.problems import did_you_mean, quoted, recipe_error
from gristmill.transforms.scope import Aggregates, Scope
from gristmill.types.logical import Family


def find_function(node: tree.Call) -> Function:
    """The declared function. Raises RecipeError `unknown function` with a hint."""
    function = FUNCTIONS.get(node.function)
    if function is None or function.hidden:
        known = [name for name, other in FUNCTIONS.items() if not other.hidden]
        hint = ABSENT.get(node.function) or did_you_mean(node.function, known)
        raise recipe_error("unknown-function", f"unknown function {quoted(node.function)}", hint=hint, span=node.span)
    return function


def check_count(function: Function, node: tree.Call) -> None:
    """Raises RecipeError where a call has too few or too many arguments."""
    given = len(node.args)
    if function.least <= given <= function.most or any(argument.many for argument in function.takes):
        return
    expected = str(function.least) if function.least == function.most else f"{function.least} to {function.most}"
    if function.most - function.least == 1:
        expected = f"{function.least} or {function.most}"
    plural = "" if expected == "1" else "s"
    raise recipe_error(
        "argument-count", f"{function.name} expects {expected} argument{plural}, got {given}", span=node.span
    )


def apply(function: Function, bound: list[Any], scope: Scope) -> Value:
    """The value of a declared function on bound arguments."""
    if function.plan is not None:
        return function.plan(scope, *bound)
    return _apply_to_views(function, bound, scope)


def _apply_to_views(function: Function, bound: list[Any], scope: Scope) -> Value:
    """Typed views of the arguments first, then the call with its result's type."""
    args: list[Expr] = []
    constants: list[Any] = []
    values: list[Value] = []
    for argument, given in zip(function.takes, bound, strict=True):
        if argument.is_constant:
            constants.append(given)
            continue
        for value in given if argument.many else (given,):
            values.append(value)
            args.append(view(argument, value, scope))
    typing = function.returns(values)
    window = None
    order: tuple[Key, ...] = ()
    if function.kind is not FunctionKind.SCALAR and scope.aggregates is Aggregates.BESIDE:
        over = scope.window()
        window = over if function.kind is FunctionKind.WINDOW else Window(over.partition)
    if function.ordered:
        order = scope.row_order()
    call = Apply(function.name, tuple(args), form_of(typing), tuple(constants), window, order)
    return Value(call, typing)


def view(argument: Argument, value: Value, scope: Scope) -> Expr:
    """The cell as the parameter wants it."""
    match argument.want:
        case Want.TEXT:
            return text_view(value, scope)
        case Want.NUMBER:
            return number_view(value)
        case Want.INTEGER:
            return integer_view(value)
        case Want.BOOLEAN:
            return condition_view(value)
        case Want.MOMENT:
            return moment_view(value, scope)
        case Want.ARRAY:
            return json_view(value, Family.ARRAY)
        case Want.OBJECT:
            return json_view(value, Family.OBJECT)
        case _:
            return settled(value.expr)

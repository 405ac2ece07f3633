"""Short words for the nodes of an expression, for those who write trees: `case((n > 0, call("left", s, n)))`."""

from __future__ import annotations

from gristmill.plan.expressions import Binary, Expr, Form, Literal, Scalar, expr
from gristmill.plan.primitives import Case, Cast, Native


def call(name: str, *args: Expr | Scalar) -> Expr:
    """A function of the engine: `call("isodow", date)`."""
    return Native(name, tuple(expr(arg) for arg in args))


def case(*whens: tuple[Expr, Expr | Scalar], otherwise: Expr | Scalar = None, form: Form = Form.ANY) -> Expr:
    """The value of the first test that is true."""
    return Case(tuple((test, expr(value)) for test, value in whens), expr(otherwise), form)


def cast(operand: Expr | Scalar, target: Form | str) -> Expr:
    """A cast that gives null where it does not succeed; a string names an engine type."""
    operand = expr(operand)
    if target is Form.DECIMAL and isinstance(operand, Literal) and isinstance(operand.value, int):
        return Literal(float(operand.value), Form.DECIMAL)
    return Cast(operand, target)


def coalesce(*args: Expr | Scalar) -> Expr:
    return call("coalesce", *args)


def concat(first: Expr | Scalar, *others: Expr | Scalar) -> Expr:
    """Texts one after the other; null if one is null."""
    result = expr(first)
    for other in others:
        result = Binary("||", result, expr(other))
    return result


def null(form: Form = Form.ANY) -> Expr:
    return Literal(None, form)

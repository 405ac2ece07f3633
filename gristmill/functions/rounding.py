"""Numbers with fewer digits (functions-a 4): ROUND and TRUNC.

Constant digits decide the type: Integer for none or fewer, else a Decimal. Digits out of a column give a Decimal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gristmill.functions.declare import Function, count, hidden, integer, number, scalar
from gristmill.functions.powers import finite
from gristmill.plan.building import call, case, cast
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.plan.values import Typing, Value, computed, static
from gristmill.plan.views import Context, decimal_view, integer_view, number_view
from gristmill.problems import recipe_error
from gristmill.types.logical import DECIMAL, INTEGER
from gristmill.types.numbers import read_number

MOST_DIGITS = 18
EXACT = Literal(2.0**53)
"""From here on a double has no digits left to cut."""
DIGITS = integer("digits", "decimals; negative: tens, hundreds, …", required=False, default=0)


def _constant(digits: Value) -> int | None:
    """The digits where they are a whole number in the recipe. Raises RecipeError beyond what a number has."""
    written = read_number(digits.literal) if isinstance(digits.literal, str) else digits.literal
    if written is None or isinstance(written, bool) or written != int(written):
        return None
    if abs(written) > MOST_DIGITS:
        limits = f"must be {-MOST_DIGITS} to {MOST_DIGITS}"
        raise recipe_error("bad-number", f"invalid value {int(written)} for digits: {limits}")
    return int(written)


def _typing(values: Sequence[Value]) -> Typing:
    digits = _constant(values[1]) if len(values) > 1 else 0
    return static(INTEGER if digits is not None and digits <= 0 else DECIMAL)


def _planner(name: str, *, scaled: bool) -> Callable[[Context, Value, Value], Value]:
    """By the digits: nothing to do for an Integer, an Integer result, or a Decimal one."""

    def plan(context: Context, x: Value, digits: Value) -> Value:
        known = _constant(digits)
        viewed = number_view(x)
        if known is None:
            return computed(Apply(f"{name.lower()}_by", (decimal_view(x), integer_view(digits)), Form.DECIMAL))
        if known == 0 and viewed.form is Form.INTEGER:
            return computed(viewed)
        if known <= 0:
            whole = name == "TRUNC" and viewed.form is Form.INTEGER
            return computed(Apply("trunc_whole" if whole else f"{name.lower()}_to", (viewed,), Form.INTEGER, (known,)))
        result = Apply(f"{name.lower()}_to", (viewed,), Form.DECIMAL, (known,))
        return Value(result, static(DECIMAL, scale=known if scaled else None))

    return plan


# -- ROUND ---------------------------------------------------------------------------------------------


def _round(x: Expr, digits: int) -> Expr:
    """Ties go up: floor(x · 10ⁿ + 0.5) / 10ⁿ in doubles."""
    size = cast(x, Form.DECIMAL)
    if digits <= 0:
        unit = Literal(float(10**-digits))
        return cast(call("floor", size / unit + Literal(0.5)) * unit, Form.INTEGER)
    unit = Literal(float(10**digits))
    rounded = call("floor", size * unit + Literal(0.5)) / unit
    return case((call("isfinite", rounded), rounded), otherwise=size)


def _round_by(x: Expr, digits: Expr) -> Expr:
    unit = call("pow", Literal(10.0), call("abs", cast(digits, Form.DECIMAL)))
    few = call("floor", x / unit + Literal(0.5)) * unit
    many = call("floor", x * unit + Literal(0.5)) / unit
    return case((digits <= 0, finite(few)), (call("isfinite", many), many), (digits > 0, x))


ROUND_TO = hidden(
    "round_to", takes=[number("x"), count("digits")], returns=_typing, doc="A number rounded to constant digits.",
    basis="functions-a 4", tree=_round,
)  # fmt: skip
ROUND_BY = hidden(
    "round_by", takes=[number("x"), integer("digits")], returns=DECIMAL, doc="A number rounded to computed digits.",
    tree=_round_by,
)  # fmt: skip

# -- TRUNC ---------------------------------------------------------------------------------------------


def _trunc(x: Expr, digits: int) -> Expr:
    """A number that has no more digits stays, though its product with 10ⁿ may fall short of an integer."""
    if digits <= 0:
        unit = Literal(float(10**-digits))
        return cast(call("trunc", x / unit) * unit, Form.INTEGER)
    size = cast(x, Form.DECIMAL)
    unit = Literal(float(10**digits))
    scaled = size * unit
    short = (call("round", scaled) / unit).eq(size) | ~(call("abs", scaled) < EXACT)
    return case((short, size), otherwise=call("trunc", scaled) / unit)


def _trunc_by(x: Expr, digits: Expr) -> Expr:
    unit = call("pow", Literal(10.0), call("abs", cast(digits, Form.DECIMAL)))
    scaled = x * unit
    short = (call("round", scaled) / unit).eq(x) | ~(call("abs", scaled) < EXACT)
    few = call("trunc", x / unit) * unit
    return case((digits <= 0, finite(few)), ((digits > 0) & short, x), (digits > 0, call("trunc", scaled) / unit))


TRUNC_TO = hidden(
    "trunc_to", takes=[number("x"), count("digits")], returns=_typing, doc="A number cut to constant digits.",
    basis="functions-a 4", tree=_trunc,
)  # fmt: skip
TRUNC_WHOLE = hidden(
    "trunc_whole", takes=[integer("x"), count("digits")], returns=INTEGER, doc="An integer cut to tens, hundreds, ….",
    tree=lambda x, digits: x - x % 10**-digits,
)  # fmt: skip
TRUNC_BY = hidden(
    "trunc_by", takes=[number("x"), integer("digits")], returns=DECIMAL, doc="A number cut to computed digits.",
    tree=_trunc_by,
)  # fmt: skip


def _declared(name: str, doc: str, basis: str, examples: dict[str, object], *, scaled: bool) -> Function:
    return scalar(
        name,
        takes=[number("x", "a number"), DIGITS],
        returns=_typing,
        doc=doc,
        basis=basis,
        examples=examples,
        plan=_planner(name, scaled=scaled),
        group="math",
    )


ROUND = _declared(
    "ROUND",
    "The number rounded to so many decimals, ties upwards; prints exactly these decimals.",
    "functions-a 4 [doc], language 4.9 [recipe]",
    {"ROUND(2.5)": 3, "ROUND(-2.5)": -2, "ROUND(1250, -2)": 1300, "ROUND(49.8, 2)": "49.80"},
    scaled=True,
)
TRUNC = _declared(
    "TRUNC",
    "The number without the digits behind so many decimals, towards zero.",
    "functions-a 4 [doc]",
    {"TRUNC(3.9)": 3, "TRUNC(-3.9)": -3, "TRUNC(3.14159, 2)": 3.14, "TRUNC(1.13, 2)": 1.13, "TRUNC(1299, -2)": 1200},
    scaled=False,
)

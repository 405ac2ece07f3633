"""How computed values become text (language 4.9): hidden functions that plans apply at text views and sinks."""

from __future__ import annotations

from gristmill.functions.declare import boolean, count, hidden, integer, number, text
from gristmill.plan.building import call, case, cast, concat
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.types.logical import STRING

PLAIN_FROM, PLAIN_BELOW = 1e-4, 1e16  # DuckDB prints |x| in between in plain digits
JAVA_BELOW = 1e7
MOST_DECIMALS = 17
"""With all 18 digits behind the point DuckDB leaves out the zero before it."""
CERTAIN_BELOW = 1e15
"""Below it a product with a power of ten is less than an eighth away from the exact one."""


def _print_decimal(x: Expr) -> Expr:
    """Native text where it equals the rule, digits shifted by hand for the rest."""
    size = call("abs", x)
    sign = case((x < 0, "-"), otherwise="")
    return case(
        ((size < PLAIN_BELOW) & x.eq(call("trunc", x)), cast(cast(x, Form.INTEGER), Form.TEXT)),
        ((size >= PLAIN_FROM) & (size < PLAIN_BELOW), cast(x, Form.TEXT)),
        (call("isfinite", x), concat(sign, _shift_digits(cast(size, Form.TEXT), size))),
    )


def _print_decimal_spark(x: Expr) -> Expr:
    """Java's plain digits end earlier."""
    size = call("abs", x)
    sign = case((x < 0, "-"), otherwise="")
    shown = call("replace", call("replace", call("shortest", size), ".0E", "E"), "E", "e")
    return case(
        ((size < PLAIN_BELOW) & x.eq(call("trunc", x)), cast(cast(x, Form.INTEGER), Form.TEXT)),
        (call("isfinite", x), concat(sign, Apply("java_digits", (shown, size), Form.TEXT))),
    )


def _java_digits(shown: Expr, size: Expr) -> Expr:
    return case(
        ((size >= 1e-3) & (size < JAVA_BELOW), shown), otherwise=_shift_digits(shown, size, large_from=JAVA_BELOW)
    )


def _shift_digits(shown: Expr, size: Expr, large_from: float = PLAIN_BELOW) -> Expr:
    """The engine's `d.ddde±XX` in plain digits from 1e-7 up to 1e21, else with an unpadded exponent."""
    mantissa = call("split_part", shown, "e", 1)
    digits = call("replace", mantissa, ".", "")
    power = cast(call("split_part", shown, "e", 2), "INTEGER")
    before_point = power + 1
    fraction = case(
        (call("length", digits) > before_point, concat(".", call("substr", digits, cast(before_point + 1, "BIGINT")))),
        otherwise="",
    )
    large = concat(call("rpad", call("left", digits, before_point), before_point, "0"), fraction)
    small = concat("0.", call("repeat", "0", -power - 1), digits)
    exponent = concat(mantissa, case((power < 0, "e-"), otherwise="e+"), cast(call("abs", power), Form.TEXT))
    return case((size >= 1e21, exponent), (size >= large_from, large), (size >= 1e-7, small), otherwise=exponent)


def _print_scaled(x: Expr, digits: int) -> Expr:
    """A decimal's text, which is fast, where the double is far from a tie; there both round the same way."""
    if digits > MOST_DECIMALS:
        return _print_exactly(x, digits)
    scaled = x * Literal(float(10**digits))
    certain = (call("abs", scaled) < CERTAIN_BELOW) & (call("abs", scaled - call("round", scaled)) < 0.25)
    usual = cast(cast(x, f"DECIMAL(18, {digits})"), Form.TEXT)
    return case((certain, usual), otherwise=_print_exactly(x, digits))


def _print_exactly(x: Expr, digits: int) -> Expr:
    shown = call("printf", f"%.{digits}f", x)
    zero = f"{0:.{digits}f}"
    return case((call("isfinite", x), case((shown.eq(f"-{zero}"), zero), otherwise=shown)))


PRINT_DECIMAL = hidden(
    "print_decimal",
    takes=[number("x")],
    returns=STRING,
    doc="Shortest decimal text of a double, without a fraction where it is integral.",
    basis="language 4.9",
    tree=_print_decimal,
    spark=_print_decimal_spark,
)

JAVA_DIGITS = hidden(
    "java_digits",
    takes=[text("shown"), number("size")],
    returns=STRING,
    doc="What Java prints of a double without sign, `1.5` or `1.5e-7`, in the digits of the rule.",
    tree=_java_digits,
)

PRINT_INTEGER = hidden(
    "print_integer",
    takes=[integer("x")],
    returns=STRING,
    doc="Digits of an integer.",
    tree=lambda x: cast(x, Form.TEXT),
)

PRINT_SCALED = hidden(
    "print_scaled",
    takes=[number("x"), count("digits")],
    returns=STRING,
    doc="A rounded number with exactly that many decimals.",
    basis="language 4.9, ROUND",
    tree=_print_scaled,
    spark=_print_exactly,
)

PRINT_BOOLEAN = hidden(
    "print_boolean",
    takes=[boolean("x")],
    returns=STRING,
    doc="`true` or `false`.",
    tree=lambda x: case((x, "true"), (~x, "false")),
)

"""Random numbers (functions-a 10, language 11): a function of seed and present row number, alike on all engines."""

from __future__ import annotations

from typing import Any

from gristmill.functions.declare import count, hidden, integer, number, scalar
from gristmill.plan.building import call, case, cast, concat
from gristmill.plan.expressions import Apply, Constant, Expr, Form, Literal
from gristmill.plan.values import Value, computed
from gristmill.plan.views import Context, number_view
from gristmill.types.logical import DECIMAL, INTEGER

HEX_DIGITS = 13  # 52 bits, as many as a double holds
STEPS = 1e15  # numbers have 15 decimals


def _random(row: Expr, seed: int, stream: int) -> Expr:
    """The first bits of a digest of seed and counter."""
    digest = call("md5", concat(f"{seed}/{stream}/", cast(row, Form.TEXT)))
    bits = cast(cast(concat("0x", call("substr", digest, 1, HEX_DIGITS)), Form.INTEGER), Form.DECIMAL)
    share = bits / Literal(float(16**HEX_DIGITS))
    return call("floor", share * Literal(STEPS)) / Literal(STEPS)


def _random_spark(row: Expr, seed: int, stream: int) -> Expr:
    digest = call("md5", concat(f"{seed}/{stream}/", cast(row, Form.TEXT)))
    bits = cast(call("conv", call("substr", digest, 1, HEX_DIGITS), 16, 10), Form.DECIMAL)
    share = bits / Literal(float(16**HEX_DIGITS))
    return call("floor", share * Literal(STEPS)) / Literal(STEPS)


RANDOM_NUMBER = hidden(
    "random_number",
    takes=[integer("row"), count("seed"), count("stream")],
    returns=DECIMAL,
    doc="A number from 0 to below 1 for a row.",
    basis="language 11, RAND",
    tree=_random,
    spark=_random_spark,
)


def _numbers(context: Context, seed: int | None) -> Expr:
    """A number per row. Without a seed each place in a recipe has a stream of its own under the job's seed."""
    row = context.variable("rownumber").expr
    source: tuple[Constant, ...] = (seed, 0) if seed is not None else (context.seed, context.fresh_number())
    return Apply("random_number", (row,), Form.DECIMAL, source)


RAND = scalar(
    "RAND",
    takes=[count("seed", "a whole number: the same one gives the same numbers in every run", required=False)],
    returns=DECIMAL,
    doc="A random number from 0 to below 1, another one in each row.",
    basis="functions-a 10 [doc]",
    examples={"RAND(7) == RAND(7)": True, "RAND() >= 0 && RAND() < 1": True},
    plan=lambda context, seed: computed(_numbers(context, seed)),
    group="other",
)


def _between(low: Expr, high: Expr, share: Expr) -> Expr:
    first, last = (cast(call(side, x), Form.INTEGER) for side, x in (("ceil", low), ("floor", high)))
    width = cast(last, Form.DECIMAL) - cast(first, Form.DECIMAL) + Literal(1.0)
    drawn = call("try", first + cast(call("floor", share * width), Form.INTEGER))
    return case((first <= last, case((drawn <= last, drawn), otherwise=last)))


RANDOM_BETWEEN = hidden(
    "random_between",
    takes=[number("low"), number("high"), number("share")],
    returns=INTEGER,
    doc="The integer at a share of the way between two numbers, both included.",
    basis="RANDBETWEEN",
    tree=_between,
)


def _plan_between(context: Context, low: Value, high: Value) -> Value:
    args: Any = (number_view(low), number_view(high), _numbers(context, None))
    return computed(Apply("random_between", args, Form.INTEGER))


RANDBETWEEN = scalar(
    "RANDBETWEEN",
    takes=[number("lo", "the least number"), number("hi", "the greatest number")],
    returns=INTEGER,
    doc="A random integer between two numbers, both included; null where the first is greater.",
    basis="functions-a 10 [doc]",
    examples={"IN(RANDBETWEEN(1, 3), [1, 2, 3])": True, "RANDBETWEEN(2, 2)": 2, "RANDBETWEEN(3, 1)": None},
    plan=_plan_between,
    group="other",
)

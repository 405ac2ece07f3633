"""Spread, correlation and quantiles (functions-b 5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gristmill.functions.aggregates import aggregated, conditional, over_group
from gristmill.functions.declare import Function, aggregate, count, number, window, word
from gristmill.plan.building import call, case, cast
from gristmill.plan.expressions import Expr, Form, Key, Literal
from gristmill.plan.values import Value, computed
from gristmill.plan.views import Context, decimal_view
from gristmill.problems import quoted, recipe_error
from gristmill.types.logical import DECIMAL, INTEGER, STRING

GREATEST = 1e149  # the squares of larger numbers overflow, and the engine raises
METHODS = ("linear", "exclusive", "inclusive", "lower", "midpoint")
HUNDRED = 100.0
HALF = 50
FARTHEST = 4e307  # half of what two numbers may lie apart for their difference to be a number


def guarded(native: str, *columns: Expr, over: Callable[[Expr], Expr] = lambda aggregate_: aggregate_) -> Expr:
    """An aggregate of squares: null where a number is too large for it, or the result is none."""
    doubles = [cast(x, Form.DECIMAL) for x in columns]
    sizes = [call("abs", x) for x in doubles]
    small = [case((size <= GREATEST, x)) for x, size in zip(doubles, sizes, strict=True)]
    largest = over(aggregated("max", sizes[0] if len(sizes) == 1 else call("greatest", *sizes)))
    result = over(aggregated(native, *small))
    return case(((largest <= GREATEST) & call("isfinite", result), result))


# -- spread -------------------------------------------------------------------------------------------


def _spread(name: str, native: str, doc: str) -> tuple[Function, Function]:
    base = aggregate(
        name,
        takes=[number("col", "numbers")],
        returns=DECIMAL,
        doc=f"{doc}; 0 where there are no numbers.",
        basis="functions-b 5 [doc]",
        tree=lambda x: case((aggregated("count", x).eq(0), Literal(0.0)), otherwise=guarded(native, x)),
        group="aggregate",
    )
    return base, conditional(base, f"{name}IF", f"{doc} of the rows that pass a test.")


VAR, VARIF = _spread("VAR", "var_pop", "The variance of the numbers as a population")
VARSAMP, VARSAMPIF = _spread("VARSAMP", "var_samp", "The variance of the numbers as a sample, null for one number")
STDEV, STDEVIF = _spread("STDEV", "stddev_pop", "The standard deviation of the numbers as a population")
STDEVSAMP, STDEVSAMPIF = _spread(
    "STDEVSAMP", "stddev_samp", "The standard deviation of the numbers as a sample, null for one number"
)


def _of_pairs(name: str, native: str, doc: str, least: int) -> Function:
    def tree(x: Expr, y: Expr) -> Expr:
        both = case((~x.is_null() & ~y.is_null(), x)), case((~x.is_null() & ~y.is_null(), y))
        return case((aggregated("count", both[0]) >= least, guarded(native, *both)))

    return aggregate(
        name,
        takes=[number("col1", "numbers"), number("col2", "numbers")],
        returns=DECIMAL,
        doc=f"{doc} of two columns, over the rows where both are numbers.",
        basis="functions-b 5",
        tree=tree,
        group="aggregate",
    )


CORREL = _of_pairs("CORREL", "corr", "Pearson's correlation coefficient", 2)
COVAR = _of_pairs("COVAR", "covar_pop", "The population covariance", 1)
COVARSAMP = _of_pairs("COVARSAMP", "covar_samp", "The sample covariance", 2)

# -- quantiles ----------------------------------------------------------------------------------------

VALUE_COUNT = aggregate(
    "value_count", takes=[number("x")], returns=INTEGER, doc="How many numbers there are.", hidden=True,
    tree=lambda x: aggregated("count", x),
)  # fmt: skip
SORTED_PLACE = window(
    "sorted_place", takes=[number("x")], returns=INTEGER, doc="The place among the group's sorted numbers, from 1.",
    hidden=True,
    tree=lambda x, over: aggregated("row_number", over=replace(over(), order=(Key(x),))),
)  # fmt: skip


def _position(n: Expr, percent: int, method: str) -> Expr:
    """The place among the n sorted values, from 0, perhaps between two."""
    if method == "exclusive":
        return cast((n + 1) * percent, Form.DECIMAL) / HUNDRED - 1.0
    return cast((n - 1) * percent, Form.DECIMAL) / HUNDRED


def _at_position(low: Expr, high: Expr, place: Expr, n: Expr, method: str) -> Expr:
    """The value at a place; `low` and `high` are the sorted values around it."""
    whole = call("floor", place)
    if method == "lower":
        return low
    if method == "midpoint":
        return case((place.eq(whole), low), otherwise=low / 2.0 + high / 2.0)
    part = place - whole
    far = high / 2.0 - low / 2.0 > FARTHEST
    between = case((place.eq(whole), low), (far, low * (1.0 - part) + high * part), otherwise=low + (high - low) * part)
    return case(((place >= 0) & (place <= n - 1), between))


def _percentile_of(x: Expr, percent: int, method: str) -> Expr:
    """By the sorted list of a group's numbers: engines interpolate each in their own way."""
    values = aggregated("list", x, order=(Key(x),), where=~x.is_null())
    n = aggregated("count", x)
    place = _position(n, percent, method)
    first = cast(call("floor", place), Form.INTEGER) + 1
    low, high = call("list_extract", values, first), call("list_extract", values, first + 1)
    return _at_position(low, high, place, n, method)


QUARTILES = aggregate(
    "quartiles", takes=[number("x")], returns=STRING, hidden=True,
    doc="Lower quartile, median and upper quartile by linear interpolation: `[1.0, 2.5, 4.0]`.",
    tree=lambda x: cast(aggregated("quantile_cont", x, call("list_value", 0.25, 0.5, 0.75)), Form.TEXT),
    spark=lambda x: cast(aggregated("percentile", x, call("array", 0.25, 0.5, 0.75)), Form.TEXT),
)  # fmt: skip


PERCENTILE_OF = aggregate(
    "percentile_of", takes=[number("x"), count("percent"), word("method", METHODS)], returns=DECIMAL, hidden=True,
    doc="A percentile by a method.", tree=_percentile_of,
)  # fmt: skip


MEDIAN_OF = aggregate(
    "median_of", takes=[number("x")], returns=DECIMAL, hidden=True, doc="The mean of the two numbers in the middle.",
    tree=lambda x: aggregated("quantile_cont", x, Literal(HALF / HUNDRED)),
    spark=lambda x: _percentile_of(x, HALF, "midpoint"),
)  # fmt: skip


def _percentile_beside(x: Expr, sorted_place: Expr, n: Expr, percent: int, method: str) -> Expr:
    wanted = _position(n, percent, method)
    first = call("floor", wanted) + 1
    low = aggregated("max", case((sorted_place.eq(first), x)))
    high = aggregated("max", case((sorted_place.eq(first + 1), x)))
    return _at_position(low, high, wanted, n, method)


PERCENTILE_BESIDE = aggregate(
    "percentile_beside",
    takes=[number("x"), number("place"), number("n"), count("percent"), word("method", METHODS)],
    returns=DECIMAL,
    doc="A percentile by the places of the numbers in their group.",
    hidden=True,
    tree=_percentile_beside,
)


def _plan_percentile(context: Context, x: Value, percent: int, method: str) -> Value:
    viewed = decimal_view(x)
    if percent == HALF and method in ("linear", "inclusive"):
        method = "midpoint"  # the mean of the two, rounded once
    if not context.beside_rows:
        if percent == HALF and method == "midpoint":
            return over_group(context, "median_of", (viewed,), Form.DECIMAL)
        return over_group(context, "percentile_of", (viewed,), Form.DECIMAL, constants=(percent, method))
    # a list on every row would be quadratic: two windows find the values instead
    column = context.define(computed(viewed)).expr
    integer = computed(Literal(0)).typing
    place = context.define(context.windowed("sorted_place", (column,), Form.INTEGER, integer)).expr
    n = context.define(over_group(context, "value_count", (column,), Form.INTEGER)).expr
    return over_group(context, "percentile_beside", (column, place, n), Form.DECIMAL, constants=(percent, method))


METHOD = word("method", METHODS, "how to find values between two numbers", required=False, default="linear")
MEDIAN = aggregate(
    "MEDIAN",
    takes=[number("col", "numbers")],
    returns=DECIMAL,
    doc="The middle number; of an even count the mean of the two in the middle.",
    basis="functions-b 5 [doc]",
    plan=lambda context, x: _plan_percentile(context, x, 50, "linear"),
    group="aggregate",
)
PERCENTILE = aggregate(
    "PERCENTILE",
    takes=[number("col", "numbers"), count("p", "the percentage, 0–100", low=0, high=100), METHOD],
    returns=DECIMAL,
    doc="The number below which p percent of the numbers are.",
    basis="functions-b 5 [doc]",
    plan=_plan_percentile,
    group="aggregate",
)
QUARTILE = aggregate(
    "QUARTILE",
    takes=[number("col", "numbers"), count("q", "0 = smallest, 2 = median, 4 = largest", low=0, high=4), METHOD],
    returns=DECIMAL,
    doc="The number below which q quarters of the numbers are.",
    basis="functions-b 5 [doc]",
    plan=lambda context, x, q, method: _plan_percentile(context, x, 25 * q, method),
    group="aggregate",
)

ERROR = number("error", "how many percent the rank may be off; the answer is exact", required=False, default=0.5)


def _plan_approximate(context: Context, x: Value, percent: int, error: Value) -> Value:
    """Exact, which is within every error. Raises RecipeError for an error that is no percentage."""
    allowed = error.literal
    if isinstance(allowed, bool) or not isinstance(allowed, int | float) or not 0 < allowed <= HUNDRED:
        raise recipe_error("bad-number", f"invalid value {quoted(allowed)} for error: must be a number from 0 to 100")
    return _plan_percentile(context, x, percent, "linear")


APPROXIMATEMEDIAN = replace(
    MEDIAN,
    name="APPROXIMATEMEDIAN",
    takes=(*MEDIAN.takes, ERROR),
    doc="The middle number, as MEDIAN; a small error is allowed.",
    plan=lambda context, x, error: _plan_approximate(context, x, 50, error),
)
APPROXIMATEPERCENTILE = replace(
    PERCENTILE,
    name="APPROXIMATEPERCENTILE",
    takes=(*PERCENTILE.takes[:2], ERROR),
    doc="A percentile, as PERCENTILE; a small error is allowed.",
    plan=_plan_approximate,
)
APPROXIMATEQUARTILE = replace(
    QUARTILE,
    name="APPROXIMATEQUARTILE",
    takes=(*QUARTILE.takes[:2], ERROR),
    doc="A quartile, as QUARTILE; a small error is allowed.",
    plan=lambda context, x, q, error: _plan_approximate(context, x, 25 * q, error),
)

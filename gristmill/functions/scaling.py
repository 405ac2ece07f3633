"""Numbers placed within the range of their column (transforms 7.1, 7.37): hidden functions."""

from __future__ import annotations

from gristmill.functions.aggregates import aggregated
from gristmill.functions.declare import aggregate, count, hidden, number
from gristmill.plan.building import call, case, cast
from gristmill.plan.expressions import Expr, Form
from gristmill.types.logical import DECIMAL, INTEGER


def _equal_bin(x: Expr, low: Expr, high: Expr, bins: int) -> Expr:
    """The largest number belongs to the last bin; without a spread all are in bin 0."""
    width = (high - low) / float(bins)
    inside = call("floor", (x - low) / case((width.ne(0.0), width)))
    return case((high.eq(low), 0), otherwise=cast(call("least", inside, float(bins - 1)), Form.INTEGER))


EQUAL_BIN = hidden(
    "equal_bin", takes=[number("x"), number("low"), number("high"), count("bins")], returns=INTEGER,
    doc="The bin of equal width in which a number lies, from 0.", basis="transforms 7.1", tree=_equal_bin,
)  # fmt: skip
SCALED = hidden(
    "scaled", takes=[number("x"), number("low"), number("high"), number("least"), number("most")], returns=DECIMAL,
    doc="A number moved from one range into another.", basis="transforms 7.37",
    tree=lambda x, low, high, least, most: case(
        (x.is_null(), None), (high.eq(low), least), otherwise=least + (x - low) / (high - low) * (most - least)
    ),
)  # fmt: skip
STANDARDIZED = hidden(
    "standardized", takes=[number("x"), number("mean"), number("deviation")], returns=DECIMAL,
    doc="A number less the mean, in standard deviations.", basis="transforms 7.37",
    tree=lambda x, mean, deviation: (x - mean) / case((deviation > 0.0, deviation), otherwise=1.0),
)  # fmt: skip
DEVIATION = aggregate(
    "deviation", takes=[number("x")], returns=DECIMAL, doc="The standard deviation of a population.", hidden=True,
    tree=lambda x: aggregated("stddev_pop", x),
)  # fmt: skip

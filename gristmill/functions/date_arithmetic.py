"""Dates moved and compared (functions-b 4): DATEADD, DATEDIF."""

from __future__ import annotations

from gristmill.functions.date_formats import moved, within_years
from gristmill.functions.declare import anything, hidden, integer, moment, scalar, word
from gristmill.plan.building import call, case, cast
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.moment_views import moment_view, moment_views
from gristmill.plan.values import Value, computed
from gristmill.plan.views import Context, integer_view
from gristmill.types.logical import DATETIME, INTEGER

UNITS = ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
UNIT = word("unit", UNITS, "year, month, week, day, hour, minute, second or millisecond", what="unit")
MILLIS = {
    "week": 604_800_000,
    "day": 86_400_000,
    "hour": 3_600_000,
    "minute": 60_000,
    "second": 1000,
    "millisecond": 1,
}
MONTHS = {"year": 12, "month": 1}
FARTHEST = 50_000_000_000_000  # milliseconds; more leads out of the known years in any case


def add_units(date: Expr, delta: Expr, unit: str) -> Expr:
    """Months and years keep the day, cut to the month's last; a week has 7 days of 24 hours."""
    if unit in MONTHS:
        limit = FARTHEST // MILLIS["day"]
        step = call("to_months", cast(delta * MONTHS[unit], "INTEGER"))
    else:
        limit = FARTHEST // MILLIS[unit]
        step = call("to_milliseconds", delta * MILLIS[unit])
    near = (delta >= -limit) & (delta <= limit)
    return within_years(call("try", date + case((near, step))))


def _plan_dateadd(context: Context, date: Value, delta: Value, unit: str) -> Value:
    """Prints as its column does, in full if the unit changes a part that is not shown (functions-b 3.5)."""
    result = Apply("move_by", (moment_view(date, context), integer_view(delta)), Form.MOMENT, (unit,))
    return moved(context, date, result, unit)


MOVE_BY = hidden(
    "move_by", takes=[moment("date"), integer("delta"), UNIT], returns=DATETIME, doc="A date moved by so many units.",
    basis="functions-b 4, DATEADD [SDK]", tree=add_units,
)  # fmt: skip
DATEADD = scalar(
    "DATEADD",
    takes=[anything("date", "a date"), anything("delta", "how many units; negative: back"), UNIT],
    returns=DATETIME,
    doc="The date so many units later.",
    basis="functions-b 4 [SDK]",
    examples={
        "DATEADD(DATE(2016, 1, 31), 1, month)": "2016-02-29",
        "DATEADD(DATE(2016, 2, 29), 1, year)": "2017-02-28",
        "DATEADD(DATE(2016, 2, 29), 90, minute)": "2016-02-29 01:30:00",
        "DATEADD(DATE(2599, 12, 31), 1, day)": None,
    },
    plan=_plan_dateadd,
    group="date",
)


def _floor_divide(number: Expr, divisor: int) -> Expr:
    """The quotient of integers, rounded downwards."""
    quotient = call("divide", number, divisor)
    return case(((number < 0) & (number % divisor).ne(0), quotient - 1), otherwise=quotient)


def _difference(first: Expr, second: Expr, unit: str) -> Expr:
    """Whole units, fractions dropped downwards; months by the calendar with the clamp of DATEADD."""
    if unit in MILLIS:
        return _floor_divide(call("epoch_ms", second) - call("epoch_ms", first), MILLIS[unit])
    months = (call("year", second) - call("year", first)) * 12 + (call("month", second) - call("month", first))
    reached = first + call("to_months", cast(months, "INTEGER"))
    whole = months - case((reached > second, 1), otherwise=0)
    return whole if unit == "month" else _floor_divide(whole, MONTHS["year"])


DIFFERENCE = hidden(
    "difference", takes=[moment("first"), moment("second"), UNIT], returns=INTEGER,
    doc="The whole units from one date to another.", tree=_difference,
)  # fmt: skip
DATEDIF = scalar(
    "DATEDIF",
    takes=[anything("date1", "from"), anything("date2", "to"), UNIT],
    returns=INTEGER,
    doc="The whole units from one date to another; negative if the second is earlier.",
    basis="functions-b 4 [doc]",
    examples={
        "DATEDIF('2020-03-09', '2020-03-06', day)": -3,
        "DATEDIF('2020-01-15', '2020-03-14', month)": 1,
        "DATEDIF('2020-03-14', '2020-01-15', month)": -2,
        "DATEDIF('2020-01-01 23:00', '2020-01-02 01:00', day)": 0,
    },
    plan=lambda context, first, second, unit: computed(
        Apply("difference", moment_views(first, second, context), Form.INTEGER, (unit,))
    ),
    group="date",
)

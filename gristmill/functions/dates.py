"""Date functions (functions-b 4). Dates are local times without zone; functions see milliseconds."""

from __future__ import annotations

from typing import Any

from gristmill.functions.declare import Function, anything, hidden, integer, moment, number, scalar, string, word
from gristmill.functions.moments import week_number
from gristmill.plan.expressions import Apply, Binary, Expr, Form, call, case, cast
from gristmill.plan.values import Value, computed
from gristmill.plan.views import Context, integer_view, moment_view, number_view
from gristmill.types.datetimes import MAX_YEAR, MIN_YEAR
from gristmill.types.logical import DATETIME, INTEGER, STRING, LogicalType
from gristmill.types.translation import notation_of

UNITS = ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
DATED = LogicalType("Datetime", "yy-mm-dd", "yyyy*mm*dd")
TIMED = LogicalType("Datetime", "yy-mm-dd hh:mm:ss", "yyyy*mm*dd*HH:MM:SS")
DATE_SHOWN, TIME_SHOWN, BOTH_SHOWN = "yyyy-MM-dd", "HH:mm:ss", "yyyy-MM-dd HH:mm:ss"


def within_years(date: Expr) -> Expr:
    """A date of the years that the product knows, else null (types 6.1)."""
    year = call("year", date)
    return case(((year >= MIN_YEAR) & (year <= MAX_YEAR), date))


def _part(name: str, native: str, doc: str, examples: dict[str, Any]) -> Function:
    return scalar(
        name,
        takes=[moment("date", "a date")],
        returns=INTEGER,
        doc=doc,
        basis="functions-b 4 [doc]",
        examples=examples,
        tree=lambda date: call(native, date),
        group="date",
    )


YEAR = _part("YEAR", "year", "The year of a date.", {"YEAR('2016-02-08')": 2016})
MONTH = _part("MONTH", "month", "The month of a date, 1–12.", {"MONTH('2016-02-08')": 2})
DAY = _part("DAY", "day", "The day of the month, 1–31.", {"DAY('2016-02-08')": 8})
HOUR = _part("HOUR", "hour", "The hour, 0–23; 0 for a date without time.", {"HOUR('2016-02-08 15:41')": 15})
MINUTE = _part("MINUTE", "minute", "The minute, 0–59.", {"MINUTE('2016-02-08 15:41')": 41})
SECOND = _part("SECOND", "second", "The whole second, 0–59.", {"SECOND('2016-02-08 15:41:07.9')": 7})
WEEKDAY = scalar(
    "WEEKDAY",
    takes=[moment("date", "a date")],
    returns=INTEGER,
    doc="The day of the week: 1 = Monday … 7 = Sunday.",
    basis="functions-b 4 [SDK]",
    examples={"WEEKDAY(DATE(2024, 2, 29))": 4},
    tree=lambda date: call("isodow", date),
    spark=lambda date: call("weekday", date) + 1,  # Spark: 0 = Monday
    group="date",
)
WEEKNUM = scalar(
    "WEEKNUM",
    takes=[moment("date", "a date")],
    returns=INTEGER,
    doc="The week of the year: week 1 holds 1 January, weeks begin on Sunday.",
    basis="functions-b 4 [doc]",
    examples={"WEEKNUM('2017-01-07')": 1, "WEEKNUM('2017-01-08')": 2, "WEEKNUM('2019-12-29')": 1},
    tree=week_number,
    group="date",
)


def _make_date(year: Expr, month: Expr, day: Expr) -> Expr:
    """The engine raises for impossible parts, so they are looked at first."""
    first = call("make_date", year, month, 1)
    known = (year >= MIN_YEAR) & (year <= MAX_YEAR) & (month >= 1) & (month <= 12)
    last = call("day", call("last_day", first))
    return case((known, case(((day >= 1) & (day <= last), cast(call("make_date", year, month, day), Form.MOMENT)))))


def _plan_date(context: Context, *parts: Value) -> Value:
    date = Apply("make_moment", tuple(integer_view(part) for part in parts), Form.MOMENT)
    return computed(date, DATED, shown=DATE_SHOWN)


MAKE_MOMENT = hidden(
    "make_moment", takes=[integer("year"), integer("month"), integer("day")], returns=DATETIME,
    doc="The date of year, month and day.", tree=_make_date,
)  # fmt: skip
DATE = scalar(
    "DATE",
    takes=[anything("year", "1400–2599"), anything("month", "1–12"), anything("day", "1–31")],
    returns=DATETIME,
    doc="The date of a year, month and day; null where there is no such day.",
    basis="functions-b 4 [doc]",
    examples={"DATE(2016, 10, 11)": "2016-10-11", "DATE(2019, 2, 29)": None},
    plan=_plan_date,
    group="date",
)

UNIT = word("unit", UNITS, "year, month, week, day, hour, minute, second or millisecond", what="unit")
_STEPS = {"hour": "to_hours", "minute": "to_minutes", "second": "to_seconds", "millisecond": "to_milliseconds"}


def _add(date: Expr, delta: Expr, unit: str) -> Expr:
    """Months and years keep the day, cut to the month's last; a week has 7 days of 24 hours."""
    if unit in ("year", "month"):
        step = call("to_months", cast(delta * (12 if unit == "year" else 1), "INTEGER"))
    elif unit in ("week", "day"):
        step = call("to_days", cast(delta * (7 if unit == "week" else 1), "INTEGER"))
    else:
        step = call(_STEPS[unit], delta)
    return within_years(call("try", date + step))


def _plan_dateadd(context: Context, date: Value, delta: Value, unit: str) -> Value:
    """Prints as its column does, with a time if the unit changes a part that is not shown (functions-b 3.5)."""
    shown = context.shown_like(date)
    clock = unit in ("hour", "minute", "second", "millisecond")
    if clock and not any(letter in shown for letter in "HhkK"):
        shown = f"{BOTH_SHOWN}.SSS" if unit == "millisecond" else BOTH_SHOWN
    logical = notation_of(shown) or TIMED
    moved = Apply("move_by", (moment_view(date, context), integer_view(delta)), Form.MOMENT, (unit,))
    return computed(moved, logical, shown=shown)


MOVE_BY = hidden(
    "move_by", takes=[moment("date"), integer("delta"), UNIT], returns=DATETIME, doc="A date moved by so many units.",
    basis="functions-b 4, DATEADD [SDK]", tree=_add,
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
    },
    plan=_plan_dateadd,
    group="date",
)

_MILLIS = {
    "week": 604_800_000,
    "day": 86_400_000,
    "hour": 3_600_000,
    "minute": 60_000,
    "second": 1000,
    "millisecond": 1,
}


def _difference(first: Expr, second: Expr, unit: str) -> Expr:
    """Whole units, fractions dropped downwards; months by the calendar with the clamp of DATEADD."""
    if unit in _MILLIS:
        elapsed = call("epoch_ms", second) - call("epoch_ms", first)
        return cast(call("floor", cast(elapsed, Form.DECIMAL) / float(_MILLIS[unit])), Form.INTEGER)
    months = (call("year", second) - call("year", first)) * 12 + (call("month", second) - call("month", first))
    reached = first + call("to_months", cast(months, "INTEGER"))
    whole = months - case((reached > second, 1), otherwise=0)
    return whole if unit == "month" else cast(call("floor", cast(whole, Form.DECIMAL) / 12.0), Form.INTEGER)


DATEDIF = scalar(
    "DATEDIF",
    takes=[moment("date1", "from"), moment("date2", "to"), UNIT],
    returns=INTEGER,
    doc="The whole units from one date to another; negative if the second is earlier.",
    basis="functions-b 4 [doc]",
    examples={
        "DATEDIF('2020-03-09', '2020-03-06', day)": -3,
        "DATEDIF('2020-01-15', '2020-03-14', month)": 1,
        "DATEDIF('2020-01-01 23:00', '2020-01-02 01:00', day)": 0,
    },
    tree=_difference,
    group="date",
)
UNIX_MILLIS = hidden(
    "unix_millis", takes=[moment("date")], returns=INTEGER, doc="Milliseconds since 1970.",
    tree=lambda date: call("epoch_ms", date),
)  # fmt: skip
MOVE_MOMENT = hidden(
    "move_moment", takes=[moment("date"), integer("millis")], returns=DATETIME, doc="A date moved by milliseconds.",
    tree=lambda date, millis: within_years(call("try", Binary("+", date, call("to_milliseconds", millis)))),
)  # fmt: skip


def formatted(context: Context, date: Expr, format: str) -> Value:
    """A date in a format: a Datetime of that format where it holds a full date, else text (types 8.2)."""
    logical = notation_of(format)
    if logical is None:
        return computed(Apply("print_moment", (date,), Form.TEXT, (format,)))
    return computed(date, logical, shown=format)


DATEFORMAT = scalar(
    "DATEFORMAT",
    takes=[anything("date", "a date"), string("format", "as 'yyyy-MM-dd'")],
    returns=STRING,
    doc="The date as text in a format.",
    basis="functions-b 4 [doc], types 8.2",
    examples={"DATEFORMAT(DATE(2016, 10, 11), 'dd/MM/yy')": "11/10/16", "DATEFORMAT('2016-02-09', 'EEE D')": "Tue 40"},
    plan=lambda context, date, format: formatted(context, moment_view(date, context), format),
    group="date",
)
UNIXTIMEFORMAT = scalar(
    "UNIXTIMEFORMAT",
    takes=[anything("ms", "milliseconds since 1970"), string("format", "as 'yyyy-MM-dd'")],
    returns=STRING,
    doc="Unix milliseconds as text of a date in UTC.",
    basis="functions-b 4 [recipe]",
    examples={"UNIXTIMEFORMAT(1552898573870, 'yyyy-MM-dd HH:mm:ss:SSS')": "2019-03-18 08:42:53:870"},
    plan=lambda context, ms, format: formatted(context, Apply("of_millis", (number_view(ms),), Form.MOMENT), format),
    group="date",
)


OF_MILLIS = hidden(
    "of_millis", takes=[number("ms")], returns=DATETIME, doc="The UTC time of Unix milliseconds, fractions cut off.",
    tree=lambda ms: within_years(call("try", call("epoch_ms", cast(call("trunc", ms), "BIGINT")))),
)  # fmt: skip

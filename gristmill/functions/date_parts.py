"""Parts and numbers of a date (functions-b 4): YEAR … SECOND, names, weeks, serial numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gristmill.functions.declare import Function, anything, hidden, integer, moment, scalar
from gristmill.functions.moments import week_number
from gristmill.plan.building import call, case, cast, null
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.moment_views import moment_view
from gristmill.plan.values import Kind, Value, computed
from gristmill.plan.views import Context, integer_view
from gristmill.types.logical import INTEGER, STRING

CLOCK_CATEGORY = "hh:mm:ss"
FIRST_SERIAL = 2  # 1900-01-01

Tree = Callable[[Expr], Expr]


def _is_clock(date: Value) -> bool:
    """Whether a value is a computed time that has no day: TIME, and what is made of it."""
    return date.typing.kind is Kind.STATIC and date.typing.logical.category == CLOCK_CATEGORY


def _part(name: str, tree: Tree, doc: str, examples: dict[str, Any], *, of_day: bool = True, text: bool = False) -> Any:
    """A part of the local time, with the hidden function that reads it; `of_day`: a TIME has none."""
    form = Form.TEXT if text else Form.INTEGER
    inner = f"{name.lower()}_of"

    def plan(context: Context, date: Value) -> Value:
        if of_day and _is_clock(date):
            return computed(null(form)) if not text else Value(null(Form.TEXT), computed(null(Form.ANY)).typing)
        return computed(Apply(inner, (moment_view(date, context),), form))

    shown = scalar(
        name,
        takes=[anything("date", "a date")],
        returns=STRING if text else INTEGER,
        doc=doc,
        basis="functions-b 4",
        examples=examples,
        plan=plan,
        group="date",
    )
    return shown, hidden(inner, takes=[moment("date")], returns=STRING if text else INTEGER, doc=doc, tree=tree)


def _native(name: str) -> Tree:
    return lambda date: call(name, date)


YEAR, YEAR_OF = _part("YEAR", _native("year"), "The year of a date.", {"YEAR('2016-02-08')": 2016})
MONTH, MONTH_OF = _part("MONTH", _native("month"), "The month of a date, 1–12.", {"MONTH('2016-02-08')": 2})
DAY, DAY_OF = _part("DAY", _native("day"), "The day of the month, 1–31.", {"DAY('2016-02-08')": 8})
HOUR, HOUR_OF = _part(
    "HOUR", _native("hour"), "The hour, 0–23; 0 for a date without time.", {"HOUR('2016-02-08 15:41')": 15},
    of_day=False,
)  # fmt: skip
MINUTE, MINUTE_OF = _part(
    "MINUTE", _native("minute"), "The minute, 0–59.", {"MINUTE('2016-02-08 15:41')": 41}, of_day=False
)
SECOND, SECOND_OF = _part(
    "SECOND", _native("second"), "The whole second, 0–59.", {"SECOND('2016-02-08 15:41:07.9')": 7}, of_day=False
)
WEEKDAY, WEEKDAY_OF = _part(
    "WEEKDAY", _native("isodow"), "The day of the week: 1 = Monday … 7 = Sunday.", {"WEEKDAY(DATE(2024, 2, 29))": 4}
)
WEEKNUM, WEEKNUM_OF = _part(
    "WEEKNUM", week_number, "The week of the year: week 1 holds 1 January, weeks begin on Sunday.",
    {"WEEKNUM('2017-01-07')": 1, "WEEKNUM('2017-01-08')": 2, "WEEKNUM('2019-12-29')": 1},
)  # fmt: skip
MONTHNAME, MONTHNAME_OF = _part(
    "MONTHNAME", lambda date: call("strftime", date, "%B"), "The English name of the month.",
    {"MONTHNAME('2020-09-01')": "September"}, text=True,
)  # fmt: skip
WEEKDAYNAME, WEEKDAYNAME_OF = _part(
    "WEEKDAYNAME", lambda date: call("strftime", date, "%A"), "The English name of the day of the week.",
    {"WEEKDAYNAME('2020-03-15')": "Sunday"}, text=True,
)  # fmt: skip


def _serial(date: Expr) -> Expr:
    """Whole days since 1899-12-30, null before 1900."""
    days = call("date_diff", "day", cast("1899-12-30", "DATE"), cast(date, "DATE"))
    return case((days >= FIRST_SERIAL, days))


SERIALNUMBER: Function = scalar(
    "SERIALNUMBER",
    takes=[moment("date", "a date")],
    returns=INTEGER,
    doc="The day as spreadsheets number it: 1970-01-01 is 25569; null before 1900.",
    basis="functions-b 4 [SDK]",
    examples={"SERIALNUMBER('1970-01-01')": 25569, "SERIALNUMBER('1899-12-31')": None},
    tree=_serial,
    group="date",
)


def _month_end(date: Expr, months: Expr) -> Expr:
    return _serial(call("last_day", call("try", date + call("to_months", cast(months, "INTEGER")))))


def _plan_eomonth(context: Context, date: Value, months: Value) -> Value:
    return computed(Apply("month_end", (moment_view(date, context), integer_view(months)), Form.INTEGER))


MONTH_END = hidden(
    "month_end", takes=[moment("date"), integer("months")], returns=INTEGER,
    doc="The serial number of a month's last day.", tree=_month_end,
)  # fmt: skip
EOMONTH: Function = scalar(
    "EOMONTH",
    takes=[anything("date", "a date"), anything("months", "how many months later; negative: earlier")],
    returns=INTEGER,
    doc="The serial number of the last day of the month so many months later.",
    basis="functions-b 4 [doc]",
    examples={"EOMONTH('2020-06-15', -24)": 43281, "EOMONTH('2020-06-15', 0)": 44012},
    plan=_plan_eomonth,
    group="date",
)

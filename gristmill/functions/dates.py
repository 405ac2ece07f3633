"""Dates made of parts, of texts and of the clock (functions-b 4): DATE, TIME, DATETIME, NOW, TODAY, PARSEDATE."""

from __future__ import annotations

from datetime import datetime, time

from gristmill.functions.date_formats import (
    BOTH_SHOWN,
    BOTH_TYPE,
    CLOCK_SHOWN,
    CLOCK_TYPE,
    DATE_SHOWN,
    DATE_TYPE,
    dated,
    shows_offset,
)
from gristmill.functions.declare import Argument, Function, Want, anything, hidden, integer, scalar, string
from gristmill.functions.time_zones import zone_named
from gristmill.plan.building import call, case, cast, null
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.plan.values import Value, computed, static
from gristmill.plan.views import Context, integer_view, text_view
from gristmill.types.custom_dates import parse_custom
from gristmill.types.datetimes import MAX_YEAR, MIN_YEAR
from gristmill.types.logical import DATETIME, Family

# -- parts ------------------------------------------------------------------------------------------


def _make_date(year: Expr, month: Expr, day: Expr) -> Expr:
    """The engine raises for impossible parts, so they are looked at first."""
    first = call("make_date", year, month, 1)
    known = (year >= MIN_YEAR) & (year <= MAX_YEAR) & (month >= 1) & (month <= 12)
    last = call("day", call("last_day", first))
    return case((known, case(((day >= 1) & (day <= last), cast(call("make_date", year, month, day), Form.MOMENT)))))


def _at_clock(date: Expr, hour: Expr, minute: Expr, second: Expr) -> Expr:
    """A day with hours, minutes and seconds, null unless each is in its range."""
    known = _within(hour, 23) & _within(minute, 59) & _within(second, 59)
    return case((known, date + call("to_hours", hour) + call("to_minutes", minute) + call("to_seconds", second)))


def _within(part: Expr, last: int) -> Expr:
    return (part >= 0) & (part <= last)


MAKE_MOMENT = hidden(
    "make_moment", takes=[integer("year"), integer("month"), integer("day")], returns=DATETIME,
    doc="The date of year, month and day.", tree=_make_date,
)  # fmt: skip
MAKE_FULL_MOMENT = hidden(
    "make_full_moment",
    takes=[integer(part) for part in ("year", "month", "day", "hour", "minute", "second")],
    returns=DATETIME,
    doc="The date and time of its parts.",
    tree=lambda year, month, day, *clock: _at_clock(_make_date(year, month, day), *clock),
)
MAKE_CLOCK = hidden(
    "make_clock", takes=[integer("hour"), integer("minute"), integer("second")], returns=DATETIME,
    doc="A time of 1970-01-01.", tree=lambda *clock: _at_clock(cast("1970-01-01", Form.MOMENT), *clock),
)  # fmt: skip


def _views(parts: tuple[Value, ...]) -> tuple[Expr, ...]:
    return tuple(integer_view(part) for part in parts)


def _plan_date(context: Context, *parts: Value) -> Value:
    return computed(Apply("make_moment", _views(parts), Form.MOMENT), DATE_TYPE, shown=DATE_SHOWN)


def _plan_time(context: Context, *parts: Value) -> Value:
    return computed(Apply("make_clock", _views(parts), Form.MOMENT), CLOCK_TYPE, shown=CLOCK_SHOWN)


def _plan_datetime(context: Context, *parts: Value) -> Value:
    return computed(Apply("make_full_moment", _views(parts), Form.MOMENT), BOTH_TYPE, shown=BOTH_SHOWN)


_DAY_PARTS = [anything("year", "1400–2599"), anything("month", "1–12"), anything("day", "1–31")]
_CLOCK_PARTS = [anything("hour", "0–23"), anything("minute", "0–59"), anything("second", "0–59")]

DATE = scalar(
    "DATE",
    takes=_DAY_PARTS,
    returns=DATETIME,
    doc="The date of a year, month and day; null where there is no such day.",
    basis="functions-b 4 [doc]",
    examples={"DATE(2016, 10, 11)": "2016-10-11", "DATE(2019, 2, 29)": None, "DATE(16, 1, 1)": None},
    plan=_plan_date,
    group="date",
)
TIME = scalar(
    "TIME",
    takes=_CLOCK_PARTS,
    returns=DATETIME,
    doc="The time of an hour, minute and second; null where there is no such time.",
    basis="functions-b 4 [doc]",
    examples={"TIME(23, 58, 59)": "23:58:59", "TIME(24, 0, 0)": None, "YEAR(TIME(1, 2, 3))": None},
    plan=_plan_time,
    group="date",
)
DATETIME_OF = scalar(
    "DATETIME",
    takes=[*_DAY_PARTS, *_CLOCK_PARTS],
    returns=DATETIME,
    doc="The date and time of its six parts; null where there is no such day or time.",
    basis="functions-b 4 [doc]",
    examples={"DATETIME(2015, 2, 15, 2, 4, 0)": "2015-02-15 02:04:00", "DATETIME(2015, 2, 15, 2, 60, 0)": None},
    plan=_plan_datetime,
    group="date",
)

# -- the clock ----------------------------------------------------------------------------------------


def _wall_time(context: Context, zone: str) -> datetime:
    return context.now.astimezone(zone_named(zone)).replace(tzinfo=None)


def _constant(moment: datetime) -> Expr:
    return Apply("constant_moment", (), Form.MOMENT, (moment.isoformat(sep=" "),))


def _plan_now(context: Context, zone: str) -> Value:
    return computed(_constant(_wall_time(context, zone)), BOTH_TYPE, shown=BOTH_SHOWN)


def _plan_today(context: Context, zone: str) -> Value:
    midnight = datetime.combine(_wall_time(context, zone), time())
    return computed(_constant(midnight), DATE_TYPE, shown=DATE_SHOWN)


CONSTANT_MOMENT = hidden(
    "constant_moment", takes=[string("iso")], returns=DATETIME, doc="A moment that is known beforehand.",
    tree=lambda iso: cast(Literal(iso), Form.MOMENT),
)  # fmt: skip
_ZONE = string("tz", "a time zone as 'Europe/Berlin'; without one UTC", required=False, default="UTC")
NOW = scalar(
    "NOW",
    takes=[_ZONE],
    returns=DATETIME,
    doc="Date and time of the run, the same in every row.",
    basis="functions-b 4 [recall], platform 1.8",
    examples={"DATEDIF(NOW(), NOW('UTC'), second)": 0},
    plan=_plan_now,
    group="date",
)
TODAY = scalar(
    "TODAY",
    takes=[_ZONE],
    returns=DATETIME,
    doc="The date of the run, the same in every row.",
    basis="functions-b 4 [recall], platform 1.8",
    examples={"HOUR(TODAY())": 0},
    plan=_plan_today,
    group="date",
)

# -- texts --------------------------------------------------------------------------------------------


def _plan_parsedate(context: Context, value: Value, formats: tuple[str, ...]) -> Value:
    """The text of any value by the first format that fits; prints as the column where that is a Datetime.

    Raises RecipeError `format` for a format that cannot be read.
    """
    with_offset = not formats
    for format in formats:
        with_offset |= shows_offset(format)
        parse_custom(format)
    constants = (formats, context.reference_year)
    text = text_view(value, context)
    if value.is_null:
        return computed(null(Form.MOMENT), BOTH_TYPE, shown=BOTH_SHOWN)
    parsed = Apply("parse_moment", (text,), Form.MOMENT, constants)
    offset = Apply("parse_offset", (text,), Form.INTEGER, constants) if with_offset and value.is_text else None
    if value.typing.family is not Family.DATETIME:
        return Value(parsed, static(BOTH_TYPE, shown=BOTH_SHOWN), offset)
    own = value.typing.logical if value.typing.logical.format is not None else None
    shown = context.shown_like(value)
    return dated(parsed, shown, offset if offset is not None and shows_offset(shown) else None, own)


PARSEDATE: Function = scalar(
    "PARSEDATE",
    takes=[
        anything("value", "a text"),
        Argument("formats", Want.TEXTS, "formats as 'yyyy-MM-dd', tried in order", required=False, default=()),
    ],
    returns=DATETIME,
    doc="The date of a text by the first format that fits; null where none does.",
    basis="functions-b 4 [doc], 3.2, 3.6",
    examples={
        "PARSEDATE('03/04/2020')": "2020-04-03 00:00:00",
        "PARSEDATE('03/04/20')": "2020-03-04 00:00:00",
        "PARSEDATE('2019-02-29')": None,
        "PARSEDATE('5.3.2020', ['d.M.yyyy', 'd.M.yy'])": "2020-03-05 00:00:00",
    },
    plan=_plan_parsedate,
    group="date",
)

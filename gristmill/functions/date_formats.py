"""The formats in which dates print (functions-b 3.5), DATEFORMAT and Unix times."""

from __future__ import annotations

from datetime import datetime

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import anything, hidden, integer, moment, number, scalar, string, text
from gristmill.plan.building import call, case, cast
from gristmill.plan.expressions import Apply, Binary, Expr, Form
from gristmill.plan.moment_views import instant_view, moment_view, offset_view
from gristmill.plan.values import SOFT, Value, computed, static
from gristmill.plan.views import Context, number_view, text_view
from gristmill.problems import RecipeError
from gristmill.types.custom_dates import parse_custom, print_custom
from gristmill.types.datetimes import MAX_YEAR, MIN_YEAR, Moment
from gristmill.types.logical import DATETIME, INTEGER, STRING, Family, LogicalType
from gristmill.types.translation import notation_of

DATE_TYPE = LogicalType("Datetime", "yy-mm-dd", "yyyy*mm*dd")
BOTH_TYPE = LogicalType("Datetime", "yy-mm-dd hh:mm:ss", "yyyy*mm*dd*HH:MM:SS")
CLOCK_TYPE = LogicalType("Datetime", "hh:mm:ss", "HH:MM:SS")
DATE_SHOWN, CLOCK_SHOWN, BOTH_SHOWN = "yyyy-MM-dd", "HH:mm:ss", "yyyy-MM-dd HH:mm:ss"

# what a format must show so that a change by a unit is seen: one letter out of each set
_SEEN_BY = {
    "year": ("y",), "month": ("MD",), "week": ("dD",), "day": ("dD",), "hour": ("HhkK",), "minute": ("m",),
    "second": ("s",), "millisecond": ("S",), "zone": ("HhkK", "m"),
}  # fmt: skip


def within_years(date: Expr) -> Expr:
    """A date of the years that the product knows, else null (types 6.1)."""
    year = call("year", date)
    return case(((year >= MIN_YEAR) & (year <= MAX_YEAR), date))


def shows(format: str, unit: str) -> bool:
    """Whether a change by a unit is seen in texts of a format; `zone` changes hours and minutes."""
    letters = {token.kind[0] for token in parse_custom(format) if token.kind}
    return all(letters & set(needed) for needed in _SEEN_BY[unit])


def shown_with(format: str, unit: str) -> str:
    """The format, or date and time in full where it does not show what the unit changes (functions-b 3.5)."""
    if shows(format, unit):
        return format
    return f"{BOTH_SHOWN}.SSS" if unit == "millisecond" else BOTH_SHOWN


def moved(context: Context, date: Value, result: Expr, unit: str, *, keeps_offset: bool = True) -> Value:
    """A date computed from another: in that one's format and, if it has one, with its offset."""
    own = context.shown_like(date)
    shown = shown_with(own, unit)
    offset = offset_view(date, context) if keeps_offset else None
    kept = date.typing.family is Family.DATETIME and date.typing.logical.format is not None and shown == own
    return dated(result, shown, offset, date.typing.logical if kept else None)


def dated(date: Expr, shown: str, offset: Expr | None = None, logical: LogicalType | None = None) -> Value:
    """A Datetime that prints in a format.

    Where the format shows an offset the value is its text: there the offset stays with it (functions-b 3.2).
    """
    logical = logical or notation_of(shown) or BOTH_TYPE
    if offset is None:
        return computed(date, logical, shown=shown)
    if shows_offset(shown):
        printed = Apply("print_with_offset", (date, offset), Form.TEXT, (shown,))
        return Value(printed, static(logical))
    return Value(date, static(logical, shown=shown), offset)


def shows_offset(format: str) -> bool:
    """Whether a format has a token for the offset."""
    return any(token.kind[:1] in ("X", "x") for token in parse_custom(format) if token.kind)


@rowwise(Form.TEXT)
def _print_with_offset(local: datetime, offset: int, format: str) -> str:
    return print_custom(Moment(local, offset), parse_custom(format))


PRINT_WITH_OFFSET = hidden(
    "print_with_offset", takes=[moment("x"), integer("offset"), string("format")], returns=STRING,
    doc="A date with its offset as text in a format.", batch=_print_with_offset,
)  # fmt: skip


@rowwise(Form.TEXT)
def _print_by_row(local: datetime, format: str) -> str | None:
    try:
        return print_custom(Moment(local), parse_custom(format))
    except RecipeError:
        return None


PRINT_BY_ROW = hidden(
    "print_by_row", takes=[moment("x"), text("format")], returns=STRING,
    doc="A date as text in the format of its row; null where that is none.", batch=_print_by_row,
)  # fmt: skip


def finest_unit(format: str) -> str:
    """The smallest part of a time that a format shows: the rest is not part of the value that it prints."""
    kinds = {token.kind[:1] for token in parse_custom(format) if token.kind}
    units = (("S", "millisecond"), ("s", "second"), ("m", "minute"), ("HhKk", "hour"))
    return next((unit for letters, unit in units if kinds & set(letters)), "day")


CUT_MOMENT = hidden(
    "cut_moment",
    takes=[moment("date"), string("unit")],
    returns=DATETIME,
    doc="A date without the parts that are smaller than a unit.",
    tree=lambda date, unit: cast(call("date_trunc", unit, date), Form.MOMENT),
)


def formatted(context: Context, date: Expr, format: Value, offset: Expr | None = None) -> Value:
    """A date in a format: a Datetime of that format where it holds a full date, else text (types 8.2).

    Raises RecipeError `format` for a literal format that cannot be read.
    """
    written = format.literal
    if not isinstance(written, str):
        return Value(Apply("print_by_row", (date, text_view(format, context)), Form.TEXT), SOFT)
    logical = notation_of(written)
    if logical is not None:
        return dated(Apply("cut_moment", (date,), Form.MOMENT, (finest_unit(written),)), written, offset)
    if offset is not None and shows_offset(written):
        return Value(Apply("print_with_offset", (date, offset), Form.TEXT, (written,)), SOFT)
    return computed(Apply("print_moment", (date,), Form.TEXT, (written,)))


def _plan_dateformat(context: Context, date: Value, format: Value) -> Value:
    offset = offset_view(date, context)
    if offset is not None and isinstance(format.literal, str):
        # cells without an offset print as UTC
        offset = Apply("offset_or_utc", (offset,), Form.INTEGER)
    return formatted(context, moment_view(date, context), format, offset)


def _plan_unixtimeformat(context: Context, ms: Value, format: Value) -> Value:
    return formatted(context, Apply("of_millis", (number_view(ms),), Form.MOMENT), format)


OFFSET_OR_UTC = hidden(
    "offset_or_utc", takes=[integer("offset")], returns=INTEGER, doc="An offset, 0 where there is none.",
    tree=lambda offset: call("coalesce", offset, 0),
)  # fmt: skip
FORMAT = anything("format", "as 'yyyy-MM-dd HH:mm:ss'")
DATEFORMAT = scalar(
    "DATEFORMAT",
    takes=[anything("date", "a date"), FORMAT],
    returns=STRING,
    doc="The date as text in a format.",
    basis="functions-b 4 [doc], types 8.2",
    examples={"DATEFORMAT(DATE(2016, 10, 11), 'dd/MM/yy')": "11/10/16", "DATEFORMAT('2016-02-09', 'EEE D')": "Tue 40"},
    plan=_plan_dateformat,
    group="date",
)
UNIXTIMEFORMAT = scalar(
    "UNIXTIMEFORMAT",
    takes=[anything("ms", "milliseconds since 1970"), FORMAT],
    returns=STRING,
    doc="Unix milliseconds as text of a date in UTC.",
    basis="functions-b 4 [recipe]",
    examples={
        "UNIXTIMEFORMAT(1552898573870, 'yyyy-MM-dd HH:mm:ss:SSS')": "2019-03-18 08:42:53:870",
        "UNIXTIMEFORMAT(-86400000, 'yyyy-MM-dd')": "1969-12-31",
    },
    plan=_plan_unixtimeformat,
    group="date",
)
OF_MILLIS = hidden(
    "of_millis", takes=[number("ms")], returns=DATETIME, doc="The UTC time of Unix milliseconds, fractions cut off.",
    tree=lambda ms: within_years(call("try", call("epoch_ms", cast(call("trunc", ms), "BIGINT")))),
)  # fmt: skip
UNIX_MILLIS = hidden(
    "unix_millis", takes=[moment("date")], returns=INTEGER, doc="Milliseconds since 1970.",
    tree=lambda date: call("epoch_ms", date),
)  # fmt: skip


def unix_millis(date: Value, context: Context) -> Expr:
    """Milliseconds since 1970 of a date cell; its offset, if any, counts."""
    return Apply("unix_millis", (instant_view(date, context),), Form.INTEGER)


UNIXTIME = scalar(
    "UNIXTIME",
    takes=[anything("date", "a date")],
    returns=INTEGER,
    doc="Milliseconds since 1970-01-01 00:00:00 UTC; a date without offset counts as UTC.",
    basis="functions-b 4 [doc]",
    examples={
        "UNIXTIME('2015-12-30')": 1451433600000,
        "UNIXTIME('1969-12-31 23:59:59')": -1000,
        "UNIXTIME('1970-01-01T02:00:00+02:00')": 0,
    },
    plan=lambda context, date: computed(unix_millis(date, context)),
    group="date",
)
MOVE_MOMENT = hidden(
    "move_moment", takes=[moment("date"), integer("millis")], returns=DATETIME, doc="A date moved by milliseconds.",
    tree=lambda date, millis: within_years(call("try", Binary("+", date, call("to_milliseconds", millis)))),
)  # fmt: skip

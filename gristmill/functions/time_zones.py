"""Wall times from zone to zone (functions-b 4): CONVERTFROMUTC, CONVERTTOUTC, CONVERTTIMEZONE."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from gristmill.functions.batch import rowwise
from gristmill.functions.date_formats import moved
from gristmill.functions.declare import anything, hidden, moment, scalar, string
from gristmill.plan.expressions import Apply, Form
from gristmill.plan.moment_views import moment_view, offset_view
from gristmill.plan.values import Value
from gristmill.plan.views import Context
from gristmill.problems import did_you_mean, quoted, recipe_error
from gristmill.types.datetimes import MAX_YEAR, MIN_YEAR
from gristmill.types.logical import DATETIME


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def zone_named(name: str) -> ZoneInfo:
    """The time zone of a name in the tz database, in its exact case. Raises RecipeError `unknown time zone`."""
    if name not in _names():
        hint = did_you_mean(name, _names()) or "Write a name of the tz database as 'Europe/Berlin'."
        raise recipe_error("bad-enum", f"unknown time zone {quoted(name)}", hint=hint)
    return ZoneInfo(name)


@rowwise(Form.MOMENT)
def _convert_zone(local: datetime, source: str, target: str) -> datetime | None:
    """Through the instant: a time that occurs twice is the earlier one, one in a gap moves on by the gap."""
    try:
        instant = local.replace(tzinfo=zone_named(source), fold=0).astimezone(UTC)
        found = instant.astimezone(zone_named(target)).replace(tzinfo=None, fold=0)
    except OverflowError:
        return None
    return found if MIN_YEAR <= found.year <= MAX_YEAR else None


CONVERT_ZONE = hidden(
    "convert_zone", takes=[moment("date"), string("source"), string("target")], returns=DATETIME,
    doc="A wall time of one zone as the wall time of another.", batch=_convert_zone,
)  # fmt: skip


def _plan_convert(context: Context, date: Value, source: str, target: str) -> Value:
    """Inputs that carry an offset are invalid. Prints as its column, in full if that shows no time."""
    zone_named(source)
    zone_named(target)
    local = moment_view(date, context)
    offset = offset_view(date, context)
    if offset is not None:
        local = Apply("unless_offset", (local, offset), Form.MOMENT)
    result = Apply("convert_zone", (local,), Form.MOMENT, (source, target))
    return moved(context, date, result, "zone", keeps_offset=False)


_ZONE = string("tz", "a time zone as 'Europe/Berlin'")
CONVERTFROMUTC = scalar(
    "CONVERTFROMUTC",
    takes=[anything("date", "a date and time in UTC"), _ZONE],
    returns=DATETIME,
    doc="A time in UTC as wall time of a time zone.",
    basis="functions-b 4 [doc]",
    examples={"CONVERTFROMUTC('2020-03-15 00:00:00', 'US/Eastern')": "2020-03-14 20:00:00"},
    plan=lambda context, date, zone: _plan_convert(context, date, "UTC", zone),
    group="date",
)
CONVERTTOUTC = scalar(
    "CONVERTTOUTC",
    takes=[anything("date", "a wall time of the zone"), _ZONE],
    returns=DATETIME,
    doc="A wall time of a time zone as time in UTC.",
    basis="functions-b 4 [doc]",
    examples={
        "CONVERTTOUTC('2020-03-14 20:00:00', 'US/Eastern')": "2020-03-15 00:00:00",
        "CONVERTTOUTC('2020-01-01T00:00:00Z', 'US/Eastern')": None,
    },
    plan=lambda context, date, zone: _plan_convert(context, date, zone, "UTC"),
    group="date",
)
CONVERTTIMEZONE = scalar(
    "CONVERTTIMEZONE",
    takes=[
        anything("date", "a wall time of the first zone"),
        string("tz_from", "the time zone that it is of"),
        string("tz_to", "the time zone that is wanted"),
    ],
    returns=DATETIME,
    doc="A wall time of one time zone as wall time of another.",
    basis="functions-b 4 [doc]",
    examples={"CONVERTTIMEZONE('2011-01-21 12:24:43', 'UTC', 'Asia/Calcutta')": "2011-01-21 17:54:43"},
    plan=_plan_convert,
    group="date",
)

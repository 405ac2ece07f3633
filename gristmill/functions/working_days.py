"""Working days between dates and from a date on (functions-b 4): NETWORKDAYS, WORKDAY and their INTL forms."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from gristmill.functions.batch import rowwise
from gristmill.functions.date_formats import moved
from gristmill.functions.declare import Argument, Want, anything, hidden, integer, moment, scalar, string
from gristmill.plan.expressions import Apply, Form
from gristmill.plan.moment_views import moment_view
from gristmill.plan.values import Value, computed
from gristmill.plan.views import Context, integer_view
from gristmill.problems import quoted, recipe_error
from gristmill.types.datetimes import MAX_YEAR, MIN_YEAR
from gristmill.types.logical import DATETIME, INTEGER

WEEKEND = "0000011"
FIRST = date(MIN_YEAR, 1, 1).toordinal()
LAST = date(MAX_YEAR, 12, 31).toordinal()

_MASK_FORM = re.compile("[01]{7}")
_HOLIDAY_FORM = re.compile(r"\s*([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})\s*")
_LIST_FORM = re.compile(r"\s*\[(.*)\]\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked: `mask` from Monday on, 1 = day off; `holidays` are sorted ordinals of workdays."""

    mask: str
    holidays: tuple[int, ...]

    def works(self, day: int) -> bool:
        """Whether somebody works on the day of that ordinal."""
        at = bisect_left(self.holidays, day)
        return self.mask[_weekday(day)] == "0" and not (at < len(self.holidays) and self.holidays[at] == day)

    def between(self, first: int, last: int) -> int:
        """The working days from `first` to `last`, both included."""
        return self._until(last) - self._until(first - 1)

    def _until(self, day: int) -> int:
        """The working days up to a day, from a Monday far back on."""
        weeks, rest = divmod(day, 7)  # ordinal 1 was a Monday
        worked = weeks * self.mask.count("0") + self.mask[:rest].count("0")
        return worked - bisect_right(self.holidays, day)

    def after(self, day: int, count: int) -> int | None:
        """The count-th working day after (before, if negative) a day; None beyond the known years."""
        if "0" not in self.mask:
            return None
        if count == 0:
            return day if self.works(day) else self.after(day, -1)
        wanted = self._until(day) + count if count > 0 else self._until(day - 1) + count + 1
        low, high = FIRST - 1, LAST + 1
        while high - low > 1:  # the first day by which so many days are worked
            middle = (low + high) // 2
            if self._until(middle) >= wanted:
                high = middle
            else:
                low = middle
        return high if high <= LAST and self._until(FIRST - 1) < wanted else None


def _weekday(ordinal: int) -> int:
    return (ordinal - 1) % 7


@lru_cache(maxsize=256)
def calendar(mask: str, holidays: tuple[str, ...]) -> Calendar:
    """The calendar of a week's mask and holidays as ISO dates; holidays on days off do not count twice."""
    days = sorted({date.fromisoformat(text).toordinal() for text in holidays})
    return Calendar(mask, tuple(day for day in days if mask[_weekday(day)] == "0"))


def read_holidays(written: tuple[str, ...]) -> tuple[str, ...]:
    """Holidays as ISO dates; one text may hold a whole list, `"['2020-12-25']"`.

    Raises RecipeError for what is no date.
    """
    if len(written) == 1 and (found := _LIST_FORM.fullmatch(written[0])):
        written = tuple(part.strip().strip("'\"") for part in found[1].split(",") if part.strip())
    return tuple(_read_holiday(text) for text in written)


def _read_holiday(text: str) -> str:
    match = _HOLIDAY_FORM.fullmatch(text)
    try:
        if match is not None:
            return date(int(match[1]), int(match[3]), int(match[4])).isoformat()
    except ValueError:
        pass
    raise recipe_error("bad-date", f"invalid value {quoted(text)} for holidays: must be a date, 'yyyy-MM-dd'")


def checked_mask(mask: str) -> str:
    """Raises RecipeError unless the mask is seven times 0 or 1."""
    if not _MASK_FORM.fullmatch(mask):
        hint = "Write seven digits from Monday on, 1 = day off: '0000011'."
        raise recipe_error("bad-number", f"invalid value {quoted(mask)} for the weekend", hint=hint)
    return mask


@rowwise(Form.INTEGER)
def _network_days(first: datetime, last: datetime, mask: str, holidays: tuple[str, ...]) -> int | None:
    start, end = first.toordinal(), last.toordinal()
    return calendar(mask, holidays).between(start, end) if start <= end else None


@rowwise(Form.MOMENT)
def _work_day(start: datetime, days: int, mask: str, holidays: tuple[str, ...]) -> datetime | None:
    found = calendar(mask, holidays).after(start.toordinal(), days)
    return None if found is None else datetime.combine(date.fromordinal(found), time())


def _plan_between(context: Context, first: Value, last: Value, mask: str, holidays: tuple[str, ...]) -> Value:
    views = (moment_view(first, context), moment_view(last, context))
    constants = (checked_mask(mask), read_holidays(holidays))
    return computed(Apply("network_days", views, Form.INTEGER, constants))


def _plan_workday(context: Context, start: Value, days: Value, mask: str, holidays: tuple[str, ...]) -> Value:
    """A date at midnight, printed as its column prints (functions-b 3.5)."""
    views = (moment_view(start, context), integer_view(days))
    constants = (checked_mask(mask), read_holidays(holidays))
    return moved(context, start, Apply("work_day", views, Form.MOMENT, constants), "day")


HOLIDAYS = Argument("holidays", Want.TEXTS, "dates on which nobody works", required=False, default=())
MASK = string("mask", "seven digits from Monday on, 1 = day off", required=False, default=WEEKEND)
_CONSTANTS = [string("mask"), Argument("holidays", Want.TEXTS)]
_BETWEEN = [anything("date1", "from, included"), anything("date2", "to, included")]
_FROM = [anything("date", "a date"), anything("days", "how many working days; negative: back")]

NETWORK_DAYS = hidden(
    "network_days", takes=[moment("first"), moment("last"), *_CONSTANTS], returns=INTEGER,
    doc="Working days from one date to another, both included.", batch=_network_days,
)  # fmt: skip
WORK_DAY = hidden(
    "work_day", takes=[moment("start"), integer("days"), *_CONSTANTS], returns=DATETIME,
    doc="The date so many working days after another.", batch=_work_day,
)  # fmt: skip
NETWORKDAYS = scalar(
    "NETWORKDAYS",
    takes=[*_BETWEEN, HOLIDAYS],
    returns=INTEGER,
    doc="The working days from Monday to Friday between two dates, both included; null if the second is earlier.",
    basis="functions-b 4 [SDK]",
    examples={
        "NETWORKDAYS('2020-03-09', '2020-03-16')": 6,
        "NETWORKDAYS('2020-03-09', '2020-03-06')": None,
        "NETWORKDAYS('2020-12-21', '2020-12-27', ['2020-12-25'])": 4,
    },
    plan=lambda context, first, last, holidays: _plan_between(context, first, last, WEEKEND, holidays),
    group="date",
)
NETWORKDAYSINTL = scalar(
    "NETWORKDAYSINTL",
    takes=[*_BETWEEN, MASK, HOLIDAYS],
    returns=INTEGER,
    doc="The working days between two dates, both included, with a weekend of one's own.",
    basis="functions-b 4 [SDK]",
    examples={"NETWORKDAYSINTL('2020-03-09', '2020-03-16', '0000001')": 7},
    plan=_plan_between,
    group="date",
)
WORKDAY = scalar(
    "WORKDAY",
    takes=[*_FROM, HOLIDAYS],
    returns=DATETIME,
    doc="The date so many working days after another, the start not counted.",
    basis="functions-b 4 [doc]",
    examples={"WORKDAY(DATE(2020, 1, 25), 1)": "2020-01-27", "WORKDAY(DATE(2020, 1, 26), -1)": "2020-01-24"},
    plan=lambda context, start, days, holidays: _plan_workday(context, start, days, WEEKEND, holidays),
    group="date",
)
WORKDAYINTL = scalar(
    "WORKDAYINTL",
    takes=[*_FROM, MASK, HOLIDAYS],
    returns=DATETIME,
    doc="The date so many working days after another, with a weekend of one's own.",
    basis="functions-b 4 [SDK]",
    examples={"WORKDAYINTL(DATE(2020, 1, 1), -360, '0011000')": "2018-08-17"},
    plan=_plan_workday,
    group="date",
)

"""Moments: dates and times read from texts of a format (types 6.1, 6.6, 6.7)."""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from gristmill.types.blanks import trim
from gristmill.types.formats import notation_regex
from gristmill.types.names import month_number

MIN_YEAR = 1400
MAX_YEAR = 2599
EPOCH_YEAR = 1970

_YEARS_BACK = 80
_CENTURY = 100
_NOON = 12


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time as written, without zone, to the microsecond; and its offset from UTC where one is written."""

    local: datetime
    offset_minutes: int | None = None

    @property
    def instant(self) -> datetime:
        """The time in UTC; without an offset the local time counts as UTC."""
        return self.local - timedelta(minutes=self.offset_minutes or 0)


def read_notation(text: str, format: str, reference_year: int) -> Moment | None:
    """The moment that a cell of a Datetime column stands for; None where the text does not fit the format.

    `format` is in type notation. A day that its month does not have is that many days on: 2021-02-30 is 2 March.
    `reference_year` places two-digit years.
    """
    match = _matcher(format)(trim(text))
    return moment_of(match.groupdict(), reference_year, roll_over=True) if match else None


def matches_notation(text: str, format: str) -> bool:
    """Whether a trimmed text fits a format in type notation."""
    return _matcher(format)(text) is not None


def full_year(two_digits: int, reference_year: int) -> int:
    """The year in the window from 80 years before to 19 years after the reference year (types 6.6)."""
    first = reference_year - _YEARS_BACK
    return first + (two_digits - first) % _CENTURY


def moment_of(parts: Mapping[str, str | None], reference_year: int, *, roll_over: bool) -> Moment | None:
    """The moment that named parts of a text make; parts that are absent or None count as not written.

    None for a day that does not exist (unless days roll over) and for years out of range. The names are those of
    `notation_regex`, and `hour24` (1-24) and `hour11` (0-11).
    """
    day = _day(parts, reference_year, roll_over)
    if day is None or day.year > MAX_YEAR:
        return None
    minute, second, fraction = parts.get("minute"), parts.get("second"), parts.get("fraction")
    local = datetime(
        day.year,
        day.month,
        day.day,
        _hour(parts),
        int(minute) if minute else 0,
        int(second) if second else 0,
        int(f"{fraction:0<6.6}") if fraction else 0,
    )
    offset = parts.get("offset")
    return Moment(local, _offset_minutes(offset) if offset else None)


@lru_cache(maxsize=4096)
def _matcher(format: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(notation_regex(format)).fullmatch


def _day(parts: Mapping[str, str | None], reference_year: int, roll_over: bool) -> date | None:
    year = _year(parts, reference_year)
    if not MIN_YEAR <= year <= MAX_YEAR:
        return None
    month, name, day, of_year = (parts.get(group) for group in ("month", "month_name", "day", "day_of_year"))
    if of_year and not (month or name or day):
        return _moved(date(year, 1, 1), int(of_year), 366 if isleap(year) else 365, roll_over)
    number = int(month) if month else month_number(name) if name else 1
    return _moved(date(year, number, 1), int(day) if day else 1, monthrange(year, number)[1], roll_over)


def _moved(first: date, day: int, last: int, roll_over: bool) -> date | None:
    return first + timedelta(days=day - 1) if day <= last or roll_over else None


def _year(parts: Mapping[str, str | None], reference_year: int) -> int:
    year = parts.get("year")
    if year:
        return int(year)
    two_digits = parts.get("year2")
    return full_year(int(two_digits), reference_year) if two_digits else EPOCH_YEAR


def _hour(parts: Mapping[str, str | None]) -> int:
    if hour := parts.get("hour"):
        return int(hour)
    if hour := parts.get("hour24"):
        return int(hour) % 24
    hour = parts.get("hour12") or parts.get("hour11")
    if not hour:
        return 0
    ampm = parts.get("ampm")
    return int(hour) % _NOON + (_NOON if ampm and ampm[0] in "Pp" else 0)


def _offset_minutes(offset: str) -> int:
    if offset[0] not in "+-":
        return 0
    digits = offset[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return -minutes if offset[0] == "-" else minutes

"""What each token of a user's date format prints (functions-b 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from gristmill.types.datetimes import Moment
from gristmill.types.names import LONG_DAYS, LONG_MONTHS, SHORT_DAYS, SHORT_MONTHS

_SATURDAY = 6
_NOON = 12
_MOST_FRACTION_DIGITS = 9

Printer = Callable[[Moment], str]


def week_number(moment: Moment) -> int:
    """The week of the year: weeks begin on Sunday, the first holds 1 January (functions-b 4, WEEKNUM)."""
    day = moment.local
    saturday = day + timedelta(days=_SATURDAY - day.isoweekday() % 7)
    if saturday.year > day.year:
        return 1
    return (saturday.timetuple().tm_yday - 1) // 7 + 1


def _number(value: Callable[[Moment], int], width: int = 0) -> Printer:
    return lambda moment: f"{value(moment):0{width}}"


def _padded(letter: str, value: Callable[[Moment], int]) -> dict[str, Printer]:
    return {letter: _number(value), letter * 2: _number(value, 2)}


def _fraction(digits: int) -> Printer:
    return lambda moment: f"{moment.local.microsecond:06}".ljust(digits, "0")[:digits]


def _zone(colon: str, zero: str | None) -> Printer:
    def printed(moment: Moment) -> str:
        minutes = moment.offset_minutes or 0
        if not minutes and zero:
            return zero
        hours, rest = divmod(abs(minutes), 60)
        return f"{'-' if minutes < 0 else '+'}{hours:02}{colon}{rest:02}"

    return printed


PRINTERS: Mapping[str, Printer] = MappingProxyType(
    {
        "yyyy": _number(lambda moment: moment.local.year, 4),
        "yy": _number(lambda moment: moment.local.year % 100, 2),
        **_padded("M", lambda moment: moment.local.month),
        "MMM": lambda moment: SHORT_MONTHS[moment.local.month - 1],
        "MMMM": lambda moment: LONG_MONTHS[moment.local.month - 1],
        **_padded("d", lambda moment: moment.local.day),
        "D": _number(lambda moment: moment.local.timetuple().tm_yday),
        **dict.fromkeys(("E", "EE", "EEE"), lambda moment: SHORT_DAYS[moment.local.weekday()]),
        "EEEE": lambda moment: LONG_DAYS[moment.local.weekday()],
        **_padded("H", lambda moment: moment.local.hour),
        **_padded("h", lambda moment: moment.local.hour % 12 or 12),
        **_padded("k", lambda moment: moment.local.hour or 24),
        **_padded("K", lambda moment: moment.local.hour % 12),
        **_padded("m", lambda moment: moment.local.minute),
        **_padded("s", lambda moment: moment.local.second),
        **{"S" * digits: _fraction(digits) for digits in range(1, _MOST_FRACTION_DIGITS + 1)},
        "a": lambda moment: "AM" if moment.local.hour < _NOON else "PM",
        "X": _zone(":", "Z"),
        "XX": _zone("", "Z"),
        "XXX": _zone(":", "Z"),
        "x": _zone(":", None),
        "xx": _zone("", None),
        "xxx": _zone(":", None),
        **_padded("w", week_number),
        "Q": _number(lambda moment: (moment.local.month + 2) // 3),
        "G": lambda moment: "AD",
    }
)
"""Token → what it prints for a moment."""

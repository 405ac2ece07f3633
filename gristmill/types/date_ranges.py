"""Ranges of time that dated files are chosen by: `{"inTheLast": {"number": 7, "unit": "day"}}` (platform 1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gristmill.problems import quoted, recipe_error
from gristmill.types.stamps import check_stamp, read_stamp, stamp_regex, stamp_tokens, zone_of

Json = dict[str, Any]

KINDS = ("now", "exactly", "inTheLast", "last", "isAfter", "betweenAgo")
UNITS = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
_FIXED = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_FINEST = ("S", "s", "m", "hHkK", "dDEe", "w", "M", "Q", "y")
_UNIT_OF = ("second", "second", "minute", "hour", "day", "week", "month", "quarter", "year")
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """Instants from `low` to `high`; None: no end. The ends belong to the range where the flags say so."""

    low: datetime | None = None
    high: datetime | None = None
    has_low: bool = False
    has_high: bool = True

    def hold(self, instant: datetime) -> bool:
        """Whether the instant lies in the range."""
        if self.low is not None and not (instant > self.low or (self.has_low and instant == self.low)):
            return False
        return self.high is None or instant < self.high or (self.has_high and instant == self.high)

    def as_json(self) -> Json:
        low, high = (None if end is None else end.isoformat() for end in (self.low, self.high))
        return {"low": low, "high": high, "hasLow": self.has_low, "hasHigh": self.has_high}

    @classmethod
    def from_json(cls, document: Json) -> Bounds:
        """Read `as_json`."""
        low, high = (
            None if end is None else datetime.fromisoformat(end) for end in (document["low"], document["high"])
        )
        return cls(low, high, document["hasLow"], document["hasHigh"])


@dataclass(frozen=True, slots=True)
class DateRange:
    """Which dates a part of a path may hold, for one reference date."""

    formats: tuple[str, ...]
    zone: str
    bounds: Bounds
    reference_year: int

    @property
    def regex(self) -> str:
        """The expression of all texts in one of the formats."""
        return "|".join(f"(?:{stamp_regex(format)})" for format in self.formats)

    def holds(self, text: str) -> bool:
        """Whether a text names a time of the range; of several formats the first that fits counts."""
        for format in self.formats:
            instant = read_stamp(text, format, self.zone, self.reference_year)
            if instant is not None:
                return self.bounds.hold(instant)
        return False

    def as_json(self) -> Json:
        formats = list(self.formats)
        return {"formats": formats, "zone": self.zone, "year": self.reference_year, "bounds": self.bounds.as_json()}

    @classmethod
    def from_json(cls, document: Json) -> DateRange:
        """Read `as_json`."""
        bounds = Bounds.from_json(document["bounds"])
        return cls(tuple(document["formats"]), document["zone"], bounds, document["year"])


def date_range(value: Mapping[str, Any], reference: datetime, zone: str) -> DateRange:
    """The range that a definition means at a reference date; `zone` counts where it names none.

    Raises RecipeError `format` that says what is wrong with the definition.
    """
    zone = str(value.get("timezone") or zone)
    zone_of(zone)
    formats = _formats(value)
    kinds = [kind for kind in KINDS if value.get(kind) is not None]
    if len(kinds) > 1:
        raise recipe_error("format", f"one range is wanted, found {' and '.join(kinds)}")
    unknown = sorted(set(value) - {*KINDS, "timezone", "formats", "format"})
    if unknown:
        raise recipe_error("format", f"unknown range {quoted(unknown[0])}, known are {', '.join(KINDS)}")
    local = reference.astimezone(zone_of(zone))
    bounds = _bounds(kinds[0], value[kinds[0]], local, formats) if kinds else Bounds()
    return DateRange(formats, zone, bounds, local.year)


def step(local: datetime, count: int, unit: str) -> datetime:
    """`count` units later, on the calendar from days on: 31 March and −1 month make 28 or 29 February."""
    try:
        if unit in _FIXED:
            return (local.astimezone(UTC) + count * _FIXED[unit]).astimezone(local.tzinfo)
        if unit in _DAYS:
            return _real(local.replace(tzinfo=None) + timedelta(days=count * _DAYS[unit]), local)
        months = local.year * 12 + local.month - 1 + count * _MONTHS[unit]
        first = local.replace(tzinfo=None, year=months // 12, month=months % 12 + 1, day=1)
        following = (first + timedelta(days=31)).replace(day=1)
        return _real(first.replace(day=min(local.day, (following - timedelta(days=1)).day)), local)
    except (ValueError, OverflowError):
        raise recipe_error("format", f"{abs(count)} {unit}s from {local.date()} is out of range") from None


def unit_of(value: object) -> str:
    """The unit by its name, plural and any case accepted. Raises RecipeError `'dayz' is not a unit`."""
    name = str(value).lower()
    name = name if name in UNITS else name.removesuffix("s")
    if name not in UNITS:
        raise recipe_error("format", f"{quoted(value)} is not a unit, valid values are {', '.join(UNITS)}")
    return name


def amount_of(value: object) -> tuple[int, str]:
    """Number and unit of `{"number": 7, "unit": "day"}`; `amount` is the same as `number`."""
    given = value if isinstance(value, Mapping) else {}
    number = given.get("number", given.get("amount"))
    if isinstance(number, str) and number.lstrip("-").isdecimal():
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool) or abs(number) > _MOST:
        raise recipe_error("format", f'expected {{"number": 7, "unit": "day"}}, got {quoted(value)}')
    return number, unit_of(given.get("unit"))


def _formats(value: Mapping[str, Any]) -> tuple[str, ...]:
    given = value.get("formats") or value.get("format")
    formats = [given] if isinstance(given, str) else given
    if not isinstance(formats, list) or not formats:
        raise recipe_error("format", 'expected "formats": ["yyyy-MM-dd"]')
    for format in formats:
        stamp_regex(check_stamp(format))
    return tuple(formats)


def _bounds(kind: str, details: Any, now: datetime, formats: tuple[str, ...]) -> Bounds:
    match kind:
        case "now":
            begin = _truncated(now, _finest(formats))
            return _closed(begin, begin)
        case "isAfter":
            return Bounds(low=_instant(details, now))
        case "betweenAgo":
            return _between(details, now)
        case "exactly":
            number, unit = amount_of(details)
            begin = _truncated(step(now, -number, unit), unit)
            return Bounds(_utc(begin), _utc(step(begin, 1, unit)), has_low=True, has_high=False)
        case "last":
            number, unit = amount_of(details)
            end = _truncated(now, unit)
            return Bounds(_utc(step(end, -number, unit)), _utc(end), has_low=True, has_high=False)
        case _:
            number, unit = amount_of(details)
            return Bounds(_utc(step(now, -number, unit)), _utc(now))


def _between(details: Any, now: datetime) -> Bounds:
    given = details if isinstance(details, Mapping) else {}
    ends = sorted(
        _utc(step(now, -number, unit)) for number, unit in map(amount_of, (given.get("from"), given.get("to")))
    )
    return Bounds(ends[0], ends[1])


def _closed(low: datetime, high: datetime) -> Bounds:
    return Bounds(_utc(low), _utc(high), has_low=True)


def _instant(details: Any, now: datetime) -> datetime:
    text = details.get("date") if isinstance(details, Mapping) else details
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        raise recipe_error("format", f"{quoted(text)} is no date, write '2026-01-01T00:00:00.000Z'") from None
    return _utc(found if found.tzinfo is not None else found.replace(tzinfo=now.tzinfo))


def _finest(formats: tuple[str, ...]) -> str:
    """The finest unit of the first format."""
    letters = {token.kind[0] for token in stamp_tokens(formats[0]) if token.kind}
    found = (unit for group, unit in zip(_FINEST, _UNIT_OF, strict=True) if letters & set(group))
    return next(found, "second")


def _truncated(local: datetime, unit: str) -> datetime:
    at = local.replace(microsecond=0)
    if unit in ("second", "minute", "hour"):
        at = at.replace(second=0) if unit != "second" else at
        return at.replace(minute=0) if unit == "hour" else at
    day = at.replace(hour=0, minute=0, second=0, tzinfo=None)
    if unit == "week":
        day -= timedelta(days=day.weekday())
    elif unit != "day":
        month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[unit]
        day = day.replace(month=month, day=1)
    return _real(day, local)


def _real(naive: datetime, like: datetime) -> datetime:
    """The local time in the zone of `like`; one that does not exist is moved forward."""
    return naive.replace(tzinfo=like.tzinfo).astimezone(UTC).astimezone(like.tzinfo)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)

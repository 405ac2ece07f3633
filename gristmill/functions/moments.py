"""Dates read from texts and printed (types 6, functions-b 3): hidden functions behind the date views."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import Argument, Want, count, hidden, moment, string, text
from gristmill.functions.reading import OUTER_BLANKS
from gristmill.plan.building import call, case, cast, coalesce, concat
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.types.catalogue import formats_of
from gristmill.types.choosing import catalogue_formats
from gristmill.types.custom_dates import Token, parse_custom
from gristmill.types.datetimes import EPOCH_YEAR, MAX_YEAR, MIN_YEAR, read_notation
from gristmill.types.formats import notation_groups, notation_regex
from gristmill.types.logical import DATETIME, STRING
from gristmill.types.names import SHORT_MONTHS
from gristmill.types.parsedate import parse_date

WINDOW_BACK = 80  # two-digit years: from 80 years before the reference year on (types 6.6)


# Formats whose usual spelling the engine reads and prints by itself, with that spelling's length.
ISO_FORMATS = {"yyyy*mm*dd": ("DATE", 10), "yyyy*mm*dd*HH:MM:SS": ("TIMESTAMP", 19)}


def _read_moment(s: Expr, format: str, year: int) -> Expr:
    """The engine's own reading where its printing gives the text back; else part by part."""
    if format not in ISO_FORMATS:
        parts = Apply("date_parts", (s,), Form.ANY, (format,))
        return Apply("moment_of_parts", (parts,), Form.MOMENT, (format, year))
    read = cast(cast(s, ISO_FORMATS[format][0]), Form.MOMENT)
    return case((is_iso(s, format), read), otherwise=_of_parts(_parts(s, format), format, year))


def is_iso(s: Expr, format: str) -> Expr:
    """Whether a text has the usual spelling of one of `ISO_FORMATS`, which the engine reads and prints the same."""
    native, length = ISO_FORMATS[format]
    printed = cast(cast(s, native), Form.TEXT)
    return printed.eq(s) & call("length", s).eq(length) & (s >= str(MIN_YEAR)) & (s < str(MAX_YEAR + 1))


def _parts(s: Expr, format: str) -> Expr:
    """All parts of a date by one match; empty texts where it does not match."""
    regex = rf"^{OUTER_BLANKS}(?:{notation_regex(format)}){OUTER_BLANKS}$"
    return call("regexp_extract", s, regex, call("list_value", *notation_groups(format)))


def _of_parts(parts: Expr, format: str, year: int) -> Expr:
    """The date of matched parts; a day beyond its month's end rolls over."""
    names = notation_groups(format)

    def part(name: str) -> Expr:
        return call("struct_extract", parts, name)

    def number(name: str) -> Expr:
        return cast(part(name), "BIGINT")

    shown_year = _year(names, number, year)
    month = _month(names, part, number)
    day = number("day") if "day" in names else None
    start = call("make_date", shown_year, month, 1)
    matched = part(names[0]).ne("")
    usable = matched & (shown_year >= MIN_YEAR) & (shown_year <= MAX_YEAR)
    local = cast(start, Form.MOMENT)
    if day is not None:
        local = local + call("to_days", cast(day - 1, "INTEGER"))
    if "day_of_year" in names:
        local = local + call("to_days", cast(number("day_of_year") - 1, "INTEGER"))
    for step in _clock(names, part, number):
        local = local + step
    return case((usable, local))


Part = Callable[[str], Expr]


def _year(names: tuple[str, ...], number: Part, reference_year: int) -> Expr | int:
    if "year" in names:
        return number("year")
    if "year2" in names:
        first = reference_year - WINDOW_BACK
        return (number("year2") - first % 100 + 100) % 100 + first
    return cast(EPOCH_YEAR, "BIGINT")


def _month(names: tuple[str, ...], part: Part, number: Part) -> Expr | int:
    if "month" in names:
        return number("month")
    if "month_name" in names:
        short = call("lower", call("left", part("month_name"), 3))
        return call("list_position", call("list_value", *(name.lower() for name in SHORT_MONTHS)), short)
    return 1


def _clock(names: tuple[str, ...], part: Part, number: Part) -> list[Expr]:
    steps = []
    if "hour" in names:
        steps.append(call("to_hours", number("hour")))
    if "hour12" in names:
        afternoon = (
            case((call("lower", call("left", part("ampm"), 1)).eq("p"), 12), otherwise=0) if "ampm" in names else 0
        )
        steps.append(call("to_hours", number("hour12") % 12 + afternoon))
    if "minute" in names:
        steps.append(call("to_minutes", number("minute")))
    if "second" in names:
        steps.append(call("to_seconds", number("second")))
    if "fraction" in names:
        micros = cast(call("rpad", call("left", part("fraction"), 6), 6, "0"), "BIGINT")
        steps.append(call("to_microseconds", coalesce(micros, 0)))
    return steps


DATE_PARTS = hidden(
    "date_parts",
    takes=[text("s"), string("format")],
    returns=STRING,
    doc="The parts of a date by the names of its format's groups.",
    basis="types 6.2",
    tree=_parts,
)
MOMENT_OF_PARTS = hidden(
    "moment_of_parts",
    takes=[text("parts"), string("format"), count("reference_year")],
    returns=DATETIME,
    doc="The date that matched parts make.",
    basis="types 6.2, 6.6, 6.7",
    tree=_of_parts,
)
READ_MOMENT = hidden(
    "read_moment",
    takes=[text("s"), string("format"), count("reference_year")],
    returns=DATETIME,
    doc="The date of a text in a Datetime type's format, else null.",
    basis="types 6.2, 6.6, 6.7",
    tree=_read_moment,
)


@rowwise(Form.MOMENT)
def _read_any_moment(cell: str, category: str, year: int) -> datetime | None:
    formats = formats_of(category) if category else catalogue_formats(cell.strip(" \t\r\n"))
    found = (read_notation(cell, format, year) for format in formats)
    return next((item.local for item in found if item is not None), None)


READ_ANY_MOMENT = hidden(
    "read_any_moment",
    takes=[text("s"), string("category"), count("reference_year")],
    returns=DATETIME,
    doc="The date of a text in any format of a category, or of the whole catalogue.",
    basis="types 6.2, 6.4",
    batch=_read_any_moment,
)


@rowwise(Form.MOMENT)
def _parse_moment(cell: str, formats: tuple[str, ...], year: int) -> datetime | None:
    found = parse_date(cell, formats or None, year)
    return found.local if found is not None else None


ISO_TEXT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}( ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])?"


def _parse_moment_tree(s: Expr, formats: tuple[str, ...], year: int) -> Expr:
    """The two commonest default formats by the engine; every other text by the routine."""
    slow = Apply("parse_moment_slow", (s,), Form.MOMENT, (formats, year))
    if formats:
        return slow
    read = cast(s, Form.MOMENT)
    known = (call("year", read) >= MIN_YEAR) & (call("year", read) <= MAX_YEAR)
    return case((call("regexp_full_match", s, ISO_TEXT), case((known, read))), (s.ne(""), slow))


_PARSED = [text("s"), Argument("formats", Want.TEXTS), count("reference_year")]
PARSE_MOMENT_SLOW = hidden(
    "parse_moment_slow", takes=_PARSED, returns=DATETIME, doc="The date of any text.", batch=_parse_moment
)
PARSE_MOMENT = hidden(
    "parse_moment",
    takes=_PARSED,
    returns=DATETIME,
    doc="The date of a text by the first format that fits; without formats, by PARSEDATE's own list.",
    basis="functions-b 3.2, 3.6",
    tree=_parse_moment_tree,
)

FIRST_MOMENT = hidden(
    "first_moment",
    takes=[moment("first"), moment("second")],
    returns=DATETIME,
    doc="The first of two readings, else the second.",
    tree=coalesce,
)

# DuckDB's strftime per token; %g is milliseconds there
_STRFTIME = {
    "yyyy": "%Y", "yy": "%y", "M": "%-m", "MM": "%m", "MMM": "%b", "MMMM": "%B", "d": "%-d", "dd": "%d", "D": "%-j",
    "E": "%a", "EE": "%a", "EEE": "%a", "EEEE": "%A",
    "H": "%-H", "HH": "%H", "h": "%-I", "hh": "%I", "m": "%-M", "mm": "%M",
    "s": "%-S", "ss": "%S", "SSS": "%g", "a": "%p",
}  # fmt: skip


def _print_moment(x: Expr, format: str) -> Expr:
    """One strftime per run of tokens that it knows, other tokens by expressions, put together."""
    pieces: list[Expr | str] = []
    run = ""
    for token in parse_custom(format):
        known = _STRFTIME.get(token.kind) if token.kind else token.text.replace("%", "%%")
        if known is not None:
            run += known
            continue
        pieces += [call("strftime", x, run)] if run else []
        pieces.append(_print_odd(x, token))
        run = ""
    if run or not pieces:
        pieces.append(call("strftime", x, run))
    first, *rest = pieces
    return case((~x.is_null(), concat(first, *rest)))


def _print_odd(x: Expr, token: Token) -> Expr | str:
    """The tokens that strftime lacks; a value without offset counts as UTC."""
    match token.kind:
        case fraction if fraction.startswith("S"):
            return call("left", call("rpad", call("strftime", x, "%f"), len(fraction), "0"), len(fraction))
        case "X" | "XX" | "XXX":
            return "Z"
        case "xx":
            return "+0000"
        case "x" | "xxx":
            return "+00:00"
        case "w" | "ww":
            return _padded(week_number(x), token)
        case "k" | "kk":
            hour = call("hour", x)
            return _padded(case((hour.eq(0), 24), otherwise=hour), token)
        case "K" | "KK":
            return _padded(call("hour", x) % 12, token)
        case "Q":
            return cast(call("quarter", x), Form.TEXT)
        case "G":
            return "AD"
        case other:
            raise AssertionError(f"no way to print token {other}")


def _padded(value: Expr, token: Token) -> Expr:
    return call("printf", f"%0{len(token.kind)}d", value)


def week_number(x: Expr) -> Expr:
    """Week 1 holds 1 January, weeks begin on Sunday; a week counts in the year of its Saturday (WEEKNUM)."""
    day = cast(x, "DATE")
    saturday = day + cast(6 - call("dayofweek", day), "INTEGER")
    return call("divide", call("dayofyear", saturday) - 1, 7) + 1


PRINT_MOMENT = hidden(
    "print_moment",
    takes=[moment("x"), string("format")],
    returns=STRING,
    doc="A date as text in a format.",
    basis="functions-b 3.1",
    tree=_print_moment,
)

"""What Spark calls the primitives of dates. A step of days and shorter is a number of microseconds, one of months a
number of months: Spark's own intervals overflow and raise, integers here become null.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from sqlglot import exp

from gristmill.engines.spark.arguments import Args, Builder, Write, constant, plain
from gristmill.engines.spark.trees import NotNativeError, Tree, binary, call, cast, number, text
from gristmill.engines.sql.kinds import kind_of
from gristmill.plan.expressions import Form

SECOND = 1_000_000
DAY = 86_400 * SECOND
# strftime's codes as date_format's letters; the years are those of four digits
CODES: Mapping[str, str] = MappingProxyType(
    {
        "%Y": "yyyy", "%y": "yy", "%-m": "M", "%m": "MM", "%b": "MMM", "%B": "MMMM", "%-d": "d", "%d": "dd",
        "%-j": "D", "%a": "EEE", "%A": "EEEE", "%-H": "H", "%H": "HH", "%-I": "h", "%I": "hh", "%-M": "m", "%M": "mm",
        "%-S": "s", "%S": "ss", "%g": "SSS", "%p": "a",
    }
)  # fmt: skip


def instant(moment: Tree) -> Tree:
    """A local time as the instant that it is in UTC, the session's zone."""
    return cast(moment, "TIMESTAMP")


def local(moment: Tree) -> Tree:
    return cast(moment, "TIMESTAMP_NTZ")


def micros(moment: Tree) -> Tree:
    return call("unix_micros", instant(moment))


def moved(moment: Tree, step: Tree, sign: int) -> Tree:
    """A moment some microseconds later."""
    name = "try_add" if sign > 0 else "try_subtract"
    return local(call("timestamp_micros", call(name, micros(moment), step)))


def moved_by_months(moment: Tree, step: Tree, sign: int) -> Tree:
    """A moment some months later, its day cut to the month's last."""
    count = step if sign > 0 else exp.Neg(this=exp.Paren(this=step))
    return call("try_add", moment, call("make_ym_interval", number(0), cast(count, "INT")))


def _part(name: str, before: int = 0) -> Builder:
    """A part as 64 bits; `before` is what Spark's count begins with, less ours."""

    def build(write: Write, args: Args) -> Tree:
        part = call(name, write(args[0]))
        return cast(binary(exp.Sub, part, number(before)) if before else part, "BIGINT")

    return build


def _step(unit: int) -> Builder:
    return lambda write, args: call("try_multiply", cast(write(args[0]), "BIGINT"), cast(number(unit), "BIGINT"))


def _epoch_ms(write: Write, args: Args) -> Tree:
    if kind_of(args[0]) is Form.INTEGER:
        return local(call("timestamp_micros", call("try_multiply", write(args[0]), cast(number(1000), "BIGINT"))))
    return exp.Paren(this=exp.IntDiv(this=micros(write(args[0])), expression=number(1000)))


def _make_date(write: Write, args: Args) -> Tree:
    parts = [cast(write(arg), "INT") for arg in args]
    return cast(call("try_make_timestamp_ntz", *parts, number(0), number(0), number(0)), "DATE")


def _date_trunc(write: Write, args: Args) -> Tree:
    return local(call("date_trunc", write(args[0]), instant(write(args[1]))))


def _date_diff(write: Write, args: Args) -> Tree:
    if constant(args[0]) != "day":
        raise NotNativeError
    return cast(call("datediff", write(args[2]), write(args[1])), "BIGINT")


def _strftime(write: Write, args: Args) -> Tree:
    return call("date_format", instant(write(args[0])), text(_letters(str(constant(args[1])))))


def _letters(written: str) -> str:
    """A format in date_format's letters, everything else between quotes."""
    result = ""
    for token in _TOKENS.findall(written):
        if token in CODES:
            result += CODES[token]
        elif token.startswith("%") and token != "%%":
            raise NotNativeError(token)
        else:
            literal = "''" if token == "'" else "%" if token == "%%" else token
            # two quoted pieces beside each other would quote a quote
            result = f"{result[:-1]}{literal}'" if result.endswith("'") else f"{result}'{literal}'"
    return result


_TOKENS = re.compile(r"%-?.|[^%]", re.DOTALL)

MOMENTS: Mapping[str, Builder] = MappingProxyType(
    {
        **{name: _part(name) for name in ("year", "month", "day", "hour", "minute", "second", "quarter", "dayofyear")},
        "isodow": _part("weekday", -1), "dayofweek": _part("dayofweek", 1), "last_day": plain("last_day"),
        "to_days": _step(DAY), "to_hours": _step(3600 * SECOND), "to_minutes": _step(60 * SECOND),
        "to_seconds": _step(SECOND), "to_milliseconds": _step(1000), "to_microseconds": _step(1),
        "to_months": lambda write, args: write(args[0]), "epoch_ms": _epoch_ms,
        "epoch_us": lambda write, args: micros(write(args[0])), "make_date": _make_date, "date_trunc": _date_trunc,
        "date_diff": _date_diff, "strftime": _strftime,
    }
)  # fmt: skip

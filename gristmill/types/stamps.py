"""Dates in names of files and tables: `yyyy-MM-dd` printed and read in a time zone (platform 1.4, 1.5)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from gristmill.problems import quoted, recipe_error
from gristmill.types.custom_dates import Tokens, custom_regex, parse_custom, print_custom, read_custom
from gristmill.types.datetimes import Moment

# `z` prints a zone's name, which no format of recipes does; a letter that no format can hold stands for it
_ZONE_NAME = "\ue000"
_RUNS = re.compile(r"'[^']*'|([A-Za-z])\1*")
_SPELLINGS = {"DD": "dd", "Z": "xx", "z": f"'{_ZONE_NAME}'"}
_NAMED = re.compile(r"\(\?P<\w+>")


def print_stamp(instant: datetime, format: str, zone: str) -> str:
    """An instant as text: `2026-01-31`. Raises RecipeError `format` for a format that does not exist."""
    local = instant.astimezone(zone_of(zone))
    offset = local.utcoffset()
    minutes = 0 if offset is None else int(offset.total_seconds()) // 60
    text = print_custom(Moment(local.replace(tzinfo=None), minutes), stamp_tokens(format))
    return text.replace(_ZONE_NAME, local.tzname() or "UTC")


def read_stamp(text: str, format: str, zone: str, reference_year: int) -> datetime | None:
    """The instant at which what the text names begins; None where it does not fit the format.

    A local time that does not exist is moved forward, of two the earlier one counts.
    """
    fits = re.fullmatch(stamp_regex(format), text)
    moment = read_custom(text, stamp_tokens(format), reference_year) if fits else None
    if moment is None:
        return None
    if moment.offset_minutes is not None:
        return moment.instant.replace(tzinfo=UTC)
    return moment.local.replace(tzinfo=zone_of(zone)).astimezone(UTC)


@lru_cache(maxsize=256)
def stamp_regex(format: str) -> str:
    """The expression of texts in that format, without groups; doubled tokens stand for two digits.

    Raises RecipeError `format` for a format that does not exist or that cannot be read.
    """
    tokens = stamp_tokens(format)
    if any(_ZONE_NAME in token.text for token in tokens):
        raise recipe_error("format", f"the token 'z' of {quoted(format)} can be written but not be read, use X")
    return _NAMED.sub("(?:", custom_regex(tokens, exact=True))


def check_stamp(format: object) -> str:
    """The format itself. Raises RecipeError `format` where it is none."""
    if not isinstance(format, str):
        raise recipe_error("format", f"{quoted(format)} is no date format")
    stamp_tokens(format)
    return format


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The time zone by its name. Raises RecipeError `format` for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise recipe_error("format", f"unknown time zone {quoted(name)}", hint="Write 'Europe/Berlin'.") from None


@lru_cache(maxsize=256)
def stamp_tokens(format: str) -> Tokens:
    """The tokens of a format in a parameter. Raises RecipeError `format` for a format that does not exist."""
    return parse_custom(_RUNS.sub(lambda run: _SPELLINGS.get(run[0], run[0]), format))

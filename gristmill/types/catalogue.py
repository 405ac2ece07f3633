"""The Datetime formats that inference tries, in the order of preference (types 6.4)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from gristmill.types.formats import category_of
from gristmill.types.logical import LogicalType

FULL_DATES = (
    "mm*dd*yyyy", "dd*mm*yyyy", "yyyy*mm*dd", "yyyy*dd*mm", "mm*dd*yy", "dd*mm*yy", "yy*mm*dd", "yy*dd*mm",
    "shortMonth*dd*yyyy", "longMonth*dd*yyyy", "shortMonth*dd*yy", "longMonth*dd*yy", "dd*shortMonth*yyyy",
    "dd*longMonth*yyyy", "dd*shortMonth*yy", "dd*longMonth*yy", "yyyy*shortMonth*dd", "yyyy*longMonth*dd",
)  # fmt: skip
PARTIAL_DATES = (
    "mm*yyyy", "yyyy*mm", "shortMonth*yyyy", "longMonth*yyyy", "yyyy*shortMonth", "yyyy*longMonth", "shortMonth*yy",
    "longMonth*yy", "shortMonth*dd", "longMonth*dd", "dd*shortMonth", "dd*longMonth", "shortMonth", "longMonth",
)  # fmt: skip
TIMES = (
    "HH:MM:SS", "HH:MM:SS.sss", "HH:MM", "hh:MM:SSa", "hh:MMa", "HH:MM:SSX", "HH:MM:SS.sssX", "HH:MMX", "hh:MM:SSa*X",
)  # fmt: skip
SETTYPE_ONLY = ("yyyy", "yy", "mm", "dd", "mm*dd", "dd*mm", "mm*yy", "yy*mm", "yyyymmdd", "yyyymmddHHMMSS")
"""Common formats that are never inferred: too much else looks like them."""

DEFAULT_FORMAT = "yyyy*mm*dd*HH:MM:SS"

DATES = (*FULL_DATES, *PARTIAL_DATES)
LONE_TIMES = tuple(time for time in TIMES if "X" not in time)
_DATED = (*DATES, *(f"{day}*{time}" for day in FULL_DATES for time in TIMES))

CATALOGUE = tuple(f"{weekday}{dated}" for weekday in ("", "shortDay*", "longDay*") for dated in _DATED) + LONE_TIMES
"""All formats that inference tries; of equal shares the earlier wins."""

RANKS: Mapping[str, int] = MappingProxyType({format: rank for rank, format in enumerate(CATALOGUE)})
"""Place of each format of the catalogue; the lower is preferred."""


@lru_cache(maxsize=4096)
def datetime_type(format: str) -> LogicalType:
    """The Datetime type of a format in type notation, with its category."""
    return LogicalType("Datetime", category_of(format), format)


@lru_cache(maxsize=4096)
def formats_of(category: str) -> frozenset[str]:
    """All formats of a category, those for settype too."""
    return frozenset(format for format in (*CATALOGUE, *SETTYPE_ONLY) if category_of(format) == category)

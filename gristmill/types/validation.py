"""Which texts are valid for a type (types 5): the one rule that every engine's SQL is tested against."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from math import isfinite
from typing import TypeAlias

from gristmill.types.blanks import trim
from gristmill.types.catalogue import formats_of
from gristmill.types.choosing import catalogue_formats
from gristmill.types.custom import custom_type, is_custom_valid
from gristmill.types.datetimes import matches_notation
from gristmill.types.formats import parse_notation
from gristmill.types.json_text import is_array, is_object
from gristmill.types.logical import LogicalType
from gristmill.types.numbers import read_integer
from gristmill.types.patterns import PATTERNS

__all__ = ["PATTERNS", "is_valid", "validator"]

Test: TypeAlias = Callable[[str], bool]


def is_valid(text: str, type: LogicalType) -> bool:
    """Whether a cell of that text is valid; the empty text never is, for no type.

    Raises RecipeError `format` for a Datetime format without any token, never because of the text.
    """
    if type.name == "String":
        return text != ""
    if (declared := custom_type(type.name)) is not None:
        return is_custom_valid(text, declared.rule)
    return validator(type)(trim(text))


def validator(type: LogicalType) -> Test:
    """The test for trimmed texts of one type; for many texts in a row."""
    if (declared := custom_type(type.name)) is not None:
        rule = declared.rule
        return lambda text: is_custom_valid(text, rule)
    return _built_in(type)


@lru_cache(maxsize=1024)
def _built_in(type: LogicalType) -> Test:
    special = _SPECIAL.get(type.name)
    if special is not None:
        return special
    if type.name == "Datetime":
        return _datetime_test(type)
    matches = re.compile(PATTERNS[type.name]).fullmatch
    return lambda text: matches(text) is not None


def _is_integer(text: str) -> bool:
    return read_integer(text) is not None


def _is_float(text: str) -> bool:
    return _matches_float(text) is not None and isfinite(float(text))


def _is_datetime(text: str) -> bool:
    return any(True for _ in catalogue_formats(text))


_matches_float = re.compile(PATTERNS["Float"]).fullmatch
_SPECIAL: dict[str, Test] = {
    "String": bool,
    "Integer": _is_integer,
    "Float": _is_float,
    "Array": is_array,
    "Map": is_object,
}


def _datetime_test(type: LogicalType) -> Test:
    if type.format is not None:
        format = type.format
        parse_notation(format)
        return lambda text: matches_notation(text, format)
    if type.category is None:
        return _is_datetime
    # a category named by the user takes digits too: '2020' is a year under `yy`
    formats = formats_of(type.category)
    return lambda text: any(matches_notation(text, format) for format in formats)

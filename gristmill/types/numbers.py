"""Numbers and Booleans: read from texts (language 4.3) and printed (language 4.9)."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite

from gristmill.types.blanks import trim
from gristmill.types.patterns import FALSE_WORDS, FLOAT, INTEGER, TRUE_WORDS

MIN_INTEGER = -(2**63)
MAX_INTEGER = 2**63 - 1

_MOST_DIGITS = 19
_FIRST_EXPONENT = 1e21
_LEAST_POSITIONAL = 1e-7

_integer = re.compile(INTEGER).fullmatch
_float = re.compile(FLOAT).fullmatch
_WORDS = dict.fromkeys(TRUE_WORDS, True) | dict.fromkeys(FALSE_WORDS, False)


def read_integer(text: str) -> int | None:
    """The value of a valid Integer text, else None: `'3.0'` and 20-digit numbers give None (types 5.2)."""
    text = trim(text)
    return _checked_integer(text) if _integer(text) else None


def read_number(text: str) -> int | float | None:
    """The value of a valid Decimal text, else None.

    An int where the text has neither point nor exponent and fits 64 bits, otherwise a finite float.
    """
    text = trim(text)
    if not _float(text):
        return None
    if _integer(text):
        whole = _checked_integer(text)
        if whole is not None:
            return whole
    value = float(text)
    return value if isfinite(value) else None


def read_boolean(text: str) -> bool | None:
    """True or False for the Boolean words in any case, else None: `'1.0'`, `'ok'` (types 5.4)."""
    return _WORDS.get(trim(text).lower())


def print_number(value: int | float) -> str:
    """The text of a computed number: shortest digits, no `.0`, exponents only below 1e-7 and from 1e21.

    Raises ValueError for infinity and NaN, which never leave a function.
    """
    if isinstance(value, int):
        return str(int(value))
    if not isfinite(value):
        raise ValueError(f"{value} has no printed form")
    if value == 0:
        return "0"
    shortest = repr(value)
    if "e" not in shortest:
        return shortest.removesuffix(".0")
    if _LEAST_POSITIONAL <= abs(value) < _FIRST_EXPONENT:
        return f"{Decimal(shortest):f}"
    mantissa, exponent = shortest.split("e")
    return f"{mantissa}e{int(exponent):+d}"


def print_boolean(value: bool) -> str:
    """`true` or `false`."""
    return "true" if value else "false"


def _checked_integer(text: str) -> int | None:
    # without the zeros: int() refuses texts of more than 4300 digits
    sign, digits = ("-" if text[0] == "-" else ""), text.lstrip("+-").lstrip("0")
    if len(digits) > _MOST_DIGITS:
        return None
    value = int(sign + (digits or "0"))
    return value if MIN_INTEGER <= value <= MAX_INTEGER else None

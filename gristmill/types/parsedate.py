"""Texts read by the first of several user formats that fits (functions-b 3.6, 4 PARSEDATE)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from gristmill.types.blanks import trim
from gristmill.types.custom_dates import Token, Tokens, as_read, parse_custom, read_custom
from gristmill.types.datetimes import Moment
from gristmill.types.names import escape

_ISO_TIMES = ("HH:mm:ss", "HH:mm", "HH:mm:ss.SSS")
_ISO = (
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd",
    *(f"yyyy-MM-dd{between}{time}" for time in _ISO_TIMES for between in (" ", "'T'")),
)

DEFAULT_FORMATS: tuple[str, ...] = tuple(dict.fromkeys((
    *_ISO, *(f"{format}X" for format in _ISO),
    "yyyy-MM-dd HH:mm:SS", "M/d/yy", "MM/dd/yy", "MM-dd-yy", "M-d-yy", "MMM d, yyyy", "MMMM d, yyyy",
    "EEEE, MMMM d, yyyy", "MMM d yyyy", "MMMM d yyyy", "MM-dd-yyyy", "M-d-yyyy", "yyyy-MM-ddXXX", "dd/MM/yyyy",
    "d/M/yyyy", "MM/dd/yyyy", "M/d/yyyy", "yyyy/M/d", "M/d/yy h:mm a", "MM/dd/yy h:mm a", "MM-dd-yy h:mm a",
    "MMM dd yyyy HH.MM.SS xxx", "M-d-yy h:mm a", "MMM d, yyyy h:mm:ss a", "EEEE, MMMM d, yyyy h:mm:ss a X",
    "EEE MMM dd HH:mm:ss X yyyy", "EEE, d MMM yyyy HH:mm:ss X", "d MMM yyyy HH:mm:ss X", "MM-dd-yyyy h:mm:ss a",
    "M-d-yyyy h:mm:ss a", "yyyy-MM-dd h:mm:ss a", "yyyy-M-d h:mm:ss a", "yyyy-MM-dd HH:mm:ss.S",
    "dd/MM/yyyy h:mm:ss a", "d/M/yyyy h:mm:ss a", "MM/dd/yyyy h:mm:ss a", "M/d/yyyy h:mm:ss a",
    "MM/dd/yy h:mm:ss a", "MM/dd/yy H:mm:ss", "M/d/yy H:mm:ss", "dd/MM/yyyy h:mm a", "d/M/yyyy h:mm a",
    "MM/dd/yyyy h:mm a", "M/d/yyyy h:mm a", "MM-dd-yy h:mm:ss a", "M-d-yy h:mm:ss a", "MM-dd-yyyy h:mm a",
    "M-d-yyyy h:mm a", "yyyy-MM-dd h:mm a", "yyyy-M-d h:mm a", "MMM.dd.yyyy", "d/MMM/yyyy H:mm:ss X",
    "dd/MMM/yy h:mm a",
)))  # fmt: skip
"""The formats that PARSEDATE tries when it is given none, in this order."""

DateReader = Callable[[str, int], Moment | None]

# A text is tried with few formats only: those that fit its shape, all digits as 0 and all letters as a.
_SHAPES = str.maketrans(
    dict.fromkeys("0123456789", "0") | {chr(code): "a" for code in range(128) if chr(code).isalpha()}
)
_NAME_LENGTHS = {"MMM": "a{3,4}", "MMMM": "a{3,9}", "E": "a{3}", "EE": "a{3}", "EEE": "a{3}", "EEEE": "a{6,9}"}
_LENGTHS = {"yyyy": "0{4}", "yy": "00", "D": "0{1,3}", "a": "aa", "G": "aa", "Q": "0"} | _NAME_LENGTHS
_LONGEST_SHAPE_KEPT = 80


def parse_date(text: str, formats: Sequence[str] | None, reference_year: int) -> Moment | None:
    """The moment that a text stands for by the first format that fits; None where none does.

    `formats` None stands for DEFAULT_FORMATS. Raises RecipeError `format` for a format that cannot be read.
    """
    return date_reader(DEFAULT_FORMATS if formats is None else tuple(formats))(text, reference_year)


@lru_cache(maxsize=256)
def date_reader(formats: tuple[str, ...] = DEFAULT_FORMATS) -> DateReader:
    """`parse_date` for many texts: takes a text and the reference year."""
    all_tokens = [parse_custom(format) for format in formats]
    shapes = [(re.compile(_shape_regex(tokens)), tokens) for tokens in all_tokens]

    def find(shape: str) -> tuple[Tokens, ...]:
        return tuple(tokens for regex, tokens in shapes if regex.fullmatch(shape))

    found = lru_cache(maxsize=4096)(find)

    def read(text: str, reference_year: int) -> Moment | None:
        shape = trim(text).translate(_SHAPES)
        for tokens in (found if len(shape) <= _LONGEST_SHAPE_KEPT else find)(shape):
            moment = read_custom(text, tokens, reference_year)
            if moment is not None:
                return moment
        return None

    return read


def _shape_regex(tokens: Tokens) -> str:
    return "".join(map(_shape_of, as_read(tokens)))


def _shape_of(token: Token) -> str:
    if not token.kind:
        return escape(token.text.translate(_SHAPES)).replace(" ", " +")
    if token.kind[0] in "Xx":
        return "(?:a|[+-]00(?::?00)?)"
    if token.kind[0] == "S":
        return f"0{{1,{len(token.kind)}}}"
    return _LENGTHS.get(token.kind, "0{1,2}")

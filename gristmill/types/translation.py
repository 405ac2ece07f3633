"""Between the two notations of date formats: type notation and users' tokens (types 6.2, functions-b 3.4, 3.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from gristmill.types.blanks import trim
from gristmill.types.catalogue import datetime_type
from gristmill.types.custom_dates import Token, parse_custom
from gristmill.types.formats import DATE_PARTS, SEPARATOR, TIME_PARTS, notation_pieces, parse_notation, separator_regex
from gristmill.types.logical import LogicalType

_TO_NOTATION = {
    "yyyy": "yyyy", "yy": "yy", "M": "mm", "MM": "mm", "MMM": "shortMonth", "MMMM": "longMonth", "d": "dd", "dd": "dd",
    "D": "D", "E": "shortDay", "EE": "shortDay", "EEE": "shortDay", "EEEE": "longDay", "H": "HH", "HH": "HH",
    "h": "hh", "hh": "hh", "m": "MM", "mm": "MM", "s": "SS", "ss": "SS", "a": "a",
} | dict.fromkeys(("X", "XX", "XXX", "x", "xx", "xxx"), "X")  # fmt: skip
_TO_NOTATION |= {"S" * digits: "sss" for digits in range(1, 10)}
_FROM_NOTATION = {
    "yyyy": "yyyy", "yy": "yy", "mm": "MM", "shortMonth": "MMM", "longMonth": "MMMM", "dd": "dd", "D": "D",
    "shortDay": "EEE", "longDay": "EEEE", "HH": "HH", "hh": "hh", "MM": "mm", "SS": "ss", "sss": "SSS", "a": "a",
    "TT": "a", "X": "XXX",
}  # fmt: skip
_MONTHS = {"mm", "shortMonth", "longMonth"}
_ZERO_OFFSETS = {"Z", "UTC", "GMT"}
_DAYS_OF_WEEK = {"shortDay", "longDay"}
_LEAST_FRACTION_DIGITS = 3


def notation_of(format: str) -> LogicalType | None:
    """The Datetime type of texts that a user's format prints, when they hold a full date; else None.

    A full date is year, month and day, or year and day of the year. None too where the notation of types has no
    word for a token (`w`, `k`, `Q`) or for literal letters between the parts.
    Raises RecipeError `format` for a format that cannot be read.
    """
    tokens = parse_custom(format)
    pieces: list[str] = []
    for index, token in enumerate(tokens):
        piece = _TO_NOTATION.get(token.kind) if token.kind else _literal_piece(tokens, index)
        if piece is None:
            return None
        pieces.append(piece)
    return datetime_type("".join(pieces)) if _is_full_date(set(pieces)) else None


@lru_cache(maxsize=4096)
def custom_format_for(format: str, sample: str | None = None) -> str:
    """The user's format that prints new values of a column as its cells look.

    `format` is the column's, in type notation; separators and padding are those of `sample`, a valid cell. Without
    one: padded, `-` between the parts of a date, one blank between date and time.
    """
    tokens = parse_notation(format)
    match = _sample_matcher(format)(trim(sample)) if sample else None
    if match is None:
        return "".join(_default_piece(tokens, index) for index in range(len(tokens)))
    pieces = {index: match[f"piece{index}"] for index in range(len(tokens))}
    short_dates = any(len(pieces[index]) == 1 for index, token in enumerate(tokens) if token in ("mm", "dd"))
    return "".join(_sampled_piece(token, pieces[index], short_dates) for index, token in enumerate(tokens))


def first_in_format(format: str, texts: Iterable[str]) -> str | None:
    """The first of the texts that is written in a format of type notation."""
    fits = _sample_matcher(format)
    return next((text for text in texts if fits(trim(text))), None)


def _is_full_date(pieces: set[str]) -> bool:
    return bool(pieces & {"yyyy", "yy"}) and ("D" in pieces or (bool(pieces & _MONTHS) and "dd" in pieces))


def _literal_piece(tokens: tuple[Token, ...], index: int) -> str | None:
    text = tokens[index].text
    before = _TO_NOTATION.get(tokens[index - 1].kind, "") if index else ""
    after = _TO_NOTATION.get(tokens[index + 1].kind, "") if index + 1 < len(tokens) else ""
    if text == " " and after in ("a", "X"):
        return ""
    if text.strip() in _ZERO_OFFSETS and before in TIME_PARTS and not after:
        return "X"
    if before and after and not (text == "." and after == "sss"):
        meeting = (before in DATE_PARTS) != (after in DATE_PARTS)
        if re.fullmatch(separator_regex("Tt:" if meeting else ""), text):
            return SEPARATOR
    speaks = any(char.isascii() and char.isalpha() for char in text) or SEPARATOR in text
    return None if speaks else text


def _default_piece(tokens: tuple[str, ...], index: int) -> str:
    token = tokens[index]
    if token in ("a", "TT"):
        return "a" if index and tokens[index - 1] == SEPARATOR else " a"
    if token != SEPARATOR:
        return _FROM_NOTATION.get(token) or _quoted(token)
    around = {tokens[index - 1] if index else "", tokens[index + 1] if index + 1 < len(tokens) else ""}
    if (
        around & _DAYS_OF_WEEK
        or around & {"a", "TT", "X"}
        or (around & DATE_PARTS.keys() and around & TIME_PARTS.keys())
    ):
        return " "
    return ":" if around <= TIME_PARTS.keys() else "-"


def _sampled_piece(token: str, text: str, short_dates: bool) -> str:
    front = " " if text.startswith(" ") else ""
    special: Mapping[str, Callable[[], str]] = {
        "mm": lambda: "M" if short_dates else "MM",
        "dd": lambda: "d" if short_dates else "dd",
        "HH": lambda: "H" * len(text),
        "hh": lambda: "h" * len(text),
        "shortMonth": lambda: "MMM." if text.endswith(".") else "MMM",
        "sss": lambda: "S" * max(len(text), _LEAST_FRACTION_DIGITS),
        "a": lambda: f"{front}a",
        "TT": lambda: f"{front}a",
        "X": lambda: front + ("XX" if re.search("[+-][0-9]{4}$", text) else "XXX"),
    }
    if token in special:
        return special[token]()
    return _FROM_NOTATION.get(token) or _quoted(text)


def _quoted(literal: str) -> str:
    text = literal.replace("'", "''")
    return f"'{text}'" if any(char.isascii() and char.isalpha() for char in literal) else text


@lru_cache(maxsize=1024)
def _sample_matcher(format: str) -> Callable[[str], re.Match[str] | None]:
    pieces = notation_pieces(format)
    return re.compile("".join(f"(?P<piece{index}>{piece})" for index, piece in enumerate(pieces))).fullmatch

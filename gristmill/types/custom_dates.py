"""Date formats that users write: `yyyy-MM-dd HH:mm:ss` (functions-b 3.1-3.3). Tokens, reading and printing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from gristmill.problems import RecipeError, quoted, recipe_error
from gristmill.types.blanks import trim
from gristmill.types.custom_printing import PRINTERS
from gristmill.types.datetimes import Moment, moment_of
from gristmill.types.formats import DAY, DAY_OF_YEAR, HOUR, MERIDIEM, MONTH, OFFSET_DIGITS, SIXTY, Part, part_regex
from gristmill.types.names import LONG_DAYS, LONG_MONTHS, SHORT_DAYS, SHORT_MONTHS_READ, escape, one_of


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a format by its letters, or literal text with no `kind`."""

    kind: str
    text: str = ""


Tokens = tuple[Token, ...]

_RUNS = re.compile(r"(?P<quote>'')|'(?P<quoted>(?:[^']|'')+)'|(?P<letter>[A-Za-z])(?P=letter)*|(?P<other>.)", re.DOTALL)
_SAME = {"YYYY": "yyyy", "YY": "yy"}
_MONTHS = ("M", "MM", "MMM", "MMMM")
_HOURS = ("H", "HH", "h", "hh", "k", "kk", "K", "KK")

_MOST_FRACTION_DIGITS = 9
_OFFSET = Part("offset", f"Z|{OFFSET_DIGITS}")
_SHORT_DAY = Part(None, one_of(SHORT_DAYS))
_SIXTIETHS = "[0-5]?[0-9]"

_READ: dict[str, Part] = {
    "yyyy": Part("year", "[0-9]{4}"),
    "yy": Part("year2", "[0-9]{2}"),
    **dict.fromkeys(("M", "MM"), Part("month", MONTH)),
    "MMM": Part("month_name", one_of(SHORT_MONTHS_READ)),
    "MMMM": Part("month_name", one_of(LONG_MONTHS)),
    **dict.fromkeys(("d", "dd"), Part("day", DAY)),
    "D": Part("day_of_year", DAY_OF_YEAR),
    **dict.fromkeys(("E", "EE", "EEE"), _SHORT_DAY),
    "EEEE": Part(None, one_of(LONG_DAYS)),
    **dict.fromkeys(("H", "HH"), Part("hour", HOUR)),
    **dict.fromkeys(("h", "hh"), Part("hour12", MONTH)),
    **dict.fromkeys(("k", "kk"), Part("hour24", "2[0-4]|1[0-9]|0?[1-9]")),
    **dict.fromkeys(("K", "KK"), Part("hour11", "1[01]|0?[0-9]")),
    **dict.fromkeys(("m", "mm"), Part("minute", _SIXTIETHS)),
    **dict.fromkeys(("s", "ss"), Part("second", _SIXTIETHS)),
    **{"S" * n: Part("fraction", f"[0-9]{{1,{n}}}") for n in range(1, _MOST_FRACTION_DIGITS + 1)},
    "a": Part("ampm", MERIDIEM),
    **dict.fromkeys(("X", "XX", "XXX", "x", "xx", "xxx"), _OFFSET),
    **dict.fromkeys(("w", "ww"), Part(None, "[0-9]{1,2}")),
    "Q": Part(None, "[1-4]"),
    "G": Part(None, "[Aa][Dd]"),
}
_NUMERIC = frozenset(kind for kind in _READ if kind[0] in "yDdHhkKmsSwQ" or kind in ("M", "MM"))

# doubled tokens right before another number: exactly two digits (functions-b 3.2)
_TWO_DIGITS: dict[str, Part] = {
    "MM": Part("month", "1[0-2]|0[1-9]"),
    "dd": Part("day", "3[01]|[12][0-9]|0[1-9]"),
    "HH": Part("hour", "2[0-3]|[01][0-9]"),
    "hh": Part("hour12", "1[0-2]|0[1-9]"),
    "kk": Part("hour24", "2[0-4]|1[0-9]|0[1-9]"),
    "KK": Part("hour11", "1[01]|0[0-9]"),
    "mm": Part("minute", SIXTY),
    "ss": Part("second", SIXTY),
    "ww": Part(None, "[0-9]{2}"),
}


@lru_cache(maxsize=1024)
def parse_custom(format: str) -> Tokens:
    """The tokens of a format that a user wrote.

    Raises RecipeError `format` for an empty format, a letter that is no token and a quote that is not closed.
    """
    if not format:
        raise recipe_error("format", "the date format is empty")
    tokens: list[Token] = []
    for match in _RUNS.finditer(format):
        token = _token(match, format)
        if token.kind or not tokens or tokens[-1].kind:
            tokens.append(token)
        else:
            tokens[-1] = Token("", tokens[-1].text + token.text)
    return tuple(tokens)


def print_custom(moment: Moment, tokens: Tokens) -> str:
    """The text of a moment in a format; without an offset the zone tokens print that of UTC."""
    return "".join(PRINTERS[token.kind](moment) if token.kind else token.text for token in tokens)


def read_custom(text: str, tokens: Tokens, reference_year: int) -> Moment | None:
    """The moment that a text stands for, None unless all of it fits the format and the date exists.

    Blanks around the text do not count. `reference_year` places two-digit years.
    """
    match = _matcher(tokens)(trim(text))
    return moment_of(match.groupdict(), reference_year, roll_over=False) if match else None


@lru_cache(maxsize=1024)
def custom_regex(tokens: Tokens, *, exact: bool = False) -> str:
    """The expression for whole trimmed texts of a format, in RE2 syntax, with groups as in `notation_regex`.

    It checks each part alone; whether the day exists and the year is in range is left to the reader. With `exact`,
    doubled tokens stand for two digits everywhere, not only before another number.
    """
    tokens = as_read(tokens)
    captured = set[str]()
    pieces = []
    for token, after in zip(tokens, (*tokens[1:], Token("")), strict=True):
        if token.kind:
            two_digits = exact or after.kind in _NUMERIC or after.text[:1].isdigit()
            part = _TWO_DIGITS.get(token.kind) if two_digits else None
            pieces.append(part_regex(part or _READ[token.kind], captured))
        else:
            pieces.append(escape(token.text).replace(" ", " +"))
    return "".join(pieces)


def as_read(tokens: Tokens) -> Tokens:
    """The tokens as they count when a text is read: common slips are forgiven (functions-b 3.1, 3.6).

    `M` right after an hour is minutes when a month came before; `S` right after minutes is seconds when none are asked.
    """
    seconds = any(token.kind in ("s", "ss") for token in tokens)
    month = False
    read: list[Token] = []
    for token in tokens:
        before = _number_before(read)
        kind = token.kind
        if kind in ("M", "MM") and month and before in _HOURS:
            kind = kind.lower()
        elif kind[:1] == "S" and before in ("m", "mm") and not seconds:
            kind = "s" if kind == "S" else "ss"
        month = month or kind in _MONTHS
        read.append(Token(kind, token.text))
    return tuple(read)


def _number_before(read: list[Token]) -> str:
    """The kind of the last token but one where a literal without letters follows it, else nothing."""
    separated = len(read) > 1 and not read[-1].kind and not any(char.isalpha() for char in read[-1].text)
    return read[-2].kind if separated else ""


def _token(match: re.Match[str], format: str) -> Token:
    if match["letter"]:
        return Token(_kind(match[0], format))
    if match["other"] == "'":
        raise recipe_error("format", f"a quote is not closed in the date format {quoted(format)}")
    return Token("", "'" if match["quote"] else match["other"] or match["quoted"].replace("''", "'"))


def _kind(run: str, format: str) -> str:
    kind = _SAME.get(run, run)
    if kind not in _READ:
        raise _unknown(run, format)
    return kind


def _unknown(run: str, format: str) -> RecipeError:
    known = [kind for kind in _READ if kind[0] == run[0]]
    hint = f"Write {' or '.join(known)}." if known else f"Quote letters that stand for themselves: '{run}'."
    return recipe_error("format", f"unknown token {quoted(run)} in the date format {quoted(format)}", hint=hint)


@lru_cache(maxsize=4096)
def _matcher(tokens: Tokens) -> Callable[[str], re.Match[str] | None]:
    return re.compile(custom_regex(tokens)).fullmatch

"""The notation of Datetime types: `yyyy*mm*dd*HH:MM:SS` as tokens, expression and category (types 6.2, 6.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from gristmill.problems import quoted, recipe_error
from gristmill.types.names import LONG_DAYS, LONG_MONTHS, SHORT_DAYS, SHORT_MONTHS_READ, escape, one_of

SEPARATOR = "*"
MERIDIEM = "[AaPp][Mm]"
OFFSET_DIGITS = "[+-](?:(?:0[0-9]|1[0-3])(?::?[0-5][0-9])?|14(?::?00)?)"
MONTH = "1[0-2]|0?[1-9]"
DAY = "3[01]|[12][0-9]|0?[1-9]"
DAY_OF_YEAR = "36[0-6]|3[0-5][0-9]|[12][0-9]{2}|0?[1-9][0-9]|0{0,2}[1-9]"
HOUR = "2[0-3]|[01]?[0-9]"
HOUR12 = MONTH
SIXTY = "[0-5][0-9]"


@dataclass(frozen=True, slots=True)
class Part:
    """How a token is read: the name of its group (None: read and ignored) and the expressions in and around it."""

    group: str | None
    pattern: str
    before: str = ""
    after: str = ""
    category: tuple[str, ...] = ()


_AMPM = Part("ampm", r"[AaPp]\.?[Mm]\.?", before=" ?")

DATE_PARTS = {
    "yyyy": Part("year", "1[4-9][0-9]{2}|2[0-5][0-9]{2}", category=("yy",)),
    "yy": Part("year2", "[0-9]{2}", category=("yy",)),
    "mm": Part("month", MONTH, category=("mm",)),
    "shortMonth": Part("month_name", one_of(SHORT_MONTHS_READ), after=r"\.?", category=("mm",)),
    "longMonth": Part("month_name", one_of(LONG_MONTHS), category=("mm",)),
    "dd": Part("day", DAY, category=("dd",)),
    # ours: the notation of formats with the custom token D (types 8.2)
    "D": Part("day_of_year", DAY_OF_YEAR, category=("mm", "dd")),
    "shortDay": Part(None, one_of(SHORT_DAYS)),
    "longDay": Part(None, one_of(LONG_DAYS)),
}
TIME_PARTS = {
    "HH": Part("hour", HOUR),
    "hh": Part("hour12", HOUR12),
    "MM": Part("minute", SIXTY),
    "SS": Part("second", SIXTY),
    "sss": Part("fraction", "[0-9]{1,9}"),
    "a": _AMPM,
    "TT": _AMPM,
    "X": Part("offset", f"{one_of(('Z', 'UTC', 'GMT'))}|{OFFSET_DIGITS}", before=" ?"),
}
PARTS = DATE_PARTS | TIME_PARTS

_TOKENS = re.compile("|".join([*sorted(PARTS, key=len, reverse=True), re.escape(SEPARATOR), "."]), re.DOTALL)


@lru_cache(maxsize=4096)
def parse_notation(format: str) -> tuple[str, ...]:
    """The tokens of a format, in order; what is neither a token nor `*` is one literal character.

    Raises RecipeError `format` where no token is found.
    """
    tokens = tuple(_TOKENS.findall(format))
    if not any(token in PARTS for token in tokens):
        raise recipe_error("format", f"{quoted(format)} is not a date format", hint="Write 'yyyy*mm*dd*HH:MM:SS'.")
    return tokens


@lru_cache(maxsize=4096)
def notation_regex(format: str) -> str:
    """The expression that a whole trimmed text of that format matches, in RE2 syntax (types 6.2).

    Its only capturing groups are named: year, year2, month, month_name, day, day_of_year, hour, hour12, minute,
    second, fraction, ampm, offset. Of a part that occurs twice only the first is captured.
    """
    return "".join(notation_pieces(format))


@lru_cache(maxsize=4096)
def notation_groups(format: str) -> tuple[str, ...]:
    """The names of the groups of `notation_regex`, in the order of their numbers (from 1)."""
    return tuple(re.compile(notation_regex(format)).groupindex)


@lru_cache(maxsize=4096)
def notation_pieces(format: str) -> tuple[str, ...]:
    """`notation_regex` cut into the expressions of the single tokens."""
    tokens = parse_notation(format)
    pieces, captured = [], set[str]()
    for index, token in enumerate(tokens):
        part = PARTS.get(token)
        if part is not None:
            pieces.append(part_regex(part, captured))
        elif token == SEPARATOR:
            pieces.append(_separator(tokens, index))
        else:
            pieces.append(escape(token))
    return tuple(pieces)


def part_regex(part: Part, captured: set[str]) -> str:
    """The expression of one part; notes its group in `captured` and leaves out a name that is there already."""
    name = part.group if part.group not in captured else None
    if name is None:
        return f"{part.before}(?:{part.pattern}){part.after}"
    captured.add(name)
    return f"{part.before}(?P<{name}>{part.pattern}){part.after}"


def separator_regex(between: str = "", optional: bool = False) -> str:
    """What `*` matches; `between` are characters that it takes besides the usual ones."""
    return f"(?: *[-/.,_{between}] *| +)" + ("?" if optional else "")


@lru_cache(maxsize=4096)
def category_of(format: str) -> str:
    """The order of the date parts of a format: `dd-mm-yy`, `yy-mm-dd hh:mm:ss`, `hh:mm:ss` (types 6.3)."""
    tokens = parse_notation(format)
    parts = dict.fromkeys(name for token in tokens if token in PARTS for name in PARTS[token].category)
    if not parts and any(token in DATE_PARTS for token in tokens):
        parts = {"dd": None}  # a weekday alone
    clock = ["hh:mm:ss"] if any(token in TIME_PARTS for token in tokens) else []
    return " ".join(["-".join(parts), *clock]) if parts else "hh:mm:ss"


def _separator(tokens: tuple[str, ...], index: int) -> str:
    before = tokens[index - 1] if index else ""
    after = tokens[index + 1] if index + 1 < len(tokens) else ""
    meeting = (before in DATE_PARTS and after in TIME_PARTS) or (before in TIME_PARTS and after in DATE_PARTS)
    return separator_regex("Tt:" if meeting else "", optional=after in ("a", "TT"))

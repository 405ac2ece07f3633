"""Which formats of the catalogue a text or a column fits (types 6.5)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import product

from gristmill.types.blanks import trim
from gristmill.types.catalogue import DATES, DEFAULT_FORMAT, FULL_DATES, LONE_TIMES, RANKS, TIMES, datetime_type
from gristmill.types.datetimes import matches_notation
from gristmill.types.formats import parse_notation
from gristmill.types.logical import LogicalType
from gristmill.types.names import LONG_DAYS, LONG_MONTHS, SHORT_DAYS, SHORT_MONTHS_READ
from gristmill.types.numbers import read_number


def catalogue_formats(text: str) -> Iterator[str]:
    """The formats of the catalogue that a trimmed text fits, the preferred ones first; none for numbers."""
    candidates = _candidates(shape_of(text))
    if candidates and read_number(text) is None:
        yield from (format for format in candidates if matches_notation(text, format))


def best_format(weights: Mapping[str, int], most_missed: float) -> tuple[str, int] | None:
    """The catalogue format that most cells fit, with their number; equal numbers go to the preferred format.

    `weights` counts the cells of each trimmed text. None where more than `most_missed` cells fit no format at all.
    """
    counts: Counter[str] = Counter()
    missed = 0
    for text, weight in weights.items():
        fits = list(catalogue_formats(text))
        counts.update(dict.fromkeys(fits, weight))
        missed += 0 if fits else weight
        if missed > most_missed:
            return None
    return min(counts.items(), key=lambda item: (-item[1], RANKS[item[0]]), default=None)


def choose_format(texts: Iterable[str | None]) -> LogicalType:
    """The Datetime type that fits a column best, however few cells do; without any, the format of timestamps."""
    weights = Counter(trim(text) for text in texts if text)
    best = best_format(weights, weights.total())
    return datetime_type(best[0] if best else DEFAULT_FORMAT)


# A text is compared with few formats only. Its signature keeps what all formats that it could fit have in common:
# numbers by length (n: 1-2 digits, y: 4, f: other), words by what they name, colons. Separators are dropped.

_ZEROS = str.maketrans("123456789", "0" * 9)
_PIECES = re.compile("[0-9]+|[a-z]+|:")
_POSSIBLE = re.compile("[0-9a-z:+/.,_ -]+")
_NUMBERS = {1: "n", 2: "n", 4: "y"}
_WORDS = (
    {name.lower(): "M" for name in LONG_MONTHS}
    | {name.lower(): "m" for name in SHORT_MONTHS_READ}
    | {"may": "b"}
    | {name.lower(): "W" for name in LONG_DAYS}
    | {name.lower(): "w" for name in SHORT_DAYS}
    | {"am": "p", "pm": "p", "a": "h", "p": "h", "m": "i", "t": "t", "z": "z", "utc": "z", "gmt": "z"}
)
_SIGNATURES = {
    "yyyy": ("y",),
    **dict.fromkeys(("yy", "mm", "dd", "HH", "hh", "MM", "SS"), ("n",)),
    "shortMonth": ("m", "b"),
    "longMonth": ("M", "b"),
    "sss": ("n", "y", "f"),
    "a": ("p", "hi"),
    "X": ("z", "n", "y", "n:n"),
    ":": (":",),
}
_LONGEST_SHAPE_KEPT = 80


def shape_of(text: str) -> str:
    """The text in lower case with all digits as `0`: what many texts of a column share."""
    return text.translate(_ZEROS).lower()


def _candidates(shape: str) -> tuple[str, ...]:
    return _kept_candidates(shape) if len(shape) <= _LONGEST_SHAPE_KEPT else _find_candidates(shape)


def _find_candidates(shape: str) -> tuple[str, ...]:
    signature = _signature(shape)
    return _formats_with(signature) if signature else ()


_kept_candidates = lru_cache(maxsize=8192)(_find_candidates)


def _signature(shape: str) -> str | None:
    if not _POSSIBLE.fullmatch(shape):
        return None
    kinds = []
    for piece in _PIECES.findall(shape):
        if piece == ":":
            kinds.append(":")
        elif piece[0] == "0":
            kinds.append(_NUMBERS.get(len(piece), "f"))
        elif piece in _WORDS:
            kinds.append(_WORDS[piece])
        else:
            return None
    return "".join(kinds)


@lru_cache(maxsize=1024)
def _formats_with(signature: str) -> tuple[str, ...]:
    weekday = {"w": "shortDay*", "W": "longDay*"}.get(signature[0], "")
    rest = signature[1:] if weekday else signature
    dates, full, times, lone = _tables()
    found = list(dates.get(rest, ())) + [
        f"{day}*{time}"
        for cut in range(1, len(rest))
        for day in full.get(rest[:cut], ())
        for time in times.get(rest[cut:], ())
    ]
    found = [weekday + format for format in dict.fromkeys(found)]
    return tuple(sorted([*found, *([] if weekday else lone.get(rest, ()))], key=RANKS.__getitem__))


@cache
def _tables() -> tuple[dict[str, list[str]], ...]:
    times = _by_signature(TIMES)
    # between date and time may stand a T or a colon
    met = {f"{between}{signature}": found for between in ("", "t", ":") for signature, found in times.items()}
    return _by_signature(DATES), _by_signature(FULL_DATES), met, _by_signature(LONE_TIMES)


def _by_signature(formats: Iterable[str]) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for format in formats:
        for kinds in product(*(_SIGNATURES.get(token, ("",)) for token in parse_notation(format))):
            table.setdefault("".join(kinds), []).append(format)
    return table

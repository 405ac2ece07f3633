"""English names of months and weekdays, and expressions that read words in any case."""

from __future__ import annotations

from collections.abc import Iterable

LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SHORT_MONTHS = tuple(name[:3] for name in LONG_MONTHS)
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT_DAYS = tuple(name[:3] for name in LONG_DAYS)

SHORT_MONTHS_READ = (*SHORT_MONTHS, "Sept")
"""Short names as they are read; `Sept` is never printed (types 6.2)."""

_MONTH_NUMBERS = {name.lower(): number for number, name in enumerate(SHORT_MONTHS, 1)}
_SPECIAL = frozenset("\\.^$*+?()[]{}|")


def month_number(name: str) -> int:
    """1 for `Jan`, `JANUARY`; the name must be one that the expressions here read."""
    return _MONTH_NUMBERS[name[:3].lower()]


def escape(text: str) -> str:
    """An expression that matches exactly this text in RE2, Java and Python alike."""
    return "".join("\\" + char if char in _SPECIAL else char for char in text)


def any_case(word: str) -> str:
    """An expression for a word in any mixture of capitals.

    Written out letter by letter: with `(?i)` RE2 would also take U+017F for `s`, Java would not.
    """
    return "".join(f"[{char.upper()}{char.lower()}]" if char.isalpha() else escape(char) for char in word)


def one_of(words: Iterable[str]) -> str:
    """An expression for one of several words in any case, without a group around it."""
    return "|".join(any_case(word) for word in words)

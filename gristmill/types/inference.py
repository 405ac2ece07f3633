"""The type of a column, from its first cells (types 7.2 for imports, 8.3 for computed texts)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from gristmill.types.blanks import trim
from gristmill.types.catalogue import datetime_type
from gristmill.types.choosing import best_format
from gristmill.types.custom import declared
from gristmill.types.logical import DECIMAL, INTEGER, STRING, LogicalType, type_named
from gristmill.types.patterns import INTEGER as PLAIN_DIGITS
from gristmill.types.validation import Test, validator

SAMPLE_ROWS = 1000
IMPORT_PERCENT = 80
SOFT_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Rule:
    """When a cell counts for a type, and what at least one of those cells must be (types 7.2, exceptions)."""

    type: LogicalType
    counts: Test
    tells: Test


def infer_type(texts: Sequence[str | None]) -> LogicalType:
    """The type that an imported column gets: what at least 80 % of its cells fit, semantic types included.

    Only the first 1000 cells count; null and empty ones are left out. String where nothing fits.
    """
    return _infer(texts, IMPORT_PERCENT, _all_rules(), _declared_rules())


def infer_soft_type(texts: Sequence[str | None]) -> LogicalType:
    """The type of a column of computed texts: a logical type that all of the first 1000 cells fit, else String."""
    return _infer(texts, SOFT_PERCENT, _logical_rules(), ())


def _infer(texts: Sequence[str | None], percent: int, rules: Sequence[Rule], last: Sequence[Rule]) -> LogicalType:
    weights = Counter(trim(text) for text in texts[:SAMPLE_ROWS] if text)
    total = weights.total()
    if not total:
        return STRING
    most_missed = total * (100 - percent) // 100
    best, most = STRING, 0
    for rule in rules:
        matched = _matched(weights, total, most_missed, rule)
        if matched > most:
            best, most = rule.type, matched
        if most == total:
            return best
    dated = best_format(weights, most_missed)
    if dated and total - dated[1] <= most_missed and dated[1] > most:
        best, most = datetime_type(dated[0]), dated[1]
    for rule in last:
        matched = _matched(weights, total, most_missed, rule)
        if matched > most:
            best, most = rule.type, matched
    return best


def _matched(weights: Mapping[str, int], total: int, most_missed: int, rule: Rule) -> int:
    """How many cells count for a type; 0 where too many do not, or no cell tells the type from plain digits."""
    missed, told, counts = 0, False, rule.counts
    for text, weight in weights.items():
        if counts(text):
            told = told or rule.tells(text)
        else:
            missed += weight
            if missed > most_missed:
                return 0
    return total - missed if told else 0


_superfluous_zero = re.compile("[+-]?0[0-9]+").fullmatch
_plain_digits = re.compile(PLAIN_DIGITS).fullmatch


def _always(text: str) -> bool:
    return True


def _no_code(is_number: Test) -> Callable[[str], bool]:
    return lambda text: is_number(text) and not _superfluous_zero(text)


def _not_plain_digits(text: str) -> bool:
    return not _plain_digits(text)


def _zero_or_extended(text: str) -> bool:
    return text.startswith("0") or "-" in text


def _not_zero_or_one(text: str) -> bool:
    return text not in ("0", "1")


def _rule(name: str, tells: Test = _always) -> Rule:
    type = type_named(name)
    return Rule(type, validator(type), tells)


@cache
def _logical_rules() -> tuple[Rule, ...]:
    return (
        _rule("Array"),
        _rule("Map"),
        Rule(INTEGER, _no_code(validator(INTEGER)), _always),
        Rule(DECIMAL, _no_code(validator(DECIMAL)), _always),
        _rule("Bool", _not_zero_or_one),
    )


def _declared_rules() -> list[Rule]:
    """Custom types come last (types 12.1)."""
    found = (item for item in declared() if item.is_inferred)
    return [_rule(item.name) for item in found]


@cache
def _all_rules() -> tuple[Rule, ...]:
    """The types in the order in which equal shares are decided; Datetime comes after them all."""
    array, object_, integer, decimal, boolean = _logical_rules()
    return (
        _rule("Ipaddress"),
        _rule("Emailaddress"),
        _rule("Url"),
        array,
        object_,
        _rule("Phone", _not_plain_digits),
        _rule("SSN", _not_plain_digits),
        _rule("Creditcard", _not_plain_digits),
        _rule("Zipcode", _zero_or_extended),
        integer,
        decimal,
        _rule("Gender"),
        boolean,
        _rule("State"),
    )

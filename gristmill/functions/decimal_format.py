"""Number patterns as Java's DecimalFormat reads them (functions-a 12), US symbols unless others are given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache

from gristmill.problems import RecipeError, quoted, recipe_error

MOST_FRACTION_DIGITS = 20
CURRENCY = {"¤¤": "USD", "¤": "$"}
MULTIPLIERS = {"%": 100, "‰": 1000}
EXACT = Context(prec=400, Emax=10_000, Emin=-10_000, rounding=ROUND_HALF_EVEN)
QUOTED = re.compile(r"'((?:[^']|'')*)'")
BODY = re.compile(r"[#0,.]+")


@dataclass(frozen=True, slots=True)
class Symbols:
    """What is printed for the pattern's `,` and `.`."""

    grouping: str = ","
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class Affixes:
    prefix: str
    suffix: str


@dataclass(frozen=True, slots=True)
class DecimalFormat:
    """A pattern that has been read.

    The digits of a double are its shortest ones; what is cut off is rounded by its exact value, as Java does.
    """

    positive: Affixes
    negative: Affixes
    multiplier: int = 1
    least_integer: int = 0
    most_integer: int = 0  # counts for scientific notation only
    least_fraction: int = 0
    most_fraction: int = 0
    grouping: int = 0
    point_always: bool = False
    least_exponent: int | None = None

    def format(self, value: int | float, symbols: Symbols) -> str:
        """The number as text. A value that rounds to zero has no sign; a grouping blank is the only blank."""
        scaled = value * self.multiplier
        if self.least_exponent is None:
            shown = self._plain(abs(scaled), symbols)
        else:
            shown = self._scientific(abs(scaled)).replace(".", symbols.decimal)
        negative = scaled < 0 and any(digit in "123456789" for digit in shown.partition("E")[0])
        affixes = self.negative if negative else self.positive
        prefix, suffix = affixes.prefix, affixes.suffix
        if symbols.grouping == " ":
            prefix, suffix = prefix.replace(" ", ""), suffix.replace(" ", "")
        return prefix + shown + suffix

    def _plain(self, size: int | float, symbols: Symbols) -> str:
        rounded = Decimal(repr(size))
        if _decimals(rounded) > self.most_fraction:
            rounded = Decimal(size).quantize(Decimal(1).scaleb(-self.most_fraction), context=EXACT)
        whole, _, fraction = f"{rounded:f}".partition(".")
        fraction = fraction.rstrip("0").ljust(self.least_fraction, "0")
        whole = whole.lstrip("0").rjust(self.least_integer, "0")
        if not whole and not fraction:
            whole = "0"
        point = symbols.decimal if fraction or self.point_always else ""
        return self._grouped(whole, symbols.grouping) + point + fraction

    def _grouped(self, whole: str, separator: str) -> str:
        if not self.grouping:
            return whole
        first = len(whole) % self.grouping
        groups = [whole[at : at + self.grouping] for at in range(first, len(whole), self.grouping)]
        return separator.join(([whole[:first]] if first else []) + groups)

    def _scientific(self, size: int | float) -> str:
        """Digits and exponent: a multiple of the integer digits where there may be more than must be."""
        digits, place = self._significant(size)
        repeat = self.most_integer
        if repeat > 1 and repeat > self.least_integer:
            exponent = (place - 1) // repeat * repeat if digits else 0
            integers = place - exponent if digits else 1
        else:
            exponent = place - self.least_integer if digits else 0
            integers = self.least_integer
        total = max(len(digits), self.least_integer + self.least_fraction, integers)
        shown = digits.ljust(total, "0")
        point = "." if total > integers or self.point_always else ""
        power = f"{'-' if exponent < 0 else ''}{str(abs(exponent)).rjust(self.least_exponent or 1, '0')}"
        return f"{shown[:integers]}{point}{shown[integers:]}E{power}"

    def _significant(self, size: int | float) -> tuple[str, int]:
        """The digits to print without zeros at the end, and where the point stands among them."""
        if size == 0:
            return "", 0
        most = max(self.most_integer + self.most_fraction, 1)
        rounded = Decimal(repr(size))
        if len(rounded.as_tuple().digits) > most:
            rounded = Context(prec=most, rounding=ROUND_HALF_EVEN).plus(Decimal(size))
        digits, exponent = rounded.as_tuple().digits, -_decimals(rounded)
        text = "".join(map(str, digits))
        return text.rstrip("0"), len(text) + exponent


def _decimals(number: Decimal) -> int:
    """How many digits stand behind the point; negative where zeros stand before it."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return -exponent


@lru_cache(maxsize=256)
def read_format(pattern: str) -> DecimalFormat:
    """The pattern read. Raises RecipeError `invalid value` where Java would refuse it."""
    if not pattern:
        return DecimalFormat(Affixes("", ""), Affixes("-", ""), most_fraction=MOST_FRACTION_DIGITS)
    reader = _Reader(pattern)
    first, multiplier = reader.affix(prefix=True)
    body = reader.body()
    exponent = reader.exponent(body)
    second, other = reader.affix(prefix=False)
    if multiplier != 1 and other != 1:
        raise reader.bad("too many percent or per mille signs")
    positive = Affixes(first, second)
    return _built(body, exponent, positive, reader.negative(positive), multiplier * other, reader)


class _Reader:
    """Reads prefix, digits and suffix of a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def bad(self, reason: str) -> RecipeError:
        return recipe_error("bad-enum", f"invalid value {quoted(self.pattern)} for format: {reason}")

    def affix(self, *, prefix: bool, second: bool = False) -> tuple[str, int]:
        """Literal text up to the digits or the end, quotes taken off, and the multiplier that it asks for."""
        result, multiplier = "", 1
        while self.at < len(self.pattern):
            char = self.pattern[self.at]
            if char in "#0,.":
                if not prefix:
                    raise self.bad("digits behind the suffix")
                break
            if char == ";":
                if prefix or second:
                    raise self.bad("';' without digits before it")
                break
            if char in MULTIPLIERS:
                if multiplier != 1:
                    raise self.bad("too many percent or per mille signs")
                multiplier = MULTIPLIERS[char]
            result += self._literal(char)
        return result, multiplier

    def _literal(self, char: str) -> str:
        """What the character here prints, or the quoted text that it begins."""
        if char == "'":
            return self._quoted()
        sign = "¤¤" if self.pattern.startswith("¤¤", self.at) else char
        self.at += len(sign)
        return CURRENCY.get(sign, sign)

    def _quoted(self) -> str:
        """The text between quotes, where two quotes are one; they stand for a quote outside, too."""
        if self.pattern.startswith("''", self.at):
            self.at += 2
            return "'"
        match = QUOTED.match(self.pattern, self.at)
        if match is None:
            raise self.bad("a quote is not closed")
        self.at = match.end()
        return match[1].replace("''", "'")

    def body(self) -> str:
        match = BODY.match(self.pattern, self.at)
        self.at = match.end() if match else self.at
        return match.group() if match else ""

    def exponent(self, body: str) -> int | None:
        """The least number of digits of the exponent; None without one."""
        if not body or not self.pattern.startswith("E", self.at):
            return None
        zeros = re.compile("0*").match(self.pattern, self.at + 1)
        assert zeros is not None
        self.at = zeros.end()
        if not zeros.group() or not body.strip(",."):
            raise self.bad("an exponent needs digits before it and a 0 behind the E")
        return len(zeros.group())

    def negative(self, positive: Affixes) -> Affixes:
        """Prefix and suffix of the second pattern, whose digits do not matter; without one a minus sign."""
        minus = Affixes(f"-{positive.prefix}", positive.suffix)
        if not self.pattern.startswith(";", self.at) or self.at + 1 == len(self.pattern):
            return minus
        self.at += 1
        prefix, _ = self.affix(prefix=True, second=True)
        while self.at < len(self.pattern) and self.pattern[self.at] in "#0,.E":
            self.at += 1
        suffix, _ = self.affix(prefix=False, second=True)
        found = Affixes(prefix, suffix)
        return minus if found == positive else found


def _built(
    body: str, exponent: int | None, positive: Affixes, negative: Affixes, multiplier: int, reader: _Reader
) -> DecimalFormat:
    """The counts that the digits stand for, and the rules that they must keep."""
    whole, point, fraction = body.partition(".")
    digits, decimals = whole.replace(",", ""), fraction.replace(",", "")
    grouping = len(whole) - whole.rfind(",") - 1 if "," in whole else 0
    if "." in fraction or "," in fraction or ("," in whole and grouping == 0):
        raise reader.bad("a point or a comma too many")
    if point and "0" not in digits + decimals and digits + decimals:
        # without any 0 the last # before the point, or else the first behind it, is one
        digits, decimals = (digits[:-1] + "0", decimals) if digits else ("", "0" + decimals[1:])
    if not re.fullmatch("#*0*", digits) or not re.fullmatch("0*#*", decimals):
        raise reader.bad("every 0 stands next to the point")
    if point and not digits and not decimals:
        raise reader.bad("there are no digits")
    return DecimalFormat(
        positive,
        negative,
        multiplier,
        least_integer=digits.count("0"),
        most_integer=len(digits),
        least_fraction=min(decimals.count("0"), MOST_FRACTION_DIGITS),
        most_fraction=min(len(decimals), MOST_FRACTION_DIGITS),
        grouping=grouping,
        point_always=bool(point) and (not digits or not decimals),
        least_exponent=exponent,
    )

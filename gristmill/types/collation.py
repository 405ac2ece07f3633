"""The text order of `sort` and ARRAYSORT: five keys per text (language 1.6)."""

from __future__ import annotations

import unicodedata

from gristmill.types.blanks import WHITE_SPACE
from gristmill.types.numbers import read_number

FOLD_FROM = "0123456789\t\n\x0b\f\r " + "".join(chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum())
FOLD_TO = "".join(chr(code) for code in range(0x21, 0x51))
"""ASCII texts fold by `translate(lower(s), FOLD_FROM, FOLD_TO)`: digits < white space < specials < letters."""

TextKeys = tuple[int, float | None, str, str, str]

_FOLD = str.maketrans(FOLD_FROM, FOLD_TO)
_FOLDED_BLANK = FOLD_TO[FOLD_FROM.index(" ")]
_BEFORE_SYMBOLS = "\x51"


def text_order_keys(text: str) -> TextKeys:
    """The keys n1, n2, t1, t2, t3 that order texts; compare them as a tuple.

    Valid Decimals come first, by value, and tie with other spellings of the same number.
    """
    number = read_number(text)
    if number is not None:
        return 0, float(number), "", "", ""
    folded, lower = fold(text)
    return 1, None, folded, lower, text


def fold(text: str) -> tuple[str, str]:
    """The keys t1 and t2 of a text that is no number: folded without case and accents; lower case."""
    if text.isascii():
        lower = text.lower()
        return lower.translate(_FOLD), lower
    plain = (char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char)[0] != "M")
    return "".join(map(_folded, simple_lower("".join(plain)))), simple_lower(text)


def simple_lower(text: str) -> str:
    """Lower case, one character for one, whatever stands around it: no final sigma, no dotted i of two characters."""
    if text.isascii():
        return text.lower()
    # the only two characters where Python's full mapping differs from the simple one
    return text.replace("\u0130", "i").replace("\u03a3", "\u03c3").lower()


def simple_upper(text: str) -> str:
    """Upper case, one character for one: `ß` stays."""
    return text.upper() if text.isascii() else "".join(up if len(up := char.upper()) == 1 else char for char in text)


def _folded(char: str) -> str:
    if char.isascii():
        return char.translate(_FOLD)
    if char in WHITE_SPACE:
        return _FOLDED_BLANK
    return char if unicodedata.category(char)[0] in "LN" else _BEFORE_SYMBOLS + char

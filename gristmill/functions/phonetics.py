"""How words sound (functions-a 3): Double Metaphone of any length."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import hidden, scalar, text, word
from gristmill.plan.expressions import Form
from gristmill.types.blanks import WHITE_SPACE
from gristmill.types.json_text import compact
from gristmill.types.logical import ARRAY, BOOLEAN, STRING

THRESHOLDS = ("strong", "normal", "weak")


@lru_cache(maxsize=4096)
def codes(cell: str) -> tuple[str, str]:
    """The primary and the secondary code; only letters and white space count."""
    import doublemetaphone

    primary, secondary = doublemetaphone.doublemetaphone(_spelled(cell))
    return primary, secondary or primary


def _spelled(cell: str) -> str:
    """ASCII letters and blanks: accents do not sound, except that of `ç`."""
    if not cell.isascii():
        cell = unicodedata.normalize("NFD", cell.replace("ç", "s").replace("Ç", "S")).upper()
    return "".join(" " if char in WHITE_SPACE else char for char in cell if char in WHITE_SPACE or _sounds(char))


def _sounds(char: str) -> bool:
    return char.isascii() and char.isalpha()


@rowwise(Form.JSON)
def _double_metaphone(cell: str) -> str:
    return compact(codes(cell))


@rowwise(Form.TEXT)
def _metaphone(cell: str) -> str:
    return codes(cell)[0]


@rowwise(Form.BOOLEAN, nulls=True)
def _sound_equal(first: str | None, second: str | None, threshold: str) -> bool:
    """Null equals nothing, an empty text only another."""
    if first is None or second is None:
        return False
    if not first or not second:
        return first == second
    (primary, secondary), (other_primary, other_secondary) = codes(first), codes(second)
    if primary == other_primary:
        return True
    if threshold == "strong":
        return False
    crosswise = primary == other_secondary or secondary == other_primary
    return crosswise or (threshold == "weak" and secondary == other_secondary)


DOUBLEMETAPHONE = scalar(
    "DOUBLEMETAPHONE",
    takes=[text("s", "the text")],
    returns=ARRAY,
    doc="The two phonetic codes of a text, the second again the first where there is no alternative.",
    basis="functions-a 3 [doc]",
    examples={
        "DOUBLEMETAPHONE('My String')": '["MSTRNK","MSTRNK"]',
        "DOUBLEMETAPHONE('judge')": '["JJ","AJ"]',
        "DOUBLEMETAPHONE('test1')": '["TST","TST"]',
        "DOUBLEMETAPHONE('')": '["",""]',
    },
    batch=_double_metaphone,
    group="string",
)
METAPHONE = hidden(
    "metaphone", takes=[text("s")], returns=STRING, doc="The primary phonetic code of a text.",
    basis="transforms 7.45, doublemetaphone", batch=_metaphone,
)  # fmt: skip
DOUBLEMETAPHONEEQUALS = scalar(
    "DOUBLEMETAPHONEEQUALS",
    takes=[
        text("s1", "a text"),
        text("s2", "another text"),
        word("threshold", THRESHOLDS, "which of the codes count", required=False, default="normal"),
    ],
    returns=BOOLEAN,
    doc="Whether two texts sound alike; false if one is null.",
    basis="functions-a 3 [doc]",
    examples={
        "DOUBLEMETAPHONEEQUALS('knock', 'nock')": True,
        "DOUBLEMETAPHONEEQUALS('Smith', 'Schmidt', 'strong')": False,
        "DOUBLEMETAPHONEEQUALS('Smith', 'Schmidt', 'normal')": True,
        "DOUBLEMETAPHONEEQUALS('bookkeeper', 'book keeper')": False,
    },
    batch=_sound_equal,
    group="string",
)

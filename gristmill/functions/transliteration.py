"""Japanese scripts and widths (functions-a 3): the ICU transforms, from what Unicode knows of the characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import scalar, text, word
from gristmill.plan.expressions import Form
from gristmill.types.logical import STRING

VOICED, SEMI_VOICED = "\u3099", "\u309a"
HALF_MARKS = {VOICED: "\uff9e", SEMI_VOICED: "\uff9f"}
LONG = "\u30fc"
HALF_KATAKANA = range(0xFF66, 0xFFA0)
HALF_FORMS = (range(0xFF61, 0xFFDD), range(0xFFE8, 0xFFEF))


def _normal(char: str) -> str:
    return unicodedata.normalize("NFKC", char)


def _half_to_full() -> dict[str, str]:
    """Half-width forms, voiced katakana of two characters, and everything that has a full-width form."""
    singles = {chr(code): _normal(chr(code)) for codes in HALF_FORMS for code in codes}
    table = {half: full for half, full in singles.items() if half != full}
    halves = {full: half for half, full in table.items()}
    for code in range(0x30A1, 0x30FB):
        parts = unicodedata.normalize("NFD", chr(code))
        if len(parts) == 2 and parts[0] in halves:
            table[halves[parts[0]] + HALF_MARKS[parts[1]]] = chr(code)
    table |= {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
    wide = dict(zip("¢£¬¯¦¥₩", map(chr, range(0xFFE0, 0xFFE7)), strict=True))
    return table | wide | {" ": "\u3000"}


def _katakana() -> dict[str, str]:
    table = {chr(code): chr(code + 0x60) for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
    return table | {f"{plain}{VOICED}": voiced for plain, voiced in zip("わゐゑを", "ヷヸヹヺ", strict=True)}


def _hiragana() -> dict[str, str]:
    table = {katakana: hiragana for hiragana, katakana in KATAKANA.items()}
    return table | {"ヵ": "か", "ヶ": "け"}


HALF_TO_FULL = _half_to_full()
FULL_TO_HALF = {full: half for half, full in HALF_TO_FULL.items()}
KATAKANA = _katakana()
HIRAGANA = _hiragana()
WIDE_KATAKANA = {half: full for half, full in HALF_TO_FULL.items() if ord(half[0]) in HALF_KATAKANA}
VOWELS = {"A": "あ", "I": "い", "U": "う", "E": "え", "O": "お"}


def _mapper(table: Mapping[str, str]) -> Callable[[str], str]:
    """Replaces every key of the table, the longest that stands there."""
    finder = re.compile("|".join(map(re.escape, sorted(table, key=len, reverse=True))))
    return lambda cell: finder.sub(lambda match: table[match.group()], cell)


_to_wide_katakana = _mapper(WIDE_KATAKANA)
_to_hiragana = _mapper(HIRAGANA)


def _katakana_to_hiragana(cell: str) -> str:
    """A prolonged sound doubles the vowel before it; where none is, the mark stays."""
    result: list[str] = []
    for char in _to_hiragana(_to_wide_katakana(cell)):
        name = unicodedata.name(result[-1], "") if char == LONG and result else ""
        vowel = VOWELS.get(name[-1:]) if name.startswith("HIRAGANA LETTER") else None
        result.append(vowel or char)
    return "".join(result)


FORMS: Mapping[str, Callable[[str], str]] = {
    "HiraganaToKatakana": _mapper(KATAKANA),
    "KatakanaToHiragana": _katakana_to_hiragana,
    "FullwidthToHalfwidth": _mapper(FULL_TO_HALF),
    "HalfwidthToFullwidth": _mapper(HALF_TO_FULL),
}


@rowwise(Form.TEXT)
def _transliterate(cell: str, form: str) -> str:
    return FORMS[form](cell)


TRANSLITERATE = scalar(
    "TRANSLITERATE",
    takes=[text("s", "the text"), word("form", tuple(FORMS), "from which script or width to which")],
    returns=STRING,
    doc="Japanese text in another script or width; other characters stay.",
    basis="functions-a 3 [doc]",
    examples={
        "TRANSLITERATE('ひらがな', HiraganaToKatakana)": "ヒラガナ",
        "TRANSLITERATE('ラーメン', KatakanaToHiragana)": "らあめん",
        "TRANSLITERATE('ＡＢＣ１２３', FullwidthToHalfwidth)": "ABC123",
        "TRANSLITERATE('ｶﾞ', HalfwidthToFullwidth)": "ガ",
    },
    batch=_transliterate,
    group="string",
)

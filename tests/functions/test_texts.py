"""String functions beyond the cases (functions-a 3, 13): white space, limits, codes, sounds, scripts, collation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gristmill.engines.casework import run_case
from gristmill.functions.folding import fold
from gristmill.functions.phonetics import codes
from gristmill.problems import RecipeError

Check = Callable[..., None]


def test_white_space(check: Check) -> None:
    check(
        {
            "TRIM('\\u2003a b\\ufeff')": "a b",
            "TRIM('')": "",
            "TRIM(NULL())": None,
            "REMOVEWHITESPACE('a\\u2028b\\u00a0c\\td')": "abcd",
            "TRIMQUOTES('\"\\'x\\'\" ')": "x'\" ",
            "REMOVESYMBOLS('e\\u0301_\\u00e6\\u042f 7\\u00a0')": "e\u0301æ 7\u00a0",
        }
    )


def test_proper(check: Check) -> None:
    check(
        {
            "PROPER('ǆ ß ÉLAN')": "ǅ ß Élan",
            "PROPER('México D.F.')": "México D.f.",
            "PROPER('\"HI\" x')": '"hi" X',
            "PROPER('ΟΔΟΣ ab')": "Οδοσ Ab",
            "PROPER(12.50)": "12.5",
        }
    )


def test_lengths(check: Check) -> None:
    check(
        {
            "PAD('ab', 5, 'xyz', right)": "abxyz",
            "PAD('日本', 4, '本')": "本本日本",
            "PAD('', 2, '-')": "--",
            "PAD('a', 3, '')": "a",
            "PAD('a', 3, NULL())": None,
            "PAD('a', NULL())": None,
            "PAD(NULL(), 3)": None,
            "PAD('a', 10000000000)": None,
            "REPEAT('', 99999999999)": "",
            "REPEAT(NULL(), 0)": None,
            "LEN(REPEAT('é', 524288))": "524288",
            "REPEAT('é', 524289)": None,
            "LEFT('abc', 99999999999)": "abc",
            "LEFT(NULL(), 0)": None,
            "RIGHT('abc', 99999999999)": "abc",
            "SUBSTRING('abc', 1, 99999999999)": "bc",
            "SUBSTRING('abc', 99999999999)": "",
            "SUBSTRING('abc', -5, -2)": "",
        }
    )


def test_codes(check: Check) -> None:
    check(
        {
            "CHAR(65.5)": "",
            "CHAR('x')": None,
            "CHAR(57343)": None,
            "CHAR(99999999999)": None,
            "UNICODE('😀')": "128512",
            "BASE64ENCODE('')": "",
            "BASE64ENCODE(12)": "MTI=",
            "BASE64DECODE('')": "",
            "BASE64DECODE('YQ')": "a",
            "BASE64DECODE('YQ=')": None,
            "BASE64DECODE('Y')": None,
            "BASE64DECODE('Y===')": None,
            "BASE64DECODE('8J+YgA==')": "😀",
            "BASE64DECODE('_w==')": None,
        }
    )


def test_sounds(check: Check) -> None:
    check(
        {
            "DOUBLEMETAPHONE('white')": '["AT","AT"]',
            "DOUBLEMETAPHONE('12 ?')": '["",""]',
            "DOUBLEMETAPHONE(NULL())": None,
            "DOUBLEMETAPHONEEQUALS('My String', 'my string')": "true",
            "DOUBLEMETAPHONEEQUALS('judge', 'juge')": "true",
            "DOUBLEMETAPHONEEQUALS('test1', 'test123')": "true",
            "DOUBLEMETAPHONEEQUALS('the end.', 'the end….')": "true",
            "DOUBLEMETAPHONEEQUALS('a elephant', 'an elephant')": "false",
            "DOUBLEMETAPHONEEQUALS('', '')": "true",
            "DOUBLEMETAPHONEEQUALS('', 'a')": "false",
            "DOUBLEMETAPHONEEQUALS(NULL(), 'a')": "false",
            "DOUBLEMETAPHONEEQUALS('Smith', 'Schmidt', STRONG)": "false",
        }
    )
    assert codes("Müller") == codes("Muller")
    assert codes("façade") == codes("fasade")
    assert codes("a\tb") == codes("a b")


def test_scripts(check: Check) -> None:
    check(
        {
            "TRANSLITERATE('カタカナ ヴ abc', katakanatohiragana)": "かたかな ゔ abc",
            "TRANSLITERATE('ンー', KatakanaToHiragana)": "んー",
            "TRANSLITERATE('ｶﾞｷ', KatakanaToHiragana)": "がき",
            "TRANSLITERATE('ゝゞ カ', HiraganaToKatakana)": "ヽヾ カ",
            "TRANSLITERATE('ガ　１！', FullwidthToHalfwidth)": "ｶﾞ 1!",
            "TRANSLITERATE('ﾊﾟｱ a', HalfwidthToFullwidth)": "パア　ａ",
            "TRANSLITERATE('', HiraganaToKatakana)": "",
        }
    )


PAIRS = ["a A", "A b", "a ă", "ă b", "1 a", "; 1", "a aa", "abc x", "' @", "_ 1", "Z z1"]


@pytest.mark.parametrize("less, more", [pair.split() for pair in PAIRS])
def test_collation(less: str, more: str, check: Check) -> None:
    check(
        {
            "STRINGLESSTHAN(a, b)": "true",
            "STRINGLESSTHANEQUAL(a, b)": "true",
            "STRINGGREATERTHAN(a, b)": "false",
            "STRINGGREATERTHANEQUAL(b, a)": "true",
            "STRINGLESSTHAN(a, a)": "false",
            "STRINGLESSTHANEQUAL(b, b)": "true",
        },
        a=less,
        b=more,
    )


def test_collation_ties(check: Check) -> None:
    """Blanks sort first; texts that sort alike by their letters sort by code points."""
    check(
        {
            "STRINGLESSTHAN(' a', ';')": "true",
            "STRINGLESSTHAN('e\\u0301', '\\u00e9')": "true",
            "STRINGLESSTHANEQUAL('\\u00e9', 'e\\u0301')": "false",
            "STRINGLESSTHANEQUAL('', '')": "true",
            "STRINGLESSTHANEQUAL(NULL(), '')": None,
        }
    )


@pytest.mark.parametrize("text, folded", [("Straße", "straße"), ("ẞ", "ß"), ("İ", "İ"), ("ς", "σ"), ("K", "k")])
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    "expression, words",
    [
        ("TRANSLITERATE('a', KatakanaToRomaji)", "is not a form"),
        ("PAD('a', 3, 'x', middle)", "is not a side"),
        ("DOUBLEMETAPHONEEQUALS('a', 'b', 'loose')", "is not a threshold"),
    ],
)
def test_refused(expression: str, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        run_case(("one",), [("1",)], f"derive type: single value: {expression} as: 'r'")

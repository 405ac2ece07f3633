"""FIND, RIGHTFIND, FINDNTH, SUBSTITUTE and their kin beyond the cases (functions-a 3, 6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gristmill.engines.casework import run_case
from gristmill.problems import RecipeError

Check = Callable[..., None]


def test_find(check: Check) -> None:
    check(
        {
            "FIND('banana', 'a', false, 0)": "1",
            "FIND('banana', 'a', false, 2)": "3",
            "FIND('banana', 'a', false, -1)": None,
            "FIND('banana', 'a', false, 6)": None,
            "FIND('banana', 'a', false, 10000000000)": None,
            "FIND('', 'a')": None,
            "FIND(NULL(), 'a')": None,
            "FIND('abc', NULL())": None,
            "FIND('😀 naïve x', 'x')": "8",
            "FIND('😀 naïve X', `{alpha}{end}`)": "8",
            "FIND('STRAẞE', 'ß', true)": "4",
            "FIND('ΣΑΣ', 'ς', true, 1)": "2",
            "FIND('a b', /\\bb/, false, 1)": "2",
            "FIND('foobar', /(?<=o)b/)": "3",
            "FIND('ab', `{end}`)": "2",
            "FIND(12345, 3)": "2",
            "FIND([1,2], '2')": "3",
        }
    )


def test_find_by_columns(check: Check) -> None:
    check(
        {
            "FIND(s, p)": "3",
            "FIND(s, q)": None,
            "FIND(s, q, true)": "3",
            "FIND(s, empty)": None,
            "FIND(s, p, false, at)": None,
            "RIGHTFIND(s, p)": "6",
            "RIGHTFIND(s, q, true)": "6",
            "FINDNTH(s, p, n)": "6",
            "FINDNTH(s, q, n, right, true)": "3",
            "MATCHES(s, p)": "true",
            "MATCHES(s, q)": "false",
            "MATCHES(s, q, true)": "true",
            "MATCHES(s, empty)": "true",
            "STARTSWITH(s, p)": "false",
            "ENDSWITH(s, p)": "true",
            "SUBSTITUTE(s, p, '$0!')": "ab .c! .c!",
            "SUBSTITUTE(s, p, '$1')": "ab $1 $1",
            "SUBSTITUTE(s, q, p, true)": "ab .c .c",
            "SUBSTITUTE(s, empty, 'x')": "ab .c .c",
        },
        s="ab .c .c", p=".c", q=".C", empty="", at="7", n="2",
    )  # fmt: skip


def test_rightfind(check: Check) -> None:
    check(
        {
            "RIGHTFIND('aaa', 'aa')": "1",
            "RIGHTFIND('aaa', 'aa', false, 1)": "0",
            "RIGHTFIND('aaa', 'aa', false, 2)": None,
            "RIGHTFIND('abc', 'a', false, 3)": None,
            "RIGHTFIND('abc', 'a', false, -1)": None,
            "RIGHTFIND('e\u0301xe\u0301x', 'x')": "5",
            "RIGHTFIND('aXbx', 'x', true)": "3",
            "RIGHTFIND('a1b22', /[0-9]{2}/)": "3",
            "RIGHTFIND('a1b22', /[0-9]/, false, 2)": "1",
            "RIGHTFIND('', 'a')": None,
        }
    )


def test_findnth(check: Check) -> None:
    check(
        {
            "FINDNTH('aaaa', 'aa', 1, right)": "2",
            "FINDNTH('aaaaa', 'aa', 1, right)": "2",
            "FINDNTH('a.b.c', '.', 2)": "3",
            "FINDNTH('a.b.c', '.', 2, 'RIGHT')": "1",
            "FINDNTH('a1b22c', `{digit}+`, 1, right)": "3",
            "FINDNTH('abc', '', 1)": None,
            "FINDNTH('', 'a', 1)": None,
            "FINDNTH('aAa', 'A', 3, left, true)": "2",
            "FINDNTH('日本日本', '本', 2)": "3",
        }
    )


def test_edges(check: Check) -> None:
    check(
        {
            "STARTSWITH('ab', `b`)": "false",
            "STARTSWITH('ab', /b|a/)": "true",
            "ENDSWITH('ab', /a|b/)": "true",
            "ENDSWITH('aab', /a(?=b)/)": "false",
            "ENDSWITH('a\nb', 'b')": "true",
            "ENDSWITH(NULL(), 'b')": "false",
            "STARTSWITH(1.5, '1.')": "true",
            "MATCHES([NULL(), 'x'], 'x')": "true",
            "MATCHES('', '')": "true",
            "EXACT('', '')": "true",
            "EXACT('a', NULL())": None,
            "EXACT('ΜΆΪΟΣ', 'μάϊος', true)": "true",
            "EXACT('STRASSE', 'straße', true)": "false",
        }
    )


def test_substitute(check: Check) -> None:
    check(
        {
            "SUBSTITUTE('a.b', '.', '$0$$')": "a.$b",
            "SUBSTITUTE('ab', `({alpha})`, '<$1$2>')": "<a$2><b$2>",
            "SUBSTITUTE('aab', `a*`, '-')": "-b-",
            "SUBSTITUTE('a\\\\b', /b/, UPPER('\\\\1'))": "a\\\\1",
            "SUBSTITUTE('abc', 'b', NULL())": None,
            "SUBSTITUTE(NULL(), 'b', 'x')": None,
            "SUBSTITUTE('', 'b', 'x')": "",
            "SUBSTITUTE('foobar', /o(?=b)/, '0')": "fo0bar",
            "SUBSTITUTE('1-2 a-b', '-', '+', false, `{digit}`)": "1+2 a-b",
            "SUBSTITUTE('1-2-3', '-', '+', false, `{digit}`, `{digit}`)": "1+2+3",
            "SUBSTITUTE('1-2 a-b', '-', '+', false, '', 'B')": "1-2 a-b",
            "SUBSTITUTE('1-2 a-b', '-', '+', true, '', 'B')": "1-2 a+b",
            "SUBSTITUTE('x1 y2', `({alpha})({digit})`, '$2$1', false, ' ')": "x1 2y",
        }
    )


@pytest.mark.parametrize(
    "expression, words",
    [
        ("FIND('a', `{digits}`)", "unknown pattern token"),
        ("FIND('a', /(/)", "not closed"),
        ("FINDNTH('a', 'b', 1, middle)", "is not a direction"),
        ("SUBSTITUTE('a', /a++/, 'b')", "possessive"),
        ("MATCHES('a', 'b', one)", "must be a literal"),
    ],
)
def test_refused(expression: str, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        run_case(("one",), [("1",)], f"derive type: single value: {expression} as: 'r'")

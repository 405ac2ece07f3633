"""Regular expressions: what they mean, which need backtracking, which are refused (language 5.8)."""

from __future__ import annotations

import pytest
import re2
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.language.regexes import Translated, translate
from gristmill.problems import RecipeError


def found_by_re2(source: str, text: str) -> list[str]:
    return [match.group() for match in re2.finditer(translate(source).re2, text)]


def found_by_python(translated: Translated, text: str) -> list[tuple[int, int]]:
    return [match.span() for match in regex.finditer(translated.python, text, flags=regex.VERSION1)]


# expression, text, all matches
MEANINGS = [
    (r"\d+", "a12 ٣ 3", ["12", "3"]),
    (r"\D+", "12a٣", ["a٣"]),
    (r"\w+", "aé_1", ["a", "_1"]),
    (r"\W", "aé", ["é"]),
    (r"\s", "a\u00a0b\u2003c\td\u200be", ["\u00a0", "\u2003", "\t"]),
    (r"\S+", "a\u00a0b\u3000\x0bc", ["a", "b", "c"]),
    (r"[\s,]+", "a, \u2028b", [", \u2028"]),
    (r"[^\s]", "\u00a0x", ["x"]),
    (r"[^\W_]+", "a_é1", ["a", "1"]),
    (r"[\D]", "1x", ["x"]),
    (r"\bb", "éb ab b", ["b", "b"]),
    (r"\Bb", "ab b éb", ["b"]),
    (r".", "a\nb", ["a", "b"]),
    (r"(?s).", "a\nb", ["a", "\n", "b"]),
    (r"a$", "a\n", []),
    (r"a$", "ba", ["a"]),
    (r"^a", "a\na", ["a"]),
    (r"\x41\u00e9\x{1F600}", "Aé😀", ["Aé😀"]),
    (r"\cI", "\t", ["\t"]),
    (r"\n\r\t\f\v", "\n\r\t\f\x0b", ["\n\r\t\f\x0b"]),
    (r"\.\^\$\*\+\-\?\(\)\[\]\{\}\\\|\/", ".^$*+-?()[]{}\\|/", [".^$*+-?()[]{}\\|/"]),
    (r"(?m)^b$", "a\nb\nc", ["b"]),
    (r"(?m:^)b|c$", "a\nb\nc\n", ["b"]),
    (r"(?s:.)b|.c", "\nb\nc", ["\nb"]),
    (r"((?s).)b|.c", "\nb\nc", ["\nb"]),
    (r"(?s)(?-s:.)b", "\nb", []),
    (r"a{2,3}", "aaaa", ["aaa"]),
    (r"a{2,3}?", "aaaa", ["aa", "aa"]),
    (r"<.+?>", "<a><b>", ["<a>", "<b>"]),
    (r"[[:alpha:]]+", "ab1é", ["ab"]),
    (r"[[:^alpha:]_]+", "a_1é", ["_1é"]),
    (r"[[:punct:][:space:]]+", "a!~ \u00a0", ["!~ "]),
    (r"\p{L}+", "aé1", ["aé"]),
    (r"\P{L}+", "aé1", ["1"]),
    (r"[^\p{L}]", "a1", ["1"]),
    (r"(?i)ab", "AB", ["AB"]),
    (r"(?i:a)b", "Ab AB", ["Ab"]),
    (r"[]a]+", "]a", ["]a"]),
    (r"[a-]+", "-a", ["-a"]),
    (r"[&&~~||]+", "&|~", ["&|~"]),
    (r"a|ab", "ab", ["a"]),
]


@pytest.mark.parametrize(("source", "text", "matches"), MEANINGS)
def test_meaning(source: str, text: str, matches: list[str]) -> None:
    translated = translate(source)
    assert not translated.needs_backtracking
    assert found_by_re2(source, text) == matches
    assert [text[start:end] for start, end in found_by_python(translated, text)] == matches


# expressions that RE2 lacks
BACKTRACKING = [
    (r"q(?=u)", "qu qa", [(0, 1)]),
    (r"q(?!u)", "qu qa", [(3, 4)]),
    (r"(?<=\$)\d+", "$12 3", [(1, 3)]),
    (r"(?<!\$)\b\d+", "$12 3", [(4, 5)]),
    (r"(a|b)\1", "ab bb", [(3, 5)]),
    (r"(?P<x>a)\1", "aa", [(0, 2)]),
    (r"(?=\s)\S|\s", "\u00a0", [(0, 1)]),
    (r"a$(?!b)", "a\n", []),
    (r"(?!x)\bb", "éb", [(1, 2)]),
]


@pytest.mark.parametrize(("source", "text", "spans"), BACKTRACKING)
def test_backtracking(source: str, text: str, spans: list[tuple[int, int]]) -> None:
    translated = translate(source)
    assert translated.needs_backtracking
    assert found_by_python(translated, text) == spans


GROUPS = {"a(b)(?:c)": 1, "(?P<n>a)(b)": 2, "(?<n>a)": 1, "(?i)a": 0, "((a)(b))": 3, r"\(a\)": 0, "[(]a": 0}


@pytest.mark.parametrize(("source", "groups"), GROUPS.items(), ids=GROUPS)
def test_groups(source: str, groups: int) -> None:
    assert translate(source).groups == groups


REFUSED = {
    "(?R)": "'(?R)' is not supported",
    "(?1)": "'(?1)' is not supported",
    "(a)?(?(1)b|c)": "'(?(1' is not supported",
    "(?>a)": "'(?>a' is not supported",
    "(?#x)": "'(?#x' is not supported",
    "(?x)a": "'(?x)' is not supported",
    "(?C1)": "'(?C1' is not supported",
    r"a\Kb": r"'\K' is not supported",
    r"\Ga": r"'\G' is not supported",
    r"\Q.\E": r"'\Q' is not supported",
    r"\8a\y": r"'\y' is not supported",
    "a++": "possessive quantifier '++'",
    "a*+": "possessive quantifier '*+'",
    "a{2}+": "possessive quantifier '{2}+'",
    "a{1001}": "at most 1000 repetitions",
    "a{1,1001}": "at most 1000 repetitions",
    "(a": "'(' is not closed",
    "a)": "')' without '('",
    "[a": "'[' at position 1 is not closed",
    "*a": "",
    "a\\": "'\\' at the end",
    "[b-a]": "",
    r"\x{110000}": "there is no character 110000",
    "a{3,2}": "",
    "[[:foo:]]": "there is no class '[:foo:]'",
    r"(?<=a)\2": "",
    "(((((a{1000}){1000}){1000}){1000}){1000})": "",
}


@pytest.mark.parametrize(("source", "words"), REFUSED.items(), ids=REFUSED)
def test_refused_with_the_reason(source: str, words: str) -> None:
    with pytest.raises(RecipeError) as caught:
        translate(source)
    [problem] = caught.value.problems
    assert problem.code == "bad-regex"
    assert problem.message.startswith("regular expression: ")
    assert words in problem.message


# without \B, which RE2 also finds between the bytes of one character
atoms = st.sampled_from(
    [
        *("a", "b", "é", " ", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\b", ".", "^", "$", r"\.", r"\x61"),
        *(
            "[ab]",
            "[^a]",
            r"[\s\d]",
            r"[^\w]",
            r"[\S]",
            r"\u00e9",
            r"\n",
            "[a-c&&]",
            "[[:alpha:]]",
            "(?i:A)",
            r"\A",
            r"\z",
        ),
    ]
)
quantifiers = st.sampled_from(["", "", "", "?", "+", "*", "{2}", "{1,2}", "??", "+?", "*?"])


def _deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.builds("({})".format, inner),
        # what repeats takes a character: engines differ on repeating nothing
        st.builds("(?:[^b](?:{}|{})){}".format, inner, inner, quantifiers),
    )


expressions = st.recursive(st.builds("{}{}".format, atoms, quantifiers), _deeper, max_leaves=6)
texts = st.text(st.sampled_from("abAé1_ \n.\u00a0\u2003٣"), max_size=10)


@given(expressions, texts)
@settings(max_examples=600, deadline=None)
def test_both_engines_find_the_same_first_match(source: str, text: str) -> None:
    try:
        translated = translate(source)
    except RecipeError:  # `^*` and the like, which RE2 refuses
        return
    one, other = re2.search(translated.re2, text), regex.search(translated.python, text, flags=regex.VERSION1)
    assert (one and one.span()) == (other and other.span())

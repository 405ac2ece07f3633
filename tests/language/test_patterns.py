"""Trifacta patterns: tokens, structure, how much they take, and replacement texts (language 5.1 to 5.7)."""

from __future__ import annotations

import pytest
import re2

from gristmill.language import tree
from gristmill.language.patterns import CompiledPattern, compile_pattern, escape
from gristmill.language.replacement import parse_replacement, re2_rewrite
from gristmill.language.tokens import TOKENS
from gristmill.problems import RecipeError


def pattern(source: str, ignore_case: bool = False) -> CompiledPattern:
    return compile_pattern(tree.Pattern(source), ignore_case)


def match(source: str, text: str, ignore_case: bool = False) -> str | None:
    """The first match of a pattern in a text."""
    found = re2.search(pattern(source, ignore_case).regex, text)
    return found.group() if found else None


# token: texts that match as a whole, texts that do not
WHOLE: dict[str, tuple[list[str], list[str]]] = {
    "any": (["a", "\n", "é", "😀", "\0"], ["", "ab"]),
    "digit": (["0", "9"], ["a", "٣", "12"]),
    "alpha": (["a", "Z", "_"], ["1", "é", ""]),
    "upper": (["A", "_"], ["a", "É"]),
    "lower": (["z", "_"], ["Z"]),
    "alpha-numeric": (["a", "Z", "5"], ["_", "-"]),
    "alphanum-underscore": (["a", "5", "_"], ["-", "é"]),
    "delim": ([":", ",", "|", "/", "-", ".", " ", "\t", "\u00a0"], ["a", ";", "_"]),
    "delim-ws": ([" , ", ",", "  ", "\t/\n"], ["a", " , ,", ""]),
    "hex": (["2FA3", "ff", "0"], ["g", "0x1"]),
    "at-username": (["@joe_1"], ["joe", "@", "@jo-e"]),
    "hashtag": (["#tag1"], ["tag", "#"]),
    "phone": (["415-555-0132", "(415) 555-0132", "+1 415.555.0132", "4155550132"], ["555-0132", "415/555/0132"]),
    "email": (["a.b+c@x-y.org", "o'neil@mail.example.co.uk"], ["a@b", "@b.com", "a b@c.com"]),
    "url": (["gmail.com", "https://x.org:80/a?b#c", "ftp://h.example.com/a/b"], ["localhost", "http://", "a b.com"]),
    "ip-address": (["10.1.255.0"], ["256.1.1.1", "1.2.3", "01.2.3.4"]),
    "hex-ip-address": (["0xC0A80001", "0xC0.0xA8.0x00.0x01"], ["C0A80001", "0xC0A8"]),
    "bool": (["true", "FALSE", "Yes", "n", "1", "oN"], ["maybe", "2"]),
    "street": (["123 Main Street", "9B St. James Pl."], ["Main Street", "123 Main"]),
    "occupancy": (["Apt 2D", "Suite 100", "#5", "Unit.7"], ["Door 5", "Apt"]),
    "city": (["Paris", "New York", "St. Paul"], ["paris", "New york", "New  York"]),
    "state": (["Texas", "New York", "West Virginia", "District of Columbia"], ["texas", "TX", "Puerto Rico"]),
    "state-abbrev": (["CA", "DC"], ["ca", "PR", "Cal"]),
    "zip": (["94105", "94105-1234"], ["9410", "94105-12", "941051234"]),
    "month": (["January", "May"], ["Jan", "may"]),
    "month-abbrev": (["Jan", "Sep"], ["January", "Sept"]),
    "dayofweek": (["Monday"], ["Mon", "monday"]),
    "dayofweek-abbrev": (["Mon", "Thu"], ["Thursday"]),
    "time": (["11:59:23", "1:00:00", "23:59:59"], ["24:00:00", "11:59", "11:60:00"]),
    "period": (["AM", "pm"], ["A", "xm"]),
    "a": (["AM", "pm"], ["a"]),
    "utcoffset": (["Z", "-0500", "+04:00", "+14:00"], ["0500", "+1500", "-05"]),
    "yyyy": (["1400", "2599", "2020"], ["1399", "2600", "20"]),
    "yy": (["00", "99"], ["9"]),
    "mm": (["1", "09", "12"], ["0", "13", "00"]),
    "dd": (["1", "09", "31", "0"], ["32", "001"]),
    "HH": (["00", "23"], ["24", "5"]),
    "H": (["0", "05", "23"], ["24"]),
    "hh": (["01", "12"], ["13", "00", "1"]),
    "h": (["1", "01", "12"], ["13", "0"]),
    "MM": (["00", "59"], ["60", "5"]),
    "SS": (["00", "59"], ["60", "5"]),
    "sss": (["000", "999"], ["99"]),
    "4-digits": (["2020"], ["202", "20201"]),
    "[abc0-9]": (["a", "5"], ["d", "-"]),
    "![abc0-9]": (["d", "-", "\n"], ["a", "5", ""]),
}


@pytest.mark.parametrize("token", WHOLE)
def test_tokens(token: str) -> None:
    matching, others = WHOLE[token]
    whole = "{start}{" + token + "}{end}"
    assert [text for text in matching if match(whole, text) != text] == []
    assert [text for text in others if match(whole, text) is not None] == []


def test_every_token_has_examples() -> None:
    assert set(TOKENS) - {"start", "end"} <= WHOLE.keys()


# pattern: the regular expression that it stands for (5.4)
TRANSLATIONS = {
    "{digit}+-{digit}+": "[0-9]+\\-[0-9]+",
    "{start}(%+)( |{end})": r"\A((?s:.)+?)( |\z)",
    "any_value_{digit}+ -- ": r"any_value_[0-9]+ \-\- ",
    r"\#%{2}": "#(?s:.){2}",
    "{start}%{3}": r"\A(?s:.){3}",
    "{[aeiou]}{2}": "[aeiou]{2}",
    "]|[": r"\]|\[",
    "({dd}).10.19({yy})": r"((?:[0-2]?[0-9]|30|31))\.10\.19((?:[0-9]{2}))",
    "#": "[0-9]",
    "a.b$^": r"a\.b\$\^",
    r"\%\{\}\(\)\|\\\?\*\+": r"%\{\}\(\)\|\\\?\*\+",
    r"\n\t\r": "\n\t\r",
    r"\`": "`",
    "{[a-c\\-\\]^]}": r"[a-c\-\]\^]",
    "{![ ]}": "[^ ]",
    "{[]]}": r"[\]]",
}


@pytest.mark.parametrize(("source", "regex"), TRANSLATIONS.items(), ids=TRANSLATIONS)
def test_translation(source: str, regex: str) -> None:
    assert pattern(source).regex == regex


PIZZA = "I like to eat pizza on Fridays"
# pattern, text, what it takes (5.4)
TAKES = [
    ("{start}(%+) ", "one two three", "one "),
    ("{start}(%+) (%+)( |{end})", "one two three", "one two "),
    ("{start}(%+) (%+)( |{end})", "one two", "one two"),
    ("eat %*", PIZZA, "eat pizza on Fridays"),
    ("{any}+", "a\nb", "a\nb"),
    ("%*o", PIZZA, "I like to"),
    ("%{3,5}o", "xxxxxxo", "xxxxxo"),
    ("%{3,5}", "xxxxxxo", "xxxxx"),
    ("%?b", "aab", "ab"),
    ("(%+)", "abc", "abc"),
    ("(a|%+)", "bcd", "bcd"),
    ("(%+)+", "abc", "abc"),
    ("(%+,)*", "a,b,c", "a,b,"),
    ("a%+|b%+", "xbcd", "bcd"),
    ("a%+|%+c", "xbccd", "xbc"),
    ("{alpha}+", "hello world", "hello"),
    ("({alpha}+ )*{alpha}+", "hello big world", "hello big world"),
    ("{delim}+", "a, b", ", "),
    ("{start}%{3}", "abcd", "abc"),
    ('{start}"|"{end}', '"a"', '"'),
]


@pytest.mark.parametrize(("source", "text", "taken"), TAKES)
def test_how_much_is_taken(source: str, text: str, taken: str) -> None:
    assert match(source, text) == taken


GROUPS = [
    ("{start}(%+) (%+)( |{end})", "one two three", ["one", "two", " "]),
    ("(({digit})-)(b)", "1-b", ["1-", "1", "b"]),
    ("(%+)(,)", "a,b,c", ["a", ","]),
    ("(a)|(b)", "b", [None, "b"]),
]


@pytest.mark.parametrize(("source", "text", "groups"), GROUPS)
def test_groups(source: str, text: str, groups: list[str | None]) -> None:
    found = pattern(source)
    assert found.groups == len(groups)
    assert list(re2.search(found.regex, text).groups()) == groups


MALFORMED = {
    "{digits}": "unknown pattern token '{digits}'",
    "{Digit}": "unknown pattern token '{Digit}'",
    "{}": "unknown pattern token '{}'",
    "{digit": "'{' is not closed",
    "a}": "'}' without '{'",
    "(a": "'(' is not closed",
    "a)": "unexpected ')'",
    "*a": "nothing to repeat",
    "a|+": "nothing to repeat",
    "(?a)": "nothing to repeat",
    "{3}a": "nothing to repeat",
    "a{1001}": "at most 1000 repetitions",
    "a{3,2}": "the second number is smaller",
}


@pytest.mark.parametrize(("source", "words"), MALFORMED.items(), ids=MALFORMED)
def test_malformed(source: str, words: str) -> None:
    with pytest.raises(RecipeError) as caught:
        pattern(source)
    [problem] = caught.value.problems
    assert problem.code == "bad-pattern"
    assert words in problem.message


def test_the_nearest_token_is_named() -> None:
    with pytest.raises(RecipeError, match=r"Did you mean '\{digit\}'\?"):
        pattern("{digits}")


@pytest.mark.parametrize("text", ["a.b", "", "{digit}", "%", "(", "\\", "é\n😀", "a-b/c|d", "^x$", "[a]", " \t#'\"`"])
def test_literals_mean_themselves(text: str) -> None:
    found = compile_pattern(tree.Text(text))
    assert found.is_plain
    assert re2.fullmatch(found.regex, text) is not None
    assert re2.fullmatch(escape(text), text + "x") is None


IGNORING = [
    ("abc", "xABCx", "ABC"),
    ("{upper}+", "abC", "abC"),
    ("{[k]}", "\u212a", "\u212a"),
    ("straße", "STRAßE", "STRAßE"),
]


@pytest.mark.parametrize(("source", "text", "taken"), IGNORING)
def test_ignoring_case(source: str, text: str, taken: str) -> None:
    assert match(source, text, ignore_case=True) == taken
    assert match(source, text) != taken


# text of `with:`, number of groups, its parts (5.5)
REPLACEMENTS = [
    ("", 1, ()),
    ("$1", 1, (1,)),
    ("$0", 0, (0,)),
    ("<$0>", 1, ("<", 0, ">")),
    ("$2-$1", 2, (2, "-", 1)),
    ("$2", 1, ("$2",)),
    ("$22", 1, ("$22",)),
    ("$12", 12, (12,)),
    ("$1a", 1, (1, "a")),
    ("$01", 1, (1,)),
    ("$$", 1, ("$",)),
    ("$$1", 1, ("$1",)),
    ("$$f", 0, ("$f",)),
    (r"\$1", 1, ("$1",)),
    (r"\\", 1, ("\\",)),
    (r"\\$1", 1, ("\\", 1)),
    (r"\"", 1, ('"',)),
    (r"\n", 1, (r"\n",)),
    ("$", 1, ("$",)),
    ("$x", 1, ("$x",)),
    ("{digit}", 1, ("{digit}",)),
    ("$1$1", 1, (1, 1)),
    ("a\nb", 0, ("a\nb",)),
    ("$99999999999999999999", 3, ("$99999999999999999999",)),
]


@pytest.mark.parametrize(("text", "groups", "parts"), REPLACEMENTS)
def test_replacement(text: str, groups: int, parts: tuple[str | int, ...]) -> None:
    assert parse_replacement(text, groups) == parts


def test_literal_searches_have_no_groups() -> None:
    assert parse_replacement("$0$1$$", 5, literal=True) == (0, "$1$")


@pytest.mark.parametrize(
    ("source", "with_", "text", "result"),
    [
        ("({digit}+)-({digit}+)", "$2-$1", "12-34", "34-12"),
        ("(a)|(b)", "[$2]", "ab", "[][b]"),
        ("b", r"\\1", "abc", r"a\1c"),
        ("f", "$$f", "foo", "$foo"),
    ],
)
def test_replacing_with_re2(source: str, with_: str, text: str, result: str) -> None:
    found = pattern(source)
    assert re2.sub(found.regex, re2_rewrite(parse_replacement(with_, found.groups)), text) == result

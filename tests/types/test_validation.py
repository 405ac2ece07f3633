"""Texts that are valid and mismatched for each type, as documented (types 5)."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from gristmill.problems import RecipeError
from gristmill.types.blanks import trim
from gristmill.types.logical import ALL, LogicalType, type_named
from gristmill.types.patterns import STATES
from gristmill.types.validation import PATTERNS, is_valid

VALID = {
    "String": ["abc", "  ", "NULL", "[1,2"],
    "Integer": [
        *("4", "-23", "1234567890123456", "007", "-0", "+5", " 5\t\r\n", "0" * 5000 + "7"),
        *("9223372036854775807", "-9223372036854775808", "+0009223372036854775807"),
    ],
    "Float": [
        *("123.45", "3000.00", "1.2345678E+22", "7.4423e-12", "-4.123e+12", "5", ".5", "5.", "-0.0", "1e-400"),
        *("-122.41941550000001", "9" * 300, "9223372036854775808"),
    ],
    "Bool": ["true", "T", "Yes", "y", "on", "1", "FALSE", "f", "No", "n", "oFf", "0", " t "],
    "SSN": ["123-45-6789", "123 45 6789", "123456789", "000-00-0000", "666-12-1234"],
    "Phone": [
        *("(240)966-1418", "443 871 4409", "+1301 521 8129", "415-555-0132", "4155550132", "14155550132"),
        *("1-415-555-0132", "+1(415)-555-0132", "(415) 555-0132", "(415)-555-0132 x 123", "415-555-0132ext77"),
    ],
    "Emailaddress": ["a@b.com", "first.last+tag@mail.example.co.uk", "x_y@d-e.org", "UPPER@EXAMPLE.COM"],
    "Creditcard": [
        *("4111 1111 1111 1111", "4111-1111-1111-1112", "5105105105105100", "2222 4053 4324 8877"),
        *("2223 0076 4872 6984", "3056 9309 0259 04", "2720-0000-0000-0000", "38520000023237"),
        *("6440-0000-0000-0000", "3589 0000 0000 0000", "2221000000000009"),
    ],
    "Gender": ["m", "F", "male", "Female", "MALE"],
    "Zipcode": ["94105", "02139", "94105-1234", "00000"],
    "State": ["CA", "az", "New York", "texas", "DISTRICT OF COLUMBIA", "pr", "VI"],
    "Url": [
        *("http://www.app.example.co.uk/support", "https://x.org", "http://1.2.3.4", "www.example.museum"),
        *("example.com", "ftp://host.example.com:21/a?b=c#d", "HTTP://EXAMPLE.COM", "joe@example.com", "10.1.1.1:80/x"),
        *("http://a.pdf", "www.site.zzz", "shop.example.XYZ", "http://u:p@x.org", "example.de?a"),
    ],
    "Ipaddress": ["192.0.0.1", "10.10.10.10", "0.0.0.0", "255.255.255.255", "192.168.001.010"],
    "Httpcodes": ["404", "418", "451", "459", "509", "100", "102", "208", "308"],
    "Array": ["[1,2,3]", '["A","B"]', '["C",["D","E"],"F",["G",["H","I"]]]', "[null]", " [1, 2] ", "[]", '["\\n\\t"]'],
    "Map": ['{"a":1}', "{}", '{"a":{"b":1},"c":{"b":1}}', '{"a":1,"A":1}'],
    "Datetime": ["2020-01-31", "31/12/2020", "Jan 5, 2020", "10:15", "Mon, 3 Feb 2020 10:11:12 +0100", "Sept. 2020"],
}
MISMATCHED = {
    "Integer": [
        *("3.0", "1,000", "$5", "1e3", "0x10", "5-", "--5", "+-5", "1 000", "(5)", "1_000", "٣", "１２", "  "),
        *("9223372036854775808", "-9223372036854775809"),
    ],
    "Float": ["1,5", "1.2.3", "1e", "e5", ".", "NaN", "Infinity", "inf", "1e400", "12%", "$1.50", "1.5f", "0x1p3"],
    "Bool": ["1.0", "2", "-1", "ok", "truee", "yeſ"],
    "SSN": ["123-45 6789", "123.45.6789", "123-456789", "1234567890", "12345678a"],
    "Phone": [
        *("555-0132", "+44-20-7946-0958", "123-456-7890", "415 55 50132", "415.555.0132", "415  555 0132"),
        *("(415 555-0132", "4155550132 x5", "911-555-0132", "415-555-013", "290-555-0132", "415-555-0132 Ext 5"),
    ],
    "Emailaddress": [
        *("a@b", "@b.com", "a@.com", "a@b.c", "a b@c.com", "a@@b.com", "a..b@c.com", "a@b.com."),
        *("mailto:a@b.com", "Joe <a@b.com>", "jörg@b.com", "a@-b.com"),
    ],
    "Creditcard": [
        *("1234 5678 9012 3456", "4111 1111-1111 1111", "411111111111111", "378282246310005", "2721 0000 0000 0000"),
        *("2220 9999 9999 9999", "3056 9309 0259 0442", "643 0000", "3590 0000 0000 0000"),
    ],
    "Gender": ["w", "x", "other", "mr", "males"],
    "Zipcode": ["1234", "123456", "941051234", "94105 1234", "SW1A 1AA", "94105-12"],
    "State": ["ZZ", "AS", "GU", "MP", "AA", "AE", "AP", "Calif.", "N.Y.", "New  York", "Kansa"],
    "Url": [
        *("localhost", "http://localhost", "1.2.3", "http://", "example", "http://exa mple.com", "report.pdf"),
        *("/a/b.html", "mailto:a@b.com", "http://1.2.3", "a.txt", "http://x.org/a b", "http://x.org/a\u00a0b"),
    ],
    "Ipaddress": ["1.2.3", "http://12.13.14.15", "256.1.1.1", "1.2.3.4.5", "1.2.3.4:80", "1.2.3.4/24", "::1", "1..2.3"],
    "Httpcodes": ["103", "209", "226", "309", "460", "499", "510", "511", "600", "99", "0404", "404.0", "HTTP 404"],
    "Array": ["[A,B]", "['a','b']", "[1,2,]", "[1,2", "1,2", '{"a":1}', "[NaN]", '[{"a":1,"a":2}]', '["\ud800"]'],
    "Map": ['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"x":{"a":1,"a":2}}', "{a:1}", "{'a':1}", "[1]", '{"a":1}{"b":2}'],
    "Datetime": ["hello", "20200131", "2020", "1.5", "12.2020", "1577836800", "32/01/2020", "10:60", "Smarch 5, 2020"],
}  # fmt: skip
EVERY_TYPE = [*ALL, LogicalType("Datetime", "yy-mm-dd"), LogicalType("Datetime", "dd-mm-yy", "dd*mm*yyyy*hh:MMa")]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in VALID.items() for text in texts])
def test_valid(name: str, text: str) -> None:
    assert is_valid(text, type_named(name))


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in MISMATCHED.items() for text in texts])
def test_mismatched(name: str, text: str) -> None:
    assert not is_valid(text, type_named(name))


@pytest.mark.parametrize("type", EVERY_TYPE, ids=str)
def test_missing_is_valid_for_no_type(type: LogicalType) -> None:
    assert not is_valid("", type)


@pytest.mark.parametrize("text", [*STATES, *STATES.values()])
def test_every_state(text: str) -> None:
    assert is_valid(text.lower(), type_named("State"))


def test_there_are_91_http_codes() -> None:
    codes = [str(code) for code in range(1000) if is_valid(f"{code:03}", type_named("Httpcodes"))]
    assert len(codes) == 91


@pytest.mark.parametrize(
    ("category", "text", "valid"),
    [
        ("yy-mm-dd", "2020-12-31", True),
        ("yy-mm-dd", "20201231", True),
        ("yy-mm-dd", "31.12.2020", False),
        ("yy", "2020", True),
        ("dd-mm", "31/12", True),
        ("dd-mm", "12/31", False),
        ("hh:mm:ss", "2:00 PM", True),
        ("no-such", "2020", False),
    ],
)
def test_category_alone_takes_any_format_of_it(category: str, text: str, valid: bool) -> None:
    assert is_valid(text, LogicalType("Datetime", category)) is valid


def test_format_without_a_token_is_an_error() -> None:
    with pytest.raises(RecipeError, match="'--' is not a date format"):
        is_valid("2020", LogicalType("Datetime", "yy", "--"))


NEAR_MISSES = st.sampled_from([text for texts in [*VALID.values(), *MISMATCHED.values()] for text in texts])
CHARS = "019 -+.,:/@#[](){}'\"\\_eExXtTfFyYnN\n\tſKİı٣\ud800"
EDITED = st.builds(
    lambda text, at, extra: text[:at] + extra + text[at:], NEAR_MISSES, st.integers(0, 40), st.text(CHARS, max_size=2)
)


@given(st.text() | EDITED | st.text(CHARS))
def test_no_text_raises(text: str) -> None:
    assert {is_valid(text, type) for type in EVERY_TYPE} <= {True, False}


@given(EDITED.filter(lambda text: text.isprintable()) | st.text("aAkK.ſKİı@-:/w019", max_size=12))
def test_re2_agrees_with_python(text: str) -> None:
    for name, pattern in PATTERNS.items():
        if name not in ("Integer", "Float"):
            assert bool(re2.fullmatch(pattern, trim(text))) is is_valid(text, type_named(name)), name


LONG_S_AND_KELVIN = str.maketrans("sSkK", "ſſKK")


@pytest.mark.parametrize("name", ["Bool", "Gender", "State", "Phone", "Url", "Emailaddress"])
def test_letters_that_only_fold_to_ascii_do_not_count(name: str) -> None:
    texts = [*STATES, *STATES.values(), *VALID[name], "yes", "http://s.sk", "s.sk", "www.s.news", "4k.site"]
    for text in texts:
        for at in range(len(text)):
            foreign = text[:at] + text[at].translate(LONG_S_AND_KELVIN) + text[at + 1 :]
            assert bool(re2.fullmatch(PATTERNS[name], trim(foreign))) is is_valid(foreign, type_named(name)), foreign


@given(st.text("+-.0123456789eE", max_size=12))
def test_re2_agrees_on_short_numbers(text: str) -> None:
    assert bool(re2.fullmatch(PATTERNS["Integer"], text)) is is_valid(text, type_named("Integer"))
    if is_valid(text, type_named("Float")):
        assert re2.fullmatch(PATTERNS["Float"], text)

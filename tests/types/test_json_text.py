"""Arrays and Objects as texts (types 5.15, 5.16; language 4.9)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.types.json_text import (
    MAX_DEPTH,
    Number,
    compact,
    is_array,
    parse_json,
    read_array,
    read_object,
    read_pairs,
)

NOT_JSON = [
    "", " ", "NaN", "[NaN]", "-Infinity", "[1,]", "{'a':1}", "01", "+1", ".5", "[1] x", '"\n"', '"\\x"', "\ufeff[]",
    "tru", '{"a":1,"a":1}', '[{"b":{"a":1,"a":1}}]', '"\\ud800"', '["\udc00"]', '{"\\uD83D":1}',
]  # fmt: skip
COMPACT = [
    ('[ 1 , "A/ü" , null , true ]', '[1,"A/ü",null,true]'),
    ('{ "b" : 1.50 , "a" : [ 1e2 , 1E-9 , -0 ] }', '{"b":1.5,"a":[100,1e-9,0]}'),
    ('["\\u00fc\\/\\n\\u0000\\ud83d\\ude00"]', '["ü/\\n\\u0000😀"]'),
    ("[12345678901234567890,9223372036854775807,1e400]", "[12345678901234567000,9223372036854775807,null]"),
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=8,
)  # fmt: skip


@pytest.mark.parametrize("text", NOT_JSON, ids=ascii)
def test_not_json(text: str) -> None:
    with pytest.raises(ValueError):
        parse_json(text)


@pytest.mark.parametrize(("text", "printed"), COMPACT)
def test_compact(text: str, printed: str) -> None:
    assert compact(parse_json(text)) == printed


def test_numbers_keep_their_spelling() -> None:
    assert parse_json("[1.50,1E2]") == [Number("1.50"), Number("1E2")]


def test_array_and_object_are_told_apart() -> None:
    assert (read_array("[]"), read_array("{}"), read_array('"[]"')) == ([], None, None)
    assert (read_object(' {"a":"b"} '), read_object("[]"), read_object("x")) == ({"a": "b"}, None, None)


def test_repeated_keys_of_a_text() -> None:
    pairs = [("q", "hello"), ("r", {"s": "there"}), ("q", "world")]
    assert read_pairs('{"q":"hello","r":{"s":"there"},"q":"world"}') == pairs
    assert read_pairs('{"q":{"a":1,"a":2}}') is None
    assert read_pairs("[1]") is None


@pytest.mark.parametrize(("depth", "valid"), [(MAX_DEPTH, True), (MAX_DEPTH + 1, False), (100_000, False)])
def test_depth_has_a_limit(depth: int, valid: bool) -> None:
    assert is_array("[" * depth + "]" * depth) is valid


def test_brackets_in_strings_have_no_depth() -> None:
    assert is_array('["' + "[" * 1000 + '\\"' + "{" * 1000 + '"]')


@given(VALUES)
def test_compact_is_json_of_the_same_value(value: object) -> None:
    text = compact(value)  # type: ignore[arg-type]
    assert json.loads(text) == value
    assert compact(parse_json(text)) == text


@given(st.text() | st.text('[]{}",:\\u0d8 1eE.-'))
def test_python_reads_whatever_counts_as_json(text: str) -> None:
    try:
        parse_json(text)
    except ValueError:
        return
    json.loads(text)

"""The text order of sort and ARRAYSORT (language 1.6)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.types.collation import FOLD_FROM, FOLD_TO, simple_lower, text_order_keys

ASCENDING = [
    ["-3", "9", "10", "1e2", "1a"],
    ["A", "a", "ä", "B", "b"],
    ["a1", "a 1", "a-1", "ab"],
    ["Resume", "resume", "Résumé", "résumé"],
    ["!", "€", "z", "ж"],
    ["", " ", "  ", "a", "a ", "aa"],
    ["5", "\t", "-", "X", "x", "xa"],
    ["ab", "a\u0301b", "áb", "ac"],
]


@pytest.mark.parametrize("texts", ASCENDING, ids=repr)
def test_ascending(texts: list[str]) -> None:
    mixed = texts[:]
    random.Random(7).shuffle(mixed)
    assert sorted(mixed, key=text_order_keys) == texts


def test_equal_numbers_are_equal_keys() -> None:
    assert text_order_keys("5022") == text_order_keys(" 05022") == text_order_keys("5022.0")


def test_folding_table_is_the_documented_one() -> None:
    assert (len(FOLD_FROM), FOLD_FROM[:16], FOLD_FROM[16:18], FOLD_FROM[-1]) == (
        48,
        "0123456789\t\n\x0b\f\r ",
        '!"',
        "~",
    )
    assert (FOLD_TO[0], FOLD_TO[-1]) == ("!", "P")


@pytest.mark.parametrize(
    ("text", "lower"), [("ΑΣ", "ας".replace("ς", "σ")), ("İI", "ii"), ("ẞ", "ß"), ("ÀB", "àb"), ("Ǆ", "ǆ")]
)
def test_simple_lower_case(text: str, lower: str) -> None:
    assert simple_lower(text) == lower


@given(st.text())
def test_lower_case_keeps_the_length(text: str) -> None:
    assert len(simple_lower(text)) == len(text)


@given(st.text(), st.text())
def test_different_texts_tie_only_as_numbers(left: str, right: str) -> None:
    keys = text_order_keys(left), text_order_keys(right)
    assert keys[0] != keys[1] or left == right or keys[0][0] == 0


@given(st.text("aAbBzZ09 -_~\t"))
def test_other_texts_fold_like_ascii_ones(text: str) -> None:
    plain, foreign = text_order_keys(f"x{text}"), text_order_keys(f"ж{text}")
    assert foreign[2][1:] == plain[2][1:]

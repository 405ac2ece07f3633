"""Numbers and Booleans, read and printed (language 4.3, 4.9)."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.types.logical import DECIMAL, INTEGER
from gristmill.types.numbers import print_number, read_boolean, read_integer, read_number
from gristmill.types.validation import is_valid

READ = {
    "5": 5, " +5 ": 5, "-0": 0, "007": 7, "9223372036854775807": 2**63 - 1, "9223372036854775808": 2.0**63,
    "3.0": 3.0, "5.": 5.0, ".5": 0.5, "1e3": 1000.0, "1e-400": 0.0,
    "": None, "x": None, "1e400": None, "inf": None, "1,000": None, "1_0": None, "9" * 400: None, "٣": None,
}  # fmt: skip
PRINTED = {
    2.5: "2.5", 2.0: "2", 0.1 + 0.2: "0.30000000000000004", 1 / 3: "0.3333333333333333",
    -3101160.5599999996: "-3101160.5599999996", 0.00000015: "0.00000015", 1e-7: "0.0000001", 9.9e-8: "9.9e-8",
    1e21: "1e+21", 1.5e-8: "1.5e-8", 1e20: "100000000000000000000", 2.0**63: "9223372036854776000",
    -0.0: "0", 5e-324: "5e-324", 1.7976931348623157e308: "1.7976931348623157e+308", 1e16: "10000000000000000",
    2**63 - 1: "9223372036854775807", -(2**63): "-9223372036854775808",
}  # fmt: skip
WORDS = [
    ("true", True), (" T ", True), ("Yes", True), ("y", True), ("ON", True), ("1", True), ("false", False),
    ("f", False), ("no", False), ("N", False), ("off", False), ("0", False), ("", None), ("2", None), ("1.0", None),
]  # fmt: skip
DOUBLES = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_read_number(text: str, value: float | None) -> None:
    read = read_number(text)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(("text", "value"), [("3.0", None), (" 12 ", 12), ("1e3", None), ("9" * 19, None), ("", None)])
def test_read_integer(text: str, value: int | None) -> None:
    assert read_integer(text) == value


@pytest.mark.parametrize(("value", "text"), PRINTED.items())
def test_print_number(value: float, text: str) -> None:
    assert print_number(value) == text


@pytest.mark.parametrize(("text", "value"), WORDS)
def test_read_boolean(text: str, value: bool | None) -> None:
    assert read_boolean(text) is value


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_what_is_no_number_does_not_print(value: float) -> None:
    with pytest.raises(ValueError, match="no printed form"):
        print_number(value)


@given(DOUBLES | st.integers(-(2**63), 2**63 - 1))
def test_printed_numbers_read_back(value: float) -> None:
    text = print_number(value)
    assert is_valid(text, DECIMAL)
    read = read_number(text)
    assert read is not None and float(read) == float(value)
    if isinstance(value, int):
        assert read == value and is_valid(text, INTEGER)


@given(st.text() | st.text("+-.0123456789eE "))
def test_only_valid_decimals_are_numbers(text: str) -> None:
    assert (read_number(text) is not None) is is_valid(text, DECIMAL)
    assert (read_integer(text) is not None) is is_valid(text, INTEGER)

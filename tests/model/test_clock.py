"""Points in time as texts."""

from __future__ import annotations

import pytest

from gristmill.model.clock import iso, iso_second, read_iso


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1970-01-01T00:00:01.500Z", 1500),
        ("1970-01-01T00:00:01Z", 1000),
        ("1970-01-01T01:00:01+01:00", 1000),
        ("1970-01-02", 86_400_000),
        ("1969-12-31T23:59:59.999Z", -1),
    ],
)
def test_dates_are_read_with_and_without_parts(text, moment):
    assert read_iso(text) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "1e9"])
def test_other_texts_are_no_dates(text):
    with pytest.raises(ValueError, match=r"."):
        read_iso(text)


def test_dates_are_printed_with_milliseconds_or_whole_seconds():
    assert iso(1_566_323_188_512) == "2019-08-20T17:46:28.512Z"
    assert iso_second(1_566_323_188_512) == "2019-08-20T17:46:28.000Z"
    assert iso(-1) == "1969-12-31T23:59:59.999Z"

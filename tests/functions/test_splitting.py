"""A plain delimiter with quotes has a quick way; it answers what the general one does."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.functions.splitting import _pieces, _pieces_outside_quotes

TEXTS = st.text("a,b\"'", max_size=16)


@given(TEXTS, st.text("a,b\"'", min_size=1, max_size=2), st.integers(1, 4), st.sampled_from("\"'"))
@settings(max_examples=600, deadline=None)
def test_both_ways_split_alike(cell: str, delimiter: str, limit: int, quote: str) -> None:
    general = _pieces.function(cell, re.escape(delimiter), False, limit, quote)
    assert _pieces_outside_quotes.function(cell, delimiter, limit, quote) == general

"""Names of columns and datasets never become SQL."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.engines.casework import run_case
from gristmill.language.printer import name as braced
from gristmill.language.printer import text as quoted

ODD = [
    'a"b; drop table x --',
    "'); select 1; --",
    "SELECT",
    "c1",
    "t1",
    "o0",
    "source_0",
    "ключ",
    "名前",
    "a b",
    "{x}",
    "%s",
    "$col",
]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_name_goes_through_every_kind_of_step(odd: str) -> None:
    column = braced(odd)
    recipe = "\n".join(
        (
            f"set col: {column} value: UPPER($col)",
            f"filter type: custom rowType: single row: {column} != 'Z' action: Keep",
            f"derive type: multiple value: COUNT() group: {column} as: {quoted(odd + ' count')}",
            f"groupby group: {column} value: MAX({braced(odd + ' count')}) type: agg",
            f"sort order: -{column}",
        )
    )
    columns, rows = run_case([odd], [["x"], ["x"], ["y"], ["z"]], recipe)
    assert columns[0] == odd
    assert rows == [("Y", "1"), ("X", "2")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"))), min_size=1, max_size=6))
def test_any_names_come_out_as_they_went_in(names: list[str]) -> None:
    distinct = list({name.casefold(): name for name in names if name}.values()) or ["a"]
    columns, rows = run_case(distinct, [[str(place) for place in range(len(distinct))]], "deduplicate")
    assert columns == tuple(distinct)
    assert rows == [tuple(str(place) for place in range(len(distinct)))]


def test_a_dataset_with_an_odd_name_joins() -> None:
    name = 'x"; drop table y --'
    recipe = f"lookup with: {{{name}}} col: current_dataset.a key: {{{name}}}.k"
    other = {"columns": ["k", "v"], "rows": [["1", "one"]]}
    columns, rows = run_case(["a"], [["1"], ["2"]], recipe, inputs={name: other})
    assert (columns, rows) == (("a", "v"), [("1", "one"), ("2", None)])

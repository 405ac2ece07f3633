"""Arrays and objects beyond the cases (functions-b 7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gristmill.engines.casework import run_case
from gristmill.problems import RecipeError

Check = Callable[..., None]


def test_several_arrays_in_all_spellings(check: Check) -> None:
    check(
        {
            "ARRAYCONCAT([a, b])": '["x",1,"1"]',
            "ARRAYCONCAT(a, b)": '["x",1,"1"]',
            "ARRAYCONCAT(a, ['y'])": '["x",1,"y"]',
            "ARRAYCONCAT(['y'], a)": '["y","x",1]',
            "ARRAYUNIQUE(a, b)": '["x",1]',
            "ARRAYUNIQUE(['A', 'B', 'A'])": '["A","B"]',
            "ARRAYINTERSECT(b, a)": '["1"]',
            "ARRAYZIP([a, b])": '[["x","1"],[1,null]]',
            "ARRAYCROSS([a, b])": '[["x","1"],[1,"1"]]',
        },
        a='["x", 1]',
        b='["1"]',
    )


def test_what_is_no_array(check: Check) -> None:
    check(
        {
            "ARRAYCONCAT([a, s])": "[1]",
            "ARRAYCONCAT([s, NULL()])": None,
            "ARRAYCROSS([a, s])": None,
            "ARRAYCROSS([a, []])": "[]",
            "ARRAYUNIQUE([a, NULL()])": None,
            "ARRAYSORT(s)": None,
            "ARRAYELEMENTAT(5, 0)": None,
            "LISTSUM(s)": None,
            "KEYS(a)": None,
            "FILTEROBJECT(s, 'k')": None,
            "ARRAYSTOMAP(s, a)": None,
        },
        a="[1]",
        s="oops",
    )


@pytest.mark.slow
def test_too_many_combinations(check: Check) -> None:
    check(
        {
            "ARRAYLEN(ARRAYCROSS([RANGE(0, 1000, 1), RANGE(0, 1000, 1)]))": "1000000",
            "ARRAYCROSS([RANGE(0, 1001, 1), RANGE(0, 1000, 1)])": None,
        }
    )


def test_equality(check: Check) -> None:
    check(
        {
            "ARRAYUNIQUE([[1, '1', '1.0', '01', 1.0]])": '[1,"1.0","01"]',
            "ARRAYINDEXOF(['1', '2'], 2)": "1",
            "ARRAYINDEXOF([1, 2], '2')": "1",
            "ARRAYINDEXOF([1, true], true)": "1",
            "ARRAYINDEXOF('[[1, 2]]', '[1,2]')": "0",
            'ARRAYINDEXOF(\'[{"a":1,"b":2}]\', \'{"b":2,"a":1}\')': "0",
            "ARRAYINDEXOF(['a'], 'A')": None,
            "ARRAYINDEXOF(['a'], NULL())": None,
            "ARRAYUNIQUE('[null,1,null]')": "[null,1]",
        }
    )


def test_parts(check: Check) -> None:
    check(
        {
            "ARRAYELEMENTAT([1.50, 'b'], 0)": "1.5",
            "ARRAYELEMENTAT([1, 2], -1)": None,
            "ARRAYELEMENTAT([1, 2], 0.5)": None,
            "ARRAYSLICE([1, 2, 3], -2, -1)": "[2]",
            "ARRAYSLICE([1, 2, 3], 5)": "[]",
            "ARRAYSLICE([1, 2, 3], NULL())": None,
            "ARRAYMERGEELEMENTS([])": "",
            "ARRAYMERGEELEMENTS('[1,null,[2,\"x\"]]', '|')": '1|[2,"x"]',
        }
    )


def test_order_of_elements(check: Check) -> None:
    check(
        {
            "ARRAYSORT(['b', 'B', 'a', '10', 9, 'é', 'e', 'f', ''])": '[9,"10","","a","B","b","e","é","f"]',
            "ARRAYSORT(['b', 'B', '10', 9, NULL()], descending)": '[null,"b","B","10",9]',
            "ARRAYSORT([2, '2.0', '2'])": '[2,"2.0","2"]',
        }
    )


def test_objects(check: Check) -> None:
    check(
        {
            "ARRAYSTOMAP(['A', 'B'], ['1'])": '{"A":["1"],"B":null}',
            "ARRAYSTOMAP([1, 2], [true, NULL()])": '{"1":[true],"2":[null]}',
            "ARRAYSTOMAP(['A'], ['1', '2'], 'A')": '{"A":["1","2"]}',
            'KEYS(\'{"a":1,"a":2}\')': None,
            "FILTEROBJECT(ARRAYSTOMAP(['A', 'B'], ['1', '2']), ['B', 'C'])": '{"B":["2"]}',
            "FILTEROBJECT('{\"a\":1,\"b\":[1, 2]}', '[b, a]')": '{"a":1,"b":[1,2]}',
            "FILTEROBJECT('{\"a\":1}', ['z'])": "{}",
        }
    )


def test_numbers_of_arrays(check: Check) -> None:
    check(
        {
            "LISTSUM(['5', 1.5, 'x'])": "6.5",
            "LISTSUM([9223372036854775807, 1])": None,
            "LISTSUM('[1e308,1e308]')": None,
            "LISTVAR('[1e308,-1e308]')": None,
            "LISTMODE([3, 1, 3, 1])": "1",
            "LISTAVERAGE(['x'])": None,
            "LISTSTDEV([5])": "0",
            "LISTSUM([1, 2]) + 1": "4",
        }
    )


def test_repeated_keys_of_an_object_column() -> None:
    """Such a cell is mismatched in an Object column and readable in a String column."""
    recipe = "derive type: single value: FILTEROBJECT(o, 'q') as: 'r'"
    rows = [('{"q":1,"q":2}',), ('{"q":1}',)]
    assert [row[1] for row in run_case(("o",), rows, recipe, types={"o": "Object"})[1]] == [None, '{"q":1}']
    assert [row[1] for row in run_case(("o",), rows, recipe, types={"o": "String"})[1]] == ['{"q":[1,2]}', '{"q":1}']


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("Integer", ["7", "1.5", "007", "x"], '[7,"1.5",7,"x"]'),
        ("Decimal", ["1.50", "x", "1e999"], '[1.50,"x","1e999"]'),
        ("Boolean", ["yes", "0", "maybe"], '[true,false,"maybe"]'),
        ("Array", ["[1, 2]", "[x"], '[[1,2],"[x"]'),
        ("Object", ['{"k": 1}', "[1]"], '[{"k":1},"[1]"]'),
        ("String", ["1", "a b"], '["1","a b"]'),
    ],
)
def test_elements_by_column_type(kind: str, cells: list[str], expected: str) -> None:
    """Cells that do not fit their column stand as texts."""
    recipe = "groupby value: LIST(x) type: agg"
    assert run_case(("x",), [(cell,) for cell in cells], recipe, types={"x": kind})[1] == [(expected,)]


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("ARRAYSORT([1], down)", "'down'"),
        ("ARRAYLEN()", "ARRAYLEN expects 1 argument"),
        ("ARRAYCONCAT()", "ARRAYCONCAT expects"),
        ("ARRAYTOMAP([1], [2])", "unknown function 'ARRAYTOMAP'"),
    ],
)
def test_errors(expression: str, word: str) -> None:
    with pytest.raises(RecipeError, match=word):
        run_case(("one",), [("1",)], f"derive type: single value: {expression} as: 'r'")

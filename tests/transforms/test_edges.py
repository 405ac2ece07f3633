"""Rules of the transforms that the case files do not show: one step, the column before, the columns after."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from gristmill.engines.casework import run_case
from gristmill.problems import RecipeError

Cells = tuple[str | None, ...]


@dataclass
class Edge:
    step: str
    before: dict[str, Cells]
    after: dict[str, Cells]
    types: dict[str, str] = field(default_factory=dict)


EDGES = [
    # areas of a cell (transforms 6.6, language 5.6)
    Edge(
        "extract col: a from: 'eat' to: 'za'",
        {"a": ("I eat pizza now",)},
        {"a": ("I eat pizza now",), "a1": ("eat pizza",)},
    ),
    Edge("extract col: a at: 1,3", {"a": ("abcd", "a", "")}, {"a": ("abcd", "a", ""), "a1": ("bc", None, None)}),
    Edge("replace col: a start: '(' end: ')' with: 'X'", {"a": ("a(b)c(d)", "a(b")}, {"a": ("a(X)c(d)", "a(b")}),
    Edge("replace col: a on: /x*/ with: '-' after: 'a' global: true", {"a": ("abxc",)}, {"a": ("a-b-c-",)}),
    Edge(
        "split col: a after: '-' limit: 2",
        {"a": ("p-q-r-s", "n")},
        {"a1": ("p-", "n"), "a2": ("q-", None), "a3": ("r-s", None)},
    ),
    Edge("split col: a before: '-'", {"a": ("p-q-r",)}, {"a1": ("p",), "a2": ("-q-r",)}),
    Edge("split col: a after: '<' before: '>'", {"a": ("p<q>r",)}, {"a1": ("p<",), "a2": (">r",)}),
    Edge("split col: a from: '<' to: '>' limit: 2", {"a": ("p<q>r<x>y",)}, {"a1": ("p",), "a2": ("r",), "a3": ("y",)}),
    # what is found
    Edge(
        "extractpatterns col: a type: numbers limit: 2",
        {"a": ("x-5, 3.25", "-7")},
        {"a": ("x-5, 3.25", "-7"), "a1": ("5", "-7"), "a2": ("3.25", None)},
    ),
    Edge("extractpatterns col: a on: /(?<=x)[0-9]+/", {"a": ("a1x22",)}, {"a": ("a1x22",), "a1": ("22",)}),
    Edge(
        "extractpatterns col: a on: `{digit}` quote: '\"' limit: 2",
        {"a": ('1"2"3',)},
        {"a": ('1"2"3',), "a1": ("1",), "a2": ("3",)},
    ),
    Edge("extractlist col: a on: /x*/ as: 'l'", {"a": ("axbxx",)}, {"a": ("axbxx",), "l": ('["x","xx"]',)}),
    Edge(
        "extractlist col: a on: `{alpha}+` delimiter: ',' quote: '\"' as: 'l'",
        {"a": ('a,"b,c",d',)},
        {"a": ('a,"b,c",d',), "l": ('["a","b","d"]',)},
    ),
    Edge(
        "extractkv col: k key: `{any}+` valueafter: ':' delimiter: ';' as: 'o'",
        {"k": ("a:1;b:2;a:3",)},
        {"k": ("a:1;b:2;a:3",), "o": ('{"a":"3","b":"2"}',)},
    ),
    Edge(
        "convertpattern col: a cases: [`{digit}+`,'#'] after: '<' before: '>'",
        {"a": ("a<12>b", "12")},
        {"a": ("a<#>b", "12")},
    ),
    # gaps
    Edge(
        "replacemissing col: v with: mode group: g",
        {"g": ("x", "x", "x", "z"), "v": ("b", "a", "", "")},
        {"g": ("x", "x", "x", "z"), "v": ("b", "a", "a", None)},
    ),
    Edge(
        "replacemissing col: v with: nextValid",
        {"k": ("1", "2", "3"), "v": ("", "a", "")},
        {"k": ("1", "2", "3"), "v": ("a", "a", None)},
    ),
    Edge(
        "replacemissing col: v with: lastValid",
        {"v": ("1", "x", "", "4")},
        {"v": ("1", "x", "1", "4")},
        {"v": "Integer"},
    ),
    Edge(
        "replacemismatched col: v with: lastValid",
        {"k": ("1", "2", "3"), "v": ("1", "x", "")},
        {"k": ("1", "2", "3"), "v": ("1", "1", None)},
        {"v": "Integer"},
    ),
    Edge(
        "replacemissing col: d with: max",
        {"d": ("2020-01-01", "", "2020-02-02")},
        {"d": ("2020-01-01", "2020-02-02", "2020-02-02")},
        {"d": "Datetime"},
    ),
    # rows out of cells
    Edge(
        "flatten col: a",
        {"k": ("1", "2", "3", "4"), "a": ('[1,null,"x"]', "[]", "", "no")},
        {"k": ("1", "1", "1", "2", "3", "4"), "a": ("1", None, "x", None, None, "no")},
    ),
    Edge(
        "splitrows col: c on: ','\nderive value: $sourcerownumber as: 'n'",
        {"c": ("a,b", "c,")},
        {"c": ("a", "b", "c"), "n": ("1", "2", "3")},
    ),
    Edge(
        "sort order: c\nsplitrows col: c on: ','\nderive value: $sourcerownumber as: 'n'",
        {"c": ("c,", "a,b")},
        {"c": ("a", "b", "c"), "n": (None, None, None)},
    ),
    Edge("splitrows col: c on: ';' quote: '\"'", {"c": ('a"b;c',)}, {"c": ('a"b', "c")}),
    Edge(
        "unpivot col: a,b,c groupEvery: 2",
        {"a": ("1",), "b": ("x",), "c": ("y",)},
        {"key1": ("a", "c"), "value1": ("1", "y"), "key2": ("b", None), "value2": ("x", None)},
    ),
    Edge(
        "derive value: ROUND(a,2) as: 'm'\nunpivot col: m",
        {"a": ("1",)},
        {"a": ("1",), "key": ("m",), "value": ("1.00",)},
    ),
    # objects and arrays
    Edge(
        "unnest col: o keys: 'a.b','[x][0]','[\"k k\"]','[-1]'",
        {"o": ('{"a.b":1,"x":[5],"k k":"q"}', "[1,2]")},
        {
            "o": ('{"a.b":1,"x":[5],"k k":"q"}', "[1,2]"),
            "a_b": ("1", None),
            "x_0": ("5", None),
            "k k": ("q", None),
            "-1": (None, "2"),
        },
    ),
    Edge(
        "unnest col: o keys: '[0]','[-1]' pluck: true",
        {"o": ("[1,2,3]", "[1]", "no")},
        {"o": ("[2]", "[]", "no"), "0": ("1", "1", None), "-1": ("3", "1", None)},
    ),
    Edge(
        "nest col: a into: array as: 'o'",
        {"a": ("[1, 2]", "oops")},
        {"a": ("[1, 2]", None), "o": ("[[1,2]]", '["oops"]')},
        {"a": "Array"},
    ),
    # values become columns: equal values are one, whatever their spelling (language 1.5)
    Edge(
        "pivot col: t value: ANY(v) group: g",
        {"g": ("1", "1.0", "2"), "t": ("1", "1.00", "x"), "v": ("a", "b", "c")},
        {"g": ("1", "2"), "any_v_1": ("a", None), "any_v_x": (None, "c")},
        {"g": "Decimal", "t": "Decimal"},
    ),
    Edge(
        "pivot col: t value: SUM(v),COUNT() group: g",
        {"g": ("A", "B"), "t": ("x", ""), "v": ("1", "2")},
        {
            "g": ("A", "B"),
            "sum_v_null": (None, "2"),
            "row_count_null": ("0", "1"),
            "sum_v_x": ("1", None),
            "row_count_x": ("1", "0"),
        },
    ),
    Edge(
        "onehotencode col: v",
        {"v": ("1.0", "1", "2")},
        {"v": ("1.0", "1", "2"), "v_1.0": ("1", "1", "0"), "v_2": ("0", "0", "1")},
        {"v": "Decimal"},
    ),
    Edge(
        "valuestocols col: a,b value: 1 default: 0",
        {"a": ("x", "y"), "b": ("y", "z")},
        {"a": ("x", "y"), "b": ("y", "z"), "x": ("1", "0"), "y": ("1", "1"), "z": ("0", "1")},
    ),
    # formulas
    Edge(
        "case if: a > AVERAGE(a) then: a else: 0 as: 'r'",
        {"a": ("1", "2", "9")},
        {"a": ("1", "2", "9"), "r": ("0", "0", "9")},
    ),
    Edge(
        "bin options: customBins col: A binValues: 10,20 default: 'none' as: 'B'",
        {"A": ("5", "25", "x")},
        {"A": ("5", "25", None), "B": ("0", "2", "none")},
        {"A": "Integer"},
    ),
    Edge("select values: [a,'x'],[b,'x']", {"a": ("1",), "b": ("2",)}, {"x": ("1",), "x1": ("2",)}),
    Edge(
        "window value: ROWNUMBER(),PREV(d,1) order: d",
        {"d": ("3", "1")},
        {"d": ("3", "1"), "window": ("2", "1"), "window1": ("1", None)},
    ),
    Edge(
        "dateformat col: d type: time12",
        {"d": ("2020-01-01 14:05:06", "x")},
        {"d": ("02:05:06 PM", None)},
        {"d": "Datetime"},
    ),
]


@pytest.mark.parametrize("edge", [pytest.param(edge, id=edge.step) for edge in EDGES])
def test_edge(edge: Edge) -> None:
    names, rows = run_case(
        list(edge.before), list(zip(*edge.before.values(), strict=True)), edge.step, types=edge.types
    )
    shown = {name: tuple(row[at] or None for row in rows) for at, name in enumerate(names)}
    assert shown == {name: tuple(cell or None for cell in cells) for name, cells in edge.after.items()}


LOSSES = {
    "flatten col: a": True,
    "unnest col: a keys: 'x'": True,
    "unpivot col: a": True,
    "pivot col: a group: b": True,
    "groupby group: b value: COUNT()": True,
    "valuestocols col: a": False,
    "split col: a on: '-'": False,
    "replacemissing col: a with: mode": False,
}


@pytest.mark.parametrize(("step", "lost"), LOSSES.items())
def test_source_row_numbers(step: str, lost: bool) -> None:
    """They are null behind the steps that language 3.5 lists, and only there."""
    names, rows = run_case(["a", "b"], [["x", "y"]], f"{step}\nderive value: $sourcerownumber as: 'row'")
    assert rows[0][names.index("row")] == (None if lost else "1")


COMPLAINTS = {
    "case if: a == 1": "missing parameter 'then'",
    "bin options: equalBins col: a": "missing parameter 'bins'",
    "countpattern col: a": "missing parameter 'on'",
    "extract col: a": "missing parameter 'on'",
    "split col: a type: between": "missing parameter 'start'",
    "replacemissing col: a with: custom": "missing parameter 'text'",
    "dateformat col: a type: custom": "missing parameter 'format'",
    "scale col: a type: log": "invalid value 'log' for type",
    "pivot col: nope": "column not found: 'nope'",
    "extractpatterns col: a on: `{digits}`": "unknown pattern token '{digits}'",
    "macro name: 'm'": "not supported: the transform 'macro'",
    "udf name: 'f' col: a": "udf not supported",
}


@pytest.mark.parametrize(("step", "message"), COMPLAINTS.items())
def test_complaint(step: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message.replace("{", r"\{")):
        run_case(["a"], [["1"]], step)

"""What an editor offers at a place (`|`), what it explains there, and which argument it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from gristmill.editor.completion import Proposal, Sort, proposals
from gristmill.editor.cursor import Where
from gristmill.editor.explaining import explain, signature_at, word_at
from gristmill.editor.knowledge import Known, known_before
from gristmill.editor.locating import cursor_at
from gristmill.editor.surroundings import Surroundings, surroundings
from gristmill.functions.registry import FUNCTIONS
from gristmill.transforms.registry import TRANSFORMS

KNOWN = Known({"a": "Integer", "unit price": "Float"}, {"customers": ("id", "Full name"), "x y": ()}, {"p": "1"})


def cut(marked: str) -> tuple[str, int]:
    return marked.replace("|", "", 1), marked.index("|")


def offered(marked: str) -> dict[str, Proposal]:
    text, offset = cut(marked)
    return {item.label: item for item in proposals(text, offset, cursor_at(text, offset), KNOWN)}


def taken(marked: str, label: str) -> str:
    """The text after a proposal was taken."""
    text, _ = cut(marked)
    item = offered(marked)[label]
    return text[: item.start] + item.text + text[item.end :]


def kinds(marked: str) -> set[str]:
    return {item.sort.value for item in offered(marked).values()}


@pytest.mark.parametrize(
    ("marked", "where", "key"),
    [
        ("|", "step", None),
        ("dro|", "step", None),
        ("drop col: a\n|", "step", "col"),
        ("drop col: a\nsor|", "step", "col"),
        ("nosuch x: 1\n|", "step", None),
        ("// drop |", "nothing", None),
        ("// drop\n|", "step", None),
        ("-- gone |", "nothing", None),
        ("nosuch |", "nothing", None),
        ("drop |", "parameter", None),
        ("drop co|l: a", "parameter", None),
        ("derive value: a |", "parameter", "value"),
        ("derive value: IF(a == 1, 'x:', 'y') |", "parameter", "value"),
        ("derive value: `{digit}'` |", "parameter", "value"),
        ("derive value: NULL() as: 'b'\n  gro|", "step", "as"),
        ("drop col: a sort |", "parameter", None),
        ("union with: a, b c |", "value", "with"),
        ("union with: a, b c\n|", "step", "with"),
        ("union with: a,\n  b|", "value", "with"),
        ("join with: o type: |", "value", "type"),
        ("derive value: |", "value", "value"),
        ("derive value: a +\n  |", "value", "value"),
        ("derive value: a ? b : |", "value", "value"),
        ("derive value: ROUND(a |", "nothing", "value"),
        ("derive value: 'a |", "nothing", "value"),
        ("derive value: 'it\\'s |", "nothing", "value"),
        ("replacepatterns col: a on: `{dig|", "nothing", "on"),
        ("replacepatterns col: a on: /a b|", "nothing", "on"),
        ("replacepatterns col: a on: /a'b/ |", "parameter", "on"),
        ("derive value: a / |", "value", "value"),
        ("derive value: (a as: |", "value", "as"),
        ("union mapping: {'as': 'x', 'sources': |", "value", "mapping"),
    ],
)
def test_what_may_stand_at_a_place(marked: str, where: str, key: str | None) -> None:
    cursor = cursor_at(*cut(marked))
    assert cursor.where is Where(where)
    assert (cursor.parameter.key if cursor.parameter else None) == key


def test_any_place_of_any_text_is_some_place() -> None:
    text = "derive value: IF({a b} == 'x', [1, $p], /r\\/e/) as: \"b\n// c\njoin with: x, {y} col: a = x.b\n\t( ] }: ?"
    for offset in range(len(text) + 1):
        for cursor in (cursor_at(text, offset), cursor_at(text[:offset], offset), word_at(text, offset)):
            assert 0 <= cursor.start <= len(text)
            proposals(text, offset, cursor, KNOWN)
            explain(text, cursor, KNOWN)


def test_transforms_begin_a_step() -> None:
    shown = offered("der|")["derive"]
    assert (shown.detail, "Add a column computed by a formula." in shown.doc) == ("New formula", True)
    assert set(offered("|")) == {name for name, item in TRANSFORMS.items() if item.built}
    assert taken("der|", "derive") == "derive "


def test_parameters_that_the_step_lacks() -> None:
    shown = offered("derive value: a |")
    assert "value" not in shown and shown["as"].text == "as: "
    assert [name for name, item in offered("derive |").items() if item.first] == ["value"]
    # on a line of its own, both a parameter and a step may follow
    assert {"transform", "parameter"} == kinds("derive value: a\n  |")
    assert {"transform"} == kinds("derive value: a\n|")
    assert taken("drop co|ll: a", "col") == "drop col: a"


@pytest.mark.parametrize(
    ("marked", "labels"),
    [
        ("filter type: exa|", {"exactly", "notExactly", "between", "range"}),
        ("filter ignoreCase: |", {"true", "false"}),
        ("derive value: DATEDIF(a, a, |)", {"year", "month", "week", "day", "hour", "minute", "second", "millisecond"}),
        ("drop col: |", {"a", "unit price"}),
        ("drop col: a~|", {"a", "unit price"}),
        ("drop col: {|", {"a", "unit price"}),
        ("union with: |", {"customers", "x y"}),
        ("join with: customers col: n = customers.|", {"id", "Full name"}),
        ("derive value: ${|", {"$col", "$sourcerownumber", "$filepath", "$filename", "$rownumber", "$p"}),
        ("derive value: a as: |", set()),
        ("splitpositions col: a positions: |", set()),
    ],
)
def test_values(marked: str, labels: set[str]) -> None:
    assert set(offered(marked)) >= labels
    assert not labels or {item.sort for item in offered(marked).values()}.isdisjoint({Sort.FUNCTION, Sort.TRANSFORM})
    assert labels or not offered(marked)


def test_types() -> None:
    assert kinds("settype col: a type: |") == kinds("derive value: ISVALID(a, |") == {"type"}
    assert kinds("settype col: a type: Datetime, |") == set()


def test_formulas_hold_columns_and_functions() -> None:
    assert kinds("derive value: 1 + |") == kinds("derive value: ROUND(|") == {"column", "function"}
    shown = offered("derive value: |")
    assert shown["ROUND"].detail == FUNCTIONS["ROUND"].signature
    assert "ROUND(2.5)" in shown["ROUND"].doc
    assert (shown["a"].detail, shown["a"].first) == ("Integer", True)
    assert "array_literal" not in shown  # hidden ones


@pytest.mark.parametrize(
    ("marked", "label", "after"),
    [
        ("drop col: un|", "unit price", "drop col: {unit price}"),
        ("drop col: {un|", "unit price", "drop col: {unit price}"),
        ("drop col: {un|} action: Keep", "unit price", "drop col: {unit price} action: Keep"),
        ("derive value: ro|", "ROUND", "derive value: ROUND("),
        ("derive value: ro|(a)", "ROUND", "derive value: ROUND(a)"),
        ("derive value: $|", "$p", "derive value: $p"),
        ("lookup with: customers key: customers.fu|", "Full name", "lookup with: customers key: customers.{Full name}"),
        ("union with: customers, x|", "x y", "union with: customers, x y"),
    ],
)  # fmt: skip
def test_the_text_of_a_proposal(marked: str, label: str, after: str) -> None:
    assert taken(marked, label) == after


@pytest.mark.parametrize(
    ("marked", "says"),
    [
        ("de|rive value: a", "Add a column computed by a formula."),
        ("drop col: a\n  act|ion: Keep", "`action:` what happens to them"),
        ("derive value: rou|nd(a, 2)", "The number rounded"),
        ("derive value: power(2, po|wer(1, 2))", "`POW("),
        ("filter ty|pe: custom", "`type:` what is looked at"),
        ("filter type: cus|tom row: a", "`type:` what is looked at"),
        ("derive value: DATEDIF(a, a, da|y)", "`day`: unit of DATEDIF"),
        ("drop col: |a", "column `a`: Integer"),
        ("drop col: nobo|dy", None),
        ("derive value: 'rou|nd'", None),
        ("// der|ive", None),
    ],
)
def test_hover(marked: str, says: str | None) -> None:
    text, offset = cut(marked)
    found = explain(text, word_at(text, offset), KNOWN)
    assert (found is None) if says is None else (found is not None and says in found.text)


@pytest.mark.parametrize(
    ("marked", "function", "active"),
    [
        ("derive value: ROUND(|", "ROUND", 0),
        ("derive value: ROUND(a, |", "ROUND", 1),
        ("derive value: ROUND(LEFT('a,b', 2)|, 2)", "ROUND", 0),
        ("derive value: ROUND(LEFT(a,| 2), 2)", "LEFT", 1),
        ("derive value: IN(a, ['x', |", "IN", 1),
        ("derive value: ROUND((a + |", "ROUND", 0),
        ("derive value: ROUND(a, 1, |", "ROUND", None),
        ("derive value: ROUND(a) |", None, None),
    ],
)
def test_signatures(marked: str, function: str | None, active: int | None) -> None:
    found = signature_at(cursor_at(*cut(marked)))
    assert (found.label.split("(")[0] if found else None, found.active if found else None) == (function, active)


def known(text: str, beside: Surroundings) -> Known:
    return known_before(Path("r.wrangle"), text, len(text), beside)


def test_columns_after_steps(tmp_path: Path) -> None:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "main.csv").write_text("a,b\n1,x\n")
    (tmp_path / "inputs" / "more.csv").write_text("id\n1\n")
    beside = surroundings(tmp_path / "r.wrangle")
    text = "derive type: single value: a * 2 as: 'c'\ndrop col: b\nfilter row: a == $n\n"
    found = known(text, beside)
    assert found.columns == {"a": "Integer", "c": "Integer"}
    assert found.datasets == {"main": ("a", "b"), "more": ("id",)}
    assert found.parameters == {"n": ""}
    # of a place before the steps
    assert known_before(Path("r.wrangle"), text, 0, beside).columns == {"a": "Integer", "b": "String"}


def test_without_data_the_columns_that_the_recipe_names() -> None:
    text = "derive type: single value: LEFT(q, 1) as: 'c'\nsort order: -{d e}\nunion with: other one\n"
    found = known(text, Surroundings())
    assert (set(found.columns), found.datasets) == ({"c", "d e"}, {"other one": ()})

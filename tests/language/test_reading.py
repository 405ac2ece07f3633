"""How recipe text is read: lines, comments, names, datasets, literals and operators (language 2, 3, 4)."""

from __future__ import annotations

import pytest

from gristmill.language import tree
from gristmill.language.parser import parse
from gristmill.language.printer import print_expression, print_recipe
from gristmill.transforms.registry import TRANSFORMS
from tests.language.expressions import parse_expression


def printed(text: str, datasets: tuple[str, ...] = ()) -> str:
    """The recipe in its canonical form; it must be flawless."""
    recipe, problems = parse(text, TRANSFORMS, datasets)
    assert [problem.text() for problem in problems if problem.severity == "error"] == []
    return print_recipe(recipe)


# what people write, and the canonical lines it stands for
LAYOUTS = {
    "one a line": ("drop col: a\ndrop col: b", "drop col: a\ndrop col: b\n"),
    "spread over lines": (
        "derive type: single\n   value:\n     a +\n  b\n\tas: 'c'",
        "derive type: single value: a + b as: 'c'\n",
    ),
    "two on a line": ("drop col: a drop col: b", "drop col: a\ndrop col: b\n"),
    "windows lines": ("drop col: a\r\ndrop col: b\r\n", "drop col: a\ndrop col: b\n"),
    "byte-order mark": ("\ufeffdrop col: a", "drop col: a\n"),
    "a byte-order mark behind blanks": ("\n \ufeffdrop col: a", "drop col: a\n"),
    "blank lines": ("\n\n  drop col: a\n \n", "drop col: a\n"),
    "no space": ("derive type:single value:a+b as:'c'", "derive type: single value: a + b as: 'c'\n"),
    "capitals": ("Drop Col: a", "drop Col: a\n"),
    "no parameters": ("header\ndeduplicate", "header\ndeduplicate\n"),
    "transform names as columns": (
        "drop col: sort,filter\nsort order: -case",
        "drop col: sort,filter\nsort order: -case\n",
    ),
    "a transform name on the next line": ("drop col: a,\nsort\nsort order: b", "drop col: a,sort\nsort order: b\n"),
    "comments": ("//one\n  // two \ndrop col: a", "//one\n// two \ndrop col: a\n"),
    "an empty comment": ("//\ndrop col: a", "//\ndrop col: a\n"),
    "a comment between steps that go over lines": (
        "drop\n col: a\n//c\nsort\n order: a",
        "drop col: a\n//c\nsort order: a\n",
    ),
    "a line of dashes between steps": ("drop col: a\n-- b\nsort order: a", "drop col: a\nsort order: a\n"),
    "a minus at the line's start": (
        "derive type: single value: a\n - b as: 'c'",
        "derive type: single value: a - b as: 'c'\n",
    ),
    "old names": ("aggregate group: a value: SUM(b)", "groupby group: a value: SUM(b)\n"),
    "quotes": ("set col: a value: \"it's\"", "set col: a value: 'it\\'s'\n"),
    "custom": ("replacemissing col: P with: custom text: 'T12'", "replacemissing col: P with: custom text: 'T12'\n"),
    "ranges": ("drop col: a ~ c , {x y}~d,*", "drop col: a~c,{x y}~d,*\n"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "canonical"), LAYOUTS.values(), ids=LAYOUTS)
def test_layout(text: str, canonical: str) -> None:
    assert printed(text) == canonical
    assert printed(canonical) == canonical


def test_a_comment_ends_the_step() -> None:
    recipe, problems = parse("derive type: single value: a\n// between\nas: 'c'", TRANSFORMS)
    assert [type(step).__name__ for step in recipe.steps] == ["Step", "Comment", "Unreadable"]
    assert [problem.message for problem in problems] == ["unknown transform 'as'"]


# the text of a name and the name
NAMES = {
    "Qty": "Qty",
    "größe_2": "größe_2",
    "日本": "日本",
    "{Truncated Time (second)}": "Truncated Time (second)",
    "{%TotRevByCustID}": "%TotRevByCustID",
    "{-1}": "-1",
    "{ACTUAL-PERIODIC-1/1/2020}": "ACTUAL-PERIODIC-1/1/2020",
    "{[C++]}": "[C++]",
    "{true}": "true",
    "{a.b}": "a.b",
    r"{a\}b}": "a}b",
    r"{a\{b}": "a{b",
    r"{a\\b}": "a\\b",
    r"{C:\new}": r"C:\new",
    "{a{b}c}": "a{b}c",
    "{ a }": " a ",
    "{'\"`/}": "'\"`/",
    "{//x}": "//x",
}


@pytest.mark.parametrize(("text", "name"), NAMES.items(), ids=NAMES)
def test_names(text: str, name: str) -> None:
    assert parse_expression(text) == tree.Name(name)
    recipe, problems = parse(f"drop col: {text},{text}~{text}\nsort order: -{text}", TRANSFORMS)
    assert problems == []
    assert recipe.steps[0] == tree.Step(
        "drop", (tree.Parameter("col", (tree.Name(name), tree.Range(name, name))),)
    )  # fmt: skip


DATASETS = [
    *("orders", "FiscalQtr.csv - Lookup", "a.b.c", "Sales 2020-01", "x (2)", "RS Clean", "with.dots", "größe"),
    *("key: a", "a, b", "{odd}", "a=b", "back\\slash", "- minus", "'quoted'", "col", "with: z"),
]


@pytest.mark.parametrize("dataset", DATASETS)
def test_datasets(dataset: str) -> None:
    steps = (
        tree.Step(
            "lookup",
            (
                tree.Parameter("with", (tree.Dataset(dataset),)),
                tree.Parameter("col", (tree.Qualified("current_dataset", "a b"),)),
                tree.Parameter("key", (tree.Qualified(dataset, "c"),)),
            ),
        ),
        tree.Step(
            "union",
            (
                tree.Parameter("with", (tree.Dataset(dataset), tree.Dataset("other"))),
                tree.Parameter("mapping", (tree.MappedColumn("x", (tree.Qualified(dataset, "d.e"),)),)),
            ),
        ),
    )
    recipe, problems = parse(print_recipe(tree.Recipe(steps)), TRANSFORMS)
    assert problems == []
    assert recipe.steps == steps


def test_the_longest_dataset_name_wins() -> None:
    text = "join with: a.b col: x = a.b.c, y = a.c type: inner"
    assert printed(text, ("a",)) == text + "\n"
    step = parse(text, TRANSFORMS, ("a",))[0].steps[0]
    assert isinstance(step, tree.Step)
    sources = [value.source for value in step.parameters[1].values if isinstance(value, tree.OutputColumn)]
    assert sources == [tree.Qualified("a.b", "c"), tree.Qualified("a", "c")]


def test_datasets_are_found_exactly_then_in_any_case() -> None:
    step = parse("join with: A, a col: x = a.c, y = CURRENT_DATASET.d", TRANSFORMS)[0].steps[0]
    assert isinstance(step, tree.Step)
    sources = [value.source for value in step.parameters[1].values if isinstance(value, tree.OutputColumn)]
    assert sources == [tree.Qualified("a", "c"), tree.Qualified("current_dataset", "d")]


def test_a_dataset_named_after_its_columns() -> None:
    text = "join col: x = Pivot properties.P9 type: inner with: Pivot properties"
    assert printed(text) == text + "\n"


def test_a_vanished_dataset() -> None:
    text = "lookup with: MISSING col: MISSING.US_PostalCode key: MISSING.{a b}"
    assert printed(text) == text + "\n"


# what stands in a recipe and its canonical form, which shows how it was understood
EXPRESSIONS = {
    "a+b*c": "a + b * c",
    "(a+b)*c": "(a + b) * c",
    "a-b-c": "a - b - c",
    "a-(b-c)": "a - (b - c)",
    "a-1": "a - 1",
    "a -1": "a - 1",
    "-a": "-a",
    "-(a-b)": "-(a - b)",
    "- 5": "-5",
    "--5": "NEGATE(-5)",
    "2^3^2": "2 ^ 3 ^ 2",
    "(2^3)^2": "(2 ^ 3) ^ 2",
    "-2^2": "-2 ^ 2",
    "a%b/c": "a % b / c",
    "!a==b": "!a == b",
    "!(a==b)": "!a == b",
    "(!a)==b": "(!a) == b",
    "a<>b": "a != b",
    "a=b": "a == b",
    "a||b&&c": "a || b && c",
    "(a||b)&&c": "(a || b) && c",
    "a==1||b==2&&!c": "a == 1 || b == 2 && !c",
    "a?b:c": "IF(a, b, c)",
    "a?b:c?d:e": "IF(a, b, IF(c, d, e))",
    "a ? b ? c : d : e": "IF(a, IF(b, c, d), e)",
    "and(a,b,c)": "a && b && c",
    "or(a,or(b,c))": "a || (b || c)",
    "EQUAL(a,b)": "a == b",
    "sum ( a )": "SUM(a)",
    "Concat(a,'x')": "MERGE([a, 'x'])",
    "substr(a,1,2)": "SUBSTRING(a, 1, 2)",
    "[1,'2',[true]]": "[1, '2', [true]]",
    "5.0": "5.0",
    ".5": ".5",
    "1.5e-8": "1.5e-8",
    "007": "7",
    "$col": "$col",
    "${my param}": "${my param}",
    "true": "true",
    "TRUE": "TRUE",
    r"'\'\"\\\n\r\t\/\u00e9'": r"'\'\"\\\n\r\t/é'",
    '"a\'b"': r"'a\'b'",
    "'\x07'": r"'\u0007'",
    r"`\#{digit}+\``": r"`\#{digit}+\``",
    r"/a\/b\.c/": r"/a\/b\.c/",
    "a/b/c": "a / b / c",
    "a / /b/": "a / /b/",
    "f(/x/, `y`)": "F(/x/, `y`)",
}


@pytest.mark.parametrize(("text", "canonical"), EXPRESSIONS.items(), ids=EXPRESSIONS)
def test_expressions(text: str, canonical: str) -> None:
    expression = parse_expression(text)
    assert print_expression(expression) == canonical
    assert parse_expression(canonical) == expression


def test_places_count_code_points() -> None:
    step = parse("//😀\n\n  set col: é value: '😀' + Qty", TRANSFORMS)[0].steps[1]
    assert isinstance(step, tree.Step)
    [value] = step.parameters[1].values
    assert isinstance(value, tree.Call)
    assert value.span is not None
    assert (value.span.line, value.span.column, value.span.end_line, value.span.end_column) == (3, 21, 3, 30)
    assert value.args[1].span is not None
    assert (value.args[1].span.column, value.args[1].span.end_column) == (27, 30)

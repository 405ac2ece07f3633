"""What is said of recipes that cannot be read or planned: the words and the place (language 12)."""

from __future__ import annotations

import random
import time

import pytest

from gristmill.language import tree
from gristmill.language.parser import parse
from gristmill.language.printer import print_recipe
from gristmill.problems import RecipeError
from gristmill.recipe.check import check
from gristmill.recipe.job import Job, RecipeText, Source, SourceColumn
from gristmill.transforms.registry import TRANSFORMS
from gristmill.types.logical import LogicalType
from tests.language.expressions import parse_expression

COLUMNS = {"a": "String", "b": "Datetime", "Qty": "Integer"}

# the step, its place and what is said there: the beginning, and the hint at the end
DOCUMENTED = {
    "derive type: single value: FOO(a) as: 'b2'": ("Step 1 (derive), line 1, column 28: unknown function 'FOO'", ""),
    "derive type: single value: a + as: 'b2'": ("Step 1 (derive), line 1, column 32: expected a value before 'as'", ""),
    "filter type: custom rowType: single row: Qtty > 1 action: Keep": (
        "Step 1 (filter), line 1, column 42: column not found: 'Qtty'",
        ". Did you mean 'Qty'?",
    ),
    "replacepatterns col: a on: `{digits}` with: ''": (
        "Step 1 (replacepatterns), line 1, column 28: unknown pattern token '{digits}'",
        ". Did you mean '{digit}'?",
    ),
    "derive type: single value: 1 < a < 3 as: 'b2'": (
        "Step 1 (derive), line 1, column 34: comparisons cannot be chained, use '&&'",
        "",
    ),
    "derive type: single value: DATEDIF(b, b, dayz) as: 'd'": (
        "Step 1 (derive), line 1, column 42: 'dayz' is not a unit",
        ". Did you mean 'day'?",
    ),
}

SYNTAX = {
    "derive value: 'abc": "Step 1 (derive), line 1, column 15: string is not closed",
    'derive value: "abc\\"': "Step 1 (derive), line 1, column 15: string is not closed",
    "derive value: `abc": "Step 1 (derive), line 1, column 15: pattern is not closed",
    "derive value: `abc\\`": "Step 1 (derive), line 1, column 15: pattern is not closed",
    "replace on: /abc": "Step 1 (replace), line 1, column 13: regular expression is not closed",
    "replace on: /abc\n/": "Step 1 (replace), line 1, column 13: regular expression is not closed",
    "drop col: {abc": "Step 1 (drop), line 1, column 11: '{' is not closed",
    "drop col: {a{b}": "Step 1 (drop), line 1, column 11: '{' is not closed",
    "derive value: (a": "Step 1 (derive), line 1, column 17: expected ')' before the end of the recipe",
    "derive value: (a as: 'b'": "Step 1 (derive), line 1, column 18: expected ')' before 'as'",
    "derive value: [a": "Step 1 (derive), line 1, column 17: expected ']' before the end of the recipe",
    "derive value: SUM(a,)": "Step 1 (derive), line 1, column 21: expected a value before ')'",
    "derive value: a =< 3": "Step 1 (derive), line 1, column 17: operator '=<' does not exist, use '<='",
    "derive value: a => 3": "Step 1 (derive), line 1, column 17: operator '=>' does not exist, use '>='",
    "derive value: a =! 3": "Step 1 (derive), line 1, column 17: operator '=!' does not exist, use '!='",
    "derive value: a == b != c": "Step 1 (derive), line 1, column 22: comparisons cannot be chained, use '&&'",
    "derive value: 1 2": "Step 1 (derive), line 1, column 17: expected a parameter before '2'",
    "derive value: a + !b": "Step 1 (derive), line 1, column 19: expected a value before '!'",
    "derive value: a ? b": "Step 1 (derive), line 1, column 20: expected ':' before the end of the recipe",
    "derive value: $": "Step 1 (derive), line 1, column 16: expected a parameter's name after '$'",
    "drop col:": "Step 1 (drop), line 1, column 10: expected a column before the end of the recipe",
    "drop col: a,": "Step 1 (drop), line 1, column 13: expected a column before the end of the recipe",
    "keep row: a == 1 and b == 2": (
        "Step 1 (keep), line 1, column 18: expected a parameter before 'and'. Write && for it."
    ),
    "sort order: a DESC": (
        "Step 1 (sort), line 1, column 15: expected a parameter before 'DESC'. Write - before the column: order: -a."
    ),
    "drop col: a b": "Step 1 (drop), line 1, column 13: expected a parameter before 'b'",
    "drop col: a col: b": "Step 1 (drop), line 1, column 13: parameter 'col' is given twice",
    "drop col: a COL: b": "Step 1 (drop), line 1, column 13: parameter 'COL' is given twice",
    "settype col: a type:": "Step 1 (settype), line 1, column 21: expected a value before the end of the recipe",
    "sort order: -": "Step 1 (sort), line 1, column 14: expected a value before the end of the recipe",
    "rename mapping: a,'b'": "Step 1 (rename), line 1, column 17: expected '[' before 'a'",
    "union with: x mapping: {'us': 'a'}": "Step 1 (union), line 1, column 29: expected 'as' here",
    "join with: x col: a b": "Step 1 (join), line 1, column 21: expected '=' before 'b'",
    "derve value: 1": "Step 1 (derve), line 1, column 1: unknown transform 'derve'. Did you mean 'derive'?",
    "qqqq value: 1": "Step 1 (qqqq), line 1, column 1: unknown transform 'qqqq'",
    "Keep rows  where Country is 'USA'": "Step 1 (Keep), line 1, column 6: expected a parameter before 'rows'",
    "42": "Step 1, line 1, column 1: expected a step before '4'",
    "\n\n  derive\n    value: FOO(\n  as: 'x'": "Step 1 (derive), line 5, column 3: expected a value before 'as'",
    "drop col: a\n)\nsort order: a": "Step 1 (drop), line 2, column 1: expected a parameter before ')'",
    "//😀\nset col: é value: 'ü' + ": "Step 2 (set), line 2, column 25: expected a value before the end of the recipe",
}

WARNINGS = {
    "derive value: a = 3": "Step 1 (derive), line 1, column 17: a single '=' is read as '=='",
    "drop cul: a": "Step 1 (drop), line 1, column 6: 'drop' has no parameter 'cul'. Did you mean 'col'?",
    "-- by hand\ndrop col: a": "Step 1, line 1, column 1: line is left out: '-- by hand'",
}

DEEP = {
    "parentheses": "(" * 10_000 + "1" + ")" * 10_000,
    "arrays": "[" * 10_000,
    "minuses": "-" * 10_000 + "a",
    "nots": "!" * 10_000 + "a",
    "powers": "a^" * 10_000 + "a",
    "calls": "IF(" * 10_000,
    "sums": "a+" * 10_000 + "a",
    "choices": "a?" * 10_000,
    "mixed": "a||b&&c==d+e*IF(" * 90 + "1" + ")" * 90,
}


def problems_of(text: str) -> list[str]:
    return [problem.text() for problem in parse(text, TRANSFORMS)[1]]


@pytest.mark.parametrize(("text", "said"), DOCUMENTED.items(), ids=DOCUMENTED)
def test_documented_messages(text: str, said: tuple[str, str]) -> None:
    columns = tuple(SourceColumn(name, LogicalType(type_)) for name, type_ in COLUMNS.items())
    job = Job((Source("table", {"files": []}, columns),), (RecipeText("recipe", text, "source:0"),))
    [found] = [problem.text() for problem in check(job)]
    assert found.startswith(said[0])
    assert found.endswith(said[1])


@pytest.mark.parametrize(("text", "message"), SYNTAX.items(), ids=SYNTAX)
def test_syntax(text: str, message: str) -> None:
    recipe, problems = parse(text, TRANSFORMS)
    assert [problem.text() for problem in problems] == [message]
    kept = next(step for step in recipe.steps if isinstance(step, tree.Unreadable))
    assert kept.text in text


@pytest.mark.parametrize(("text", "message"), WARNINGS.items(), ids=WARNINGS)
def test_warnings(text: str, message: str) -> None:
    recipe, problems = parse(text, TRANSFORMS)
    assert [problem.text() for problem in problems] == [message]
    assert {problem.severity for problem in problems} == {"warning"}
    assert [type(step) for step in recipe.steps] == [tree.Step]


def test_all_steps_are_told() -> None:
    text = "derve value: 1\ndrop col: a\nset col: {b value: 2\n// fine\nset col: c value: (1"
    recipe, problems = parse(text, TRANSFORMS)
    assert [problem.step for problem in problems] == [1, 3, 5]
    assert [type(step).__name__ for step in recipe.steps] == [
        "Unreadable",
        "Step",
        "Unreadable",
        "Comment",
        "Unreadable",
    ]


def test_an_unreadable_step_is_printed_unchanged() -> None:
    text = "set col: {b value: 2\n  more of it\ndrop col: a\n"
    assert print_recipe(parse(text, TRANSFORMS)[0]) == text


@pytest.mark.parametrize("value", DEEP.values(), ids=DEEP)
def test_depth_is_a_syntax_error(value: str) -> None:
    assert ["nested more than 100 levels deep" in text for text in problems_of(f"derive value: {value} as: 'x'")] == [
        True
    ]


@pytest.mark.parametrize("value", ["(" * 99 + "a" + ")" * 99, "IF(a, 1, " * 99 + "2" + ")" * 99, "a||" * 190 + "a"])
def test_deep_enough_for_people(value: str) -> None:
    assert problems_of(f"derive value: {value} as: 'x'") == []


def test_one_expression_alone() -> None:
    with pytest.raises(RecipeError, match="Line 1, column 3: expected an operator before 'b'"):
        parse_expression("a b")


GARBAGE = {
    "anything": lambda source: "".join(source.choice("ab ,:(){}[]'\"`/\\\n-+=<>!$~*") for _ in range(1_000_000)),
    "quotes": lambda source: "'" * 1_000_000,
    "braces": lambda source: "{" * 1_000_000,
    "parentheses": lambda source: "derive value: " + "(" * 1_000_000,
    "ticks": lambda source: "`\n" * 500_000,
    "colons": lambda source: "a: " * 333_333,
    "words": lambda source: "xx yy\n" * 160_000,
    "blanks": lambda source: "derive value: a" + " " * 1_000_000,
    "datasets": lambda source: "union with: a " + "with: b " * 120_000,
    "bytes": lambda source: source.randbytes(1_000_000).decode("latin-1"),
}


@pytest.mark.parametrize("make", GARBAGE.values(), ids=GARBAGE)
def test_a_megabyte_of_garbage(make: object) -> None:
    assert callable(make)
    text = make(random.Random(7))
    started = time.process_time()
    parse(text, TRANSFORMS)
    assert time.process_time() - started < 1

"""What an editor shows of a wrong recipe, the data beside it, and the quick fixes."""

from __future__ import annotations

from pathlib import Path

import pytest

from gristmill.editor.diagnostics import diagnose
from gristmill.editor.fixes import fix_of
from gristmill.editor.positions import Lines
from gristmill.editor.surroundings import surroundings
from gristmill.problems import Problem, Span


def found(file: Path, text: str) -> list[Problem]:
    return diagnose(file, text, surroundings(file))


def fixed(text: str, problem: Problem) -> str:
    """The text after the quick fix of a problem."""
    lines = Lines(text)
    fix = fix_of(problem, lines)
    assert fix is not None and problem.span is not None, problem
    start, end = lines.stretch(problem.span)
    return lines.text[:start] + fix.text + lines.text[end:]


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """A recipe beside its data."""
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "main.csv").write_text("a,Qty,unit price\n1,2,3\n")
    (tmp_path / "inputs" / "customers.csv").write_text("id,Name\n1,Ann\n")
    return tmp_path / "r.wrangle"


@pytest.mark.parametrize(
    ("text", "code", "place", "after"),
    [
        ("fliter row: a == 1\n", "unknown-transform", Span(1, 1, 1, 7), "filter row: a == 1\n"),
        ("drop col: a\nsort ordr: a\n", "unknown-parameter", Span(2, 6, 2, 10), "drop col: a\nsort order: a\n"),
        ("derive value: uper(a)", "unknown-function", Span(1, 15, 1, 19), "derive value: UPPER(a)"),
        ("settype col: a type: 'Intger'", "bad-enum", Span(1, 22, 1, 30), "settype col: a type: 'Integer'"),
        ("drop col: Qtty", "unknown-column", Span(1, 11, 1, 15), "drop col: Qty"),
        ("drop col: a~Qtty", "unknown-column", Span(1, 11, 1, 17), "drop col: a~Qty"),
        ("drop col: {unit prise}", "unknown-column", Span(1, 11, 1, 23), "drop col: {unit price}"),
        ("drop col: unitprice", "unknown-column", Span(1, 11, 1, 20), "drop col: {unit price}"),
        ("union with: custmers", "unknown-dataset", Span(1, 13, 1, 21), "union with: customers"),
        ("derive value: DATEDIF(a, a, dayz)", "argument-type", Span(1, 29, 1, 33), "derive value: DATEDIF(a, a, day)"),
    ],
)  # fmt: skip
def test_a_misspelt_word_has_its_place_and_a_fix(recipe: Path, text: str, code: str, place: Span, after: str) -> None:
    problem = next(problem for problem in found(recipe, text) if problem.hint is not None)
    assert (problem.code, problem.span) == (code, place)
    assert fixed(text, problem) == after


def test_the_columns_that_steps_have_made_are_known(recipe: Path) -> None:
    text = "derive type: single value: Qty * 2 as: 'twice'\ndrop col: Qty\nsort order: twice,Qty\n"
    [problem] = found(recipe, text)
    assert (problem.message, problem.span) == ("column not found: 'Qty'", Span(3, 19, 3, 22))


def test_a_changed_file_is_looked_at_again(recipe: Path) -> None:
    text = "drop col: Qty"
    assert found(recipe, text) == found(recipe, text) == []
    (recipe.parent / "inputs" / "main.csv").write_text("a,Amount\n1,2\n")
    assert [problem.message for problem in found(recipe, text)] == ["column not found: 'Qty'"]
    # whether the recipe names its columns itself is part of how a file is read
    assert found(recipe, f"header\n{text}") == []
    assert [problem.message for problem in found(recipe, text)] == ["column not found: 'Qty'"]


def test_without_data_columns_are_not_checked(tmp_path: Path) -> None:
    assert found(tmp_path / "r.wrangle", "drop col: nobody\nunion with: any\n") == []


def test_a_header_without_rows_is_enough(tmp_path: Path) -> None:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "x.csv").write_text("a,b\n")
    assert [problem.message for problem in found(tmp_path / "r.wrangle", "drop col: a,c")] == ["column not found: 'c'"]


def test_a_recipe_test_tells_the_data(tmp_path: Path) -> None:
    """A folder below whose test.toml names the recipe; another one's mistakes do not matter."""
    for name, settings in {"t": 'recipe = "../r.wrangle"\n[params]\nn = "x"', "broken": "recipe = 1"}.items():
        (tmp_path / name / "inputs").mkdir(parents=True)
        (tmp_path / name / "inputs" / "main.csv").write_text("a\n1\n")
        (tmp_path / name / "test.toml").write_text(settings)
    (tmp_path / "r.wrangle").touch()
    beside = surroundings(tmp_path / "r.wrangle")
    assert (beside.params, [item.path.name for item in beside.inputs]) == ({"n": "x"}, ["main.csv"])


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"a.csv": b"a\n1\n", "b.csv": b"b\n1\n"}, "which input is the main one"),
        ({"main.parquet": b"no such thing"}, "main.parquet"),
    ],
)
def test_data_that_cannot_be_used_is_a_warning(tmp_path: Path, files: dict[str, bytes], says: str) -> None:
    (tmp_path / "inputs").mkdir()
    for name, content in files.items():
        (tmp_path / "inputs" / name).write_bytes(content)
    [warning, problem] = found(tmp_path / "r.wrangle", "fliter row: a")
    assert (warning.severity, warning.code, says in warning.message) == ("warning", "inputs", True)
    assert problem.code == "unknown-transform"


@pytest.mark.parametrize("message", ["column not found: 'x'", "'a' and 'b' clash"])
def test_no_fix_without_a_nearest_name(message: str) -> None:
    for hint in (None, "Write x != y.", "Did you mean 'c'?"):
        problem = Problem("unknown-column", message, hint=hint, span=Span(1, 1, 1, 5))
        assert fix_of(problem, Lines("drop col: y")) is None

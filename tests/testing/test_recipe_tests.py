from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gristmill.cli.main import cli
from gristmill.testing.cases import CaseFileError, Table
from gristmill.testing.recipes import read_recipe_test, recipe_test_folders
from gristmill.testing.tables import differences, shown

RECIPE = "derive type: single value: price * 2 as: 'double'\n"
FILES = {
    "recipe.wrangle": RECIPE,
    "inputs/main.csv": "item,price\npen,2\nink,3.5\n",
    "expected.csv": "item,price,double\npen,2,4\nink,3.5,7\n",
}
HEADER = ("a", "b")


def folder(tmp_path: Path, files: Mapping[str, str], name: str = "some") -> Path:
    for file, content in files.items():
        path = tmp_path / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path / name


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["test", *map(str, arguments)])


# -- differences -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "found", "told"),
    [
        ([("1", "x")], [("1", "x")], []),
        ([("1", None)], [("1", "")], []),
        ([("1", '{"k": 1}')], [("1", '{"k":1}')], []),
        ([("1", "x"), ("2", "y")], [("1", "x"), ("2", "z")], ["row 2, column 'b': expected 'y', found 'z'"]),
        ([("1", "x")], [("1", "x"), ("2", None)], ["surplus row 2: ['2', nothing]"]),
        ([("1", "x"), ("2", "y"), ("3", "z")], [("1", "x"), ("3", "z")], ["missing row 2: ['2', 'y']"]),
        (
            [("0", "w"), ("1", "x"), ("2", "y"), ("3", "z")],
            [("1", "x"), ("2", "y"), ("3", "q")],
            ["missing row 1: ['0', 'w']", "row 4 (found as row 3), column 'b': expected 'z', found 'q'"],
        ),
    ],
)
def test_rows_are_told_apart(expected: list[tuple[str, str]], found: list[tuple[str, str]], told: list[str]) -> None:
    assert differences(Table(HEADER, tuple(expected)), Table(HEADER, tuple(found))) == told


def test_columns_are_told_apart() -> None:
    left = Table(("a", "b", "c"), (("1", "2", "3"),))
    right = Table(("c", "a", "d"), (("3", "9", "4"),))
    assert differences(left, right) == [
        "missing columns: 'b'",
        "surplus columns: 'd'",
        "row 1, column 'a': expected '1', found '9'",
    ]
    assert differences(left, Table(("a", "c", "b"), (("1", "3", "2"),))) == [
        "columns in another order: expected a, b, c; found a, c, b"
    ]


def test_order_and_last_digits_may_be_left_open() -> None:
    left = Table(HEADER, (("1", "0.5"), ("2", "x"), ("2", "x")))
    right = Table(HEADER, (("2", "x"), ("1", "0.50001"), ("3", "x")))
    told = ["missing row: ['2', 'x']", "surplus row: ['3', 'x']"]
    assert differences(left, right, unordered=True, approx=1e-3) == told


def test_many_differences_are_counted() -> None:
    left = Table(HEADER, tuple((str(number), "x") for number in range(30)))
    right = Table(HEADER, tuple((str(number), "y") for number in range(30)))
    lines = shown(differences(left, right))
    assert (len(lines), lines[-1]) == (11, "… and 20 more")


# -- folders ---------------------------------------------------------------------------------------------------------


def test_a_recipe_passes(tmp_path: Path) -> None:
    some = folder(tmp_path, FILES)
    assert run(tmp_path).stdout == f"{some}: 1 passed, 0 failed\n1 passed, 0 failed\n"
    assert run(some / "recipe.wrangle").exit_code == 0


def test_a_recipe_fails_by_row_and_column(tmp_path: Path) -> None:
    some = folder(tmp_path, FILES | {"expected.csv": "item,price,double\npen,2,4\nink,3.5,8\n"})
    result = run(some)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"failed: {some} (photon):",
        "    row 2, column 'double': expected '8', found '7'",
        f"{some}: 0 passed, 1 failed",
        "0 passed, 1 failed",
    ]


def test_a_wrong_recipe_fails_with_its_place(tmp_path: Path) -> None:
    result = run(folder(tmp_path, FILES | {"recipe.wrangle": "drop col: prise action: Drop"}))
    assert "    Step 1 (drop), line 1, column 11: column not found: 'prise'. Did you mean 'price'?" in result.stdout
    assert result.exit_code == 1


def test_settings(tmp_path: Path) -> None:
    settings = (
        'recipe = "../shared.wrangle"\ninputs = ["b.csv", "other things=../c.csv"]\nunordered = true\n[params]\nk = "4"'
    )
    text = "union with: other things mapping: {'as': 'x', 'sources': current_dataset.x,other things.x}\n"
    (tmp_path / "shared.wrangle").write_text(text + "derive type: single value: x + $k as: 'y'")
    (tmp_path / "c.csv").write_text("x\n2\n")
    folder(tmp_path, {"test.toml": settings, "inputs/b.csv": "x\n1\n", "expected.csv": "x,y\n2,6\n1,5\n"})
    result = run(tmp_path)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "1 passed, 0 failed")


def test_an_error_may_be_expected(tmp_path: Path) -> None:
    files = FILES | {"recipe.wrangle": "drop col: prise action: Drop", "test.toml": 'error = "column not found"'}
    some = folder(tmp_path, files)
    assert run(some).exit_code == 0
    (some / "test.toml").write_text('error = "disk full"')
    assert "expected an error that says 'disk full', got:" in run(some).stdout
    (some / "recipe.wrangle").write_text(RECIPE)
    assert "expected an error that says 'disk full', but the job ran" in run(some).stdout


def test_update_writes_what_comes_out(tmp_path: Path) -> None:
    some = folder(tmp_path, {name: content for name, content in FILES.items() if name != "expected.csv"})
    assert "expected.csv: write it with --update" in run(some).stdout
    assert run(some, "--update").stdout.startswith(f"written: {some / 'expected.csv'}\n")
    assert (some / "expected.csv").read_text() == FILES["expected.csv"]
    assert "written" not in run(some, "--update").stdout
    assert run(some).exit_code == 0


def test_folders_below_are_found_in_order(tmp_path: Path) -> None:
    made = [folder(tmp_path, FILES, name) for name in ("b/deep", "a", ".hidden")]
    folder(tmp_path, {"recipe.wrangle": RECIPE}, "no test")
    assert list(recipe_test_folders(tmp_path)) == [made[1], made[0]]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"test.toml": "speed = 1"}, "unknown key 'speed'"),
        ({"test.toml": "seed = true"}, "seed: invalid value"),
        ({"test.toml": "params = { k = 1 }"}, "params.k: parameters are texts, got 1"),
        ({"test.toml": "seed = "}, "test.toml: Invalid value"),
        ({"test.toml": 'inputs = ["none.csv"]'}, "inputs: no file"),
        ({"test.toml": 'recipe = "none.wrangle"'}, "recipe: no file"),
        ({"second.wrangle": ""}, "expected one .wrangle file, found recipe.wrangle, second.wrangle"),
        ({"inputs/main.tsv": ""}, "which input is the main one? Found main.csv, main.tsv"),
    ],
)
def test_broken_folders_are_named(tmp_path: Path, files: Mapping[str, str], message: str) -> None:
    some = folder(tmp_path, FILES | files)
    with pytest.raises(CaseFileError) as caught:
        read_recipe_test(some)
    assert message in str(caught.value)


def test_broken_calls(tmp_path: Path) -> None:
    some = folder(tmp_path, FILES | {"expected.csv": "item,price,double\npen,2\n"})
    result = run(some)
    assert (result.exit_code, "expected.csv:2: 2 cells for 3 columns of the header" in result.stderr) == (2, True)
    (tmp_path / "empty").mkdir()
    assert "neither .jsonl files nor recipe tests" in run(tmp_path / "empty").stderr


@pytest.mark.slow
def test_both_engines(tmp_path: Path) -> None:
    result = run(folder(tmp_path, FILES), "--engine", "both")
    assert result.stdout.splitlines()[-1] == "2 passed, 0 failed"

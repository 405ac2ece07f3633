"""`gristmill package` and the task commands of `gristmill recipe`: output, files, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gristmill.cli.main import cli
from tests.recipe.flows import package_zip


def gristmill(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "flow_7.zip"
    path.write_bytes(package_zip("nested.json"))
    return path


def test_show(package: Path) -> None:
    result = gristmill("package", "show", package)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Visits/2020 (7.8.0+1.2020)",
        "datasets",
        "    visits.csv ← s3://in/visits.csv",
        "recipes",
        "    same: 3 steps, from visits.csv",
        "    All: 2 steps, from same, with visits.csv",
        "outputs",
        "    All on spark: overwrite s3://out/all.json (json)",
        "parameters",
        "    least = 10",
        "webhooks",
        "    tell: post https://example.org/hook (onJobDone)",
    ]
    assert "warning: Step 2 (hologram): 'All': not supported: step of type 'Hologram'" in result.stderr


def test_show_json(package: Path) -> None:
    (flow,) = json.loads(gristmill("package", "show", package, "--json").stdout)
    same, everything = flow["recipes"]
    assert same["text"].startswith("comment comment: ")
    assert everything["datasets"] == {"visits.csv": {"name": "visits.csv", "node": 1}}
    assert everything["generatedColumns"] == {"1": ["city"]}


def test_recipes(package: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out" / "deep"
    result = gristmill("package", "recipes", package, "--output", folder)
    assert result.exit_code == 0
    files = ["All.wrangle", "datasets/visits.csv.wrangle", "flow.json", "same.wrangle"]
    assert sorted(result.stdout.splitlines()) == sorted(str(folder / name) for name in files)
    flow = json.loads((folder / "flow.json").read_text("utf-8"))
    assert [item["file"] for item in flow["recipes"]] == ["same.wrangle", "All.wrangle"]
    assert (folder / "datasets/visits.csv.wrangle").read_text("utf-8") == "header sanitize: false\n"


def test_tasks_and_back(package: Path, tmp_path: Path) -> None:
    gristmill("package", "recipes", package, "--output", tmp_path)
    for name in ("same", "All"):
        text = tmp_path / f"{name}.wrangle"
        tasks = tmp_path / f"{name}.json"
        written = gristmill("recipe", "to-tasks", text)
        assert (written.exit_code, written.stderr) == (0, "")
        tasks.write_text(written.stdout, encoding="utf-8")
        read = gristmill("recipe", "from-tasks", tasks)
        assert (read.exit_code, read.stdout) == (0, text.read_text("utf-8"))


def test_bare_tasks(tmp_path: Path) -> None:
    steps = json.loads(_written(tmp_path, "lookup with: Ref col: current_dataset.a key: Ref.b\n"))["steps"]
    path = tmp_path / "bare.json"
    path.write_text(json.dumps([step["task"] for step in steps]), encoding="utf-8")
    result = gristmill("recipe", "from-tasks", path)
    assert result.stdout == "lookup with: input 1 col: current_dataset.a key: input 1.b\n"


def _written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "text.wrangle"
    path.write_text(text, encoding="utf-8")
    return gristmill("recipe", "to-tasks", path).stdout


@pytest.mark.parametrize(
    ("command", "content", "error"),
    [
        (["package", "show"], "PK", "the zip file is damaged: File is not a zip file"),
        (["package", "show"], "# readme",
         "the package's document is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (["recipe", "from-tasks"], "{}", "this is no recipe: it has no steps"),
        (["recipe", "from-tasks"], '{"steps": 1}', "steps has to be a list"),
        (["recipe", "from-tasks"], '{"steps": [], "artifacts": {"1": [["a"]]}}',
         "artifacts.1 has to be a list of pairs of texts"),
        (["recipe", "to-tasks"], "derve value: a",
         "Step 1 (derve), line 1, column 1: unknown transform 'derve'. Did you mean 'derive'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_exit_code_2(command: list[str], content: str, error: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(content, encoding="utf-8")
    result = gristmill(*command, path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[0] == error


def test_files_that_are_not_there_and_folders_that_cannot_be(package: Path, tmp_path: Path) -> None:
    assert gristmill("package", "show", tmp_path / "no.zip").exit_code == 2
    assert gristmill("package", "recipes", package).exit_code == 2
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert gristmill("package", "recipes", package, "--output", tmp_path / "file" / "below").exit_code == 1

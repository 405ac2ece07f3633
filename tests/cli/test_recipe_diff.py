from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gristmill.cli.main import cli

OLD = """//from the shop
drop col: a
derive type: single value: b + 1 as: 'c'
sort order: c
"""


def diff(tmp_path: Path, old: str, new: str) -> Result:
    files = [tmp_path / "old.wrangle", tmp_path / "new.wrangle"]
    for file, text in zip(files, (old, new), strict=True):
        file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(cli, ["recipe", "diff", *map(str, files)])


SAME = {
    "itself": OLD,
    "other spelling": OLD.replace("derive type: single value: b + 1", "derive  type:single\n value: ADD(b,1)"),
    "other order of parameters": OLD.replace("value: b + 1 as: 'c'", "as: 'c' value: b + 1"),
}


@pytest.mark.parametrize("new", SAME.values(), ids=SAME.keys())
def test_equal_recipes(tmp_path: Path, new: str) -> None:
    result = diff(tmp_path, OLD, new)
    assert (result.exit_code, result.stdout) == (0, "")


CHANGES = {
    "removed": (OLD.replace("drop col: a\n", ""), ["- 2  drop col: a"]),
    "added": (OLD + "drop col: b\n", ["+ 5  drop col: b"]),
    "changed": (OLD.replace("b + 1", "b + 2"), ["~ 3  derive", "    - value: b + 1", "    + value: b + 2"]),
    "parameter added": (OLD.replace("col: a", "col: a action: Keep"), ["~ 2  drop", "    + action: Keep"]),
    "comment": (OLD.replace("shop", "store"), ["~ 1  //", "    - //from the shop", "    + //from the store"]),
    "added before a change": (
        OLD.replace("drop col: a", "header\ndrop col: z"),
        ["+ 2  header", "~ 2 → 3  drop", "    - col: a", "    + col: z"],
    ),
    "other transform": (OLD.replace("sort order: c", "header"), ["- 4  sort order: c", "+ 4  header"]),
}


@pytest.mark.parametrize(("new", "lines"), CHANGES.values(), ids=CHANGES.keys())
def test_differences(tmp_path: Path, new: str, lines: list[str]) -> None:
    result = diff(tmp_path, OLD, new)
    assert (result.exit_code, result.stdout.splitlines(), result.stderr) == (1, lines, "")


def test_a_recipe_that_cannot_be_read(tmp_path: Path) -> None:
    result = diff(tmp_path, OLD, "drop col: a\nnonsense col: a\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "new.wrangle:\nStep 2 (nonsense), line 2, column 1: " in result.stderr

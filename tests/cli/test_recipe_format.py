from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gristmill.cli.main import cli

ROOT = Path(__file__).parents[2]
UGLY = "\ufeffdrop   col:a\r\n\r\n//a note\r\nsort order:-b"
CANONICAL = "drop col: a\n//a note\nsort order: -b\n"
BROKEN = "drop   col:a\nderive type: single value: b + as: 'c'\nsort order:-b\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "r.wrangle"


def format_files(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["recipe", "format", *map(str, arguments)])


def test_rewrites_in_canonical_form(file: Path) -> None:
    file.write_bytes(UGLY.encode())
    result = format_files(file)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{file}\n", "")
    assert file.read_bytes() == CANONICAL.encode()


def test_a_canonical_file_is_not_touched(file: Path) -> None:
    file.write_bytes(CANONICAL.encode())
    before = file.stat()
    result = format_files(file)
    assert (result.exit_code, result.stdout) == (0, "")
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_check_lists_what_would_change_and_writes_nothing(file: Path, tmp_path: Path) -> None:
    fine = tmp_path / "fine.wrangle"
    fine.write_bytes(CANONICAL.encode())
    file.write_bytes(UGLY.encode())
    result = format_files("--check", file, fine)
    assert (result.exit_code, result.stdout) == (1, f"{file}\n")
    assert file.read_bytes() == UGLY.encode()


def test_a_step_that_cannot_be_read_stays(file: Path) -> None:
    file.write_text(BROKEN)
    result = format_files(file)
    assert result.exit_code == 2
    assert file.read_text() == "drop col: a\nderive type: single value: b + as: 'c'\nsort order: -b\n"
    assert f"{file}:\nStep 2 (derive), line 2, column 32: expected a value before 'as'" in result.stderr


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_recipe_without_steps_is_empty(file: Path, text: str) -> None:
    file.write_text(text)
    assert format_files(file).exit_code == 0
    assert file.read_text() == ""


def test_permissions_and_links_stay(file: Path, tmp_path: Path) -> None:
    file.write_bytes(UGLY.encode())
    file.chmod(0o640)
    link = tmp_path / "link.wrangle"
    link.symlink_to(file)
    assert format_files(link).exit_code == 0
    assert link.is_symlink()
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (CANONICAL.encode(), 0o640)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.wrangle", "r.wrangle"]


@pytest.mark.parametrize("recipe", sorted(ROOT.glob("examples/*/*.wrangle")), ids=lambda path: path.stem)
def test_formatting_twice_changes_nothing(file: Path, recipe: Path) -> None:
    file.write_bytes(recipe.read_bytes())
    format_files(file)
    once = file.read_bytes()
    result = format_files("--check", file)
    assert (result.exit_code, result.stdout, file.read_bytes()) == (0, "", once)

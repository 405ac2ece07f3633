"""Whole recipes of our own, run by the command: files in, the expected file out, byte for byte."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from gristmill.cli.main import cli

PACKAGES = sorted(path.parent for path in (Path(__file__).parents[1] / "packages").glob("*/recipe.wrangle"))


ENGINES = ("photon", pytest.param("spark", marks=pytest.mark.slow))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_package(package: Path, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(package)
    output = tmp_path / "out.csv"
    arguments = shlex.split((package / "arguments").read_text())
    result = CliRunner().invoke(cli, ["run", "recipe.wrangle", *arguments, "--output", str(output), "--engine", engine])
    assert (result.exit_code, result.output) == (0, "")
    assert output.read_text(encoding="utf-8") == (package / "expected.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_canonical_text_is_stable(package: Path, tmp_path: Path) -> None:
    first = CliRunner().invoke(cli, ["recipe", "check", str(package / "recipe.wrangle")])
    again = tmp_path / "again.wrangle"
    again.write_text(first.stdout, encoding="utf-8")
    second = CliRunner().invoke(cli, ["recipe", "check", str(again)])
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert second.stdout == first.stdout

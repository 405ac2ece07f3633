"""Whole recipes of our own, run as recipe tests: files in, the expected file out, byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from gristmill.cli.main import cli

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent for path in (ROOT / "tests" / "packages").glob("*/recipe.wrangle"))
ENGINES = ["photon", pytest.param("spark", marks=pytest.mark.slow)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_package(package: Path, engine: str, tmp_path: Path) -> None:
    copy = tmp_path / package.name
    shutil.copytree(package, copy)
    assert _lines(copy, engine) == [f"{copy}: 1 passed, 0 failed", "1 passed, 0 failed"]
    # nothing is written, for the same bytes come out
    assert _lines(copy, engine, "--update") == [f"{copy}: 1 passed, 0 failed", "1 passed, 0 failed"]


def _lines(package: Path, engine: str, *more: str) -> list[str]:
    return CliRunner().invoke(cli, ["test", str(package), "--engine", engine, *more]).output.splitlines()


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_canonical_text_is_stable(package: Path, tmp_path: Path) -> None:
    first = CliRunner().invoke(cli, ["recipe", "check", str(package / "recipe.wrangle")])
    again = tmp_path / "again.wrangle"
    again.write_text(first.stdout, encoding="utf-8")
    second = CliRunner().invoke(cli, ["recipe", "check", str(again)])
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert second.stdout == first.stdout

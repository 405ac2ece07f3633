from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gristmill.cli.main import cli


def check(tmp_path: Path, text: str) -> Result:
    file = tmp_path / "r.wrangle"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(cli, ["recipe", "check", str(file)])


def test_prints_the_canonical_text_alone(tmp_path: Path) -> None:
    result = check(tmp_path, "\ufeffderive   type:single  value:upper( a )  as:'b'\n\n//hello\n")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "derive type: single value: UPPER(a) as: 'b'\n//hello\n"


@pytest.mark.parametrize("text", ["drop col: nobody\n", "union with: MISSING\n"])
def test_only_the_syntax_is_looked_at(tmp_path: Path, text: str) -> None:
    assert check(tmp_path, text).exit_code == 0


def test_warnings_go_to_stderr(tmp_path: Path) -> None:
    result = check(tmp_path, "filter type: custom rowType: single row: a = 1 action: Keep")
    assert result.exit_code == 0
    assert result.stdout == "filter type: custom rowType: single row: a == 1 action: Keep\n"
    assert result.stderr.startswith("warning: Step 1 (filter), line 1, column ")


def test_errors_have_line_and_column(tmp_path: Path) -> None:
    result = check(tmp_path, "drop col: a\nderive type: single value: a + as: 'b'")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Step 2 (derive), line 2, column 32: expected a value before 'as'")


def test_a_missing_file(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["recipe", "check", str(tmp_path / "no.wrangle")])
    assert result.exit_code == 2
    assert "does not exist" in result.stderr

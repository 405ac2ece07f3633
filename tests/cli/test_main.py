from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from gristmill import __version__
from gristmill.cli.main import cli

SERVER = ("fastapi", "starlette", "uvicorn", "pydantic", "sqlalchemy", "alembic", "httpx")
ROOT = Path(__file__).parents[2]


def loaded_by(program: str, folder: Path) -> set[str]:
    """The top-level modules that a program loads."""
    script = f"import sys\n{program}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_version() -> None:
    assert CliRunner().invoke(cli, ["--version"]).output == f"gristmill {__version__}\n"


def test_usage_errors_are_one_line_and_code_2() -> None:
    for arguments in (["run"], ["nonsense"], ["serve", "--port", "x"], ["test", "--engine", "abacus", "x"]):
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) == 1
        assert result.stderr.startswith("gristmill")


def test_import_loads_no_server(tmp_path: Path) -> None:
    loaded = loaded_by("import gristmill", tmp_path)
    assert loaded.isdisjoint({*SERVER, "duckdb", "pyarrow", "polars"})


def test_run_loads_no_server(tmp_path: Path) -> None:
    (tmp_path / "r.wrangle").write_text("derive type: single value: UPPER(a) as: 'b'")
    (tmp_path / "in.csv").write_text("a,n\nx,1\ny,2\n")
    arguments = ["run", "r.wrangle", "--input", "in.csv", "--output", "out.csv"]
    program = f"from gristmill.cli.main import cli\nassert cli.main({arguments!r}, standalone_mode=False) == 0"
    loaded = loaded_by(program, tmp_path)
    assert (tmp_path / "out.csv").read_text() == "a,b,n\nx,X,1\ny,Y,2\n"
    assert loaded.isdisjoint({*SERVER, "pyarrow", "pandas", "polars"})


def test_functions_as_json() -> None:
    entries = json.loads(CliRunner().invoke(cli, ["functions", "--json"]).stdout)
    by_name = {entry["name"]: entry for entry in entries}
    left, drop = by_name["LEFT"], by_name["drop"]
    assert (left["signature"], left["built"], left["kind"]) == ("LEFT(s, n)", True, "scalar")
    assert (drop["signature"], drop["built"], drop["kind"]) == ("drop col: [action:]", True, "transform")
    assert all(entry["doc"] for entry in entries)


def test_functions_for_people() -> None:
    text = CliRunner().invoke(cli, ["functions"]).stdout
    assert "LEFT(s, n)\n    " in text
    assert "(not built)" in text


def test_generated_pages_are_fresh() -> None:
    check = [sys.executable, "docs/build.py", "--check"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout) == ("", "")

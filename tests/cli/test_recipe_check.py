from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gristmill.cli.main import cli
from gristmill.testing.cases import read_cases

CASES = Path(__file__).parents[1] / "cases"


def check(tmp_path: Path, text: str) -> Result:
    file = tmp_path / "r.wrangle"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(cli, ["recipe", "check", str(file)])


def test_prints_the_canonical_text_alone(tmp_path: Path) -> None:
    result = check(tmp_path, "\ufeffderive   type:single  value:upper( a )  as:'b'\n\n//hello\n")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "derive type: single value: UPPER(a) as: 'b'\n//hello\n"


@pytest.mark.parametrize(
    "text",
    [
        "drop col: nobody\n",
        "union with: any,other\n",
        "filter type: topRows limit: $n\n",
        "header\nsort order: x\n",
        "header\nunpivot col: {1960}, {1961} groupEvery: 1\nfilter type: missing missing: value action: Delete\n",
    ],
)
def test_without_inputs_data_may_be_anything(tmp_path: Path, text: str) -> None:
    assert check(tmp_path, text).exit_code == 0


def test_recipes_that_run_are_right_before_their_columns_are_known(tmp_path: Path) -> None:
    """Nothing that the cases do is refused where no data has told the columns, as on a server behind a pivot."""
    cases = [case for file in sorted(CASES.glob("*.jsonl")) for case in read_cases(file)]
    texts = [case.recipe for case in cases if case.table is not None and not case.inputs]
    refused = [(text, result.stderr) for text in texts if (result := check(tmp_path, text)).exit_code]
    assert refused == [] and len(texts) > 1000


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("union with: MISSING", "line 1, column 13: dataset not found"),
        ("drop col: a\nsettype col: a type: Intger", "line 2, column 22: invalid value 'Intger' for type"),
        ("derive value: FOO(a)", "line 1, column 15: unknown function 'FOO'"),
        ("derive value: ROUND(a,2,3)", "ROUND expects 1 or 2 arguments, got 3"),
        ("derive value: DATEDIF(a, b, dayz)", "'dayz' is not a unit"),
        ("replacepatterns col: a on: `{digits}` with: ''", "Did you mean '{digit}'?"),
    ],
)
def test_what_no_data_can_mend(tmp_path: Path, text: str, says: str) -> None:
    result = check(tmp_path, text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_inputs_tell_the_columns(tmp_path: Path) -> None:
    """All errors come at once, whether they lie in the text or in the names."""
    (tmp_path / "in.csv").write_text("a,Qty\n1,2\n")
    text = "derive value: Qtty * 2 as: 'b'\nfliter row: a == 1\njoin with: orders type: cross\n"
    (tmp_path / "r.wrangle").write_text(text)
    source = str(tmp_path / "in.csv")
    result = CliRunner().invoke(cli, ["recipe", "check", str(tmp_path / "r.wrangle"), "--input", source])
    assert result.exit_code == 2
    heads = [line for line in result.stderr.splitlines() if line.startswith("Step")]
    assert heads == [
        "Step 1 (derive), line 1, column 15: column not found: 'Qtty'. Did you mean 'Qty'?",
        "Step 2 (fliter), line 2, column 1: unknown transform 'fliter'. Did you mean 'filter'?",
        "Step 3 (join), line 3, column 12: dataset not found: 'orders'",
    ]


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

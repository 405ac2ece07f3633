from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gristmill.cli.home import home_folder
from gristmill.cli.main import cli
from gristmill.storage import proofs

ORDERS = "id,name,n\n1,ann,5\n2,bob,x\n3,cy,7\n4,dee,9\n5,eva,11\n6,fay,12\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("orders.csv").write_text(ORDERS)
    return tmp_path


def run(recipe: str, *more: str, output: str = "out.csv") -> Result:
    Path("r.wrangle").write_text(recipe, encoding="utf-8")
    return CliRunner().invoke(cli, ["run", "r.wrangle", "--input", "orders.csv", "--output", output, *more])


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_writes_the_result_and_says_nothing(here: Path) -> None:
    result = run("derive type: single value: n + 1 as: 'm'\ndrop col: name")
    assert (result.exit_code, result.output) == (0, "")
    assert Path("out.csv").read_text() == "id,n,m\n1,5,6\n2,,\n3,7,8\n4,9,10\n5,11,12\n6,12,13\n"
    assert files(here) == ["orders.csv", "out.csv", "r.wrangle"]


def test_mismatches_on_demand() -> None:
    assert run("drop col: name", "--include-mismatches").exit_code == 0
    assert "2,x\n" in Path("out.csv").read_text()


def test_replaces_an_existing_file_and_may_be_the_input() -> None:
    assert run("filter type: custom rowType: single row: id > 5", output="orders.csv").exit_code == 0
    assert Path("orders.csv").read_text() == "id,name,n\n6,fay,12\n"


def test_other_inputs_by_name(here: Path) -> None:
    Path("towns.csv").write_text("who,town\nann,Oslo\ncy,Bergen\n")
    recipe = "lookup with: {} col: current_dataset.name key: {}.who\nfilter type: missing col: town action: Delete"
    for name, value in (("towns", "towns.csv"), ("towns.csv", "towns.csv"), ("my towns", "my towns=towns.csv")):
        result = run(recipe.format(name, name), "--input", value)
        assert result.output == ""
        assert Path("out.csv").read_text() == "id,name,town,n\n1,ann,Oslo,5\n3,cy,Bergen,7\n"


def test_parameters() -> None:
    assert run("filter type: custom rowType: single row: name == $who", "--param", "who=cy").exit_code == 0
    assert Path("out.csv").read_text() == "id,name,n\n3,cy,7\n"


@pytest.mark.parametrize("name", ["out.csv.gz", "out.json", "out.json.gz", "out.parquet", "OUT.CSV"])
def test_formats_by_suffix(name: str) -> None:
    result = run("filter type: custom rowType: single row: id == 1", output=name)
    assert (result.exit_code, result.output) == (0, "")
    content = Path(name).read_bytes()
    if name.endswith(".gz"):
        content = gzip.decompress(content)
    if ".parquet" in name:
        import pyarrow.parquet

        assert pyarrow.parquet.read_table(name).to_pylist() == [{"id": 1, "name": "ann", "n": 5}]
    else:
        is_csv = ".csv" in name.lower()
        assert content == (b"id,name,n\n1,ann,5\n" if is_csv else b'{"id":1,"name":"ann","n":5}\n')


def test_an_error_in_the_recipe_shows_its_place(here: Path) -> None:
    result = run("drop col: name\nderive type: single value: LEFT(nam, 2) as: 'x'")
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert lines[0].startswith("Step 2 (derive), line 2, column 33: column not found: 'nam'")
    assert lines[1] == "  2 │ derive type: single value: LEFT(nam, 2) as: 'x'"
    assert lines[2] == "    │                                 ───"
    assert result.stdout == ""
    assert files(here) == ["orders.csv", "r.wrangle"]


@pytest.mark.parametrize(
    ("recipe", "more", "output", "code", "message"),
    [
        ("drop col: name", ["--input", "absent.csv"], "out.csv", 1, "absent.csv"),
        ("drop col: name", [], "no/such/out.csv", 1, "folder of the output not found"),
        ("drop col: name", [], "out.xyz", 2, "expected a name that ends in .csv"),
        ("drop col: name", ["--param", "x"], "out.csv", 2, "expected --param KEY=VALUE"),
        ("drop col: name", ["--param", "x=1", "--param", "x=2"], "out.csv", 2, "given twice"),
        ("drop col: name", ["--engine", "beam"], "out.csv", 2, "beam"),
        ("drop col: name", ["--input", "orders.csv"], "out.csv", 2, "two inputs have the name"),
        ("derive value: FOO(id) as: 'x'", [], "out.csv", 2, "unknown function 'FOO'"),
        ("derive value: $x as: 'x'", [], "out.csv", 2, "unknown parameter '$x'"),
        ("derve value: 1", [], "out.csv", 2, "unknown transform 'derve'"),
        ("union with: other", [], "out.csv", 2, "dataset not found: 'other'"),
    ],
)
def test_what_can_be_wrong(here: Path, recipe: str, more: list[str], output: str, code: int, message: str) -> None:
    result = run(recipe, *more, output=output)
    assert message in result.stderr
    assert result.exit_code == code
    assert result.stdout == ""
    assert files(here) == ["orders.csv", "r.wrangle"]


def test_a_failed_run_leaves_the_old_output() -> None:
    Path("out.csv").write_text("old")
    assert run("drop col: nam").exit_code == 2
    assert Path("out.csv").read_text() == "old"


def test_a_recipe_that_is_no_text() -> None:
    Path("r.wrangle").write_bytes(b"drop col: \xff")
    result = CliRunner().invoke(cli, ["run", "r.wrangle", "--input", "orders.csv", "--output", "out.csv"])
    assert (result.exit_code, result.stderr) == (2, "gristmill run: 'r.wrangle' is not UTF-8 at byte 10\n")


def test_keeps_what_it_has_proven_of_a_large_file(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "LARGE", 0)
    monkeypatch.setattr(proofs, "SETTLED", 0)
    assert run("drop col: name").exit_code == 0
    assert len(files(own_home / "proofs")) == 1


def test_runs_for_people_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRISTMILL_HOME")
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    assert (run("drop col: name").exit_code, home_folder()) == (0, None)

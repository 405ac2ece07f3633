"""Recipes for those who leave: SQL and Python that run where there is no Gristmill, with the job's result."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gristmill.cli.main import cli
from tests.shared import ABSENT, PACKAGES

ROOT = Path(__file__).parents[2]
OWN, EXAMPLES, DATA = ROOT / "tests" / "packages", PACKAGES / "examples", PACKAGES / "data"
FLIGHT = (
    "2013,{month},1,517,515,2,830,819,{delay},{carrier},1545,N14228,{origin},IAH,227,1400,5,15,2013-01-01T10:00:00Z\n"
)
FLIGHTS = (
    "year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,carrier,flight,tailnum,"
    "origin,dest,air_time,distance,hour,minute,time_hour\n"
)
PRODUCT = {
    "properties": ("add-a-list-of-properties/Pivot properties.wrangle", "Properties.txt"),
    "mapping": ("columns-mapping-for-a-target-schema/Columns_mapping.wrangle", "Columns_mapping.csv"),
    "last day": ("get-last-day-of-month-from-a-date/Last month day.wrangle", "Dates.csv"),
}
NOT_HERE = "import sys\nsys.modules['gristmill'] = None\n"
PLAIN_DUCKDB = """
import csv, duckdb
result = duckdb.connect().execute(open(sys.argv[1]).read())
rows = result.fetchall()
out = csv.writer(sys.stdout, lineterminator="\\n")
out.writerows([[column[0] for column in result.description], *([cell or None for cell in row] for row in rows)])
"""
PLAIN_SPARK = """
import csv
from pyspark.sql import SparkSession
builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
for name in ("spark.driver.host", "spark.driver.bindAddress"):
    builder = builder.config(name, "127.0.0.1")
quick = {"shuffle.partitions": "1", "codegen.wholeStage": "false", "codegen.factoryMode": "NO_CODEGEN"}
for name, value in quick.items():
    builder = builder.config(f"spark.sql.{name}", value)
spark = builder.getOrCreate()
for file in sys.argv[1:]:
    for statement in open(file).read().split(";\\n\\n"):
        result = spark.sql(statement.strip().removesuffix(";"))
    with open(file + ".csv", "w", newline="") as target:
        out = csv.writer(target, lineterminator="\\n")
        out.writerows([result.columns, *([cell or None for cell in row] for row in result.collect())])
"""


def command(*arguments: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, arguments)))


def inputs_of(*files: object) -> list[str]:
    return [part for file in files for part in ("--input", str(file))]


def flights(origin: str, delays: dict[str, list[str]]) -> str:
    rows = (
        FLIGHT.format(month=1 + at % 2, delay=delay, carrier=carrier, origin=origin)
        for carrier, listed in delays.items()
        for at, delay in enumerate(listed * 230)
    )
    return FLIGHTS + "".join(rows)


def demo(folder: Path) -> list[str]:
    """The demo's recipe with some flights."""
    files = {
        "airlines - region 1.csv": flights("EWR", {"AA": ["20", "", "-10"]}),
        "airlines - region 2.csv": flights("JFK", {"AA": ["30"], "UA": ["5", "6", "7.25"]}),
        "carriers.csv": "carrier,name\nAA,American Airlines Inc.\nUA,United Air Lines Inc.\n",
    }
    for name, content in files.items():
        (folder / name).write_text(content)
    return [str(ROOT / "examples/demo/delays.wrangle"), *inputs_of(*(folder / name for name in files))]


def recipes(folder: Path) -> dict[str, list[str]]:
    """Recipes with their inputs, by name: the demo's, our own, and the product's where they are present."""
    own = {name: OWN / name / "inputs" for name in ("revenue", "shifts")}
    rates = f"pay per hour={own['shifts'] / 'rates.csv'}"
    inputs = {
        "revenue": [own["revenue"] / "orders.csv", own["revenue"] / "customers.csv"],
        "shifts": [own["shifts"] / "week1.csv", own["shifts"] / "week2.csv", rates],
    }
    found = {name: [str(OWN / name / "recipe.wrangle"), *inputs_of(*files)] for name, files in inputs.items()}
    product = {name: [str(EXAMPLES / recipe), *inputs_of(DATA / data)] for name, (recipe, data) in PRODUCT.items()}
    return {"demo": demo(folder), **found, **(product if DATA.is_dir() else {})}


def job_result(arguments: list[str], folder: Path) -> list[list[str]]:
    output = folder / "job.csv"
    result = command("run", *arguments, "--output", output)
    assert result.exit_code == 0, result.output
    return table(output.read_text())


def table(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines(keepends=True)))


def alone(program: str, *arguments: object) -> str:
    """What a process that cannot import Gristmill prints."""
    called = [sys.executable, "-c", NOT_HERE + program, *map(str, arguments)]
    done = subprocess.run(called, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ["demo", "revenue", "shifts", *PRODUCT])
def test_plain_duckdb_and_python_give_the_job(name: str, tmp_path: Path) -> None:
    arguments = recipes(tmp_path).get(name)
    if arguments is None:
        pytest.skip(ABSENT)
    sql, script = tmp_path / "recipe.sql", tmp_path / "recipe.py"
    sql.write_text(command("recipe", "to-sql", *arguments).stdout)
    script.write_text(command("recipe", "to-python", *arguments).stdout)
    expected = job_result(arguments, tmp_path)
    assert len(expected) > 1
    assert table(alone(PLAIN_DUCKDB, sql)) == expected
    run = f"import runpy\nrunpy.run_path({str(script)!r}, run_name='__main__')"
    assert alone(run) == (tmp_path / "job.csv").read_text()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_plain_spark_gives_the_job(tmp_path: Path) -> None:
    expected = {}
    for name, arguments in recipes(tmp_path).items():
        result = command("recipe", "to-sql", *arguments, "--dialect", "spark")
        assert result.exit_code == 0, result.output
        file = tmp_path / f"{name}.sql"
        file.write_text(result.stdout)
        expected[file] = job_result(arguments, tmp_path)
    alone(PLAIN_SPARK, *expected)
    for file, rows in expected.items():
        assert table(Path(f"{file}.csv").read_text()) == rows, file.name


NAMES = 'c1,c2,"a ""b""","select, from"\n3,x,,p\n1,y,"two\nlines",q\n2,x,;,"\'"\n'
SORTED = "sort order: c1\nrename type: manual mapping: [c1,'c2'],[c2,'c1']"


def small(folder: Path, recipe: str, content: str = NAMES, name: str = "main.csv") -> list[str]:
    (folder / "r.wrangle").write_text(recipe)
    (folder / name).write_text(content)
    return [str(folder / "r.wrangle"), *inputs_of(folder / name)]


def test_names_of_users_are_harmless(tmp_path: Path) -> None:
    arguments = small(tmp_path, SORTED)
    sql = tmp_path / "recipe.sql"
    sql.write_text(command("recipe", "to-sql", *arguments).stdout)
    expected = job_result(arguments, tmp_path)
    assert expected[0] == ["c2", "c1", 'a "b"', "select, from"]
    assert table(alone(PLAIN_DUCKDB, sql)) == expected


LATER = """derive type: single value: SUBSTRING(c1, 1, 20) as: 'date'
derive type: single value: YEAR(date) as: 'year'
derive type: single value: MERGE([c2, c2], '-') as: 'twice'
sort order: date
filter type: contains col: twice contains: 'x' action: Delete
filter type: custom rowType: single row: MATCHES(c2, ',') && c3 * 2 > 4 action: Delete
"""


def test_sql_is_right_for_cells_that_nobody_saw_when_it_was_made(tmp_path: Path) -> None:
    header, usual = "c1,c2,c3\n", "d2024-02,b,1\nd2024-01,a,2\n" * 5
    arguments = small(tmp_path, LATER, header + usual)
    sql = tmp_path / "recipe.sql"
    sql.write_text(command("recipe", "to-sql", *arguments).stdout)
    odd = 'd2023-12-24,"p, q",1\nd2023-11,"p, q",3\nd2025-01,c,1_000\n'
    small(tmp_path, LATER, header + usual + odd)
    found = table(alone(PLAIN_DUCKDB, sql))
    assert found[-2] == ["d2025-01", "2025-01", "2025", "c", "c-c", ""] and len(found) == 13
    assert found[-1] == ["d2023-12-24", "2023-12-24", "2023", "p, q", "p, q-p, q", "1"]  # another layout: mismatched


def test_steps_stand_in_the_sql(tmp_path: Path) -> None:
    recipe = "derive type: multiple value: COUNT() group: c2 as: 'n'\nset col: n value: n * 2"
    sql = command("recipe", "to-sql", *small(tmp_path, recipe)).stdout
    assert "/* step 1: derive type: multiple value: COUNT() group: c2 as: 'n' */" in sql
    assert sql.startswith("SET ieee_floating_point_ops = false;\n\n")


def test_frames_of_other_rows(tmp_path: Path) -> None:
    """run_transforms takes any rows, also of numbers, and says which columns it needs."""
    import pandas as pd

    recipe = "derive type: single value: n * 2 as: 'double'\nsort order: -n"
    script: dict[str, object] = {"__name__": "script"}
    exec(command("recipe", "to-python", *small(tmp_path, recipe, "n,ok\n0.5,true\n")).stdout, script)
    transforms = script["run_transforms"]
    assert callable(transforms)
    found = transforms(pd.DataFrame({"more": [0, 0, 0], "ok": [True, False, None], "n": [1.5, 2, None]}))
    assert found.astype(object).where(found.notna(), None).values.tolist() == [
        [None, None, None],
        ["2", "4", "false"],
        ["1.5", "3", "true"],
    ]
    with pytest.raises(KeyError, match="columns not found: ok"):
        transforms(pd.DataFrame({"n": [1]}))


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ("set col: c1 value: 1\nderive type: single value: DOUBLEMETAPHONE(c2) as: 'd'", "DOUBLEMETAPHONE in SQL"),
        ("textformat col: c2 type: propercase", "PROPER in SQL for duckdb"),
    ],
)
@pytest.mark.parametrize("form", ["to-sql", "to-python"])
def test_what_sql_cannot_say_is_named(tmp_path: Path, form: str, recipe: str, message: str) -> None:
    result = command("recipe", form, *small(tmp_path, recipe))
    step = recipe.count("\n") + 1
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Step {step} (")
    assert f"not supported: {message}" in result.stderr


def test_a_rare_text_stops_the_query(tmp_path: Path) -> None:
    """Sorting ASCII is plain SQL; a text with accents stops it, in words, instead of being sorted wrongly."""
    arguments = small(tmp_path, "sort order: a", "a,n\nb,1\na,2\n")
    sql = tmp_path / "recipe.sql"
    sql.write_text(command("recipe", "to-sql", *arguments).stdout)
    assert table(alone(PLAIN_DUCKDB, sql)) == [["a", "n"], ["a", "2"], ["b", "1"]]
    small(tmp_path, "sort order: a", "a,n\né,1\na,2\n")
    with pytest.raises(AssertionError, match="gristmill: no SQL for order_folded_any"):
        alone(PLAIN_DUCKDB, sql)
    refused = command("recipe", "to-sql", *arguments)
    assert (refused.exit_code, "routine order_folded_any" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("main.csv", 'a,b\n1,"x\\"y"\n2,3\n', "main.csv: main.csv is packed, not UTF-8 or irregular"),
        ("main.json", '{"a": 1}\n', "main.json: SQL for duckdb over json files"),
    ],
)
def test_inputs_that_only_we_read(tmp_path: Path, name: str, content: str, message: str) -> None:
    result = command("recipe", "to-sql", *small(tmp_path, "filter type: missing col: a action: Delete", content, name))
    assert (result.exit_code, message in result.stderr) == (1, True), result.stderr

"""Lineage: an output column's input columns, and what the steps have done to it."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from gristmill.cli.main import cli

PACKAGES = Path(__file__).parents[1] / "packages"
TABLES = {
    "main.csv": "town,kind,n\nOslo,x,1\nBergen,y,2\n",
    "towns.csv": "name,land\nOslo,NO\nBergen,NO\n",
    "more.csv": "town,kind,n\nRoma,x,4\n",
}
COPIES = (
    "derive type: single value: town as: 'again'\nsettype col: again type: Integer\n"
    "rename type: manual mapping: [again,'number']\ndrop col: town action: Drop"
)
UNION = "union with: more mapping: {'as': 'n', 'sources': current_dataset.n,more.n}"
JOIN = (
    "join with: towns col: n = current_dataset.n,land = towns.land row: current_dataset.town == towns.name type: inner"
)
RUNNING = "derive type: multiple value: ROLLINGSUM(n, -1, 0) group: kind order: town as: 'sum'"
PIVOT = "pivot col: kind group: town value: SUM(n) limit: 5"
FLATTEN = "derive type: single value: [n, kind] as: 'list'\nflatten col: list"

CASES = [
    ("drop col: kind,n action: Drop", "town", ["main.csv town"], []),
    (COPIES, "number", ["main.csv town"], ["1 made again", "2 typed again", "3 renamed number"]),
    (UNION, "n", ["main.csv n", "more.csv n"], ["1 changed n"]),
    (JOIN, "land", ["towns.csv land"], ["1 made land"]),
    (f"{JOIN}\nset col: n value: n * 2", "n", ["main.csv n"], ["2 changed n"]),
    (RUNNING, "sum", ["main.csv kind", "main.csv n", "main.csv town"], ["1 made sum"]),
    (PIVOT, "sum_n_x", ["main.csv kind", "main.csv n"], ["1 made sum_n_x"]),
    (FLATTEN, "list", ["main.csv kind", "main.csv n"], ["1 made list", "2 changed list"]),
    ("groupby group: town value: COUNT() type: agg", "row_count", [], ["1 made row_count"]),
    ("derive type: single value: $sourcerownumber as: 'r'", "r", ["main.csv $sourcerownumber"], ["1 made r"]),
    ("header\nrename type: manual mapping: [town,'a']", "a", ["main.csv column2"], ["1 renamed town", "2 renamed a"]),
]


def lineage(folder: Path, recipe: str, *more: str) -> Result:
    file = folder / "some.wrangle"
    file.write_text(recipe)
    inputs = []
    for name, content in TABLES.items():
        (folder / name).write_text(content)
        inputs += ["--input", str(folder / name)]
    return CliRunner().invoke(cli, ["recipe", "lineage", str(file), *inputs, *more])


@pytest.mark.parametrize(("recipe", "column", "inputs", "steps"), CASES, ids=[case[0][:30] for case in CASES])
def test_column(tmp_path: Path, recipe: str, column: str, inputs: list[str], steps: list[str]) -> None:
    result = lineage(tmp_path, recipe, "--format", "json", "--column", column)
    assert result.exit_code == 0, result.output
    [found] = json.loads(result.stdout)["columns"]
    assert sorted(f"{item['dataset']} {item['column']}" for item in found["inputs"]) == inputs
    assert [f"{item['step']} {item['action']} {item['column']}" for item in found["steps"]] == steps


def test_rows(tmp_path: Path) -> None:
    recipe = (
        f"filter type: missing col: kind action: Delete\n{UNION}\nsort order: -n\nderive type: single value: 1 as: 'a'"
    )
    rows = json.loads(lineage(tmp_path, recipe, "--format", "json").stdout)["rows"]
    assert [(row["step"], row["action"], [item["column"] for item in row["inputs"]]) for row in rows] == [
        (1, "keeps rows", ["kind"]),
        (2, "adds rows", []),
        (3, "sorts rows", ["n", "n"]),
    ]


def test_text_of_a_recipe_test() -> None:
    """Without --input the inputs are those of the recipe's own test."""
    result = CliRunner().invoke(
        cli, ["recipe", "lineage", str(PACKAGES / "revenue" / "recipe.wrangle"), "--column", "spent"]
    )
    assert result.stdout.splitlines() == [
        "spent",
        "    from orders.csv: quantity, unit_price",
        "    step 4 (derive), line 4: made amount",
        "    step 5 (groupby), line 5: made sum_amount",
        "    step 6 (rename), line 6: renamed spent",
        "    step 7 (set), line 7: changed spent",
        "(rows)",
        "    step 2 (lookup), line 2: joins rows by orders.csv: customer; customers.csv: customer",
        "    step 5 (groupby), line 5: groups rows by customers.csv: name",
        "    step 8 (sort), line 8: sorts rows by orders.csv: quantity, unit_price",
    ]


def test_picture(tmp_path: Path) -> None:
    result = lineage(tmp_path, f"{JOIN}\nrename type: manual mapping: [land,'<land> & \"more\"']", "--format", "svg")
    drawing = ElementTree.fromstring(result.stdout)
    texts = [item.text for item in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["main.csv", "n", "towns.csv", "land", "n", None, '<land> & "more"', "1 join · 2 rename"]
    titles = [item.text or "" for item in drawing.iter("{http://www.w3.org/2000/svg}title")]
    assert 'towns.csv: land → <land> & "more"\nstep 1 (join), line 1: made land' in titles[-2]


def test_broken_calls(tmp_path: Path) -> None:
    result = lineage(tmp_path, JOIN, "--column", "lande")
    assert (result.exit_code, "column not found: 'lande'. Did you mean 'land'?" in result.stderr) == (2, True)
    result = lineage(tmp_path, "drop col: tow action: Drop")
    assert (result.exit_code, "column not found: 'tow'" in result.stderr) == (2, True)
    alone = CliRunner().invoke(cli, ["recipe", "lineage", str(tmp_path / "some.wrangle")])
    assert (alone.exit_code, "give --input [NAME=]PATH" in alone.stderr) == (2, True)

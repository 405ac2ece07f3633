"""Packages of the product itself: every recipe becomes text, and the text the same tasks again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gristmill.cli.main import cli
from gristmill.language.parser import parse
from gristmill.recipe.packages.recipes import FlowRecipe, flow_recipes
from gristmill.recipe.tasks.nodes import CURRENT
from gristmill.recipe.tasks.writing import write_recipe
from gristmill.transforms.registry import TRANSFORMS
from tests.recipe.flows import opened
from tests.shared import ABSENT, PACKAGES

ZIPS = sorted(PACKAGES.rglob("*.zip"))
DATA, EXAMPLES = PACKAGES / "data", PACKAGES / "examples"
pytestmark = pytest.mark.skipif(not ZIPS, reason=ABSENT)


def recipes(path: Path) -> Iterator[FlowRecipe]:
    package = opened(path.read_bytes())
    for flow in package.flows:
        yield from flow_recipes(package, flow)


def told(tasks: Any, ports: Mapping[int, str]) -> list[Any]:
    """What tasks say: tables as names of datasets, without what the product derives (inferred types, new names)."""
    tables: dict[str, str] = {}
    said: list[Any] = []
    for task in tasks:
        location = task["parameters"].get("location", {}).get("value", "")
        if location.startswith("portId://") and location != "portId://null":
            tables[task["outputName"]] = ports.get(int(location.removeprefix("portId://")), "MISSING")
            said.append(tables[task["outputName"]])
        else:
            said.append(_told(task, tables, place="task"))
    return said


def _told(node: Any, tables: Mapping[str, str], place: str = "") -> Any:
    if isinstance(node, list):
        return [_told(item, tables) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("kind") == "table":
        return tables.get(node["value"], CURRENT)
    derived = {"annotations", "table"} | ({"outputName"} if place == "task" else set())
    names = node.get("as")
    of_function = isinstance(names, list) and node["kind"] == "func"
    if of_function or (place == "parameters" and isinstance(names, dict) and names["kind"] == "array"):
        derived |= {"as"}
    kept = {key: _told(value, tables, key) for key, value in node.items() if key not in derived}
    if kept.get("kind") == "column":
        relation = node.get("relation")
        kept["relation"] = None if relation is None else tables.get(relation, CURRENT)
    return kept


@pytest.mark.parametrize("path", ZIPS, ids=[path.stem for path in ZIPS])
def test_every_recipe_becomes_text_and_the_same_tasks(path: Path) -> None:
    for recipe in recipes(path):
        assert recipe.read.problems == ()
        again, problems = parse(recipe.text, TRANSFORMS, tuple(recipe.inputs))
        assert problems == []
        assert again == recipe.read.recipe
        written = write_recipe(again, load=recipe.read.load, columns=recipe.read.columns)
        document = json.loads(json.dumps(written.as_json()))
        ports = {port: name for name, port in recipe.read.datasets.items()}
        names = {int(port): name for port, name in document["inputs"].items() if name is not None}
        assert told([step["task"] for step in document["steps"]], names) == told(recipe.node.tasks, ports)


# The recipe of a package, its inputs, and what its own text beside it is called.
RUNS = {
    "columns-mapping-for-a-target-schema/Columns_mapping": ["Columns_mapping.csv"],
    "columns-mapping-for-a-target-schema/Customers Output": [
        "input_customers.csv", "Columns_mapping=columns-mapping-for-a-target-schema/Columns_mapping",
    ],
    "create-new-rows-for-missing-days/All days": ["Missing_Days.csv"],
    "get-last-day-of-month-from-a-date/Last month day": ["Dates.csv"],
    "time-series/Set value at second level": ["TimeSeries.csv"],
    "add-a-list-of-properties/Pivot properties": ["Properties.txt"],
}  # fmt: skip
# The last step gives another name to the column than the text beside the package does.
OTHER_HEADER = {"time-series/Set value at second level"}


def run(recipe: Path, inputs: list[str], output: Path, engine: str) -> bytes:
    """The file that `gristmill run` writes."""
    arguments = [argument for item in inputs for argument in ("--input", item)]
    result = CliRunner().invoke(cli, ["run", str(recipe), *arguments, "--output", str(output), "--engine", engine])
    assert (result.exit_code, result.output) == (0, "")
    return output.read_bytes()


def ran(name: str, folder: Path, *, beside: bool, engine: str = "photon") -> bytes:
    """The result of a package's recipe, or of the text beside the package; its inputs are run before it."""
    example, recipe = name.split("/")
    inputs = []
    for item in RUNS[name]:
        dataset, equals, other = item.rpartition("=")
        if equals:
            ran(other, folder, beside=beside, engine=engine)
            inputs.append(f"{dataset}={folder / other.split('/')[1]}.csv")
        else:
            inputs.append(str(DATA / item))
    if beside:
        return run(EXAMPLES / example / f"{recipe}.wrangle", inputs, folder / f"{recipe}.csv", engine)
    (package,) = (EXAMPLES / example).glob("*.zip")
    written = CliRunner().invoke(cli, ["package", "recipes", str(package), "--output", str(folder)])
    assert written.exit_code == 0, written.output
    return run(folder / f"{recipe}.wrangle", inputs, folder / f"{recipe}.csv", engine)


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_recipes_with_data_give_what_the_text_beside_them_gives(name: str, tmp_path: Path) -> None:
    ours = ran(name, tmp_path / "package", beside=False).splitlines()
    (tmp_path / "text").mkdir()
    theirs = ran(name, tmp_path / "text", beside=True).splitlines()
    first = 1 if name in OTHER_HEADER else 0
    assert len(ours) > 1
    assert ours[first:] == theirs[first:]


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_recipes_with_data_give_the_same_bytes_on_both_engines(name: str, tmp_path: Path) -> None:
    photon = ran(name, tmp_path / "photon", beside=False)
    assert ran(name, tmp_path / "spark", beside=False, engine="spark") == photon

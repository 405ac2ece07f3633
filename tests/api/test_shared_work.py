"""A flow run computes a recipe that several of its outputs stand on once (api 3.6)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from gristmill.api.app import create_app
from gristmill.settings import Settings

from .conftest import ADMIN, ADMIN_PASSWORD
from .running import Desk, poll

ROWS = "id,city,qty\n" + "".join(f"{at},{'ab c'[at % 4]},{at * 7 % 11}\n" for at in range(50))
SHARED = "derive type: single value: qty * 2 as: 'twice'\nsort order: twice"
KEPT, TAKEN, COMPUTED = "50 rows kept for the other outputs", "taken over from another output", "they are computed here"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home = tmp_path_factory.mktemp("sharing")
    settings = Settings(home=home, admin_email=ADMIN, admin_password=ADMIN_PASSWORD, jobs_scratch_retention_hours=0)
    with TestClient(create_app(settings)) as client:
        client.auth = (ADMIN, ADMIN_PASSWORD)
        yield client


@dataclass
class Flow:
    """A flow of recipes by name, each with an output, whose runs are followed to their end."""

    desk: Desk
    scratch: Path
    recipes: dict[str, int]
    out: Path

    def dataset(self, name: str, text: str = ROWS) -> int:
        self.desk.file(name, text)
        return self.desk.dataset(name, self.desk.folder / name)

    def recipe(self, name: str, script: str, *, dataset: int | None = None, on: str | None = None) -> None:
        source = {"importedDataset": {"id": dataset}} if on is None else {"wrangledDataset": {"id": self.recipes[on]}}
        made = self.desk.post("wrangledDatasets", flow={"id": self.desk.flow}, name=name, **source)["id"]
        self.recipes[name] = made
        self.script(name, script)

    def script(self, name: str, script: str) -> None:
        address = f"/v4/wrangledDatasets/{self.recipes[name]}/script"
        answer = self.desk.client.put(address, json={"script": script})
        assert answer.status_code == 200, answer.text

    def output(self, name: str, path: Path | None = None, **more: Any) -> None:
        self.desk.output(self.recipes[name], path or self.out / f"{name}.csv", **more)

    def run(self, **body: Any) -> dict[str, str]:
        """Run all outputs; the state or error and the log of each by name."""
        started = self.desk.post(f"flows/{self.desk.flow}/run", **body)
        ends = {item["id"]: self.desk.end(item["id"]) for item in started["data"]}
        poll(self.desk.client, f"/v4/flowRuns/{started['flowRunId']}/status")
        names = {id: name for name, id in self.recipes.items()}
        nodes = {
            group: self.desk.client.get(f"/v4/jobGroups/{group}").json()["wrangledDataset"]["id"] for group in ends
        }
        return {names[nodes[group]]: f"{end}\n{self.desk.log(group)}" for group, end in ends.items()}

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.out.iterdir()) if path.is_file()}


@pytest.fixture
def flow(client: TestClient) -> Flow:
    settings = client.app.state.settings
    folder = settings.results / "shared"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "out").mkdir(parents=True)
    desk = Desk(client, folder, client.post("/v4/flows", json={"name": "shared"}).json()["id"])
    return Flow(desk, settings.scratch, {}, folder / "out")


@pytest.fixture
def forked(flow: Flow) -> Flow:
    """Two outputs on one recipe without an output."""
    flow.recipe("base", SHARED, dataset=flow.dataset("orders.csv"))
    flow.recipe("one", "filter type: topRows limit: 5 action: Keep", on="base")
    flow.recipe("two", "derive type: single value: $sourcerownumber as: 'at'", on="base")
    flow.output("one")
    flow.output("two")
    return flow


def alone(flow: Flow, *names: str) -> dict[str, bytes]:
    """The files as runs of their own write them."""
    for name in names:
        assert flow.desk.end(flow.desk.run(flow.recipes[name])) == "Complete"
    return flow.files()


def test_the_first_output_computes_it_for_the_others(forked: Flow) -> None:
    expected = alone(forked, "one", "two")
    ends = forked.run()
    assert forked.files() == expected
    assert KEPT in ends["one"] and TAKEN in ends["two"]
    assert list(forked.scratch.iterdir()) == []


def test_a_failed_output_does_not_lose_the_others(forked: Flow) -> None:
    expected = alone(forked, "one", "two")
    broken = {"one": {"writesettings": [{"path": "/etc/not/ours.csv", "format": "csv"}]}}
    ends = forked.run(overrides=broken)
    assert not ends["one"].startswith("Complete")
    assert ends["two"].startswith("Complete") and COMPUTED in ends["two"]
    assert forked.files() == expected
    assert list(forked.scratch.iterdir()) == []


def test_a_recipe_and_those_behind_it(flow: Flow) -> None:
    """Of a line of outputs each is computed from the one before, whatever is made of it."""
    flow.recipe("first", SHARED, dataset=flow.dataset("orders.csv"))
    flow.recipe("second", "pivot col: city value: SUM(twice) limit: 9", on="first")
    flow.recipe("third", "derive type: single value: 1 as: 'one'", on="second")
    flow.output("first", format="pqt", path=flow.out / "first.parquet")
    flow.output("second", path=flow.out / "second.json", format="json")
    flow.output("third")
    expected = alone(flow, "first", "second", "third")
    ends = flow.run()
    assert flow.files() == expected
    assert [name for name in ends if " kept for the other outputs" in ends[name]] == ["first", "second"]
    assert [name for name in ends if TAKEN in ends[name]] == ["second", "third"]


def test_an_output_that_fails_behind_the_recipe_hands_it_over(forked: Flow) -> None:
    forked.script("one", "header sourcerownumber: 999")
    ends = forked.run()
    assert not ends["one"].startswith("Complete") and KEPT in ends["one"]
    assert ends["two"].startswith("Complete") and TAKEN in ends["two"]


def test_messages_of_the_recipe_stand_in_each_log(forked: Flow) -> None:
    forked.recipe("base 2", "settype col: qty type: Integer", on="base")
    forked.script("base", "drop col: qty")
    forked.recipe("three", "drop col: id", on="base 2")
    forked.recipe("four", "drop col: city", on="base 2")
    forked.output("three")
    forked.output("four")
    ends = forked.run(ignoreRecipeErrors=True)
    assert all("column not found: 'qty'" in ends[name] for name in ("three", "four"))
    assert KEPT in ends["three"] and TAKEN in ends["four"]


@pytest.mark.parametrize(
    "override",
    [
        {"execution": "spark"},
        {"datasources": {"orders.csv": ["other.csv"]}},
    ],
)
def test_who_runs_otherwise_computes_it_himself(forked: Flow, override: dict[str, Any]) -> None:
    if "datasources" in override:
        other = forked.desk.file("other.csv", ROWS.replace("ab", "b"))
        override = {"datasources": {"orders.csv": [str(other)]}}
    ends = forked.run(overrides={"two": override})
    assert not any(word in log for log in ends.values() for word in ("kept", TAKEN, COMPUTED))
    assert ends["one"].startswith("Complete")


def test_random_numbers_are_those_of_the_recipe(forked: Flow) -> None:
    forked.recipe("base 2", "derive type: single value: RAND() as: 'r'\ndrop col: r action: Keep", on="base")
    for name in ("three", "four"):
        forked.recipe(name, "", on="base 2")
        forked.output(name)
    forked.run()
    assert forked.files()["three.csv"] == forked.files()["four.csv"]


def test_the_graph_of_a_run_is_its_own(forked: Flow) -> None:
    started = forked.desk.post(f"flows/{forked.desk.flow}/run")
    for item in started["data"]:
        graph = item["jobGraph"]
        assert {edge["source"] for edge in graph["edges"]} <= set(graph["vertices"])
        forked.desk.end(item["id"])


def test_a_document_is_converted_once(flow: Flow) -> None:
    document = [{"id": at, "qty": at * 2} for at in range(5)]
    dataset = flow.dataset("orders.json", json.dumps(document))
    for name in ("one", "two"):
        flow.recipe(name, "", dataset=dataset)
        flow.output(name)
    ends = flow.run()
    assert flow.files()["one.csv"] == flow.files()["two.csv"] == b"id,qty\n0,0\n1,2\n2,4\n3,6\n4,8\n"
    logs = "".join(ends.values())
    assert (logs.count("converted orders.json"), logs.count(TAKEN)) == (1, 1)
    assert list(flow.scratch.iterdir()) == []

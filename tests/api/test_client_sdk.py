"""The requests of the vendor's Python SDK 8.5 in its order, and what it reads of the answers (api C 1–13)."""

from __future__ import annotations

import io
from typing import Any

import pytest

from .running import bearer, poll

SENT = {"Accept": "application/json", "Content-Type": "application/json"}
FILE = b"letters,numbers\na,1\nb,2\nc,3\n"
OUTPUT = {"execution": "photon", "profiler": True, "isAdhoc": True}
SETTING = {
    "action": "create",
    "format": "csv",
    "compression": "none",
    "header": True,
    "asSingleFile": True,
    "suffix": "_increment",
}


@pytest.fixture
def sdk(working):
    return bearer(working[0])


@pytest.fixture
def uploaded(sdk) -> tuple[int, int]:
    """Ids of a flow and of the recipe on a data frame in it."""
    flow = sdk.post("/v4/flows/", json={"name": "python-flow", "description": "python-generated flow"}).json()
    nodes = sdk.get(f"/v4/flows/{flow['id']}?embed=flowNodes.recipe", headers=SENT).json()["flowNodes"]["data"]
    assert (flow["name"], nodes) == ("python-flow", [])
    address = f"/v4/flows/{flow['id']}/importAndAddDatasetToFlow"
    made = sdk.post(address, files={"file": ("pyfacta_dataframe", FILE)}).json()
    (recipe,) = [
        node
        for node in sdk.get(f"/v4/flows/{flow['id']}?embed=flowNodes.recipe").json()["flowNodes"]["data"]
        if node["wrangled"]
    ]
    assert (made["wrangledDatasetName"], made["wrangledDatasetId"]) == (recipe["recipe"]["name"], recipe["id"])
    return flow["id"], recipe["id"]


@pytest.fixture
def finished(sdk, uploaded) -> int:
    """A profiled run of that recipe."""
    home = sdk.get("/v4/people/current", headers=SENT).json()["outputHomeDir"]
    store = sdk.get("/v4/awsConfigs/current", params={"limit": 1}, headers=SENT)
    assert store.status_code == 404 or store.json() is None
    recipe = uploaded[1]
    assert sdk.get(f"/v4/wrangledDatasets/{recipe}?embed=outputObjects").json()["outputObjects"]["data"] == []
    output = sdk.post("/v4/outputObjects/", json={**OUTPUT, "flowNodeId": recipe}).json()["id"]
    setting = {**SETTING, "outputObjectId": output, "path": f"file://{home}/python-flow.csv"}
    assert sdk.post("/v4/writeSettings", json=setting).status_code == 201
    body = {"wrangledDataset": {"id": recipe}, "overrides": {"execution": "photon", "profiler": True}}
    group = sdk.post("/v4/jobGroups/", json=body).json()["id"]
    assert poll(sdk, f"/v4/jobgroups/{group}/status", until={"Complete", "Failed"}) == "Complete"
    return group


def test_the_result_comes_back_as_it_was_sent(sdk, finished):
    jobs = sdk.get(f"/v4/jobGroups/{finished}?embed=jobs.scriptResults").json()["jobs"]["data"]
    (writer,) = [job for job in jobs if job["jobType"] == "filewriter"]
    (result,) = writer["scriptResults"]["data"]
    assert sdk.get(f"/v4/scriptResults/{result['id']}/download").content == FILE


def test_the_profile_becomes_tables(sdk, finished):
    profile = sdk.get(f"/v4/jobgroups/{finished}/profile", headers=SENT).json()
    types = {name: type[0] for name, type in profile["columnTypes"].items()}
    assert list(types.items()) == [("letters", "String"), ("numbers", "Integer")]
    bars = profile["profilerTypeCheckHistograms"]
    assert [{bar["key"]: bar["count"] for bar in bars[name]} for name in types] == [
        {"VALID": 3, "INVALID": 0, "EMPTY": 0}
    ] * 2
    letters, numbers = profile["profilerValidValueHistograms"].values()
    assert letters.keys() == {"topk", "k", "c", "ub"}
    assert numbers.keys() == {"buckets", "quartiles", "min", "max", "roundMin", "roundMax"}
    assert sum(bar["count"] for bar in letters["topk"]) == sum(bucket["b"] for bucket in numbers["buckets"]) == 3
    pdf = sdk.get(f"/v4/jobgroups/{finished}/pdfResults", headers=SENT)
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")


def test_the_recipe_comes_as_code(sdk, uploaded):
    recipe = uploaded[1]
    sdk.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": "drop col: numbers"}).raise_for_status()
    output = sdk.post("/v4/outputObjects/", json={**OUTPUT, "flowNodeId": recipe}).json()["id"]
    answer = sdk.post(f"/v4/outputObjects/{output}/wrangleToPython", json={"orderedColumns": " "})
    pandas = pytest.importorskip("pandas")
    names: dict[str, Any] = {}
    exec(answer.json()["pythonScript"], names)
    assert names["run_transforms"](pandas.read_csv(io.BytesIO(FILE))).to_csv(index=False) == "letters\na\nb\nc\n"


def test_its_clean_up(sdk, uploaded):
    flow = uploaded[0]
    assert sdk.delete(f"/v4/flows/{flow}").status_code == 204
    assert sdk.get(f"/v4/flows/{flow}").status_code == 410

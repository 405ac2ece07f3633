"""What scripts of users send: Basic authentication, forms as curl writes them, old spellings (api C 15, 16)."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from starlette.testclient import TestClient

from .conftest import ADMIN
from .running import bearer, poll

JSON = {"Content-type": "application/json"}


@pytest.fixture
def curl(working) -> TestClient:
    return working[0]


@pytest.fixture
def recipe(desk) -> int:
    return desk.recipe(desk.dataset("orders", desk.file("orders.csv", "id,qty\n1,5\n")))


def _form(name: str, file: bytes) -> tuple[bytes, dict[str, str]]:
    """`-F data=@flow.zip` beside a content type that the script has written by hand: curl adds its boundary to it."""
    head = f'--b42\r\nContent-Disposition: form-data; name="{name}"; filename="flow.zip"\r\n'
    body = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + file + b"\r\n--b42--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=b42"}


def test_flows_move_to_another_server(curl, desk, recipe):
    assert desk.flow in [flow["id"] for flow in curl.get("/v4/flows?noLimit=true").json()["data"]]
    package = curl.get(f"/v4/flows/{desk.flow}/package").content
    body, headers = _form("data", package)
    assert curl.post("/v4/flows/package", content=body, headers=headers).status_code == 201
    newest = curl.get("/v4/flows?limit=1").json()["data"][0]["id"]
    assert newest != desk.flow
    assert curl.patch(f"/v4/flows/{newest}", content='{"name": "moved"}', headers=JSON).status_code == 200
    assert curl.get(f"/v4/flows/{newest}").json()["name"] == "moved"


def test_a_recipe_runs_with_parameters_that_it_may_lack(curl, desk, recipe):
    setting = {"path": f"{desk.folder}/out", "action": "create", "format": "csv"}
    body = {
        "wrangledDataset": {"id": recipe},
        "ranfrom": "ui",
        "overrides": {"execution": "photon", "writesettings": [setting]},
        "runParameters": {"overrides": {"data": [{"key": "Contracts_File", "value": "x"}]}},
    }
    started = curl.post("/v4/jobGroups", content=json.dumps(body), headers=JSON)
    assert "JobStarted" in started.text
    assert poll(curl, f"/v4/jobGroups/{started.json()['id']}/status") == "Complete"
    assert [part.read_text() for part in (desk.folder / "out").iterdir()] == ["1,5\n"]


def test_logs_are_unpacked_by_job(curl, desk, recipe):
    desk.output(recipe, desk.folder / "out.csv")
    outputs = curl.get("/v4/outputObjects").json()["data"]
    (output,) = [output["id"] for output in outputs if output["flowNode"]["id"] == recipe]
    setting = {"path": f"{desk.folder}/other.csv", "action": "create", "format": "csv", "asSingleFile": True}
    body = {"execution": "photon", "profiler": False, "isAdhoc": True, "writeSettings": [setting]}
    assert curl.put(f"/v4/outputObjects/{output}", json=body).status_code == 200
    group = desk.run(recipe, runParameters={"overrides": {"data": []}}, overrides={})
    assert desk.end(group) == "Complete"
    assert {path.name for path in desk.folder.glob("o*.csv")} == {"orders.csv", "other.csv"}
    archive = zipfile.ZipFile(io.BytesIO(curl.get(f"/v4/jobGroups/{group}/logs").content))
    jobs = curl.get(f"/v4/jobGroups/{group}/jobs").json()["data"]
    logs = [archive.read(f"job-{group}-logs/{job['id']}/job.log").decode() for job in jobs]
    assert "wrote 1 row " in logs[0]
    assert logs[0][10] == "T"


def test_a_notification_reads_everything_in_one_request(curl, desk, recipe):
    desk.output(recipe, desk.folder / "out.csv")
    group = desk.run(recipe)
    assert desk.end(group) == "Complete"
    embeds = "jobs.fileWriterJob.writeSetting,wrangledDataset.recipe,wrangledDataset.flow,creator"
    found = curl.get(f"/v4/jobGroups/{group}?embed={embeds}").json()
    (writer,) = [job for job in found["jobs"]["data"] if job["jobType"] == "filewriter"]
    assert writer["writeSetting"]["path"] == f"{desk.folder}/out.csv"
    assert found["wrangledDataset"]["recipe"]["name"]
    assert (found["wrangledDataset"]["flow"]["id"], found["creator"]["email"]) == (desk.flow, ADMIN)


def test_models_of_dbt_are_profiled(working, desk):
    """The profiler that makes a dataset, a recipe and an output for each model, then asks for every job's status."""
    dbt = bearer(working[0], Accept="application/json")
    optimized = {"settings": {"optimize": "enabled", "optimizers": None}}
    flow = dbt.post("/v4/flows", json={"name": "dbtprofile", **optimized}).json()["id"]
    dataset = desk.dataset("model", desk.file("model.csv", "id,qty\n1,5\n"))
    dbt.post(f"/v4/importedDatasets/{dataset}/addToFlow", json={"flow": {"id": flow}}).raise_for_status()
    body = {"importedDataset": {"id": dataset}, "inferredScript": {}, "flow": {"id": flow}, "name": "model_recipe"}
    recipe = dbt.post("/v4/wrangledDatasets", json=body).json()["id"]
    body = {"execution": "photon", "profiler": True, "isAdhoc": True, "flowNodeId": recipe}
    output = dbt.post("/v4/outputObjects", json=body).json()["id"]
    setting = {"path": f"{desk.folder}/model_out.csv", "action": "create", "format": "csv", "compression": "none"}
    setting |= {"header": True, "asSingleFile": True, "outputObjectId": output}
    dbt.post("/v4/writeSettings", json=setting).raise_for_status()
    vertices = dbt.post("/v4/jobGroups", json={"wrangledDataset": {"id": recipe}}).json()["jobGraph"]["vertices"]
    ends = {"Complete", "Failed", "Cancelled"}
    assert {poll(dbt, f"/v4/jobs/{vertex}/status", until=ends) for vertex in vertices} == {"Complete"}

"""The requests of Airflow's Dataprep hook, sensor and operators, and what these read of the answers (api C 14)."""

from __future__ import annotations

import json

import httpx
import pytest
from starlette.testclient import TestClient

from .running import bearer, poll


class Hook:
    """What the hook sends: bodies as text, the content type also without a body."""

    def __init__(self, client: TestClient) -> None:
        self.client = bearer(client, **{"Content-Type": "application/json"})

    def post(self, path: str, body: dict) -> dict:
        return self._read(self.client.post(f"/v4/{path}", content=json.dumps(body)))

    def get(self, path: str, **params: object) -> dict:
        return self._read(self.client.get(f"/v4/{path}", params={name: str(value) for name, value in params.items()}))

    def delete(self, path: str) -> None:
        self.client.delete(f"/v4/{path}").raise_for_status()

    def end(self, group: int) -> str:
        return poll(self.client, f"/v4/jobGroups/{group}/status")

    @staticmethod
    def _read(response: httpx.Response) -> dict:
        response.raise_for_status()
        return response.json()


@pytest.fixture
def hook(working) -> Hook:
    return Hook(working[0])


@pytest.fixture
def made(hook, working) -> dict[str, int]:
    """Ids of what the create operators make."""
    folder = working[1].data
    (folder / "air.csv").write_text("id,qty\n1,5\n")
    flow = hook.post("flows", {"name": "air", "description": "made by a DAG"})["id"]
    dataset = hook.post("importedDatasets", {"name": "air", "uri": f"file://{folder}/air.csv"})["id"]
    recipe = hook.post("wrangledDatasets", {"importedDataset": {"id": dataset}, "flow": {"id": flow}, "name": "r"})[
        "id"
    ]
    output = hook.post("outputObjects", {"execution": "photon", "profiler": False, "flowNodeId": recipe})["id"]
    setting = {"path": f"{folder}/air out.csv", "action": "create", "format": "csv", "outputObjectId": output}
    hook.post("writeSettings", setting)
    return {"flow": flow, "dataset": dataset, "recipe": recipe}


def test_a_job_group_runs_and_is_sensed(hook, made):
    started = hook.post("jobGroups", {"wrangledDataset": {"id": made["recipe"]}})
    group = started["id"]
    assert hook.client.get(f"/v4/jobGroups/{group}/status").json() in ("InProgress", "Complete")
    assert hook.end(group) == "Complete"
    assert [job["id"] for job in hook.get(f"jobGroups/{group}/jobs")["data"]] == started["jobGraph"]["vertices"]
    assert hook.get(f"jobGroups/{group}", embed="", includeDeleted=False)["status"] == "Complete"
    embedded = hook.get(f"jobGroups/{group}", embed="jobs,flowRun", includeDeleted=True)
    assert {job["status"] for job in embedded["jobs"]["data"]} == {"Complete"}


def test_flows_are_copied_run_and_deleted(hook, made):
    body = {"name": "copy", "description": "", "copyDatasources": False}
    copy = hook.post(f"flows/{made['flow']}/copy", body)["id"]
    unnamed = hook.post(f"flows/{made['flow']}/copy", {**body, "name": "", "copyDatasources": True})["id"]
    assert len({made["flow"], copy, unnamed}) == 3
    (started,) = hook.post(f"flows/{copy}/run", {})["data"]
    assert hook.end(started["id"]) == "Complete"
    for flow in (copy, unnamed, made["flow"]):
        hook.delete(f"flows/{flow}")
    hook.delete(f"importedDatasets/{made['dataset']}")


def test_a_failure_is_told_by_its_exception(hook):
    answer = hook.client.post("/v4/jobGroups", content=json.dumps({"wrangledDataset": {"id": 999_999}}))
    assert answer.status_code >= 400
    assert answer.json().get("exception")["message"]

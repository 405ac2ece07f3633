"""A server that runs jobs, and what a client does with it in a few words."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

SECONDS = 60


@dataclass
class Desk:
    """A person at a running server, with a flow of her own; files lie in `folder`."""

    client: TestClient
    folder: Path
    flow: int

    def post(self, what: str, **body: Any) -> dict[str, Any]:
        response = self.client.post(f"/v4/{what}", json=body)
        assert response.status_code == 201, response.text
        return response.json()

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def dataset(self, name: str, path: object, **more: Any) -> int:
        return self.post("importedDatasets", name=name, path=str(path), **more)["id"]

    def recipe(self, dataset: int, script: str = "", *, more: tuple[int, ...] = (), name: str = "r") -> int:
        body = {"importedDatasetId": dataset, "flowId": self.flow, "name": f"{name} {time.monotonic_ns()}"}
        recipe = self.post("wrangledDatasets", **body)["id"]
        for other in more:
            self.post(f"importedDatasets/{other}/addToFlow", flow={"id": self.flow})
        answer = self.client.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": script})
        assert answer.status_code == 200, answer.text
        return recipe

    def output(self, recipe: int, path: object, **more: Any) -> None:
        setting = {"path": str(path), "action": "overwrite", "format": "csv", "header": True, "asSingleFile": True}
        body = {"flowNodeId": recipe, "execution": "photon", "profiler": False, "writeSettings": [setting | more]}
        self.post("outputObjects", **body)

    def run(self, recipe: int, **body: Any) -> int:
        return self.post("jobGroups", wrangledDataset={"id": recipe}, **body)["id"]

    def end(self, group: int) -> str:
        """`Complete`, or why the run failed."""
        end = time.monotonic() + SECONDS
        while (status := self.client.get(f"/v4/jobGroups/{group}/status").json()) == "InProgress":
            assert time.monotonic() < end, "the run takes too long"
            time.sleep(0.05)
        if status == "Complete":
            return status
        jobs = self.client.get(f"/v4/jobGroups/{group}/jobs").json()["data"]
        return " ".join(job["errorMessage"]["message"] for job in jobs if job["errorMessage"])

    def result(self, recipe: int, **body: Any) -> str:
        """Run a recipe with an output of its own; the text that it writes, or why it failed."""
        out = self.folder / "out" / f"{time.monotonic_ns()}.csv"
        setting = {"path": str(out), "format": "csv", "header": True, "asSingleFile": True}
        overrides = {"writesettings": [setting], **body.pop("overrides", {})}
        end = self.end(self.run(recipe, overrides=overrides, **body))
        return out.read_text() if end == "Complete" else end

    def log(self, group: int) -> str:
        jobs = self.client.get(f"/v4/jobGroups/{group}/jobs").json()["data"]
        return "".join(self.client.get(f"/v4/jobs/{job['id']}/logs").text for job in jobs)


def bearer(client: TestClient, **headers: str) -> TestClient:
    """Another client of that server which knows an access token and nothing else."""
    token = client.post("/v4/apiAccessTokens", json={"lifetimeSeconds": -1}).json()["tokenValue"]
    return TestClient(client.app, headers={"Authorization": f"Bearer {token}", **headers})


def poll(client: TestClient, address: str, *, until: set[str] | None = None) -> str:
    """Ask until the answer is one of those, or as the sensor does: until it is not `InProgress`."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        status = client.get(address).json()
        if status in until if until else status != "InProgress":
            return status
        time.sleep(0.05)
    raise TimeoutError(address)

"""What tests of table outputs do again and again: a server that runs jobs, a recipe, a connection, a run to its end."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url
from starlette.testclient import TestClient

from gristmill.api.app import create_app
from gristmill.settings import Settings

from .conftest import ADMIN, ADMIN_PASSWORD

SECONDS = 60


@contextmanager
def running_server(home: Path, **more):
    """A client of a server that runs jobs; `home` is its folder."""
    settings = Settings(home=home, admin_email=ADMIN, admin_password=ADMIN_PASSWORD, **more)
    with TestClient(create_app(settings)) as client:
        client.auth = (ADMIN, ADMIN_PASSWORD)
        yield client


def postgres_place(url: str) -> dict:
    """What a connection says of a PostgreSQL server of the tests."""
    found = make_url(url)
    return {
        "vendor": "postgres",
        "host": str(found.query["host"]),
        "params": {"database": found.database},
        "credentials": [{"username": found.username, "password": "not asked for"}],
    }


def connect(client, place: dict, **more) -> int:
    """The id of a new connection."""
    body = {"type": "jdbc", "credentialType": "basic", "name": f"c{time.monotonic_ns()}", **place, **more}
    answer = client.post("/v4/connections", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def recipe_over(client, csv: bytes, script: str = "") -> int:
    """A recipe over an uploaded file."""
    flow = client.post("/v4/flows", json={"name": "tables"}).json()["id"]
    address = f"/v4/flows/{flow}/importAndAddDatasetToFlow"
    recipe = client.post(address, files={"file": ("orders", csv)}).json()["wrangledDatasetId"]
    if script:
        answer = client.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": script})
        assert answer.status_code == 200, answer.text
    return recipe


def table(connection: int, name: str, action: str, *path: str, **more) -> dict:
    """A publication as clients write it."""
    body = {"path": list(path), "tableName": name, "action": action, "connectionId": connection}
    return {**body, "targetType": "postgres", **more}


def start(client, recipe: int, **overrides) -> int:
    """Start a run; answers its id."""
    answer = client.post("/v4/jobGroups", json={"wrangledDataset": {"id": recipe}, "overrides": overrides})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def wait(client, group: int, seconds: float = SECONDS) -> str:
    """The status of a run when it has one that stays."""
    end = time.monotonic() + seconds
    while (status := client.get(f"/v4/jobGroups/{group}/status").json()) == "InProgress":
        assert time.monotonic() < end, client.get(f"/v4/jobGroups/{group}/jobs").text
        time.sleep(0.05)
    return status


def publish(client, recipe: int, *publications: dict) -> int:
    """Publish and wait; the run must end well."""
    group = start(client, recipe, publications=publications)
    assert wait(client, group) == "Complete", errors(client, group)
    return group


def errors(client, group: int) -> str:
    """What the jobs of a run complain of."""
    jobs = client.get(f"/v4/jobGroups/{group}/jobs").json()["data"]
    return "\n".join(job["errorMessage"]["message"] for job in jobs if job["errorMessage"])

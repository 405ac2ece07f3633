"""The page on running jobs: prerequisites, the plain run, monitoring, running again, overrides of files"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from gristmill.api.app import create_app
from gristmill.settings import Settings

from .asserts import assert_invalid, assert_v4_error
from .conftest import ADMIN, ADMIN_PASSWORD
from .running import Desk

PLAIN = '{ "wrangledDataset": { "id": 28629 } }'
FILES = """{ "wrangledDataset": { "id": 28629 }, "overrides": { "profiler": true, "execution": "spark", "writesettings":
 [ { "path": "<new_path_to_output>", "format": "csv", "header": true, "asSingleFile": true, "includeMismatches": true }
 ] }, "ranfrom": null }"""
CSV = "id,qty\n" + "".join(f"{number},{number}\n" for number in range(1, 9)) + "9,none\n"
KEYS = {
    *("id", "name", "description", "ranfrom", "ranfor", "status", "profilingEnabled", "runParameterReferenceDate"),
    *("createdAt", "updatedAt", "workspace", "creator", "updater", "snapshot", "wrangledDataset", "flowRun"),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("page")
    settings = Settings(home=home, admin_email=ADMIN, admin_password=ADMIN_PASSWORD, engines_fallback_to_local=True)
    with TestClient(create_app(settings)) as client:
        client.auth = (ADMIN, ADMIN_PASSWORD)
        flow = client.post("/v4/flows", json={"name": "page"}).json()["id"]
        yield Desk(client, settings.data / "page", flow)


@pytest.fixture(scope="module")
def recipe(desk: Desk) -> int:
    """A recipe with one output."""
    recipe = desk.recipe(desk.dataset("orders", desk.file("orders.csv", CSV)))
    desk.output(recipe, desk.folder / "out.csv")
    return recipe


def send(desk: Desk, recipe: int, text: str, path: str = "/v4/jobGroups", **changed: str):
    """The request as the page prints it, with our ids and paths."""
    text = text.replace("28629", str(recipe))
    for printed, ours in changed.items():
        text = text.replace(f"<{printed}>", ours)
    return desk.client.post(path, content=text, headers={"Content-Type": "application/json"})


@pytest.mark.page("every request passes credentials: an access token, or name and password")
def test_without_credentials_nothing_runs(desk, recipe):
    assert_v4_error(desk.client.post("/v4/jobGroups", json={}, auth=("x", "y")), 401, "MissingPersonException")
    token = desk.client.post("/v4/apiAccessTokens", json={"lifetimeSeconds": 3600}).json()["tokenValue"]
    with TestClient(desk.client.app, headers={"Authorization": f"Bearer {token}"}) as client:
        body = json.loads(PLAIN.replace("28629", str(recipe)))
        assert client.post("/v4/jobGroups", json=body).status_code == 201


@pytest.mark.page("a recipe needs at least one output object before it can be run")
def test_a_recipe_without_output_object(desk):
    bare = desk.recipe(desk.dataset("bare", desk.file("bare.csv", CSV)))
    assert_invalid(send(desk, bare, PLAIN), f"recipe {bare} has no output object")


@pytest.mark.page("writesettings are not validated by default for API jobs; issues make the job fail later")
@pytest.mark.page("a workspace administrator can have them validated")
def test_write_settings_are_validated_where_an_administrator_wants_it(desk, recipe):
    body = {"wrangledDataset": {"id": recipe}, "overrides": {"writesettings": [{"path": "/x.csv", "format": "clay"}]}}
    group = desk.client.post("/v4/jobGroups", json=body).json()["id"]
    assert "invalid value 'clay'" in desk.end(group)

    def switch(value: bool) -> None:
        change = {"configuration": [{"key": "jobs.skipWriteSettingsValidation", "value": value}]}
        assert desk.client.patch("/v4/workspaces/current/configuration", json=change).status_code == 200

    switch(False)
    try:
        assert_invalid(desk.client.post("/v4/jobGroups", json=body), "format: invalid value 'clay'")
    finally:
        switch(True)


@pytest.mark.page("a job with all default settings is run by the recipe's id alone; the answer is 201")
@pytest.mark.page("the job is queued for execution, and its outputs come to their places")
@pytest.mark.page("id of the answer is the job group, by which the status is asked for")
def test_a_plain_run(desk, recipe):
    answer = send(desk, recipe, PLAIN)
    started = answer.json()
    assert answer.status_code == 201
    assert set(started) == {"sessionId", "reason", "jobGraph", "id", "jobs"}
    wrangle, writer = started["jobGraph"]["vertices"]
    assert started["jobGraph"]["edges"] == [{"source": wrangle, "target": writer}]
    assert started["jobs"]["data"] == [{"id": wrangle}, {"id": writer}]
    assert desk.end(started["id"]) == "Complete"
    assert (desk.folder / "out.csv").read_text() == CSV.replace("none", "")


@pytest.mark.page("the box of the endpoint prints /v4/jobGroups/:id; a run is started there too")
def test_the_path_of_the_box(desk, recipe):
    answer = send(desk, recipe, PLAIN, "/v4/jobGroups/961247")
    assert (answer.status_code, desk.end(answer.json()["id"])) == (201, "Complete")


@pytest.mark.page("GET /v4/jobGroups/<id>/ answers the job group with the fields of the sample")
@pytest.mark.page("when the job has successfully completed, the status is Complete")
def test_monitoring(desk, recipe):
    group = send(desk, recipe, PLAIN).json()["id"]
    during = desk.client.get(f"/v4/jobGroups/{group}/")
    assert (during.status_code, during.json()["status"] in ("InProgress", "Complete")) == (200, True)
    assert desk.end(group) == "Complete"
    found = desk.client.get(f"/v4/jobGroups/{group}/").json()
    assert set(found) == KEYS
    assert (found["id"], found["status"], found["ranfor"], found["flowRun"]) == (group, "Complete", "recipe", None)
    assert found["wrangledDataset"] == {"id": recipe}
    for name in ("runParameterReferenceDate", "createdAt", "updatedAt"):
        datetime.strptime(found[name], "%Y-%m-%dT%H:%M:%S.000Z")


@pytest.mark.page("the same simple request runs the job again as it is specified; overrides held for one run only")
def test_running_again(desk, recipe):
    other = desk.folder / "other.csv"
    override = {"writesettings": [{"path": str(other), "header": True, "asSingleFile": True}]}
    body = {"wrangledDataset": {"id": recipe}, "overrides": override}
    first = desk.client.post("/v4/jobGroups", json=body).json()["id"]
    assert desk.end(first) == "Complete"
    other.unlink()
    (desk.folder / "out.csv").unlink(missing_ok=True)
    again = send(desk, recipe, PLAIN).json()["id"]
    assert (desk.end(again), again != first) == ("Complete", True)
    assert (desk.folder / "out.csv").exists() and not other.exists()


@pytest.mark.page("output overrides: another engine, profiling, a new path, CSV, a header, one file, mismatched values")
@pytest.mark.page("the run is answered with 201 and an id to monitor it by")
def test_the_sample_of_output_overrides(desk, recipe):
    target = desk.folder / "new" / "report.csv"
    answer = send(desk, recipe, FILES, new_path_to_output=f"file://{target}")
    group = answer.json()["id"]
    assert answer.status_code == 201
    assert desk.end(group) == "Complete"
    assert target.read_text() == CSV
    assert desk.client.get(f"/v4/jobGroups/{group}").json()["profilingEnabled"] is True
    jobs = desk.client.get(f"/v4/jobGroups/{group}/jobs").json()["data"]
    assert [job["executionLanguage"] for job in jobs if "executionLanguage" in job] == ["spark", "spark"]
    assert desk.client.get(f"/v4/jobGroups/{group}/profile").status_code == 200


@pytest.mark.page("includeMismatches is false by default, in an override and in an output object")
def test_mismatched_values_are_left_out_unless_wanted(desk, recipe):
    path = str(desk.folder / "default.csv")
    body = {"wrangledDataset": {"id": recipe}, "overrides": {"writesettings": [{"path": path, "asSingleFile": True}]}}
    assert desk.end(desk.client.post("/v4/jobGroups", json=body).json()["id"]) == "Complete"
    assert Path(path).read_text().splitlines()[-1] == "9,"


@pytest.mark.page("override values are not validated: invalid ones may make the job fail")
def test_invalid_overrides_fail_the_job(desk, recipe):
    group = send(desk, recipe, FILES, new_path_to_output="/etc/report.csv")
    assert (group.status_code, "not permitted: '/etc/report.csv'" in desk.end(group.json()["id"])) == (201, True)

"""What a client does from the upload to the download, on a server that runs jobs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from gristmill.api.app import create_app
from gristmill.settings import Settings

from .conftest import ADMIN, ADMIN_PASSWORD

CSV = b"id,qty\n1,5\n2,7\n"
SECONDS = 120


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home = tmp_path_factory.mktemp("running")
    settings = Settings(home=home, admin_email=ADMIN, admin_password=ADMIN_PASSWORD, engines_spark_master="local[2]")
    with TestClient(create_app(settings)) as client:
        client.auth = (ADMIN, ADMIN_PASSWORD)
        yield client


def _recipe(client, script: str) -> int:
    flow = client.post("/v4/flows/", json={"name": "python-flow"}).json()["id"]
    address = f"/v4/flows/{flow}/importAndAddDatasetToFlow"
    recipe = client.post(address, files={"file": ("pyfacta_sales", CSV)}).json()["wrangledDatasetId"]
    assert client.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": script}).status_code == 200
    return recipe


def _output(client, recipe: int, **settings) -> str:
    home = client.get("/v4/people/current").json()["outputHomeDir"]
    path = f"file://{home}/python-flow.csv"
    output = client.post("/v4/outputObjects/", json={"flowNodeId": recipe, "execution": "photon", "profiler": False})
    body = {"path": path, "action": "create", "format": "csv", "header": True, "asSingleFile": True, **settings}
    body["outputObjectId"] = output.json()["id"]
    assert client.post("/v4/writeSettings", json=body).status_code == 201
    return path


def _wait(client, group: int) -> str:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        status = client.get(f"/v4/jobgroups/{group}/status").json()
        if status != "InProgress":
            return status
        time.sleep(0.05)
    return "InProgress"


def _run(client, recipe: int, **body) -> int:
    return client.post("/v4/jobGroups/", json={"wrangledDataset": {"id": recipe}, **body}).json()["id"]


def test_from_the_upload_to_the_download(client):
    recipe = _recipe(client, "derive type: single value: qty * 2 as: 'twice'")
    path = _output(client, recipe, suffix="_increment")
    group = _run(client, recipe, overrides={"execution": "photon"})
    assert _wait(client, group) == "Complete"
    jobs = client.get(f"/v4/jobGroups/{group}?embed=jobs.scriptResults").json()["jobs"]["data"]
    (result,) = next(job["scriptResults"]["data"] for job in jobs if job["jobType"] == "filewriter")
    assert result["rowCount"] == 2
    expected = b"id,qty,twice\n1,5,10\n2,7,14\n"
    assert client.get(f"/v4/scriptResults/{result['id']}/download").content == expected
    assert Path(path.removeprefix("file://")).read_bytes() == expected
    assert [file["uri"] for file in client.get(f"/v4/jobGroups/{group}/outputs").json()["files"]] == [path]


def test_a_script_that_breaks_the_text_up_itself(client):
    steps = [r"splitrows col: column1 on: '\n'", "split col: column1 on: ','", "header", "set col: qty value: qty * 2"]
    recipe = _recipe(client, "\n".join(steps))
    path = _output(client, recipe, path=f"file://{client.get('/v4/people/current').json()['outputHomeDir']}/broken.csv")
    assert _wait(client, _run(client, recipe)) == "Complete"
    assert Path(path.replace("python-flow", "broken").removeprefix("file://")).read_bytes() == b"id,qty\n1,10\n2,14\n"


@pytest.mark.slow
def test_on_spark(client):
    recipe = _recipe(client, "derive type: single value: SUM(qty) as: 'all'\nsort order: -qty")
    _output(client, recipe)
    group = _run(client, recipe, overrides={"execution": "spark"})
    assert _wait(client, group) == "Complete"
    (file,) = client.get(f"/v4/jobGroups/{group}/outputs").json()["files"]
    assert Path(file["uri"].removeprefix("file://")).read_bytes() == b"id,qty,all\n2,7,12\n1,5,12\n"
    jobs = client.get(f"/v4/jobGroups/{group}?embed=jobs").json()["jobs"]["data"]
    assert "spark" in [job.get("executionLanguage") for job in jobs]


def test_a_json_document_is_converted_and_json_lines_are_not(client):
    documents = {"lines.json": b'{"id":1}\n{"id":2}\n', "document.json": b'[{"id":1},{"id":2}]'}
    kinds = {}
    for name, content in documents.items():
        flow = client.post("/v4/flows/", json={"name": name}).json()["id"]
        address = f"/v4/flows/{flow}/importAndAddDatasetToFlow"
        recipe = client.post(address, files={"file": (name, content)}).json()["wrangledDatasetId"]
        path = f"/trifacta/queryResults/from-{name}.csv"
        group = _run(
            client, recipe, overrides={"writesettings": [{"path": path, "header": True, "asSingleFile": True}]}
        )
        assert _wait(client, group) == "Complete"
        kinds[name] = [job["jobType"] for job in client.get(f"/v4/jobGroups/{group}/jobs").json()["data"]]
        (file,) = client.get(f"/v4/jobGroups/{group}/outputs").json()["files"]
        assert Path(file["uri"].removeprefix("file://")).read_bytes() == b"id\n1\n2\n"
    assert kinds == {
        "lines.json": ["wrangle", "filewriter"],
        "document.json": ["fileconverter", "wrangle", "filewriter"],
    }


def test_parameters_reach_recipe_and_path(client):
    recipe = _recipe(client, "")
    flow = client.get(f"/v4/wrangledDatasets/{recipe}").json()["flow"]["id"]
    parameter = {"overrideKey": "region", "value": {"variable": {"value": "01"}}}
    client.post(f"/v4/flows/{flow}/parameters", json=parameter)
    script = {"script": "derive type: single value: $region as: 'region'"}
    assert client.put(f"/v4/wrangledDatasets/{recipe}/script", json=script).status_code == 200
    home = client.get("/v4/people/current").json()["outputHomeDir"]
    place = {**parameter, "type": "path", "insertionIndices": [{"index": len(home) + 5, "order": 0}]}
    _output(client, recipe, path=f"{home}/out_.csv", runParameters=[place])
    run = {"runParameters": {"overrides": {"data": [{"key": "region", "value": "02"}]}}}
    group = _run(client, recipe, overrides=run)
    assert _wait(client, group) == "Complete"
    assert Path(home, "out_02.csv").read_bytes() == b"id,qty,region\n1,5,02\n2,7,02\n"


@pytest.mark.slow
@pytest.mark.page("the job runs on Spark with the properties that were overridden")
def test_spark_options_on_spark(client):
    switch = {"configuration": [{"key": "spark.customOptions.enabled", "value": True}]}
    assert client.patch("/v4/workspaces/current/configuration", json=switch).status_code == 200
    recipe = _recipe(client, "")
    _output(client, recipe)
    cores, memory = {"key": "spark.executor.cores", "value": "2"}, {"key": "spark.executor.memory", "value": "4GB"}
    group = _run(client, recipe, overrides={"execution": "spark", "sparkOptions": [cores, memory]})
    assert _wait(client, group) == "Complete"
    wrangle = client.get(f"/v4/jobGroups/{group}/jobs").json()["data"][0]["id"]
    log = client.get(f"/v4/jobs/{wrangle}/logs").text
    assert 'sparkOptions: {"spark.executor.cores": "2", "spark.executor.memory": "4g"}' in log


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ({"execution": "databricksSpark"}, "is not configured"),
        ({"writesettings": [{"path": "/etc/x.csv"}]}, "not permitted"),
        ({"writesettings": [{"path": "/trifacta/x.csv", "action": "smash"}]}, "invalid value 'smash'"),
    ],
)
def test_bad_values_fail_the_run_and_say_why(client, override, words):
    recipe = _recipe(client, "")
    _output(client, recipe)
    group = _run(client, recipe, overrides=override)
    assert _wait(client, group) == "Failed"
    errors = [job["errorMessage"] for job in client.get(f"/v4/jobGroups/{group}/jobs").json()["data"]]
    assert words in " ".join(error["message"] for error in errors if error)


def test_a_source_outside_the_roots_fails_the_run(client):
    flow = client.post("/v4/flows", json={"name": "f"}).json()["id"]
    dataset = client.post("/v4/importedDatasets", json={"name": "secret", "uri": "file:///etc/passwd"}).json()
    assert (dataset["isSchematized"], dataset["size"]) == (False, "-1")
    body = {"importedDatasetId": dataset["id"], "flowId": flow, "name": "r"}
    recipe = client.post("/v4/wrangledDatasets", json=body).json()["id"]
    group = _run(client, recipe, overrides={"writesettings": [{"path": "/trifacta/x.csv"}]})
    assert _wait(client, group) == "Failed"
    job = client.get(f"/v4/jobGroups/{group}/jobs").json()["data"][0]
    assert "not permitted" in job["errorMessage"]["message"]


def test_a_flow_run_reads_the_files_that_it_writes(client):
    """The reader's dataset does not exist before the run; it is looked at when the writer has ended."""
    writer = _recipe(client, "derive type: single value: qty * 2 as: 'twice'")
    flow = client.get(f"/v4/wrangledDatasets/{writer}").json()["flow"]["id"]
    _output(client, writer, path="/trifacta/queryResults/between.csv", action="overwrite")
    body = {"name": "between", "path": "/trifacta/queryResults/between.csv"}
    dataset = client.post("/v4/importedDatasets", json=body).json()["id"]
    body = {"importedDatasetId": dataset, "flowId": flow, "name": "reader"}
    reader = client.post("/v4/wrangledDatasets", json=body).json()["id"]
    client.put(f"/v4/wrangledDatasets/{reader}/script", json={"script": "derive value: twice * 2 as: 'more'"})
    _output(client, reader, path="/trifacta/queryResults/end.csv", action="overwrite")
    run = client.post(f"/v4/flows/{flow}/run").json()
    assert [_wait(client, item["id"]) for item in run["data"]] == ["Complete", "Complete"]
    assert client.get(f"/v4/flowRuns/{run['flowRunId']}/status").json() == "Complete"
    (file,) = client.get(f"/v4/jobGroups/{run['data'][1]['id']}/outputs").json()["files"]
    assert Path(file["uri"].removeprefix("file://")).read_bytes() == b"id,qty,twice,more\n1,5,10,20\n2,7,14,28\n"

"""`/v4/jobGroups`: starting runs and following them."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest

from gristmill.model.job_tables import Job, JobGroup, JobLog, ScriptResult, Status

from .asserts import assert_invalid, assert_v4_error

CSV = {"path": "/trifacta/queryResults/joe/over.csv"}


def _run(client, recipe, **body):
    return client.post("/v4/jobGroups", json={"wrangledDataset": {"id": recipe}, **body})


def _stored(server, group) -> JobGroup:
    with server.sessions.read() as session:
        return session.get(JobGroup, group)


@pytest.mark.page("the answer holds the group's id, a session, the reason JobStarted, the jobs and their graph")
def test_a_plain_run_is_two_jobs(joe, recipe, output):
    answer = _run(joe, recipe)
    started = answer.json()
    wrangle, writer = started["jobGraph"]["vertices"]
    assert answer.status_code == 201
    assert started["reason"] == "JobStarted"
    assert started["jobGraph"]["edges"] == [{"source": wrangle, "target": writer}]
    assert started["jobs"]["data"] == [{"id": wrangle}, {"id": writer}]
    assert re.fullmatch(r"[0-9a-f-]{36}", started["sessionId"])


@pytest.mark.parametrize("address", ["/v4/jobGroups/", "/v4/jobgroups", "/v4/jobGroups/999"])
def test_the_ways_to_write_the_address(joe, recipe, output, address):
    for id in (str(recipe), float(recipe)):
        body = {"wrangledDataset": {"id": id}, "ranfrom": None}
        assert joe.post(address, json=body).status_code == 201


def test_an_earlier_run_is_repeated_by_its_id(joe, recipe, group):
    again = joe.post(f"/v4/jobGroups/{group}").json()["id"]
    assert again != group
    assert joe.get(f"/v4/jobGroups/{again}").json()["wrangledDataset"] == {"id": recipe}
    assert joe.post("/v4/jobGroups/999").status_code == 404


def test_a_running_group_reads_in_progress(joe, group):
    found = joe.get(f"/v4/jobGroups/{group}").json()
    assert (found["status"], found["ranfrom"], found["ranfor"], found["flowRun"]) == (
        "InProgress",
        "api",
        "recipe",
        None,
    )
    assert found["runParameterReferenceDate"].endswith(".000Z") and found["createdAt"].endswith(".000Z")
    answer = joe.get(f"/v4/jobgroups/{group}/status")
    assert (answer.text, answer.headers["content-type"]) == ('"InProgress"', "application/json")


def test_embeds_that_clients_use(joe, recipe, group):
    of_jobs = "jobs.scriptResults.storageLocation,jobs.fileWriterJob.writeSetting"
    embed = f"{of_jobs},wrangledDataset.recipe,creator,wrangledDataset.flow"
    found = joe.get(f"/v4/jobGroups/{group}?embed={embed},jobgroupdataflowoptions&includeDeleted=False").json()
    wrangle, writer = found["jobs"]["data"]
    assert wrangle["scriptResults"] == writer["scriptResults"] == {"data": []}
    assert writer["writeSetting"]["path"] == "/trifacta/queryResults/joe/out.csv"
    assert found["wrangledDataset"]["recipe"]["name"] == "clean orders"
    assert found["wrangledDataset"]["flow"]["name"] == "sales"
    assert found["creator"]["email"] == "joe@example.com"
    assert found["jobGroupDataflowOptions"] == {"data": []}


def test_overrides_hold_for_this_run(joe, recipe, output, server):
    settings = [
        {**CSV, "format": "json", "compression": "gzip"},
        {"asSingleFile": True, "path": "/x/y.csv", "header": True},
    ]
    body = {"overrides": {"execution": "spark", "profiler": True, "writesettings": settings}}
    group = _stored(server, _run(joe, recipe, **body).json()["id"])
    assert (group.execution, group.profiling_enabled, group.overrides["execution"]) == ("spark", True, "spark")
    first, second = group.outputs
    assert (first["id"], first["format"], first["compression"], first["action"]) == (None, "json", "gzip", "create")
    assert (second["path"], second["format"], second["asSingleFile"], second["delim"]) == ("/x/y.csv", "csv", True, ",")


def test_an_override_without_path_takes_the_stored_one(joe, recipe, output, server):
    body = {"overrides": {"writeSettings": [{"format": "json"}]}}
    group = _stored(server, _run(joe, recipe, **body).json()["id"])
    assert (group.outputs[0]["path"], group.outputs[0]["format"]) == ("/trifacta/queryResults/joe/out.csv", "json")
    assert_invalid(
        _run(joe, recipe, overrides={"writesettings": [CSV, {}]}), "overrides.writesettings[1].path: missing"
    )


def test_override_values_are_not_checked(joe, recipe):
    settings = [{"path": "nowhere", "action": "smash", "format": "clay"}]
    answer = _run(joe, recipe, overrides={"writesettings": settings, "execution": "abacus"})
    assert answer.status_code == 201


def test_override_values_are_checked_where_an_administrator_wants_it(admin, joe, recipe):
    switch = {"configuration": [{"key": "jobs.skipWriteSettingsValidation", "value": False}]}
    assert admin.patch("/v4/workspaces/current/configuration", json=switch).status_code == 200
    answer = _run(joe, recipe, overrides={"writesettings": [{"path": "/a", "action": "smash"}]})
    assert_invalid(answer, "action: invalid value 'smash'")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"wrangledDataset": None}, "wrangledDataset: missing"),
        ({"wrangledDataset": {}}, "wrangledDataset: expected an object"),
        ({"wrangledDataset": {"id": "x"}}, "wrangledDatasetId: expected a whole number"),
        ({"wrangledDataset": {"id": -1}}, "expected a whole number"),
        ({"overrides": []}, "overrides"),
        ({"overrides": {"profiler": "perhaps"}}, "overrides.profiler"),
        ({"overrides": {"execution": 5}}, "overrides.execution"),
        ({"overrides": {"writesettings": {}}}, "overrides.writesettings"),
        ({"overrides": {"writesettings": [{"path": 5}]}}, "overrides.writesettings.0.path"),
        ({"overrides": {"writesettings": []}}, "has nothing to write"),
        ({"overrides": {"runParameters": {"overrides": []}}}, "overrides.runParameters.overrides"),
        ({"overrides": {"runParameters": {"overrides": {"data": [{"key": "a"}]}}}}, "data.0.value"),
        ({"overrides": {"runParameters": {"overrides": {"data": [{"key": "a", "value": []}]}}}}, "data.0.value"),
        ({"runParameters": {"referenceDate": "yesterday"}}, "expected a date such as"),
        ({"ranfrom": "moon"}, "ranfrom"),
        ({"testMode": 3}, "testMode"),
        ({"ignoreRecipeErrors": "no"}, "ignoreRecipeErrors"),
        ({"overrides": {"datasources": {"orders": 5}}}, "overrides.datasources"),
        ({"overrides": {"datasources": {"orders": [5]}}}, "overrides.datasources"),
        ({"overrides": {"publications": [{"tableName": 5}]}}, "overrides.publications.0.tableName"),
        ({"overrides": {"publications": [{"path": ["p"]}]}}, "overrides.publications[0].tableName: missing"),
        ({"overrides": {"webhooks": [{"name": "w"}]}}, "overrides.webhooks.0.url"),
        ({"overrides": {"schemaDriftOptions": {"schemaValidation": "perhaps"}}}, "expected true or false"),
    ],
)
def test_a_bad_run_is_refused(joe, recipe, output, body, words):
    assert_invalid(_run(joe, recipe, **body), words)
    assert joe.get("/v4/jobGroups/count").json() == {"count": 0}


def test_empty_lists_of_later_overrides_do_no_harm(joe, recipe, output):
    empty = {"publications": [], "datasources": {}, "webhooks": [], "sparkOptions": [], "databricksOptions": {}}
    drift = {"schemaValidation": "false", "stopJobOnErrorsFound": "false"}
    assert _run(joe, recipe, overrides={**empty, "schemaDriftOptions": drift, "unknown": 1}).status_code == 201


@pytest.mark.parametrize("id", [999, 10**30])
def test_an_unknown_recipe_is_not_found(joe, recipe, id):
    assert_v4_error(_run(joe, id), 404, "NotFoundException", f"{id} not found")


def test_a_dataset_or_a_deleted_recipe_is_not_found(joe, recipe, output):
    assert_v4_error(_run(joe, recipe - 1), 404, "NotFoundException", "is no recipe")
    joe.delete(f"/v4/wrangledDatasets/{recipe}")
    assert_v4_error(_run(joe, recipe), 404, "NotFoundException", f"recipe {recipe} not found")


def test_somebody_elses_recipe_is_refused(admin, joe, dataset):
    flow = admin.post("/v4/flows", json={"name": "secret"}).json()["id"]
    body = {"importedDatasetId": dataset, "flowId": flow, "name": "r"}
    foreign = admin.post("/v4/wrangledDatasets", json=body).json()["id"]
    assert_v4_error(_run(joe, foreign), 403, "AccessControlException", "no right on")


def test_without_an_output_object_nothing_runs(joe, recipe):
    assert_invalid(_run(joe, recipe), f"recipe {recipe} has no output object")


def test_without_a_write_setting_nothing_runs(joe, recipe):
    output = joe.post("/v4/outputObjects", json={"flowNodeId": recipe}).json()["id"]
    assert_invalid(_run(joe, recipe), f"output object {output} has nothing to write")


def test_an_output_override_needs_no_output_object(joe, recipe):
    assert _run(joe, recipe, overrides={"writesettings": [CSV]}).status_code == 201


def test_the_scheduled_output_object_stands_in(joe, recipe, server):
    settings = [{**CSV, "action": "create", "format": "csv"}]
    body = {"flowNodeId": recipe, "isAdhoc": False, "execution": "spark", "writeSettings": settings}
    joe.post("/v4/outputObjects", json=body)
    assert _stored(server, _run(joe, recipe).json()["id"]).execution == "spark"


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"execution": "spark"}, "running environment spark is not configured"),
        ({"writesettings": [{"path": "/etc/x.csv"}]}, "not permitted: '/etc/x.csv'"),
        ({"writesettings": [{**CSV, "action": "smash"}]}, "invalid value 'smash'"),
    ],
)
def test_test_mode_tells_what_would_fail(joe, recipe, output, overrides, words):
    assert_invalid(_run(joe, recipe, testMode=True, overrides=overrides), words)


def test_test_mode_looks_for_the_files(joe, recipe, output, settings):
    (settings.uploads / "orders.csv").unlink()
    assert_invalid(_run(joe, recipe, testMode=True), "file not found")
    assert _run(joe, recipe).status_code == 201


def test_test_mode_stores_nothing(joe, recipe, output):
    answer = _run(joe, recipe, testMode=True)
    assert (answer.status_code, set(answer.json())) == (200, {"datasetId", "datasetName", "sessionId"})
    assert (answer.json()["datasetId"], answer.json()["datasetName"]) == (recipe, "clean orders")
    assert joe.get("/v4/jobGroups/count").json() == {"count": 0}
    assert_invalid(_run(joe, recipe, testMode=True, overrides={"writesettings": []}), "has nothing to write")


def _break(server, recipe) -> None:
    from gristmill.model.tables import FlowNode

    with server.sessions.write() as session:
        session.get(FlowNode, recipe).recipe.script = "derve value: 1 as: 'a'"


def test_recipe_errors_stop_the_run(joe, recipe, output, server):
    _break(server, recipe)
    answer = _run(joe, recipe)
    assert_invalid(answer, "unknown transform 'derve'")
    assert answer.json()["exception"]["details"][0]["node"] == "clean orders"


@pytest.mark.parametrize("body", [{"ignoreRecipeErrors": True}, {"overrides": {"ignoreRecipeErrors": True}}])
def test_recipe_errors_can_be_ignored(joe, recipe, output, server, body):
    _break(server, recipe)
    assert _stored(server, _run(joe, recipe, **body).json()["id"]).ignore_recipe_errors


def test_errors_upstream_stop_the_run_too(joe, flow, recipe, server):
    body = {"wrangledDataset": {"id": recipe}, "flow": {"id": flow}, "name": "report"}
    report = joe.post("/v4/wrangledDatasets", json=body).json()["id"]
    _break(server, recipe)
    assert_invalid(_run(joe, report, overrides={"writesettings": [CSV]}), "unknown transform 'derve'")


def test_the_snapshot_holds_the_whole_chain(joe, flow, recipe, server):
    body = {"wrangledDataset": {"id": recipe}, "flow": {"id": flow}, "name": "report"}
    report = joe.post("/v4/wrangledDatasets", json=body).json()["id"]
    id = _run(joe, report, overrides={"writesettings": [CSV]}, runParameterReferenceDate="2026-01-31").json()["id"]
    with server.sessions.read() as session:
        job = session.get(JobGroup, id).snapshot.definition
    assert [source["name"] for source in job["sources"]] == ["orders"]
    assert [(item["name"], item["main"]) for item in job["recipes"]] == [
        ("clean orders", "source:0"),
        ("report", "recipe:0"),
    ]
    assert job["referenceDate"] == "2026-01-31T00:00:00.000Z"


def _value(key: str, value: object) -> dict[str, object]:
    return {"overrides": {"data": [{"key": key, "value": value}]}}


@pytest.mark.parametrize(
    ("body", "value", "source"),
    [
        ({}, "default", "default"),
        ({"runParameters": _value("region", "02")}, "02", "run"),
        ({"overrides": {"runParameters": _value("region", 3)}}, "3", "run"),
        (
            {"runParameters": _value("region", "02"), "overrides": {"runParameters": _value("region", True)}},
            "true",
            "run",
        ),
        ({"runParameters": _value("Region", "02")}, "default", "default"),
    ],
)
def test_parameters_of_a_run(joe, flow, recipe, output, server, body, value, source):
    parameter = {"overrideKey": "region", "value": {"variable": {"value": "default"}}}
    joe.post(f"/v4/flows/{flow}/parameters", json=parameter)
    group = _stored(server, _run(joe, recipe, **body).json()["id"])
    assert group.parameters == [{"name": "region", "type": "variable", "value": value, "source": source}]


def test_reference_date_is_whole_seconds(joe, recipe, output):
    run = _run(joe, recipe, runParameters={"referenceDate": "2026-01-31T01:02:03.999+01:00"}).json()["id"]
    assert joe.get(f"/v4/jobGroups/{run}").json()["runParameterReferenceDate"] == "2026-01-31T00:02:03.000Z"


def test_lists(joe, recipe, group):
    newest = _run(joe, recipe).json()["id"]
    assert [item["id"] for item in joe.get("/v4/jobGroups").json()["data"]] == [newest, group]
    assert (
        joe.get(f"/v4/jobGroups?flowNodeId={recipe}&status=InProgress&ranfor=recipe&ranfrom=api").json()["count"] == 2
    )
    assert joe.get("/v4/jobGroups/count?status=Complete").json() == {"count": 0}
    assert joe.get("/v4/jobGroups/count?status=Complete,InProgress").json() == {"count": 2}
    assert joe.get("/v4/jobGroups/count?flowNodeId=99").json() == {"count": 0}


def test_lists_tell_the_flow_of_each_run(joe, flow, recipe, group):
    listed = joe.get("/v4/jobGroups?limit=100&offset=0&embed=creator").json()["data"]
    assert listed[0]["wrangledDataset"] == {"id": recipe, "flow": {"id": flow, "name": "sales"}}
    (whole,) = joe.get("/v4/jobGroups?embed=wrangledDataset.flow").json()["data"]
    assert whole["wrangledDataset"]["flow"]["settings"] == {"optimize": "enabled"}
    assert joe.get("/v4/jobGroups?fields=status").json()["data"] == [{"id": group, "status": "InProgress"}]


def test_runs_of_one_flow_run_are_listed(joe, flow, recipe, group):
    run = joe.post(f"/v4/flows/{flow}/run", json={}).json()
    (own,) = joe.get(f"/v4/jobGroups?flowRunId={run['flowRunId']}").json()["data"]
    assert own["id"] == run["data"][0]["id"] != group


def test_jobs(joe, group):
    wrangle, writer = joe.get(f"/v4/jobGroups/{group}/jobs").json()["data"]
    assert (wrangle["jobType"], wrangle["executionLanguage"], wrangle["wranglescript"]) == (
        "wrangle",
        "photon",
        {"id": 1},
    )
    assert (writer["jobType"], writer["writeSetting"], writer["scriptResult"]) == ("filewriter", {"id": 1}, None)
    assert (writer["percentComplete"], writer["errorMessage"], writer["lastHeartbeatAt"]) == (0, None, None)
    assert joe.get(f"/v4/jobs/{writer['id']}").json() == writer
    assert joe.get(f"/v4/jobs/{writer['id']}/status").json() == writer["status"]


def test_inputs_and_outputs(joe, group, server, settings):
    source = {"uri": f"file://{settings.uploads}/orders.csv", "fileType": "FILE"}
    assert joe.get(f"/v4/jobGroups/{group}/inputs").json() == {"data": [{"name": "orders", "inputs": [source]}]}
    assert joe.get(f"/v4/jobGroups/{group}/outputs").json() == {"files": [], "tables": []}
    with server.sessions.write() as session:
        session.add(ScriptResult(job_group_id=group, name="out.csv", uri="file:///o/out.csv", format="csv"))
    outputs = joe.get(f"/v4/jobGroups/{group}/outputs").json()["files"]
    assert outputs == [{"uri": "file:///o/out.csv", "fileType": "FILE", "isPrimaryOutput": True}]
    assert joe.get(f"/v4/jobGroups/{group}/scriptResults").json()["data"][0]["name"] == "out.csv"


def test_a_failed_job_says_why(joe, group, server):
    with server.sessions.write() as session:
        job = session.get(JobGroup, group).jobs[0]
        job.status, job.error_name, job.error_message, job.heartbeat_at = "Failed", "RunError", "file not found", 1_999
    found = joe.get(f"/v4/jobGroups/{group}/jobs").json()["data"][0]
    assert joe.get(f"/v4/jobGroups/{group}?embed=jobs.errorMessage").json()["jobs"]["data"][0] == found
    assert found["errorMessage"] == {"id": found["id"], "name": "RunError", "message": "file not found"}
    assert found["lastHeartbeatAt"] == "1970-01-01T00:00:01.000Z"


def test_cancel(joe, group):
    answer = joe.post(f"/v4/jobGroups/{group}/cancel", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["jobgroupId"]) == (200, group)
    assert len(answer.json()["jobIds"]) == 2


def test_a_finished_run_cannot_be_canceled(joe, group, server):
    _finish(server, group)
    assert_invalid(joe.post(f"/v4/jobGroups/{group}/cancel"), "is Complete already")


def test_only_finished_runs_can_be_deleted(joe, group, server):
    assert_invalid(joe.delete(f"/v4/jobGroups/{group}"), "is InProgress; cancel it first")
    _finish(server, group)
    assert joe.delete(f"/v4/jobGroups/{group}").status_code == 204
    assert joe.get(f"/v4/jobGroups/{group}").status_code == 410
    assert joe.get(f"/v4/jobGroups/{group}?includeDeleted=true").status_code == 200


def test_a_run_outlives_its_flow(joe, flow, group):
    joe.delete(f"/v4/flows/{flow}")
    assert joe.get(f"/v4/jobGroups/{group}/status").json() == "InProgress"


def test_logs(joe, group, server):
    with server.sessions.write() as session:
        job = session.get(JobGroup, group).jobs[0].id
        session.add(JobLog(job_group_id=group, job_id=job, at=1_500, level="info", message="read 5 rows"))
    line = f"1970-01-01T00:00:01.500Z info {job}: read 5 rows\n"
    assert joe.get(f"/v4/jobs/{job}/logs", headers={"Accept": "text/plain"}).text == line
    assert joe.get(f"/v4/jobs/{job}/logs?offset=25").text == line[25:]
    archive = zipfile.ZipFile(io.BytesIO(joe.get(f"/v4/jobGroups/{group}/logs").content))
    names = {f"job-{group}-logs/{name}" for name in ("jobgroup.json", "recipe.wrangle", "versions.txt")}
    assert names < set(archive.namelist())
    assert archive.read(f"job-{group}-logs/{job}/job.log").decode() == line
    assert json.loads(archive.read(f"job-{group}-logs/jobgroup.json"))["id"] == group


def _finish(server, group: int) -> None:
    with server.sessions.write() as session:
        row = session.get(JobGroup, group)
        row.status = Status.COMPLETE
        for job in session.query(Job).filter_by(job_group_id=group):
            job.status = Status.COMPLETE


def _end(server, group, status) -> None:
    with server.sessions.write() as session:
        row = session.get_one(JobGroup, group)
        row.status = status
        row.jobs[0].status, row.jobs[0].error_message = status, "no such file"
        row.jobs[1].status = Status.CANCELED


def test_a_failed_run_is_resumed(joe, group, server):
    assert_invalid(joe.post(f"/v4/jobGroups/{group}/resume"), f"job group {group} is InProgress: only a Failed one")
    _end(server, group, Status.FAILED)
    answer = joe.post(f"/v4/jobGroups/{group}/resume")
    assert (answer.status_code, answer.json()["id"], answer.json()["reason"]) == (201, group, "JobStarted")
    wrangle, writer = joe.get(f"/v4/jobGroups/{group}/jobs").json()["data"]
    assert (wrangle["status"], wrangle["errorMessage"], writer["status"]) == ("Pending", None, "Created")
    assert joe.get(f"/v4/jobGroups/{group}/status").json() == "InProgress"


def test_a_canceled_run_is_not_resumed(joe, group, server):
    _end(server, group, Status.CANCELED)
    assert_invalid(joe.post(f"/v4/jobGroups/{group}/resume"), f"job group {group} is Canceled: only a Failed one")

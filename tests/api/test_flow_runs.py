"""`/v4/flows/:id/run` and `/v4/flowRuns`: starting the outputs of a flow and following them."""

from __future__ import annotations

import pytest

from gristmill.model.job_tables import GroupWait, Job, JobGroup, Status

from .asserts import assert_invalid, assert_v4_error

HOME = "/trifacta/queryResults/joe"


def _recipe(client, flow, name, source) -> int:
    body = {"flow": {"id": flow}, "name": name, **source}
    return client.post("/v4/wrangledDatasets", json=body).json()["id"]


def _output(client, recipe, file, **more) -> int:
    settings = [{"path": f"{HOME}/{file}", "action": "overwrite", "format": "csv", "header": True}]
    body = {"flowNodeId": recipe, "execution": "photon", "profiler": False, "writeSettings": settings, **more}
    return client.post("/v4/outputObjects", json=body).json()["id"]


def _dataset(client, settings, file) -> int:
    (settings.results / "joe").mkdir(parents=True, exist_ok=True)
    return client.post("/v4/importedDatasets", json={"name": file, "path": f"{HOME}/{file}"}).json()["id"]


@pytest.fixture
def recipes(joe, flow, recipe, output, dataset) -> list[int]:
    """Two more recipes with outputs: one that reads the first, one beside it."""
    behind = _recipe(joe, flow, "behind", {"wrangledDataset": {"id": recipe}})
    beside = _recipe(joe, flow, "beside", {"importedDataset": {"id": dataset}})
    _output(joe, behind, "behind.csv")
    _output(joe, beside, "beside.csv")
    return [recipe, behind, beside]


def _groups(server, answer) -> list[JobGroup]:
    with server.sessions.read() as session:
        return [session.get_one(JobGroup, item["id"]) for item in answer.json()["data"]]


@pytest.mark.page("running a flow runs all outputs of the flow")
def test_every_manual_output_is_a_job_group(joe, flow, recipes, server):
    answer = joe.post(f"/v4/flows/{flow}/run")
    run = answer.json()["flowRunId"]
    assert answer.status_code == 201
    for item in answer.json()["data"]:
        assert (item["reason"], item["flowRun"], len(item["jobGraph"]["vertices"])) == ("JobStarted", {"id": run}, 2)
    groups = _groups(server, answer)
    assert [group.flow_node_id for group in groups] == recipes
    assert len({group.reference_date for group in groups}) == 1
    assert joe.get(f"/v4/jobGroups/{groups[0].id}").json()["flowRun"] == {"id": run}


@pytest.mark.page("a flow run may run the scheduled outputs instead")
def test_the_scheduled_outputs(joe, flow, recipes, server):
    _output(joe, recipes[1], "nightly.csv", isAdhoc=False)
    answer = joe.post(f"/v4/flows/{flow}/run", json={"scheduleExecutionId": 7})
    (group,) = _groups(server, answer)
    assert (group.flow_node_id, group.ranfrom, group.outputs[0]["path"]) == (
        recipes[1],
        "schedule",
        f"{HOME}/nightly.csv",
    )
    assert joe.get(f"/v4/flowRuns/{answer.json()['flowRunId']}").json()["scheduleExecutionId"] == 7


def test_only_some_recipes(joe, flow, recipes, server):
    answer = joe.post(f"/v4/flows/{flow}/run", json={"wrangledDatasetIds": [recipes[2], recipes[1]]})
    assert [group.flow_node_id for group in _groups(server, answer)] == recipes[1:]


def test_overrides_by_name_of_the_recipe(joe, flow, recipes, server):
    body = {
        "execution": "spark",
        "runParameters": {"overrides": {"data": [{"key": "day", "value": "2"}]}, "referenceDate": "2024-02-29"},
        "overrides": {
            "behind": {
                "execution": "photon",
                "profiler": True,
                "writesettings": [{"path": "/a/b.json", "format": "json"}],
            }
        },
    }
    first, behind, beside = _groups(server, joe.post(f"/v4/flows/{flow}/run", json=body))
    assert [first.execution, behind.execution, beside.execution] == ["spark", "photon", "spark"]
    assert (behind.profiling_enabled, behind.outputs[0]["path"]) == (True, "/a/b.json")
    assert {group.reference_date for group in (first, behind, beside)} == {1_709_164_800_000}


def test_a_recipe_without_output_object_runs_when_it_is_said_what_to_write(joe, flow, recipe, server):
    body = {"overrides": {"clean orders": {"writesettings": [{"path": "/a/b.csv"}]}}}
    assert [group.flow_node_id for group in _groups(server, joe.post(f"/v4/flows/{flow}/run", json=body))] == [recipe]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"wrangledDatasetIds": [999]}, "has no recipe 999"),
        ({"overrides": {"clean order": {}}}, "has no recipe 'clean order'. Did you mean 'clean orders'?"),
        ({"overrides": []}, "overrides"),
        ({"overrides": {"behind": {"profiler": 2}}}, "overrides.behind.profiler"),
        ({"wrangledDatasetIds": ["x"]}, "wrangledDatasetIds"),
        ({"scheduleExecutionId": 3}, "no scheduled output"),
    ],
)
def test_a_bad_flow_run_is_refused(joe, flow, recipes, body, words):
    assert_invalid(joe.post(f"/v4/flows/{flow}/run", json=body), words)
    assert joe.get("/v4/jobGroups/count").json() == {"count": 0}
    assert joe.get("/v4/flowRuns/count").json() == {"count": 0}


def test_a_flow_without_outputs_does_not_run(joe, flow, recipe):
    assert_invalid(joe.post(f"/v4/flows/{flow}/run"), f"flow {flow}: no manual output to run")


def test_one_broken_recipe_stops_all_before_anything_starts(joe, flow, recipes, server):
    with server.sessions.write() as session:
        session.execute(_broken(recipes[1]))
    assert_v4_error(joe.post(f"/v4/flows/{flow}/run"), 400, "ValidationFailed", "column not found: 'nope'")
    assert joe.get("/v4/jobGroups/count").json() == {"count": 0}
    answer = joe.post(f"/v4/flows/{flow}/run", json={"ignoreRecipeErrors": True})
    assert len(answer.json()["data"]) == 3


def _broken(node: int):
    from sqlalchemy import select, update

    from gristmill.model.tables import FlowNode, Recipe

    of_node = select(FlowNode.recipe_id).where(FlowNode.id == node).scalar_subquery()
    return update(Recipe).where(Recipe.id == of_node).values(script="drop col: nope")


def _waits(server) -> set[tuple[int, int]]:
    with server.sessions.read() as session:
        return {(wait.job_group_id, wait.source_group_id) for wait in session.query(GroupWait)}


def test_who_reads_a_file_of_another_waits_for_it(joe, flow, recipe, output, settings, server):
    (settings.results / "joe").mkdir(parents=True, exist_ok=True)
    (settings.results / "joe" / "out.csv").write_text("old,columns\n1,2\n")
    reader = _recipe(joe, flow, "reader", {"importedDataset": {"id": _dataset(joe, settings, "out.csv")}})
    _output(joe, reader, "read.csv")
    writer, waiting = _groups(server, joe.post(f"/v4/flows/{flow}/run"))
    assert (writer.flow_node_id, waiting.flow_node_id) == (recipe, reader)
    assert _waits(server) == {(waiting.id, writer.id)}
    with server.sessions.read() as session:
        (source,) = session.get_one(JobGroup, waiting.id).snapshot.definition["sources"]
        assert (source["columns"], source["reading"]["format"]) == (None, None)
        assert session.query(Job).filter_by(job_group_id=waiting.id, status=Status.PENDING).count() == 0


def test_recipes_that_read_each_others_files_run_all_the_same(joe, flow, recipe, settings, server):
    names = {"a": "b", "b": "a"}
    for name, other in names.items():
        (settings.results / "joe").mkdir(parents=True, exist_ok=True)
        (settings.results / "joe" / f"{other}.csv").write_text("x\n1\n")
        reader = _recipe(joe, flow, name, {"importedDataset": {"id": _dataset(joe, settings, f"{other}.csv")}})
        _output(joe, reader, f"{name}.csv")
    first, second = _groups(server, joe.post(f"/v4/flows/{flow}/run"))
    assert _waits(server) == {(second.id, first.id)}


def test_following_a_flow_run(joe, flow, recipes, server):
    run = joe.post(f"/v4/flows/{flow}/run").json()["flowRunId"]
    found = joe.get(f"/v4/flowRuns/{run}?embed=jobGroups").json()
    assert (found["flow"], found["scheduleExecutionId"], len(found["jobGroups"]["data"])) == ({"id": flow}, None, 3)
    ids = [group["id"] for group in joe.get(f"/v4/flowRuns/{run}/jobGroups").json()["data"]]
    statuses = [
        ([Status.COMPLETE, Status.FAILED, Status.IN_PROGRESS], "InProgress"),
        ([Status.COMPLETE, Status.FAILED, Status.CANCELED], "Failed"),
        ([Status.COMPLETE, Status.COMPLETE, Status.CANCELED], "Canceled"),
        ([Status.COMPLETE, Status.COMPLETE, Status.COMPLETE], "Complete"),
    ]
    for of_groups, expected in statuses:
        with server.sessions.write() as session:
            for id, status in zip(ids, of_groups, strict=True):
                session.get_one(JobGroup, id).status = status
        assert joe.get(f"/v4/flowRuns/{run}/status").json() == expected
    assert joe.get("/v4/flowRuns").json()["data"][0]["id"] == run


def test_a_flow_run_is_canceled_as_a_whole(joe, flow, recipes):
    started = joe.post(f"/v4/flows/{flow}/run").json()
    run, groups = started["flowRunId"], [item["id"] for item in started["data"]]
    joe.post(f"/v4/jobGroups/{groups[0]}/cancel")
    assert joe.post(f"/v4/flowRuns/{run}/cancel").json()["jobGroupIds"] == groups[1:]
    assert joe.get(f"/v4/flowRuns/{run}/status").json() == "Canceled"
    assert_invalid(joe.post(f"/v4/flowRuns/{run}/cancel"), f"flow run {run} has ended already")


def test_somebody_elses_flow_run(admin, joe, dataset):
    flow = admin.post("/v4/flows", json={"name": "secret"}).json()["id"]
    recipe = _recipe(admin, flow, "r", {"importedDataset": {"id": dataset}})
    _output(admin, recipe, "secret.csv")
    run = admin.post(f"/v4/flows/{flow}/run").json()["flowRunId"]
    assert_v4_error(joe.post(f"/v4/flows/{flow}/run"), 403, "AccessControlException")
    assert_v4_error(joe.get(f"/v4/flowRuns/{run}"), 403, "AccessControlException", f"no right on flow run {run}")
    assert joe.get("/v4/flowRuns/count").json() == {"count": 0}
    assert_v4_error(joe.get("/v4/flowRuns/999"), 404, "NotFoundException", "flow run 999 not found")

"""`/v4/deployments/:id/run`: the active release runs, on servers for development, production or both"""

from __future__ import annotations

from dataclasses import replace

import pytest

from gristmill.model.job_tables import JobGroup
from gristmill.settings import InstanceType

from .asserts import assert_invalid, assert_v4_error
from .deploying import release, rules
from .test_flow_packages import nested, package, send


def _variable(name: str, value: str) -> dict:
    return {"overrideKey": name, "value": {"variable": {"value": value}}}


@pytest.mark.parametrize("send_as", ["nothing", "nothing as JSON", "an empty object"])
def test_running_queues_the_outputs_of_the_primary_flow(joe, deployment, exported, send_as):
    (flow,) = release(joe, deployment, exported)["primaryFlowIds"]
    options = {
        "nothing": {},
        "nothing as JSON": {"headers": {"Content-Type": "application/json"}},
        "an empty object": {"json": {}},
    }
    answer = joe.post(f"/v4/deployments/{deployment}/run", **options[send_as])
    assert answer.status_code == 201, answer.text
    (started,) = answer.json()["data"]
    assert {*started} >= {"reason", "sessionId", "id", "jobGraph", "jobs"}
    assert (started["reason"], len(started["jobs"]["data"])) == ("JobStarted", 2)
    group = joe.get(f"/v4/jobGroups/{started['id']}?embed=wrangledDataset,flowRun.flow").json()
    assert group["wrangledDataset"]["flow"] == {"id": flow}
    assert joe.get(f"/v4/flowRuns/{started['flowRun']['id']}").json()["flow"] == {"id": flow}


@pytest.mark.parametrize("wrap", [lambda given: given, lambda given: {"overrides": given}])
def test_parameters_of_a_run(joe, deployment, exported, server, wrap):
    made = release(joe, deployment, exported)
    joe.post(f"/v4/flows/{made['primaryFlowIds'][0]}/parameters", json=_variable("varRegion", "01"))
    body = wrap({"runParameters": {"overrides": {"data": [{"key": "varRegion", "value": "02"}]}}})
    (started,) = joe.post(f"/v4/deployments/{deployment}/run", json=body).json()["data"]
    with server.sessions.read() as session:
        definition = session.get_one(JobGroup, started["id"]).snapshot.definition
    assert definition["parameters"]["varRegion"] == "02"


def test_what_does_not_run(joe, deployment, exported, output):
    run = f"/v4/deployments/{deployment}/run"
    assert_invalid(joe.post(run), f"deployment {deployment} has no active release: import one with POST")
    made = release(joe, deployment, exported)
    joe.patch(f"/v4/releases/{made['release']['id']}", json={"active": False})
    assert_invalid(joe.post(run), "no active release")
    joe.patch(f"/v4/releases/{made['release']['id']}", json={"active": True})
    twice = {"runParameters": {}, "overrides": {"runParameters": {}}}
    assert_invalid(joe.post(run, json=twice), "runParameters: given twice")
    assert_invalid(joe.post(run, json={"overrides": {"nobody": {}}}), "has no recipe 'nobody'")
    joe.delete(f"/v4/outputObjects/{made['outputobjects'][0]['id']}")
    assert_invalid(joe.post(run), f"flow {made['primaryFlowIds'][0]}: no manual output to run")
    document = nested()
    document["data"]["flows"] = []
    joe.post(f"/v4/deployments/{deployment}/releases", json=document)
    assert_invalid(joe.post(run), "has no flow to run")
    assert joe.get("/v4/jobGroups/count").json() == {"count": 0}


def test_who_owns_the_deployment_runs_what_others_bring(joe, admin, deployment, exported):
    (flow,) = release(admin, deployment, exported)["primaryFlowIds"]
    assert joe.get(f"/v4/flows/{flow}").json()["creator"] != joe.get("/v4/people/current").json()["id"]
    assert joe.post(f"/v4/deployments/{deployment}/run").status_code == 201


@pytest.mark.page("running a deployment runs the primary flow in its active release")
def test_development_goes_into_production(desk):
    """A flow is built on files of development, released twice, run on those of production, and taken back."""
    desk.file("dev/orders.csv", "id,region\n1,01\n2,02\n")
    desk.file("prod/orders.csv", "id,region\n7,01\n8,02\n9,02\n")
    parameter = {"overrideKey": "varRegion", "value": {"variable": {"value": "01"}}}
    desk.post(f"flows/{desk.flow}/parameters", **parameter)
    keep = "filter type: custom rowType: single row: region == $varRegion action: Keep"
    recipe = desk.recipe(desk.dataset("orders", desk.folder / "dev/orders.csv"), keep)
    desk.output(recipe, desk.folder / "dev/out.csv")
    deployment = desk.post("deployments", name="Prod")["id"]
    rule = {"type": "fileLocation", "on": "//dev//", "with": "/prod/"}
    assert rules(desk.client, deployment, "value", rule).status_code == 200

    def released() -> int:
        content = desk.client.get(f"/v4/flows/{desk.flow}/package").content
        return release(desk.client, deployment, content)["release"]["id"]

    def result(**body) -> str:
        (started,) = desk.post(f"deployments/{deployment}/run", **body)["data"]
        assert desk.end(started["id"]) == "Complete"
        return (desk.folder / "prod/out.csv").read_text()

    first = released()
    script = f"{keep}\nderive type: single value: id * 10 as: 'tens'"
    assert desk.client.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": script}).status_code == 200
    assert result() == "id,region\n7,01\n"
    released()
    assert result() == "id,tens,region\n7,70,01\n"
    desk.client.patch(f"/v4/releases/{first}", json={"active": True}).raise_for_status()
    over = {"overrides": {"data": [{"key": "varRegion", "value": "02"}]}}
    assert result(runParameters=over) == "id,region\n8,02\n9,02\n"
    assert not (desk.folder / "dev/out.csv").exists()


@pytest.fixture
def instance(server, monkeypatch):
    """Lets the server be one for development, or for production."""

    def be(kind: str) -> None:
        settings = replace(server.settings, deployment_instance_type=InstanceType(kind))
        monkeypatch.setitem(server.client.app.state._state, "settings", settings)

    return be


def test_on_a_server_for_development_there_are_no_deployments(joe, deployment, recipe, instance):
    instance("dev")
    for answer in (
        joe.get("/v4/deployments"),
        joe.post(f"/v4/deployments/{deployment}/run"),
        send(joe, package(), path=f"/v4/deployments/{deployment}/releases"),
        joe.get("/v4/releases"),
    ):
        assert_v4_error(answer, 403, "AccessControlException", "no deployments on a server for development")
    assert joe.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": ""}).status_code == 200


def test_on_a_server_for_production_nobody_changes_recipes(joe, deployment, flow, dataset, recipe, exported, instance):
    instance("prod")
    address = f"/v4/wrangledDatasets/{recipe}"
    for answer in (
        joe.put(f"{address}/script", json={"script": ""}),
        joe.patch(address, json={"name": "x"}),
        joe.delete(address),
        joe.post("/v4/wrangledDatasets", json={"importedDataset": {"id": dataset}, "flow": {"id": flow}, "name": "n"}),
        joe.post(f"/v4/flows/{flow}/importAndAddDatasetToFlow", files={"file": ("a.csv", b"a")}),
    ):
        assert_v4_error(answer, 403, "AccessControlException", "not changed on a server for production")
    (released,) = release(joe, deployment, exported)["primaryFlowIds"]
    assert joe.post(f"/v4/flows/{released}/parameters", json=_variable("varRegion", "01")).status_code == 201
    assert joe.post(f"/v4/deployments/{deployment}/run").status_code == 201


def test_packages_may_be_switched_off(joe, admin, deployment, exported):
    inside = release(joe, deployment, exported)["release"]["id"]
    pairs = [{"key": key, "value": False} for key in ("packages.import", "packages.export")]
    admin.patch("/v4/workspaces/current/configuration", json={"configuration": pairs}).raise_for_status()
    for answer in (
        send(joe, exported, path=f"/v4/deployments/{deployment}/releases"),
        send(joe, exported),
        joe.get(f"/v4/releases/{inside}/package"),
    ):
        assert_v4_error(answer, 403, "AccessControlException", "port of packages is switched off in this workspace")

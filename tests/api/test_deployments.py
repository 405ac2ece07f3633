"""`/v4/deployments` and `/v4/releases`: packages come in by rules, and the active release runs"""

from __future__ import annotations

import json

import pytest

from gristmill.model.job_tables import JobGroup
from tests.recipe.flows import opened, package_zip

from .asserts import assert_invalid, assert_v4_error
from .test_flow_packages import names, nested, package, send


@pytest.fixture
def deployment(joe) -> int:
    return joe.post("/v4/deployments", json={"name": "Prod POS"}).json()["id"]


@pytest.fixture
def exported(joe, flow, recipe, output) -> bytes:
    """The package of a flow that reads and writes files of this server."""
    return joe.get(f"/v4/flows/{flow}/package").content


def release(client, deployment: int, content: bytes, **fields: str) -> dict:
    answer = send(client, content, path=f"/v4/deployments/{deployment}/releases", **fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def rules(client, deployment: int, kind: str, *given: dict):
    return client.patch(f"/v4/deployments/{deployment}/{kind}ImportRules", json=list(given))


def active(client, deployment: int) -> list[int]:
    found = client.get(f"/v4/deployments/{deployment}?embed=releases").json()["releases"]["data"]
    return [item["id"] for item in found if item["active"]]


def test_a_deployment(joe):
    made = joe.post("/v4/deployments", json={"name": "Prod POS"}).json()
    assert {key: made[key] for key in ("name", "numReleases", "latestRelease")} == {
        "name": "Prod POS", "numReleases": 0, "latestRelease": None,
    }  # fmt: skip
    assert {*made} >= {"id", "createdAt", "updatedAt", "creator", "updater", "workspace"}
    address = f"/v4/deployments/{made['id']}"
    assert list(joe.patch(address, json={"name": "POS"}).json()) == ["id", "updatedAt", "updater"]
    assert joe.get(address).json()["name"] == "POS"
    assert joe.put(address, json={"name": "Prod"}).json()["name"] == "Prod"
    assert [item["name"] for item in joe.get("/v4/deployments?filter=pro").json()["data"]] == ["Prod"]
    assert joe.delete(address).status_code == 204
    assert_v4_error(joe.get(address), 410, "GoneException", f"deployment {made['id']} was deleted")
    assert joe.get("/v4/deployments/count").json() == {"count": 0}


def test_a_package_becomes_the_active_release(joe, deployment):
    document = nested()
    document["metadata"]["uuid"] = "6d21a0c0-a47c-11e9-936e-2b92fb66aad9"
    answer = joe.post(f"/v4/deployments/{deployment}/releases", json=document)
    made = answer.json()
    assert answer.status_code == 201, made
    kept = made["release"]
    assert (kept["packageUuid"], kept["active"], kept["notes"]) == (document["metadata"]["uuid"], True, None)
    assert kept["deployment"] == {"id": deployment}
    assert made["importRuleChanges"] == {"object": [], "value": []}
    assert [flow["name"] for flow in made["flows"]] == ["Visits/2020"]
    second = release(joe, deployment, package(), notes="with the new prices")
    assert second["release"]["notes"] == "with the new prices"
    assert [flow["name"] for flow in second["flows"]] == ["Visits/2020"], "names stay, whatever came before"
    found = joe.get(f"/v4/deployments/{deployment}?embed=releases").json()
    assert [(item["id"], item["active"]) for item in found["releases"]["data"]] == [
        (kept["id"], False), (second["release"]["id"], True),
    ]  # fmt: skip
    assert (found["numReleases"], found["latestRelease"]["id"]) == (2, second["release"]["id"])


def test_releases_are_listed_both_ways(joe, deployment):
    other = joe.post("/v4/deployments", json={"name": "other"}).json()["id"]
    ids = [release(joe, deployment, package())["release"]["id"] for _ in range(2)]
    last = release(joe, other, package())
    joe.patch(f"/v4/releases/{ids[0]}", json={"active": True})
    for address in (f"/v4/deployments/{deployment}/releases", f"/v4/releases?deploymentId={deployment}"):
        assert [item["id"] for item in joe.get(f"{address}").json()["data"]] == ids[::-1]
    assert joe.get("/v4/releases/count").json() == {"count": 3}
    item = joe.get(f"/v4/releases/{last['release']['id']}?embed=deployment,flows").json()
    assert item["deployment"]["name"] == "other"
    assert [flow["id"] for flow in item["flows"]["data"]] == last["primaryFlowIds"]


def test_going_back_to_an_older_release(joe, deployment):
    first, second = (release(joe, deployment, package())["release"]["id"] for _ in range(2))
    answer = joe.patch(f"/v4/releases/{first}", json={"active": True})
    assert (answer.status_code, list(answer.json())) == (200, ["id", "updatedAt", "updater"])
    assert active(joe, deployment) == [first]
    assert joe.put(f"/v4/releases/{first}", json={"active": False}).json()["active"] is False
    assert active(joe, deployment) == []
    joe.patch(f"/v4/releases/{second}", json={"notes": "kept for later"})
    assert joe.get(f"/v4/releases/{second}").json()["notes"] == "kept for later"
    assert active(joe, deployment) == []


def test_two_releases_are_never_active_at_once(joe, deployment, server):
    from sqlalchemy import update
    from sqlalchemy.exc import IntegrityError

    from gristmill.model.deployment_tables import Release

    for _ in range(2):
        release(joe, deployment, package())
    with pytest.raises(IntegrityError), server.sessions.write() as session:
        session.execute(update(Release).values(active=True))


def test_a_dry_run_stores_nothing(joe, deployment):
    rules(joe, deployment, "value", {"type": "s3Bucket", "on": "out", "with": "results"})
    address = f"/v4/deployments/{deployment}/releases/dryRun"
    answer = send(joe, package(), path=address)
    assert answer.status_code == 200
    made = answer.json()
    assert (len(made["flownodes"]), made["release"]["active"]) == (3, True)
    assert [change["after"] for change in made["importRuleChanges"]["value"]] == ["s3://results/.json"]
    for address in ("releases", "importedDatasets", "wrangledDatasets"):
        assert joe.get(f"/v4/{address}/count").json() == {"count": 0}


def test_deleting_takes_the_flows_along(joe, deployment):
    first, second = (release(joe, deployment, package()) for _ in range(2))
    assert joe.delete(f"/v4/releases/{second['release']['id']}").status_code == 204
    assert active(joe, deployment) == []
    assert joe.get(f"/v4/flows/{second['primaryFlowIds'][0]}").status_code == 410
    assert_invalid(joe.post(f"/v4/deployments/{deployment}/run"), f"deployment {deployment} has no active release")
    joe.delete(f"/v4/deployments/{deployment}")
    assert joe.get(f"/v4/flows/{first['primaryFlowIds'][0]}").status_code == 410
    assert joe.get(f"/v4/releases/{first['release']['id']}").status_code == 410


def test_released_flows_stay_apart(joe, deployment, flow):
    (released,) = release(joe, deployment, package())["primaryFlowIds"]
    assert [item["id"] for item in joe.get("/v4/flows").json()["data"]] == [flow]
    assert joe.get("/v4/flows/count").json() == {"count": 1}
    assert joe.get(f"/v4/flows/{released}").json()["name"] == "Visits/2020"
    made = send(joe, package()).json()["flows"][0]
    assert made["name"] == "Visits/2020", "the name is free outside"


def test_recipes_of_a_release_stay_as_they_came(joe, deployment, dataset):
    (flow,) = release(joe, deployment, package())["primaryFlowIds"]
    node = names(joe, flow)["same"]
    refused = [
        joe.put(f"/v4/wrangledDatasets/{node}/script", json={"script": ""}),
        joe.patch(f"/v4/wrangledDatasets/{node}", json={"name": "x"}),
        joe.put(f"/v4/wrangledDatasets/{node}/primaryInputDataset", json={"importedDataset": {"id": dataset}}),
        joe.delete(f"/v4/wrangledDatasets/{node}"),
        joe.post("/v4/wrangledDatasets", json={"importedDataset": {"id": dataset}, "flow": {"id": flow}, "name": "n"}),
        joe.patch(f"/v4/flows/{flow}", json={"name": "x"}),
        joe.put(f"/v4/flows/{flow}", json={"name": "x"}),
        joe.delete(f"/v4/flows/{flow}"),
    ]
    for answer in refused:
        assert_v4_error(answer, 403, "AccessControlException", f"flow {flow} belongs to release")
    (output,) = joe.get(f"/v4/flows/{flow}/outputs?embed=writeSettings").json()["data"]
    file = output["writeSettings"]["data"][0]["id"]
    assert joe.patch(f"/v4/writeSettings/{file}", json={"compression": "none"}).status_code == 200
    copy = joe.post(f"/v4/flows/{flow}/copy", json={"name": "mine"}).json()["id"]
    assert joe.put(f"/v4/wrangledDatasets/{names(joe, copy)['same']}/script", json={"script": ""}).status_code == 200


def test_a_release_goes_out_again(joe, deployment, exported):
    rules(joe, deployment, "value", {"type": "fileLocation", "on": "joe", "with": "prod"})
    made = release(joe, deployment, exported)["release"]["id"]
    answer = joe.get(f"/v4/releases/{made}/package")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"] == f'attachment; filename="release_{made}.zip"'
    (flow,) = opened(answer.content).flows
    assert (flow.name, flow.outputs[0].files[0].path) == ("sales", "/trifacta/queryResults/prod/out.csv")


# -- rules ---------------------------------------------------------------------------------------


def test_values_are_replaced_as_the_scripts_of_users_ask_for(joe, deployment):
    """The bodies that deployment scripts send."""
    document = nested()
    source = document["data"]["flows"][0]["datasources"][0]
    source |= {"type": "hdfs", "path": "/development/in.csv"}
    source["storageLocation"] = {"fullUri": "hdfs://nn/development/in.csv", "type": "hdfs"}
    body = '[ {"type": "fileLocation","on": "//development//","with": "/production/"} ]'
    address = f"/v4/deployments/{deployment}/valueImportRules"
    kept = joe.patch(address, content=body, headers={"Content-type": "application/json"})
    assert (kept.status_code, kept.json()["deleted"]["data"]) == (200, [])
    made = joe.post(f"/v4/deployments/{deployment}/releases", json=document).json()
    (dataset,) = [item["id"] for item in made["datasources"]]
    assert joe.get(f"/v4/importedDatasets/{dataset}").json()["path"] == "/production/in.csv"
    assert made["importRuleChanges"]["value"] == [
        {
            "type": "fileLocation", "before": "/development/in.csv", "after": "/production/in.csv",
            "object": {"kind": "datasources", "id": 900, "name": "visits.csv"},
        }
    ]  # fmt: skip


def test_files_of_base_storage_are_replaced(joe, deployment, exported):
    given = [("//uploads//", "/prod/"), ("/trifacta/queryResults/joe", "/trifacta/queryResults/prod")]
    rules(joe, deployment, "value", *({"type": "fileLocation", "on": on, "with": new} for on, new in given))
    made = release(joe, deployment, exported)
    dataset = joe.get(f"/v4/importedDatasets/{made['datasources'][0]['id']}").json()
    assert dataset["path"] == "/trifacta/prod/orders.csv"
    assert dataset["storageLocation"]["fullUri"].endswith("/data/trifacta/prod/orders.csv")
    (output,) = joe.get(f"/v4/flows/{made['primaryFlowIds'][0]}/outputs?embed=writeSettings").json()["data"]
    assert output["writeSettings"]["data"][0]["path"] == "/trifacta/queryResults/prod/out.csv"


def test_outputs_are_replaced_with_their_parameters(joe, deployment):
    rules(joe, deployment, "value", {"type": "s3Bucket", "on": "out", "with": "wrangle-prod"})
    (flow,) = release(joe, deployment, package())["primaryFlowIds"]
    (output,) = joe.get(f"/v4/flows/{flow}/outputs?embed=writeSettings.runParameters").json()["data"]
    (file,) = output["writeSettings"]["data"]
    assert (file["path"], file["dynamicPath"]) == ("s3://wrangle-prod/all.json", "s3://wrangle-prod/.json")


def test_rules_take_the_place_of_former_ones(joe, deployment):
    address = f"/v4/deployments/{deployment}/valueImportRules"
    first = {"type": "s3Bucket", "on": "wrangle-dev", "with": "wrangle-prod"}
    more = [
        {"type": "fileLocation", "on": "/klamath/", "with": "/klondike/"},
        {"type": "fileLocation", "on": "/\\/klondike\\//", "with": "/yukon/"},
    ]
    rules(joe, deployment, "value", first)
    answer = rules(joe, deployment, "value", *more).json()
    told = ("type", "on", "with")
    assert [{key: item[key] for key in told} for item in answer["deleted"]["data"]] == [first]
    assert [{key: item[key] for key in told} for item in answer["data"]] == more
    assert [item["on"] for item in joe.get(address).json()["data"]] == [rule["on"] for rule in more]
    assert len(rules(joe, deployment, "value").json()["deleted"]["data"]) == 2
    assert joe.get(address).json() == {"data": [], "count": 0}


def connection(client, name: str) -> dict:
    body = {
        "vendor": "postgres", "vendorName": "postgres", "type": "jdbc", "name": name, "host": "127.0.0.1", "port": 5,
        "credentialType": "basic", "credentials": [{"username": "u", "password": "p"}], "params": {"database": "d"},
    }  # fmt: skip
    return client.post("/v4/connections", json=body).json()


def test_connections_are_replaced(joe, deployment):
    ours = connection(joe, "prod pg")
    body = {"tableName": "connections", "onCondition": {"uuid": "u-61"}, "withCondition": {"id": ours["id"]}}
    kept = rules(joe, deployment, "object", body)
    assert (kept.status_code, kept.json()["deleted"]["data"]) == (200, []), kept.text
    made = release(joe, deployment, package_zip("flat.json"))
    assert [source["connectionId"] for source in made["datasources"]] == [None, ours["id"]]
    (flow,) = made["primaryFlowIds"]
    (output,) = joe.get(f"/v4/flows/{flow}/outputs?embed=publications").json()["data"]
    assert output["publications"]["data"][0]["connection"] == {"id": ours["id"]}
    assert made["importRuleChanges"]["object"] == [
        {
            "type": "connections",
            "before": {"id": 61, "uuid": "u-61", "name": "warehouse"},
            "after": {"id": ours["id"], "uuid": ours["uuid"], "name": "prod pg"},
            "object": {"kind": "connections", "id": 61, "name": "warehouse"},
        }
    ]


def test_a_rule_for_a_connection_sees_what_the_last_has_chosen(joe, deployment):
    first, second = connection(joe, "one"), connection(joe, "two")
    given = [
        {"tableName": "connections", "onCondition": {"id": "61"}, "withCondition": {"name": "one"}},
        {"tableName": "connections", "onCondition": {"uuid": first["uuid"]}, "withCondition": {"id": second["id"]}},
    ]
    rules(joe, deployment, "object", *given)
    made = release(joe, deployment, package_zip("flat.json"))
    assert [source["connectionId"] for source in made["datasources"]] == [None, second["id"]]
    mapping = json.dumps([{"connectionUuid": "u-61", "mappedConnectionUuid": first["uuid"]}])
    made = release(joe, deployment, package_zip("flat.json"), connectionIdMapping=mapping)
    assert [source["connectionId"] for source in made["datasources"]] == [None, first["id"]]
    assert made["importRuleChanges"]["object"] == []


def test_a_connection_that_is_gone_stops_the_import(joe, deployment):
    ours = connection(joe, "prod pg")
    body = {"tableName": "connections", "onCondition": {"uuid": "u-61"}, "withCondition": {"id": ours["id"]}}
    rules(joe, deployment, "object", body)
    joe.delete(f"/v4/connections/{ours['id']}")
    answer = send(joe, package_zip("flat.json"), path=f"/v4/deployments/{deployment}/releases")
    assert_invalid(answer, f"objectImportRules[0].withCondition: no connection has id {ours['id']}")
    assert joe.get("/v4/releases/count").json() == {"count": 0}
    assert joe.get("/v4/importedDatasets/count").json() == {"count": 0}


ON = {"uuid": "u-61"}


@pytest.mark.parametrize(
    ("kind", "rule", "words"),
    [
        ("value", {"type": "bucket", "on": "a", "with": "b"}, "[0]: type: invalid value 'bucket', valid values are"),
        ("value", {"type": "s3Bucket", "on": "/(/", "with": "b"}, "[0]: regular expression: '(' is not closed"),
        ("value", {"type": "s3Bucket", "on": "", "with": "b"}, "[0]: on: expected a text"),
        ("value", {"type": "s3Bucket", "on": "a"}, "with: field required"),
        ("value", {"type": "s3Bucket", "on": "a\0", "with": ""}, "NUL"),
        ("object", {"tableName": "flows", "onCondition": ON, "withCondition": ON}, "not supported: 'flows'"),
        ("object", {"tableName": "connections", "onCondition": {}, "withCondition": ON}, "[0].onCondition: expected"),
        ("object", {"tableName": "connections", "onCondition": {"host": "x"}, "withCondition": ON}, "got 'host'"),
        ("object", {"tableName": "connections", "onCondition": ON, "withCondition": {"id": 9}}, "no connection has id"),
        ("object", {"tableName": "connections", "onCondition": ON}, "withCondition: field required"),
    ],
)  # fmt: skip
def test_bad_rules_are_refused_and_the_former_stay(joe, deployment, kind, rule, words):
    good = {"type": "s3Bucket", "on": "wrangle-dev", "with": "wrangle-prod"}
    rules(joe, deployment, "value", good)
    assert_invalid(rules(joe, deployment, kind, rule), words)
    assert len(joe.get(f"/v4/deployments/{deployment}/valueImportRules").json()["data"]) == 1


def test_a_connection_must_be_told_exactly(joe, deployment):
    for name in ("one", "two"):
        connection(joe, name)
    body = {"tableName": "connections", "onCondition": ON, "withCondition": {"vendor": "postgres"}}
    assert_invalid(rules(joe, deployment, "object", body), "2 connections have vendor 'postgres'")


def test_a_parameter_without_a_place_stops_the_import(joe, deployment):
    rules(joe, deployment, "value", {"type": "fileLocation", "on": "/.*/", "with": "/all.json"})
    answer = send(joe, package(), path=f"/v4/deployments/{deployment}/releases")
    assert_invalid(answer, "parameter 'name' has no place when an import rule has changed 's3://out/.json'")
    assert joe.get("/v4/releases/count").json() == {"count": 0}


# -- runs ----------------------------------------------------------------------------------------


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


def _variable(name: str, value: str) -> dict:
    return {"overrideKey": name, "value": {"variable": {"value": value}}}


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


# -- who ------------------------------------------------------------------------------------------


def test_bodies_that_are_no_package(joe, deployment):
    address = f"/v4/deployments/{deployment}/releases"
    assert_invalid(send(joe, b"PK", path=address), "the zip file is damaged")
    headers = {"Content-Type": "multipart/form-data"}
    assert joe.post(address, content=b'{"data": "x"}', headers=headers).status_code == 400
    assert joe.get("/v4/releases/count").json() == {"count": 0}


def test_deployments_of_others(joe, admin, deployment, exported):
    theirs = admin.post("/v4/deployments", json={"name": "theirs"}).json()["id"]
    inside = release(admin, theirs, package())["release"]["id"]
    for answer in (
        joe.get(f"/v4/deployments/{theirs}"),
        send(joe, package(), path=f"/v4/deployments/{theirs}/releases"),
        rules(joe, theirs, "value"),
        joe.get(f"/v4/deployments/{theirs}/objectImportRules"),
        joe.post(f"/v4/deployments/{theirs}/run"),
        joe.get(f"/v4/releases/{inside}"),
        joe.patch(f"/v4/releases/{inside}", json={"active": False}),
        joe.delete(f"/v4/releases/{inside}"),
        joe.get(f"/v4/releases/{inside}/package"),
    ):
        assert_v4_error(answer, 403, "AccessControlException", "no right on")
    assert [item["id"] for item in joe.get("/v4/deployments").json()["data"]] == [deployment]
    assert joe.get("/v4/releases").json()["data"] == []


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

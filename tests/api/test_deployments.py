"""`/v4/deployments` and `/v4/releases`: packages come in, go back, and stay apart (api 3.13)."""

from __future__ import annotations

import pytest

from tests.recipe.flows import opened

from .asserts import assert_invalid, assert_v4_error
from .deploying import active, release, rules
from .test_flow_packages import names, nested, package, send


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


def test_recipes_of_a_release_stay_as_they_came(joe, deployment, dataset, recipe):
    (flow,) = release(joe, deployment, package())["primaryFlowIds"]
    node = names(joe, flow)["same"]
    refused = [
        joe.put(f"/v4/wrangledDatasets/{node}/script", json={"script": ""}),
        joe.patch(f"/v4/wrangledDatasets/{node}", json={"name": "x"}),
        joe.put(f"/v4/wrangledDatasets/{node}/primaryInputDataset", json={"importedDataset": {"id": dataset}}),
        joe.delete(f"/v4/wrangledDatasets/{node}"),
        joe.post("/v4/wrangledDatasets", json={"importedDataset": {"id": dataset}, "flow": {"id": flow}, "name": "n"}),
        joe.post(f"/v4/importedDatasets/{dataset}/addToFlow", json={"flow": {"id": flow}}),
        joe.post(f"/v4/wrangledDatasets/{recipe}/addToFlow", json={"flow": {"id": flow}}),
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

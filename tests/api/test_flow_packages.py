"""Flow packages over HTTP: import, export, their dry runs."""

from __future__ import annotations

import json

import pytest

from gristmill.recipe.packages.description import described
from gristmill.recipe.packages.recipes import flow_recipes
from gristmill.storage.packages import open_package
from tests.recipe.flows import FLOWS, VALUES, opened, package_zip, zipped
from tests.shared import ABSENT, PACKAGES

from .asserts import assert_invalid, assert_v4_error

REAL = sorted(PACKAGES.rglob("*.zip"))


def send(client, content: bytes, *, path: str = "/v4/flows/package", **fields: str):
    return client.post(path, files={"data": ("flow.zip", content)}, data=fields)


def nested(**changes) -> dict:
    """Our nested package, whose dataset is a file of base storage."""
    document = json.loads((FLOWS / "nested.json").read_text("utf-8"))
    source = document["data"]["flows"][0]["datasources"][0]
    source |= {"type": "file", "path": "/trifacta/uploads/visits.csv"}
    source["storageLocation"] = {"fullUri": "file:///trifacta/uploads/visits.csv"}
    document["data"]["flows"][0] |= changes
    return document


def package(**changes) -> bytes:
    return zipped(flow__json=json.dumps(nested(**changes)).encode(), artifact_301__data=VALUES)


def names(client, flow: int) -> dict[str, int]:
    nodes = client.get(f"/v4/flows/{flow}?embed=flowNodes.recipe").json()["flowNodes"]["data"]
    return {node["recipe"]["name"]: node["id"] for node in nodes}


def test_a_package_becomes_a_flow(joe, settings):
    (settings.uploads / "visits.csv").write_text("city,n\nLyons,12\nLyon,1\n")
    answer = send(joe, package())
    made = answer.json()
    assert answer.status_code == 201, made
    (flow,) = made["primaryFlowIds"]
    assert (made["createdObjectMapping"]["flows"], made["flows"][0]["name"]) == ({"7": flow}, "Visits/2020")
    assert [len(made[kind]) for kind in ("flownodes", "flowedges", "datasources", "recipes", "outputobjects")] == [
        3, 3, 1, 3, 1,
    ]  # fmt: skip
    assert [problem["code"] for problem in made["problems"]] == ["unknown-dataset", "unsupported"]
    assert joe.get("/v4/flows?limit=1").json()["data"][0]["id"] == flow


def test_recipes_and_what_they_read(joe, settings):
    (settings.uploads / "visits.csv").write_text("city,n\nLyons,12\nLyon,1\n")
    (flow,) = send(joe, package()).json()["primaryFlowIds"]
    nodes = names(joe, flow)
    script = joe.get(f"/v4/wrangledDatasets/{nodes['same']}/script").json()
    assert script["script"].splitlines()[1:] == [
        "standardize col: city mapping: ['Lyons', 'Lyon'],['N\\\"Y', 'New York']",
        "filter type: custom rowType: single row: n >= $least action: Keep",
    ]
    primary = f"/v4/wrangledDatasets/{nodes['All']}/primaryInputDataset"
    assert joe.get(primary).json() == {"wrangledDataset": {"id": nodes["same"]}}
    checks = {item["name"]: item["errors"] for item in joe.get(f"/v4/flows/{flow}/validate").json()["data"]}
    assert checks["same"] == []
    assert [error["code"] for error in checks["All"]] == ["unknown-dataset", "unsupported"]


def test_outputs_parameters_webhooks(joe):
    (flow,) = send(joe, package()).json()["primaryFlowIds"]
    (output,) = joe.get(f"/v4/flows/{flow}/outputs?embed=writeSettings").json()["data"]
    (file,) = output["writeSettings"]["data"]
    assert (output["execution"], output["profiler"]) == ("spark", False)
    assert [file[key] for key in ("path", "dynamicPath", "format", "action", "compression")] == [
        "s3://out/all.json", "s3://out/.json", "json", "overwrite", "gzip",
    ]  # fmt: skip
    assert joe.get(f"/v4/flows/{flow}/parameters/least").json()["value"] == {"variable": {"value": "10"}}
    (webhook,) = joe.get(f"/v4/flows/{flow}?embed=webhookFlowTasks").json()["webhookFlowTasks"]["data"]
    assert (webhook["name"], webhook["triggerEvent"]) == ("tell", "onJobDone")


def test_dry_run_stores_nothing(joe):
    answer = send(joe, package(), path="/v4/flows/package/dryRun")
    assert (answer.status_code, len(answer.json()["flownodes"])) == (200, 3)
    assert joe.get("/v4/flows/count").json() == {"count": 0}
    assert joe.get("/v4/importedDatasets/count").json() == {"count": 0}


@pytest.mark.parametrize("address", ["/v4/flows/package", "/v4/flows/package/"])
def test_a_bare_document(joe, address):
    answer = joe.post(address, json=nested())
    assert answer.status_code == 201
    messages = [problem["message"] for problem in answer.json()["problems"]]
    assert "not supported: step of type 'Standardize': its values are not in the package" in messages


@pytest.mark.parametrize("part", ["archive", "file"])
def test_the_one_file_of_a_form_is_the_package(joe, part):
    sent = joe.post("/v4/flows/package", files={part: ("flow.zip", package())})
    assert (sent.status_code, len(sent.json()["primaryFlowIds"])) == (201, 1), sent.text


def test_a_taken_name_gets_the_uuid(joe):
    document = nested()
    document["metadata"]["uuid"] = "1dead520-a47c-11e9-936e-2b92fb66aad9"
    taken = [joe.post("/v4/flows/package", json=document).json()["flows"][0]["name"] for _ in range(3)]
    assert taken == ["Visits/2020", "[1dead520] Visits/2020", "[1dead520] Visits/2020 (2)"]


def test_connections_are_matched(joe):
    content = package_zip("flat.json")
    unmapped = [{"id": 61, "uuid": "u-61", "name": "warehouse", "vendor": "postgres"}]
    assert send(joe, content).json()["connectionsWithoutMapping"] == unmapped
    held = joe.post("/v4/flows/package?fromUI=true", files={"data": ("a.zip", content)}).json()
    assert (held["connectionsWithoutMapping"], "flows" in held) == (unmapped, False)
    assert joe.get("/v4/flows/count").json() == {"count": 1}

    body = {
        "vendor": "postgres", "vendorName": "postgres", "type": "jdbc", "name": "ours", "host": "127.0.0.1", "port": 5,
        "credentialType": "basic", "credentials": [{"username": "u", "password": "p"}], "params": {"database": "d"},
    }  # fmt: skip
    ours = joe.post("/v4/connections", json=body).json()
    mapping = json.dumps([{"connectionUuid": "u-61", "mappedConnectionUuid": ours["uuid"]}])
    made = send(joe, content, connectionIdMapping=mapping).json()
    assert made["connectionsWithoutMapping"] == []
    assert [source["connectionId"] for source in made["datasources"]] == [None, ours["id"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK", "the zip file is damaged"),
        (b"{}", "this is no flow package"),
        (zipped(a__txt=b""), "expected one .json document"),
        (package(outputobjects=[{"id": 1, "flowNodeId": 99}]), "belongs to node 99"),
        (package(runparameters=[{"id": 1, "runParameterEdit": {"overrideKey": "a", "value": {"dateRange": {}}}}]),
         "a dateRange parameter cannot stand here"),
    ],
)  # fmt: skip
def test_what_is_refused(joe, content: bytes, words: str):
    answer = send(joe, content)
    assert (answer.status_code, words in answer.text) == (400, True), answer.text
    assert joe.get("/v4/flows/count").json() == {"count": 0}


def test_bodies_that_are_no_package(joe, anyone):
    assert_invalid(joe.post("/v4/flows/package", files={"file": ("", b"")}, data={"data": "@flow.zip"}), "named 'data'")
    assert_invalid(send(joe, package(), connectionIdMapping="[1]"), "connectionIdMapping: expected a JSON list")
    assert_invalid(send(joe, package(), path="/v4/flows/package?folderId=3"), "folderId: folder 3 not found")
    text = joe.post("/v4/flows/package", content=b"x", headers={"Content-Type": "text/plain"})
    assert text.status_code == 415
    assert_v4_error(anyone.post("/v4/flows/package", json={}), 401, "MissingPersonException")


def exported(client, flow: int) -> bytes:
    answer = client.get(f"/v4/flows/{flow}/package")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="flow_{flow}.zip"'
    return answer.content


def told(content: bytes) -> list[dict]:
    """What is in a package, without the ids of its nodes."""
    package = opened(content)
    return [without_ids(described(package, flow, flow_recipes(package, flow), {})) for flow in package.flows]


def without_ids(facts):
    if isinstance(facts, list):
        return [without_ids(item) for item in facts]
    if isinstance(facts, dict):
        return {key: without_ids(value) for key, value in facts.items() if key != "node"}
    return facts


def texts(content: bytes) -> list[tuple[str, str]]:
    package = opened(content)
    return sorted((recipe.node.name, recipe.text) for flow in package.flows for recipe in flow_recipes(package, flow))


def test_what_is_exported_comes_back(joe):
    for name in ("nested.json", "flat.json"):
        (flow,) = send(joe, package_zip(name)).json()["primaryFlowIds"]
        first = exported(joe, flow)
        assert joe.get(f"/v4/flows/{flow}/package/dryRun").json() == {}
        joe.delete(f"/v4/flows/{flow}")
        (again,) = send(joe, first).json()["primaryFlowIds"]
        assert told(exported(joe, again)) == told(first)


def test_exported_recipes_are_those_of_the_package(joe):
    (flow,) = send(joe, package_zip("nested.json")).json()["primaryFlowIds"]
    assert texts(exported(joe, flow)) == texts(package_zip("nested.json"))
    assert b"s3cr3t" not in json.dumps(told(exported(joe, flow))).encode()
    assert "s3cr3t" not in open_package(exported(joe, flow)).document


def test_flows_that_are_referred_to_go_along(joe, recipe):
    other = joe.post("/v4/flows", json={"name": "other"}).json()["id"]
    body = {"wrangledDataset": {"id": recipe}, "flow": {"id": other}, "name": "further"}
    joe.post("/v4/wrangledDatasets", json=body)
    content = exported(joe, other)
    package = opened(content)
    assert [flow.name for flow in package.flows] == ["other", "sales"]
    made = send(joe, content).json()
    assert made["primaryFlowIds"] == [made["createdObjectMapping"]["flows"][str(other)]]
    nodes = {node["id"]: node for node in made["flownodes"]}
    mapping = made["createdObjectMapping"]["flownodes"]
    references = [node["referencedFlowNode"]["id"] for node in nodes.values() if node["referencedFlowNode"]]
    assert references == [mapping[str(recipe)]]


def test_others_export_nothing(joe, admin, flow):
    assert joe.get("/v4/flows/999/package").status_code == 404
    theirs = admin.post("/v4/flows", json={"name": "theirs"}).json()["id"]
    assert joe.get(f"/v4/flows/{theirs}/package").status_code == 403


@pytest.mark.skipif(not REAL, reason=ABSENT)
def test_real_packages_go_in_and_out(joe):
    for path in REAL:
        answer = send(joe, path.read_bytes())
        assert answer.status_code == 201, (path, answer.text)
        (flow,) = answer.json()["primaryFlowIds"]
        assert texts(exported(joe, flow)) == texts(path.read_bytes())
    assert joe.get("/v4/flows/count").json() == {"count": len(REAL)}

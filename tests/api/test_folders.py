"""Folders of flows: what lies where, and what becomes of it."""

from __future__ import annotations

import pytest

from .asserts import assert_invalid, assert_v4_error
from .test_flow_packages import package, send


@pytest.fixture
def folder(joe) -> int:
    return joe.post("/v4/folders", json={"name": "development", "description": "of the team"}).json()["id"]


@pytest.fixture
def filled(joe, folder) -> int:
    """Id of a flow in the folder."""
    return joe.post("/v4/flows", json={"name": "orders", "folderId": folder}).json()["id"]


def _flows(client, folder: int) -> list[int]:
    found = client.get(f"/v4/folders/{folder}/flows").json()
    assert found["count"] == client.get(f"/v4/folders/{folder}/flows/count").json()["count"]
    return [flow["id"] for flow in found["data"]]


def test_a_folder_is_made_found_and_renamed(joe, folder):
    made = joe.get(f"/v4/folders/{folder}").json()
    assert (made["name"], made["description"], made["workspace"]) == ("development", "of the team", {"id": 1})
    assert joe.patch(f"/v4/folders/{folder}", json={"name": "dev"}).json()["id"] == folder
    assert [item["name"] for item in joe.get("/v4/folders?filter=dev").json()["data"]] == ["dev"]
    assert joe.get("/v4/folders/count").json() == {"count": 1}


@pytest.mark.parametrize("spelling", [lambda id: {"folderId": str(id)}, lambda id: {"folder": {"id": id}}])
def test_a_flow_says_where_it_lies(joe, folder, spelling):
    made = joe.post("/v4/flows/", json={"name": "orders", **spelling(folder)}).json()
    assert made["folder"] == {"id": folder}
    assert joe.get(f"/v4/flows/{made['id']}?embed=folder").json()["folder"]["name"] == "development"
    assert _flows(joe, folder) == [made["id"]]


@pytest.mark.parametrize("nowhere", [{"folderId": 0}, {"folderId": None}, {"folder": None}, {}])
def test_a_flow_may_lie_in_no_folder(joe, folder, nowhere):
    made = joe.post("/v4/flows", json={"name": "orders", **nowhere}).json()
    assert (made["folder"], _flows(joe, folder)) == (None, [])


def test_flows_move(joe, flow, folder, filled):
    assert joe.post(f"/v4/flows/{flow}/move", json={"folderId": folder}).json()["folder"] == {"id": folder}
    assert _flows(joe, folder) == [flow, filled]
    assert joe.patch(f"/v4/flows/{filled}", json={"folderId": None}).status_code == 200
    assert joe.patch(f"/v4/flows/{flow}", json={"name": "renamed"}).status_code == 200
    assert [item["id"] for item in joe.get(f"/v4/flows?folderId={folder}").json()["data"]] == [flow]
    assert [item["id"] for item in joe.get("/v4/flows?folderId=0").json()["data"]] == [filled]


def test_a_package_is_imported_into_a_folder(joe, folder):
    made = send(joe, package(), path=f"/v4/flows/package/?folderId={folder}").json()
    assert _flows(joe, folder) == made["primaryFlowIds"]
    assert [flow["folderId"] for flow in made["flows"]] == [folder]


def test_flows_outlive_their_folder(joe, folder, filled):
    assert joe.delete(f"/v4/folders/{folder}").status_code == 204
    assert_v4_error(joe.get(f"/v4/folders/{folder}"), 410, "GoneException")
    assert joe.get(f"/v4/flows/{filled}").json()["folder"] is None
    assert_invalid(joe.post("/v4/flows", json={"name": "x", "folderId": folder}), f"folder {folder} not found")


def test_folders_belong_to_those_who_made_them(admin, joe, folder):
    other = admin.post("/v4/folders", json={"name": "theirs"}).json()["id"]
    assert_v4_error(joe.get(f"/v4/folders/{other}/flows"), 403, "AccessControlException")
    assert_v4_error(joe.post("/v4/flows", json={"name": "x", "folderId": other}), 403, "AccessControlException")
    assert joe.get("/v4/folders").json()["count"] == 1

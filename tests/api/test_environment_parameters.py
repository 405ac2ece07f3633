"""`/v4/environmentParameters`: values of the workspace in paths of datasets and outputs."""

from __future__ import annotations

import pytest

from .asserts import assert_invalid, assert_v4_error


def _value(text: str) -> dict[str, object]:
    return {"variable": {"value": text}}


@pytest.fixture
def bucket(admin):
    """An environment parameter."""
    return admin.post("/v4/environmentParameters", json={"overrideKey": "env.bucket", "value": _value("b")}).json()


def test_administrators_make_them_and_everybody_sees_them(admin, joe, bucket):
    assert (bucket["overrideKey"], bucket["value"]) == ("env.bucket", _value("b"))
    assert joe.get(f"/v4/environmentParameters/{bucket['id']}").json()["overrideKey"] == "env.bucket"
    assert [item["id"] for item in joe.get("/v4/environmentParameters").json()["data"]] == [bucket["id"]]
    body = {"overrideKey": "env.x", "value": _value("")}
    assert_v4_error(joe.post("/v4/environmentParameters", json=body), 403, "AccessControlException")
    gone = f"/v4/environmentParameters/{bucket['id']}"
    assert_v4_error(joe.delete(gone), 403, "AccessControlException")
    assert admin.delete(gone).status_code == 204
    assert joe.get("/v4/environmentParameters").json()["data"] == []


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("bucket", _value("b"), "begin with env."),
        ("env.a/b", _value("b"), "no parameter name"),
        ("env.a", {"selector": {"default": "a", "options": ["a"]}}, "selector"),
        ("env.a", {"variable": {}}, "value.variable.value"),
    ],
)
def test_bad_ones(admin, key, value, words):
    assert_invalid(admin.post("/v4/environmentParameters", json={"overrideKey": key, "value": value}), words)


def test_names_are_unique_and_no_flow_has_them(admin, joe, flow, bucket):
    body = {"overrideKey": "env.bucket", "value": _value("c")}
    assert admin.post("/v4/environmentParameters", json=body).status_code == 409
    assert_invalid(joe.post(f"/v4/flows/{flow}/parameters", json=body), "name of an environment parameter")


def test_usage(admin, joe, recipe, output, flow, bucket):
    place = {"overrideKey": "env.bucket", "insertionIndices": [{"index": 1}]}
    dataset = {"name": "d", "path": "/b/x.csv", "dynamicPath": "//x.csv", "runParameters": [place]}
    assert joe.post("/v4/importedDatasets", json=dataset).status_code == 201
    setting = {
        "outputObjectId": output,
        "path": "/x.csv",
        "action": "create",
        "format": "csv",
        "runParameters": [place],
    }
    assert joe.post("/v4/writeSettings", json=setting).status_code == 201
    (found,) = joe.get("/v4/environmentParameters?includeUsageInfo=true").json()["data"]
    assert found["usageInfo"] == {"importedDatasets": 1, "writeSettings": 1, "flows": [{"id": flow}]}


def test_runs_use_them_and_cannot_override_them(desk):
    desk.file("in/a.csv", "x,y\n1,2\n")
    desk.post("environmentParameters", overrideKey="env.folder", value=_value("in"))
    start = f"{desk.folder}/"
    place = {"overrideKey": "env.folder", "insertionIndices": [{"index": len(start)}]}
    body = {"path": f"{start}x", "dynamicPath": f"{start}/a.csv", "runParameters": [place]}
    recipe = desk.recipe(desk.post("importedDatasets", name="d", **body)["id"])
    run = {"runParameters": {"overrides": {"data": [{"key": "env.folder", "value": "elsewhere"}]}}}
    assert desk.result(recipe, overrides=run) == "x,y\n1,2\n"
    missing = {**place, "overrideKey": "env.none"}
    other = desk.post("importedDatasets", name="e", **body | {"runParameters": [missing]})["id"]
    assert "environment parameter 'env.none' does not exist" in desk.result(desk.recipe(other))
    script = {"script": "derive type: single value: ${env.folder} as: 'z'"}
    assert desk.client.put(f"/v4/wrangledDatasets/{recipe}/script", json=script).status_code == 400

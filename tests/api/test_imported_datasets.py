"""`/v4/importedDatasets`."""

from __future__ import annotations

import pytest

from .asserts import assert_invalid


@pytest.mark.parametrize(
    ("place", "uri"),
    [
        ({"uri": "file:///srv/in/a b.csv"}, "file:///srv/in/a b.csv"),
        ({"uri": "file://localhost/srv/in/a.csv"}, "file:///srv/in/a.csv"),
        ({"path": "/srv/in/../x.csv"}, "file:///srv/x.csv"),
        ({"path": "/srv/in/a.csv", "type": "FILE"}, "file:///srv/in/a.csv"),
    ],
)
def test_a_file_may_be_named_in_two_ways(joe, place, uri):
    found = joe.post("/v4/importedDatasets", json={"name": "in", **place}).json()
    assert found["storageLocation"]["fullUri"] == uri
    assert (found["type"], found["size"], found["runParameters"]) == ("file", "-1", {"data": []})


def test_base_storage_lies_in_the_home_folder(joe, dataset, settings):
    found = joe.get(f"/v4/importedDatasets/{dataset}").json()
    assert found["path"] == "/trifacta/uploads/orders.csv"
    assert found["storageLocation"]["fullUri"] == f"file://{settings.uploads}/orders.csv"


@pytest.mark.parametrize(
    "place",
    [
        {"path": "/trifacta/uploads/orders.csv", "type": "hdfs", "bucket": None},
        {"uri": "hdfs:///trifacta/uploads/orders.csv"},
    ],
)
def test_hdfs_without_a_host_is_base_storage(joe, dataset, settings, place):
    found = joe.post("/v4/importedDatasets/", json={"name": "POS-r02", "description": "copy", **place}).json()
    assert (found["type"], found["path"]) == ("file", "/trifacta/uploads/orders.csv")
    assert found["storageLocation"]["fullUri"] == f"file://{settings.uploads}/orders.csv"
    assert found["size"] != "-1"


def test_the_file_need_not_exist_or_be_permitted_yet(joe):
    assert joe.post("/v4/importedDatasets", json={"name": "in", "uri": "file:///etc/passwd"}).status_code == 201


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": "x"}, "uri: a file needs uri or path"),
        ({"uri": "file:///a"}, "name: field required"),
        ({"name": "x", "uri": "ftp://host/a"}, "not supported: storage of type 'ftp'"),
        ({"name": "x", "uri": "s3:///a"}, "bucket: missing"),
        ({"name": "x", "path": "/a", "type": "gs"}, "bucket: missing"),
        ({"name": "x", "uri": "abfss://account.dfs.core.windows.net/a"}, "expected abfss://container@account"),
        ({"name": "x", "uri": "a.csv"}, "expected a complete URI"),
        ({"name": "x", "uri": "file://host/a.csv"}, "names no host, got 'host'"),
        ({"name": "x", "path": "a.csv"}, "expected an absolute path"),
        ({"name": "x", "path": "/" + "a" * 3000}, "at most 2048"),
        ({"name": "x", "path": "/a", "type": "sftp"}, "host: missing"),
        ({"name": "x", "path": "/a", "bucket": "b"}, "bucket: storage of type file has none"),
        ({"name": "x", "connectionId": 4, "jdbcTable": "t"}, "connection 4 not found"),
        ({"name": "x", "connection": {"id": "4"}, "raw": "SELECT 1"}, "connection 4 not found"),
        ({"name": "x", "connection": 4}, "connection: expected an object"),
        ({"name": "x", "path": "/a", "runParameters": [{"type": "path"}]}, "runParameters[0].value"),
    ],
)
def test_a_bad_dataset_is_refused(joe, body, words):
    assert_invalid(joe.post("/v4/importedDatasets", json=body), words)


def _parameter(index: int = 6, **facts: object) -> dict[str, object]:
    value = {"variable": {"value": "01"}}
    return {"type": "path", "overrideKey": "region", "insertionIndices": [{"index": index}], "value": value, **facts}


def test_a_path_may_hold_parameters(joe):
    body = {"name": "p", "path": "/data/01.csv", "dynamicPath": "/data/.csv", "runParameters": [_parameter()]}
    found = joe.post("/v4/importedDatasets", json=body).json()
    assert (found["isDynamic"], found["dynamicPath"]) == (True, "/data/.csv")
    assert found["runParameters"]["data"][0]["overrideKey"] == "region"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"type": "bucket"}, "expected index 0 to 0"),
        ({"type": "host"}, "not supported: parameter in 'host'"),
        ({"type": "bucket", "value": {"pattern": {"wildcard": {}}}}, "a pattern parameter cannot stand here"),
        ({"index": 99}, "expected index 0 to 10"),
        ({"insertionIndices": []}, "at least one place"),
        ({"value": {"dateRange": {}}}, 'expected "formats"'),
        ({"value": {"dateRange": {"formats": ["yyyyQQQ"]}}}, "unknown token 'QQQ'"),
        (
            {"value": {"dateRange": {"formats": ["yyyy"], "last": {"number": 1, "unit": "x"}}}},
            "'x' is not a unit",
        ),
        ({"value": {"dateRange": {"formats": ["yyyy"], "timezone": "Mars"}}}, "unknown time zone 'Mars'"),
        ({"value": {"timestamp": {"format": "yyyy"}}}, "a timestamp parameter cannot stand here"),
        ({"value": {"pattern": {"regex": {"value": "(?=x)"}}}}, "no look-around"),
        ({"value": {"pattern": {"regex": {"value": "("}}}}, "regular expression"),
        ({"value": {"pattern": {"trifactaPattern": {"value": "{digits}"}}}}, "Did you mean '{digit}'"),
        ({"value": {"selector": {"default": "c", "options": ["a", "b"]}}}, "expected one of the options, got 'c'"),
    ],
)
def test_a_bad_path_parameter_is_refused(joe, facts, words):
    body = {"name": "p", "path": "/data/01.csv", "dynamicPath": "/data/.csv", "runParameters": [_parameter(**facts)]}
    assert_invalid(joe.post("/v4/importedDatasets", json=body), words)


def test_changes_answer_the_whole_dataset(joe, dataset):
    assert joe.patch(f"/v4/importedDatasets/{dataset}", json={"name": "new"}).json()["name"] == "new"
    found = joe.put(f"/v4/importedDatasets/{dataset}", json={"path": "/elsewhere.csv"}).json()
    assert (found["name"], found["path"]) == ("new", "/elsewhere.csv")


def test_adding_to_a_flow_twice_gives_one_node(joe, flow, dataset):
    nodes = [
        joe.post(f"/v4/importedDatasets/{dataset}/addToFlow", json=body)
        for body in ({"flow": {"id": flow}}, {"flowId": str(flow)})
    ]
    assert [node.status_code for node in nodes] == [201, 201]
    first, second = (node.json() for node in nodes)
    assert first["id"] == second["id"]
    assert (first["wrangled"], first["flow"], first["referencedFlowNode"]) == (False, {"id": flow}, None)
    assert first["recipe"] == joe.get(f"/v4/importedDatasets/{dataset}").json()["parsingRecipe"]


def test_adding_to_an_unknown_flow_is_refused(joe, dataset):
    assert_invalid(
        joe.post(f"/v4/importedDatasets/{dataset}/addToFlow", json={"flowId": 99}), "flow: flow 99 not found"
    )


def test_a_copy_is_another_dataset_over_the_same_file(joe, dataset):
    copy = joe.post(f"/v4/importedDatasets/{dataset}/copy").json()
    assert (copy["id"] != dataset, copy["name"], copy["path"]) == (
        True,
        "orders (copy)",
        "/trifacta/uploads/orders.csv",
    )


def test_deleting_leaves_the_file(joe, dataset, settings):
    assert joe.delete(f"/v4/importedDatasets/{dataset}").status_code == 204
    assert joe.get(f"/v4/importedDatasets/{dataset}").status_code == 410
    assert (settings.uploads / "orders.csv").exists()


def test_lists_and_embeds(joe, dataset, recipe):
    found = joe.get("/v4/importedDatasets?embed=flows,parsingRecipe,connection,runParameters").json()
    assert found["count"] == joe.get("/v4/importedDatasets/count").json()["count"] == 1
    item = found["data"][0]
    assert [flow["name"] for flow in item["flows"]["data"]] == ["sales"]
    assert (item["parsingRecipe"]["name"], item["connection"]) == ("orders", None)


def test_a_refresh_takes_the_present_columns(joe, settings, flow, dataset, recipe):
    script = "derive type: single value: price * qty as: 'amount'"
    assert_invalid(joe.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": script}), "price")
    (settings.uploads / "orders.csv").write_text("id,qty,price\n1,5,2.5\n")
    answer = joe.post(f"/v4/importedDatasets/{dataset}/asyncRefreshSchema?sanitizeColumnNames=false")
    assert (answer.status_code, list(answer.json())) == (200, ["resourceTaskStateId"])
    assert joe.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": script}).status_code == 200


def test_a_refresh_of_nothing_changes_nothing(joe, settings, dataset):
    (settings.uploads / "orders.csv").unlink()
    assert_invalid(joe.post(f"/v4/importedDatasets/{dataset}/asyncRefreshSchema"), "cannot be read")
    assert joe.post("/v4/importedDatasets/999/asyncRefreshSchema").status_code == 404

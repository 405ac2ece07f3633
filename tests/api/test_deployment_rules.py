"""Import rules of deployments: connections, buckets, paths (api 3.13, platform 9.3)."""

from __future__ import annotations

import json

import pytest

from tests.recipe.flows import package_zip
from tests.shared import ABSENT

from .asserts import assert_invalid
from .deploying import release, rules
from .test_flow_packages import REAL, nested, package, send

ON = {"uuid": "u-61"}


def connection(client, name: str) -> dict:
    body = {
        "vendor": "postgres", "vendorName": "postgres", "type": "jdbc", "name": name, "host": "127.0.0.1", "port": 5,
        "credentialType": "basic", "credentials": [{"username": "u", "password": "p"}], "params": {"database": "d"},
    }  # fmt: skip
    return client.post("/v4/connections", json=body).json()


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


@pytest.mark.skipif(not REAL, reason=ABSENT)
def test_real_packages_come_in_by_rules(joe, deployment):
    given = [("fileLocation", "//developpement//", "/production/"), ("s3Bucket", "/.*/", "all"), ("dbPath", "dbo", "p")]
    rules(joe, deployment, "value", *({"type": kind, "on": on, "with": new} for kind, on, new in given))
    made = [release(joe, deployment, path.read_bytes())["importRuleChanges"]["value"] for path in REAL]
    assert {change["type"] for changes in made for change in changes} == {"fileLocation", "s3Bucket", "dbPath"}
    assert joe.get("/v4/releases/count").json() == {"count": len(REAL)}

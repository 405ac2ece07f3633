"""`/v4/writeSettings`."""

from __future__ import annotations

import pytest

from .asserts import assert_invalid

CSV = {"path": "file:///srv/out/x.csv", "action": "create", "format": "csv"}


def test_defaults(joe, output):
    found = joe.post("/v4/writeSettings", json={**CSV, "outputObject": {"id": output}}).json()
    assert {key: found[key] for key in ("header", "asSingleFile", "hasQuotes", "includeMismatches")} == dict.fromkeys(
        ("header", "asSingleFile", "hasQuotes", "includeMismatches"), False
    )
    assert (found["compression"], found["delim"], found["prefix"], found["suffix"]) == ("none", ",", None, None)
    assert found["outputObject"] == {"id": output}


def test_what_the_sdk_sends(joe, output):
    body = {**CSV, "compression": "none", "header": True, "asSingleFile": True, "prefix": None, "suffix": "_increment"}
    found = joe.post("/v4/writesettings", json={**body, "hasQuotes": True, "outputObjectId": str(output)}).json()
    assert (found["suffix"], found["header"], found["hasQuotes"]) == ("_increment", True, True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"outputObjectId": None}, "outputObjectId"),
        ({"outputObjectId": 99}, "outputObjectId: output object 99 not found"),
        ({"path": None}, "path"),
        ({"path": "out.csv"}, "expected a URI or absolute path"),
        ({"path": "/a/../../etc/x"}, "expected a URI or absolute path"),
        ({"path": "/" + "x" * 2048}, "at most 2048"),
        ({"action": "replace"}, "valid values are create, append, overwrite"),
        ({"format": "xlsx"}, "valid values are csv, json"),
        ({"compression": "zip"}, "valid values are none, gzip"),
        ({"header": "maybe"}, "header"),
        ({"delim": ""}, "delim"),
        ({"connectionId": "7"}, "connection 7 not found"),
        ({"runParameters": [{"overrideKey": "x"}]}, "runParameters[0].value"),
    ],
)
def test_a_bad_write_setting_is_refused(joe, output, change, words):
    assert_invalid(joe.post("/v4/writeSettings", json={**CSV, "outputObjectId": output, **change}), words)


def test_changes(joe, output):
    found = joe.get("/v4/writeSettings?embed=outputObject").json()["data"][0]
    assert found["outputObject"]["execution"] == "photon"
    address = f"/v4/writeSettings/{found['id']}"
    assert set(joe.patch(address, json={"delim": "|"}).json()) == {"id", "updatedAt", "updater"}
    changed = joe.put(address, json={"header": None, "format": "json"}).json()
    assert (changed["delim"], changed["header"], changed["format"]) == ("|", False, "json")
    assert joe.delete(address).status_code == 204
    assert joe.get(address).status_code == 410

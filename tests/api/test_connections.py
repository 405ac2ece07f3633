"""`/v4/connections`: what is kept, what is shown, who may use it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from gristmill.model.tables import Connection

from .asserts import assert_invalid, assert_v4_error

BODY = {
    "vendor": "postgres",
    "vendorName": "postgres",
    "type": "jdbc",
    "name": "prod pg",
    "host": "127.0.0.1",
    "port": "1",
    "params": {"connectStrOpts": "", "database": "prod_db"},
    "credentialType": "basic",
    "credentials": [{"username": "loader", "password": "s3cret words"}],
}


@pytest.fixture
def connection(joe) -> int:
    return joe.post("/v4/connections", json=BODY).json()["id"]


def test_a_connection_is_shown_without_its_password(joe, connection):
    shown = joe.get(f"/v4/connections/{connection}").json()
    assert shown["credentials"] == [{"username": "loader"}]
    assert shown["hasCredentials"] is True
    assert shown["connectParams"] == {
        "vendor": "postgres", "vendorName": "postgres", "host": "127.0.0.1", "port": "1", "database": "prod_db",
    }  # fmt: skip
    assert (shown["port"], shown["vendor"], shown["isGlobal"], shown["ssl"]) == (1, "postgres", False, False)
    assert "s3cret" not in json.dumps(joe.get("/v4/connections").json())


def test_the_password_is_encrypted_at_rest(joe, connection, server):
    with server.sessions.read() as session:
        row = session.scalars(select(Connection)).one()
    assert "s3cret" not in (row.credentials or "") + json.dumps(row.shown_credentials)


def test_older_bodies_name_host_and_database_elsewhere(joe):
    older = {key: BODY[key] for key in ("type", "credentialType", "credentials")} | {
        "name": "old", "params": {},
        "connectParams": {"vendor": "mysql", "vendorName": "mysql", "host": "db", "port": "3306", "database": "shop"},
    }  # fmt: skip
    shown = joe.post("/v4/connections", json=older).json()
    assert (shown["vendor"], shown["host"], shown["port"]) == ("mysql", "db", 3306)
    assert shown["params"] == {"database": "shop"}


def test_changes_keep_what_is_not_sent(joe, connection):
    assert set(joe.patch(f"/v4/connections/{connection}", json={"host": "pg"}).json()) == {"id", "updatedAt", "updater"}
    whole = joe.put(f"/v4/connections/{connection}", json={"description": "the big one"}).json()
    assert (whole["host"], whole["description"], whole["hasCredentials"]) == ("pg", "the big one", True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"type": "odbc"}, "type: invalid value 'odbc'"),
        ({"credentialType": "magic"}, "credentialType: invalid value 'magic'"),
        ({"port": 70000}, "port"),
        ({"sshTunneling": True}, "not supported: sshTunneling"),
        ({"vendor": None}, "vendor: missing"),
    ],
)
def test_words_that_do_not_exist(joe, change, words):
    assert_invalid(joe.post("/v4/connections", json=BODY | change), words)


def test_one_owner_one_name(joe, admin, connection):
    assert_v4_error(joe.post("/v4/connections", json=BODY), 409, "ConflictException", "prod pg")
    assert admin.post("/v4/connections", json=BODY).status_code == 201


def test_lists_count_and_deletion(joe, connection):
    assert [row["id"] for row in joe.get("/v4/connections?filter=PROD").json()["data"]] == [connection]
    assert joe.get("/v4/connections/count").json() == {"count": 1}
    assert joe.delete(f"/v4/connections/{connection}").status_code == 204
    assert_v4_error(joe.get(f"/v4/connections/{connection}"), 410, "GoneException")
    assert joe.get("/v4/connections/count").json() == {"count": 0}


def test_strangers_see_nothing_until_it_is_shared(joe, admin, connection):
    other = admin.post("/v4/connections", json=BODY).json()["id"]
    assert_v4_error(joe.get(f"/v4/connections/{other}"), 403, "AccessControlException")
    joe_id = joe.get("/v4/people/current").json()["id"]
    body = {"data": [{"person": {"id": joe_id}, "role": "readOnly", "policyTag": "connection_viewer"}]}
    (shared,) = admin.post(f"/v4/connections/{other}/permissions", json=body).json()["data"]
    assert (shared["role"], shared["person"], shared["connection"]) == ("readOnly", {"id": joe_id}, {"id": other})
    assert joe.get(f"/v4/connections/{other}").status_code == 200
    assert [row["id"] for row in joe.get("/v4/connections?sharedRole=readOnly").json()["data"]] == [other]
    assert_v4_error(joe.patch(f"/v4/connections/{other}", json={"host": "x"}), 403, "AccessControlException")
    assert admin.delete(f"/v4/connections/{other}/permissions/{joe_id}").status_code == 204
    assert_v4_error(joe.get(f"/v4/connections/{other}"), 403, "AccessControlException")


def test_columns_are_not_looked_up_through_what_is_shared_no_more(joe, admin):
    other = admin.post("/v4/connections", json=BODY).json()["id"]
    joe_id = joe.get("/v4/people/current").json()["id"]
    share = {"data": [{"person": {"id": joe_id}, "role": "readOnly", "policyTag": "connection_viewer"}]}
    admin.post(f"/v4/connections/{other}/permissions", json=share)
    body = {"name": "t", "connectionId": other, "jdbcPath": [], "jdbcTable": "t"}
    refresh = f"/v4/importedDatasets/{joe.post('/v4/importedDatasets', json=body).json()['id']}/asyncRefreshSchema"
    assert_invalid(joe.post(refresh), "does not tell the columns")
    admin.delete(f"/v4/connections/{other}/permissions/{joe_id}")
    assert_invalid(joe.post(refresh), f"connectionId: no right on connection {other}")


def test_a_global_connection_stays_global(joe, admin):
    everybodys = admin.post("/v4/connections", json=BODY | {"isGlobal": True}).json()["id"]
    assert joe.get(f"/v4/connections/{everybodys}").json()["isGlobal"] is True
    assert_invalid(admin.patch(f"/v4/connections/{everybodys}", json={"isGlobal": False}), "isGlobal")


def test_a_connection_that_fails_is_an_answer(joe, connection):
    answer = joe.get(f"/v4/connections/{connection}/status")
    assert answer.status_code == 200
    assert answer.json()["result"] == "FAILURE"
    assert "s3cret" not in answer.text
    assert joe.post("/v4/connections/dryRun", json=BODY).json()["result"] == "FAILURE"
    assert joe.get("/v4/connections/count").json() == {"count": 1}


def test_what_is_no_database_says_so(joe):
    answer = joe.post("/v4/connections/dryRun", json=BODY | {"vendor": "salesforce"}).json()
    assert "not supported: tables of vendor 'salesforce'" in answer["reason"]["exception"]["details"]


def test_what_is_known_of_a_database(joe):
    found = joe.get("/v4/connectorMetadata/postgres").json()
    assert (found["connectionMetadata"]["name"], found["connectionMetadata"]["operation"]) == ("postgres", "both")
    kinds = {item["trifactaType"]: item["vendorTypeList"][0] for item in found["publishMetadata"]["publishTypeMap"]}
    assert kinds["INTEGER"] == "BIGINT"
    assert_v4_error(joe.get("/v4/connectorMetadata/abacus"), 404, "NotFoundException", "abacus")


@pytest.mark.parametrize("vendor", ["sqlite", "duckdb"])
def test_a_database_that_is_a_file_lies_inside_of_the_permitted_roots(joe, settings, vendor):
    file = {"vendor": vendor, "credentialType": "noAuth", "credentials": []}
    inside, outside = f"/trifacta/uploads/shop.{vendor}", f"{settings.home}/gristmill.db"
    found = joe.post("/v4/connections/dryRun", json=BODY | file | {"params": {"database": inside}}).json()
    assert found["result"] == "SUCCESS", found
    refused = joe.post("/v4/connections/dryRun", json=BODY | file | {"params": {"database": outside}}).json()
    assert "not permitted" in refused["reason"]["exception"]["details"]

"""`/v4/people`."""

from __future__ import annotations

import pytest

from .asserts import assert_invalid, assert_v4_error

ANN = {
    "name": "Ann",
    "email": "Ann@Example.com",
    "password": "long enough 1",
    "password2": "long enough 1",
    "accept": "accept",
}


def test_the_caller(joe, settings):
    me = joe.get("/v4/people/current").json()
    assert (me["id"], me["email"], me["isAdmin"], me["state"]) == (2, "joe@example.com", False, "active")
    assert me["outputHomeDir"] == f"{settings.home}/data/trifacta/queryResults/joe@example.com"
    assert me["awsConfig"] is None


def test_administrators_add_people(admin, anyone):
    made = admin.post("/v4/people", json=ANN)
    assert (made.status_code, made.json()["email"]) == (201, "Ann@Example.com")
    assert anyone.get("/v4/people/current", auth=("ann@example.com", "long enough 1")).json()["name"] == "Ann"


def test_others_do_not(joe):
    assert_v4_error(joe.post("/v4/people", json=ANN), 403, "AccessControlException", "only administrators")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": "../../x@y"}, "is not a mail address"),
        ({"email": "no mail"}, "is not a mail address"),
        ({"password": "short", "password2": "short"}, "at least 12 characters"),
        ({"password2": "other"}, "differs from password"),
        ({"accept": "no"}, "accept"),
        ({"name": ""}, "name"),
        ({"outputHomeDir": "relative"}, "outputHomeDir: expected an absolute path"),
        ({"uploadDir": "/a/../b"}, "uploadDir: expected an absolute path"),
    ],
)
def test_a_bad_person_is_refused(admin, change, words):
    assert_invalid(admin.post("/v4/people", json={**ANN, **change}), words)


def test_an_address_is_taken_in_any_case(admin, joe):
    assert_v4_error(admin.post("/v4/people", json={**ANN, "email": "JOE@example.com"}), 409, "ConflictException")


def test_people_see_themselves_administrators_everyone(admin, joe):
    assert joe.get("/v4/people/2").status_code == 200
    assert_v4_error(joe.get("/v4/people/1"), 403, "AccessControlException")
    assert admin.get("/v4/people/2").status_code == 200
    assert_v4_error(admin.get("/v4/people/99"), 404, "NotFoundException", "person 99 not found")


@pytest.mark.parametrize(
    ("query", "emails"),
    [
        ("noLimit=true&sort=email", ["admin@example.com", "joe@example.com"]),
        ("email=JOE@example.com", ["joe@example.com"]),
        ("state=hidden", []),
        ("isDisabled=False&sort=id", ["admin@example.com", "joe@example.com"]),
        ("peopleIds=2,99", ["joe@example.com"]),
        ("filter=joe", ["joe@example.com"]),
    ],
)
def test_lists(admin, query, emails):
    assert [person["email"] for person in admin.get(f"/v4/people?{query}").json()["data"]] == emails


def test_everyone_else_lists_only_themselves(joe):
    assert [person["id"] for person in joe.get("/v4/people").json()["data"]] == [2]
    assert_invalid(joe.get("/v4/people?peopleIds=x"), "peopleIds")


def test_privileges_when_asked_for(admin, joe):
    assert "maximalPrivileges" not in joe.get("/v4/people/current").json()
    mine = joe.get("/v4/people/current?includePrivileges=true").json()["maximalPrivileges"]
    theirs = admin.get("/v4/people?includePrivileges=1&email=admin@example.com").json()["data"][0]["maximalPrivileges"]
    assert "execute" in mine[0]["operations"]
    assert {item["resourceType"] for item in theirs} > {item["resourceType"] for item in mine}

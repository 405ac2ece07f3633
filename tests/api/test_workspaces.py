"""`/v4/workspaces` and `/v4/awsConfigs`."""

from __future__ import annotations

import pytest

from .asserts import assert_invalid, assert_v4_error

ADDRESS = "/v4/workspaces/current/configuration"


def _change(*pairs: tuple[str, object]) -> dict[str, object]:
    return {"configuration": [{"key": key, "value": value} for key, value in pairs]}


def test_the_workspace(joe):
    found = joe.get("/v4/workspaces/current").json()
    assert (found["id"], found["name"], found["tier"], found["state"], found["userCount"]) == (
        1,
        "default",
        "none",
        "active",
        2,
    )


def test_switches_are_shown_with_their_defaults(joe):
    found = joe.get(ADDRESS).json()
    assert (found["apiAccessTokens.enabled"], found["jobs.skipWriteSettingsValidation"]) == (True, True)
    assert found["storage.fileRoots"] == []
    assert not [key for key in found if key.startswith(("admin.", "database."))]
    assert joe.get(f"{ADDRESS}?key=upload.maxBytes").json() == {"upload.maxBytes": 1_073_741_824}
    assert joe.get("/v4/workspaces/1/configuration").json() == found


def test_administrators_change_switches(admin, joe):
    answer = admin.patch(
        ADDRESS, json=_change(("apiAccessTokens.maxLifetimeDays", 30), ("apiAccessTokens.usersMayCreate", False))
    )
    assert answer.json()["apiAccessTokens.maxLifetimeDays"] == 30
    assert joe.get(ADDRESS).json()["apiAccessTokens.usersMayCreate"] is False


def test_others_do_not(joe):
    answer = joe.patch(ADDRESS, json=_change(("apiAccessTokens.enabled", False)))
    assert_v4_error(answer, 403, "AccessControlException", "only administrators")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (_change(("upload.maxBytes", 5)), "server setting: set GRISTMILL_UPLOAD_MAX_BYTES"),
        (_change(("apiAccessTokens.enable", True)), "Did you mean 'apiAccessTokens.enabled'?"),
        (_change(("apiAccessTokens.enabled", "perhaps")), "expected true or false, got 'perhaps'"),
        (_change(("apiAccessTokens.maxLifetimeDays", [])), "expected whole number"),
        ({"configuration": {}}, "configuration"),
        ({}, "configuration"),
    ],
)
def test_a_bad_change_is_refused_as_a_whole(admin, body, words):
    before = admin.get(ADDRESS).json()
    assert_invalid(admin.patch(ADDRESS, json=body), words)
    assert admin.get(ADDRESS).json() == before


def test_unknown_keys_and_workspaces(joe):
    assert_invalid(joe.get(f"{ADDRESS}?key=nope"), "unknown setting 'nope'")
    assert_v4_error(joe.get("/v4/workspaces/7/configuration"), 404, "NotFoundException")


def test_there_is_no_s3(joe):
    assert_v4_error(joe.get("/v4/awsConfigs/current?limit=1"), 404, "NotFoundException")

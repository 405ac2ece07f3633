"""`/v4/apiAccessTokens`, and how credentials are read."""

from __future__ import annotations

import base64
import time

import pytest

from gristmill.model.tables import AccessToken, Person

from .asserts import assert_invalid, assert_v4_error
from .conftest import JOE, JOE_PASSWORD


def _basic(email: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{email}:{password}".encode()).decode()}


def _bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def _me(client, headers: dict[str, str]):
    return client.get("/v4/people/current", headers=headers)


def test_the_first_token_is_made_with_a_password(anyone):
    body = {"lifetimeSeconds": 3600, "description": "nightly"}
    made = anyone.post("/v4/apiAccessTokens", json=body, headers=_basic(JOE, JOE_PASSWORD)).json()
    assert made["tokenInfo"]["description"] == "nightly"
    assert made["tokenInfo"]["lastUsed"] is None
    assert _me(anyone, _bearer(made["tokenValue"])).json()["email"] == JOE


def test_a_token_is_shown_without_its_secret(joe):
    made = joe.post("/v4/apiAccessTokens", json={"lifetimeSeconds": -1}).json()
    info = joe.get(f"/v4/apiAccessTokens/{made['tokenInfo']['tokenId']}").json()
    assert info == made["tokenInfo"]
    assert info["expiredAt"] is None
    assert set(joe.get("/v4/apiAccessTokens").json()["data"][0]) == set(info)


def test_use_is_noted(joe, anyone):
    made = joe.post("/v4/apiAccessTokens", json={"lifetimeSeconds": -1}).json()
    _me(anyone, _bearer(made["tokenValue"]))
    assert joe.get(f"/v4/apiAccessTokens/{made['tokenInfo']['tokenId']}").json()["lastUsed"]


def test_only_a_hash_is_kept(joe, server):
    value = joe.post("/v4/apiAccessTokens", json={"lifetimeSeconds": -1}).json()["tokenValue"]
    with server.sessions.read() as session:
        kept = {token.secret_hash for token in session.query(AccessToken)}
    secret = base64.urlsafe_b64decode(value + "==").decode()
    assert not any(one in secret for one in kept)


def test_a_revoked_token_stops_working_at_once(joe, anyone):
    made = joe.post("/v4/apiAccessTokens", json={"lifetimeSeconds": -1}).json()
    assert joe.delete(f"/v4/apiAccessTokens/{made['tokenInfo']['tokenId']}").status_code == 204
    assert_v4_error(_me(anyone, _bearer(made["tokenValue"])), 401, "MissingPersonException", "invalid credentials")
    assert joe.get(f"/v4/apiAccessTokens/{made['tokenInfo']['tokenId']}").status_code == 404


def test_an_expired_token_says_so(joe, anyone, server):
    made = joe.post("/v4/apiAccessTokens", json={"lifetimeSeconds": 60}).json()
    with server.sessions.write() as session:
        session.get(AccessToken, made["tokenInfo"]["tokenId"]).expired_at = int(time.time() * 1000)
    assert_v4_error(_me(anyone, _bearer(made["tokenValue"])), 401, "MissingPersonException", "token expired")


@pytest.mark.parametrize("seconds", [0, -2, 10**30, "60", 1.5, None, True])
def test_bad_lifetimes_are_refused(joe, seconds):
    assert_invalid(joe.post("/v4/apiAccessTokens", json={"lifetimeSeconds": seconds}), "lifetimeSeconds")


def test_other_peoples_tokens_are_not_found(admin, joe):
    foreign = admin.post("/v4/apiAccessTokens", json={"lifetimeSeconds": -1}).json()["tokenInfo"]["tokenId"]
    assert_v4_error(joe.get(f"/v4/apiAccessTokens/{foreign}"), 404, "NotFoundException")
    assert_v4_error(joe.delete(f"/v4/apiAccessTokens/{foreign}"), 404, "NotFoundException")
    assert_v4_error(joe.get("/v4/apiAccessTokens/nonsense"), 404, "NotFoundException", "'nonsense'")


def _switch(admin, key: str, value: object) -> None:
    body = {"configuration": [{"key": key, "value": value}]}
    assert admin.patch("/v4/workspaces/current/configuration", json=body).status_code == 200


def test_administrators_may_keep_tokens_to_themselves(admin, joe):
    _switch(admin, "apiAccessTokens.usersMayCreate", False)
    body = {"lifetimeSeconds": 60}
    assert_v4_error(joe.post("/v4/apiAccessTokens", json=body), 403, "AccessControlException", "only administrators")
    assert admin.post("/v4/apiAccessTokens", json=body).status_code == 201


def test_administrators_may_limit_lifetimes(admin, joe):
    _switch(admin, "apiAccessTokens.maxLifetimeDays", 1)
    assert_invalid(joe.post("/v4/apiAccessTokens", json={"lifetimeSeconds": -1}), "at most 1 days")
    assert joe.post("/v4/apiAccessTokens", json={"lifetimeSeconds": 86_400}).status_code == 201


def test_tokens_can_be_switched_off(admin, joe, anyone):
    _switch(admin, "apiAccessTokens.enabled", False)
    assert_v4_error(joe.get("/v4/flows"), 403, "AccessControlException", "switched off")
    assert _me(anyone, _basic(JOE, JOE_PASSWORD)).status_code == 200


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Bearer ====", "Bearer W10", "Basic", "Basic x", "Basic /w==", "Digest a", "bearer é"],
)
def test_bad_credentials_are_refused(anyone, header):
    answer = anyone.get("/v4/flows", headers={"Authorization": header.encode("latin-1")})
    assert_v4_error(answer, 401, "MissingPersonException")
    assert answer.headers["www-authenticate"] == 'Bearer, Basic realm="designer-cloud"'


def test_a_disabled_person_is_refused(joe, anyone, server):
    with server.sessions.write() as session:
        session.get(Person, 2).is_disabled = True
    assert_v4_error(joe.get("/v4/flows"), 401, "MissingPersonException", "disabled")
    assert_v4_error(_me(anyone, _basic(JOE, JOE_PASSWORD)), 401, "MissingPersonException", "disabled")


def test_addresses_are_read_in_any_case(anyone):
    assert _me(anyone, _basic(JOE.upper(), JOE_PASSWORD)).status_code == 200


def test_guessing_passwords_is_slowed_down(anyone):
    answers = [_me(anyone, _basic(JOE, f"guess {number}")).status_code for number in range(11)]
    assert answers == [401] * 10 + [429]
    assert_v4_error(_me(anyone, _basic(JOE, JOE_PASSWORD)), 429, "TooManyRequestsException", "too many failed logins")

"""`/v4/webhookFlowTasks`, `/v4/webhooks/test`, webhooks of runs and their deliveries."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gristmill.jobs.failures import JobError
from gristmill.jobs.outcome import fail_job
from gristmill.model.job_tables import JobGroup
from gristmill.model.secrets import decrypt
from gristmill.model.tables import WebhookFlowTask
from tests.receivers import Answer, receiving

from .asserts import assert_invalid, assert_v4_error

HOOK = {"name": "tell", "url": "https://hooks.example.com/in", "method": "POST", "triggerEvent": "onJobDone"}
SECRETS = ("123-secret", "Bearer abc", "pa55")


@pytest.fixture
def task(joe, flow):
    body = {**HOOK, "flowId": flow, "triggerObject": "all", "secretKey": SECRETS[0]}
    return joe.post("/v4/webhookFlowTasks", json=body).json()["id"]


def _stored(server, group) -> JobGroup:
    with server.sessions.read() as session:
        return session.get(JobGroup, group)


def _run(joe, recipe, *webhooks):
    overrides = {"webhooks": list(webhooks)} if webhooks else {}
    return joe.post("/v4/jobGroups", json={"wrangledDataset": {"id": recipe}, "overrides": overrides})


def test_a_webhook_of_a_flow(joe, flow, recipe, server, settings):
    body = {
        **HOOK,
        "flow": {"id": flow},
        "triggerObject": "some",
        "flowNodeIds": [str(recipe)],
        "body": {"job": "$jobId"},
        "headers": {"X-A": "1", "X-Count": 2},
        "secretKey": SECRETS[0],
        "retryOnFailure": True,
    }
    answer = joe.post("/v4/webhookFlowTasks/", json=body)
    found = answer.json()
    assert answer.status_code == 201
    assert (found["method"], found["triggerObject"], found["flowNodeIds"]) == ("post", "some", [recipe])
    assert (found["body"], found["headers"]) == ('{"job":"$jobId"}', {"X-A": "1", "X-Count": "2"})
    assert (found["sslVerification"], found["retryOnFailure"], found["flow"]) == (True, True, {"id": flow})
    assert (found["secretKey"], found["hasSecretKey"]) == (None, True)
    assert joe.get(f"/v4/webhookFlowTasks/{found['id']}").json() == found
    with server.sessions.read() as session:
        stored = session.get(WebhookFlowTask, found["id"]).secret
    assert SECRETS[0] not in stored and decrypt(settings, stored) == SECRETS[0]


def test_lists(joe, flow, task):
    other = joe.post("/v4/flows", json={"name": "other"}).json()["id"]
    joe.post("/v4/webhookFlowTasks", json={**HOOK, "name": "b", "flowId": other, "triggerObject": "any"})
    assert [row["name"] for row in joe.get("/v4/webhookFlowTasks?sort=name").json()["data"]] == ["b", "tell"]
    assert joe.get(f"/v4/webhookFlowTasks?flowId={flow}").json()["count"] == 1
    assert joe.get("/v4/webhookFlowTasks/count").json() == {"count": 2}
    assert joe.get("/v4/webhookFlowTasks/count?flowId=99").json() == {"count": 0}
    embedded = joe.get(f"/v4/flows/{flow}?embed=webhookFlowTasks").json()["webhookFlowTasks"]["data"]
    assert [row["id"] for row in embedded] == [task]


@pytest.mark.parametrize("verb", ["patch", "put"])
def test_changes(joe, recipe, task, server, verb):
    address = f"/v4/webhookFlowTasks/{task}"
    change = {"method": "delete", "triggerObject": "some", "flowNodeIds": [recipe], "secretKey": None, "name": "n"}
    assert joe.request(verb, address, json=change).status_code == 200
    found = joe.get(address).json()
    assert (found["method"], found["flowNodeIds"], found["name"], found["url"]) == (
        "delete",
        [recipe],
        "n",
        HOOK["url"],
    )
    assert found["hasSecretKey"] is True
    joe.request(verb, address, json={"secretKey": "", "triggerObject": "any"})
    found = joe.get(address).json()
    assert (found["hasSecretKey"], found["triggerObject"]) == (False, "any")


def test_what_is_hidden_comes_back_unharmed(joe, task, server):
    address = f"/v4/webhookFlowTasks/{task}"
    url, headers = f"https://joe:{SECRETS[2]}@hooks.example.com/in", {"Authorization": SECRETS[1], "X-A": "1"}
    joe.patch(address, json={"url": url, "headers": headers})
    shown = joe.get(address).json()
    assert (shown["url"], shown["headers"]) == (
        "https://***@hooks.example.com/in",
        {"Authorization": "***", "X-A": "1"},
    )
    joe.put(address, json={**shown, "name": "changed"})
    with server.sessions.read() as session:
        stored = session.get(WebhookFlowTask, task)
    assert (stored.url, stored.headers, stored.name) == (url, headers, "changed")
    joe.patch(address, json={"headers": {"Authorization": "other"}, "url": "https://hooks.example.com/in"})
    with server.sessions.read() as session:
        stored = session.get(WebhookFlowTask, task)
    assert (stored.url, stored.headers) == ("https://hooks.example.com/in", {"Authorization": "other"})


def test_deleting(joe, flow, task):
    assert joe.delete(f"/v4/webhookFlowTasks/{task}").status_code == 204
    assert joe.get(f"/v4/webhookFlowTasks/{task}").status_code == 410
    second = joe.post("/v4/webhookFlowTasks", json={**HOOK, "flowId": flow, "triggerObject": "any"}).json()["id"]
    joe.delete(f"/v4/flows/{flow}")
    assert joe.get(f"/v4/webhookFlowTasks/{second}").status_code == 410


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": "hooks.example.com"}, "url: expected http:// or https://"),
        ({"url": "ftp://example.com/"}, "url: expected http:// or https://"),
        ({"url": "http://joe:pa55@[::1"}, "url: expected"),
        ({"url": None}, "url"),
        ({"method": "head"}, "method: invalid value 'head', valid values are post, put, patch, get, delete"),
        ({"triggerEvent": "onJobStart"}, "triggerEvent: invalid value 'onJobStart', valid values are onJobFailure"),
        ({"triggerObject": "few"}, "triggerObject: invalid value 'few'"),
        ({"triggerObject": "some"}, "flowNodeIds: missing"),
        ({"triggerObject": "some", "flowNodeIds": [999]}, "flowNodeIds: recipe or flow node 999 not found"),
        ({"flowId": 99}, "flowId: flow 99 not found"),
        ({"headers": {"a b": "x"}}, "headers: 'a b' is no name of a header"),
        ({"headers": {"a": ["x"]}}, "headers: expected a text as value of 'a'"),
        ({"headers": "x"}, "headers"),
        ({"sslVerification": "no"}, "sslVerification"),
        ({"body": "x" * (1 << 21)}, "body: longer than"),
    ],
)
def test_a_bad_webhook_is_refused(joe, flow, recipe, change, words):
    body = {**HOOK, "flowId": flow, "triggerObject": "any", **change}
    answer = joe.post("/v4/webhookFlowTasks", json=body)
    assert_invalid(answer, words)
    assert "pa55" not in answer.text


def test_recipes_of_other_flows_do_not_count(joe, recipe):
    other = joe.post("/v4/flows", json={"name": "other"}).json()["id"]
    body = {**HOOK, "flowId": other, "triggerObject": "some", "flowNodeIds": [recipe]}
    assert_invalid(joe.post("/v4/webhookFlowTasks", json=body), f"{recipe} is no recipe of flow {other}")


def test_somebody_elses_webhooks(admin, joe, anyone):
    flow = admin.post("/v4/flows", json={"name": "secret"}).json()["id"]
    body = {**HOOK, "flowId": flow, "triggerObject": "any"}
    task = admin.post("/v4/webhookFlowTasks", json=body).json()["id"]
    assert_v4_error(joe.get(f"/v4/webhookFlowTasks/{task}"), 403, "AccessControlException")
    assert_v4_error(joe.post("/v4/webhookFlowTasks", json=body), 403, "AccessControlException")
    assert joe.get("/v4/webhookFlowTasks").json()["count"] == 0


def test_an_administrator_sets_how_many_and_whether_at_all(admin, joe, flow, recipe, output, task):
    def configure(key, value):
        change = {"configuration": [{"key": key, "value": value}]}
        assert admin.patch("/v4/workspaces/current/configuration", json=change).status_code == 200

    body = {**HOOK, "flowId": flow, "triggerObject": "any"}
    assert joe.get("/v4/workspaces/current/configuration").json()["webhooks.maxPerFlow"] == 50
    configure("webhooks.maxPerFlow", 1)
    assert_v4_error(joe.post("/v4/webhookFlowTasks", json=body), 409, "ConflictException", "has 1 webhooks already")
    configure("webhooks.enabled", False)
    for answer in (
        joe.post("/v4/webhookFlowTasks", json=body),
        joe.post("/v4/webhooks/test", json=HOOK),
        _run(joe, recipe, HOOK),
    ):
        assert_v4_error(answer, 403, "AccessControlException", "switched off")
    assert _run(joe, recipe).status_code == 201


def test_a_run_takes_the_webhooks_of_its_flow(joe, flow, recipe, output, task, server):
    body = {"importedDatasetId": 1, "flowId": flow, "name": "other"}
    other = joe.post("/v4/wrangledDatasets", json=body).json()["id"]
    for node in (recipe, other):
        some = {**HOOK, "name": f"of {node}", "flowId": flow, "triggerObject": "some", "flowNodeIds": [node]}
        joe.post("/v4/webhookFlowTasks", json=some)
    found = _stored(server, _run(joe, recipe).json()["id"]).webhooks
    assert [(hook["taskId"], hook["name"]) for hook in found] == [(task, "tell"), (task + 1, f"of {recipe}")]


def test_webhooks_of_a_run_stand_in_for_those_of_the_flow(joe, recipe, output, task, server):
    own = {**HOOK, "name": "own", "triggerEvent": "onjobfailure", "body": [1, {"a": "ü"}]}
    (found,) = _stored(server, _run(joe, recipe, own).json()["id"]).webhooks
    assert (found["taskId"], found["name"], found["triggerEvent"]) == (None, "own", "onJobFailure")
    assert (found["body"], found["sslVerification"], found["retryOnFailure"]) == ('[1,{"a":"ü"}]', True, False)
    overrides = {"wrangledDataset": {"id": recipe}, "overrides": {"webhooks": []}}
    assert _stored(server, joe.post("/v4/jobGroups", json=overrides).json()["id"]).webhooks == []


def test_headers_in_both_spellings(joe, recipe, output, server):
    (found,) = _stored(server, _run(joe, recipe, {**HOOK, "header": {"X-A": "1"}}).json()["id"]).webhooks
    assert found["headers"] == {"X-A": "1"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"triggerEvent": "never"}, "overrides.webhooks[0].triggerEvent: invalid value 'never'"),
        ({"method": "trace"}, "overrides.webhooks[0].method: invalid value 'trace'"),
        ({"url": "x"}, "overrides.webhooks[0].url: expected http:// or https://"),
        ({"secretKey": 5}, "overrides.webhooks.0.secretKey"),
    ],
)
def test_a_run_with_a_bad_webhook_is_refused(joe, recipe, output, change, words):
    assert_invalid(_run(joe, recipe, {**HOOK, **change}), words)


def test_secrets_are_kept_but_never_shown(joe, recipe, output, server, settings):
    hook = {
        **HOOK,
        "url": f"https://joe:{SECRETS[2]}@hooks.example.com/in",
        "secretKey": SECRETS[0],
        "headers": {"Authorization": SECRETS[1], "X-Plain": "plain"},
    }
    group = _run(joe, recipe, hook).json()["id"]
    stored = _stored(server, group)
    assert decrypt(settings, stored.webhooks[0]["secret"]) == SECRETS[0]
    assert stored.overrides["webhooks"][0]["headers"] == {"Authorization": "***", "X-Plain": "plain"}
    _fail(server, group)
    kept = json.dumps(stored.overrides)
    shown = joe.get(f"/v4/jobGroups/{group}/webhookDeliveries").text + joe.get(f"/v4/jobGroups/{group}").text
    assert not any(secret in kept + shown for secret in SECRETS)


def _fail(server, group):
    with server.sessions.write() as session:
        job = session.get(JobGroup, group).jobs[0]
        fail_job(session, job.id, group, JobError("RunError", "file not found"))


def test_deliveries_are_listed(joe, recipe, output, task, group, server):
    assert joe.get(f"/v4/jobGroups/{group}/webhookDeliveries").json() == {"data": [], "count": 0}
    _fail(server, group)
    (found,) = joe.get(f"/v4/jobGroups/{group}/webhookDeliveries?embed=webhookFlowTask").json()["data"]
    assert (found["name"], found["status"], found["attempt"], found["attempts"]) == ("tell", "Waiting", 0, [])
    assert (found["url"], found["triggerEvent"], found["statusCode"]) == (HOOK["url"], "onJobDone", None)
    assert found["webhookFlowTask"]["id"] == task and found["nextAttemptAt"] and found["finishedAt"] is None
    assert found["messageId"].startswith("msg_")


@pytest.fixture
def reachable(server, joe, monkeypatch):
    """The server may send to 127.0.0.1."""
    allowed = replace(server.settings, webhooks_allowed_hosts=("127.0.0.1",), webhooks_timeout_seconds=1)
    monkeypatch.setitem(server.client.app.state._state, "settings", allowed)


def test_a_test_sends_one_message(joe, reachable):
    with receiving() as receiver:
        body = {"url": receiver.url, "method": "put", "body": "$jobId $jobStatus", "secretKey": "k"}
        assert joe.post("/v4/webhooks/test", json=body).json() == {"statusCode": 200}
    (received,) = receiver.received
    assert (received.method, received.body) == ("PUT", b"0 Complete")
    assert "x-webhook-signature" in received.headers


@pytest.mark.parametrize(
    ("answer", "code", "words"), [(Answer(404), 404, "answered 404"), (Answer(seconds=2), 500, "no answer within 1")]
)
def test_a_failed_test_says_why(joe, reachable, answer, code, words):
    with receiving(answer) as receiver:
        found = joe.post("/v4/webhooks/test", json={"url": receiver.url, "method": "GET"}).json()
    assert found["statusCode"] == code and words in found["error"]["message"]


def test_a_test_reaches_no_internal_address(joe):
    with receiving() as receiver:
        found = joe.post("/v4/webhooks/test", json={"url": receiver.url, "method": "GET"}).json()
    assert receiver.received == [] and "webhooks.allowedHosts" in found["error"]["message"]

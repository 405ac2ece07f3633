"""Webhooks of a run, from the request to a real receiver."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore
import pytest
from standardwebhooks.webhooks import Webhook
from starlette.testclient import TestClient

from gristmill.api.app import create_app
from gristmill.settings import Settings
from tests.receivers import Answer, Receiver, certificate, receiving

from .conftest import ADMIN, ADMIN_PASSWORD

PUBLIC = "93.184.216.34"
CSV = {"path": "/trifacta/queryResults/out.csv", "action": "overwrite", "format": "csv"}
SAMPLE = {
    "name": "webhook override",
    "url": "http://example.com",
    "method": "post",
    "triggerEvent": "onJobFailure",
    "body": {"text": "override"},
    "headers": {"testHeader": "val1"},
    "sslVerification": True,
    "secretKey": "123",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home = tmp_path_factory.mktemp("running")
    settings = Settings(home=home, admin_email=ADMIN, admin_password=ADMIN_PASSWORD, webhooks_retry_seconds=0.02)
    with TestClient(create_app(settings)) as client:
        client.auth = (ADMIN, ADMIN_PASSWORD)
        yield client


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch):
    """Lets example.com, a public address for the server, be our receiver."""
    resolve, connect = socket.getaddrinfo, httpcore.SyncBackend.connect_tcp

    @contextmanager
    def world(*answers: Answer, **options) -> Iterator[Receiver]:
        with receiving(*answers, **options) as receiver:

            def look_up(host, port, *args, **more):
                return resolve(PUBLIC if host == "example.com" else host, port, *args, **more)

            def reach(self, host, port, *args, **more):
                is_ours = host == PUBLIC
                return connect(
                    self, "127.0.0.1" if is_ours else host, receiver.port if is_ours else port, *args, **more
                )

            monkeypatch.setattr(socket, "getaddrinfo", look_up)
            monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", reach)
            yield receiver

    return world


@pytest.fixture(scope="module")
def recipe(client) -> int:
    flow = client.post("/v4/flows", json={"name": "sales"}).json()["id"]
    files = {"file": ("orders", b"id,qty\n1,5\n2,7\n")}
    recipe = client.post(f"/v4/flows/{flow}/importAndAddDatasetToFlow", files=files).json()["wrangledDatasetId"]
    client.post("/v4/outputObjects", json={"flowNodeId": recipe, "execution": "photon", "writeSettings": [CSV]})
    return recipe


def _run(client, recipe, *webhooks, **overrides):
    body = {"wrangledDataset": {"id": recipe}, "overrides": {"webhooks": list(webhooks), **overrides}}
    return client.post("/v4/jobGroups", json=body)


def _deliveries(client, group, count=1):
    """The deliveries of a run when all have ended."""
    end = time.monotonic() + 20
    while True:
        found = client.get(f"/v4/jobGroups/{group}/webhookDeliveries").json()["data"]
        if len(found) >= count and all(row["finishedAt"] for row in found):
            return found
        assert time.monotonic() < end, found
        time.sleep(0.02)


def _failing(client, recipe, *webhooks):
    return _run(client, recipe, *webhooks, execution="abacus")


@pytest.mark.page("a webhook can be passed in as an override; the answer is 201 as for any run")
@pytest.mark.page("the message goes to url, with method, headers and body as given, when the event has come")
@pytest.mark.page("with a secretKey the message is signed")
def test_the_sample_of_the_page(client, recipe, world):
    with world() as receiver:
        answer = _failing(client, recipe, SAMPLE)
        started = answer.json()
        assert answer.status_code == 201 and started["reason"] == "JobStarted"
        assert started["jobGraph"]["vertices"] == [job["id"] for job in started["jobs"]["data"]]
        (received,) = receiver.wait()
        (delivery,) = _deliveries(client, started["id"])
    assert (received.method, received.path, received.body) == ("POST", "/", b'{"text":"override"}')
    assert (received.headers["host"], received.headers["testheader"]) == ("example.com", "val1")
    assert received.headers["content-type"] == "application/json"
    assert (delivery["name"], delivery["status"], delivery["statusCode"]) == ("webhook override", "Delivered", 200)
    moment, signature = received.headers["x-webhook-signature"].split(",")
    signed = moment.removeprefix("t=").encode() + b"." + received.body
    assert signature == f"sha256={hmac.new(b'123', signed, hashlib.sha256).hexdigest()}"
    key = "whsec_" + base64.b64encode(b"123").decode()
    assert Webhook(key).verify(received.body, received.headers) == {"text": "override"}


def test_a_redirect_is_a_failed_delivery(client, recipe, world):
    with receiving() as target, world(Answer(307, headers={"Location": target.url})) as receiver:
        group = _failing(client, recipe, SAMPLE).json()["id"]
        (delivery,) = _deliveries(client, group)
    assert len(receiver.received) == 1 and target.received == []
    assert (delivery["status"], delivery["statusCode"]) == ("Failed", 307)


@pytest.mark.page("onJobFailure, onJobSuccess and onJobDone choose the end that is told")
@pytest.mark.parametrize(
    ("override", "told"),
    [({}, ["onJobDone", "onJobSuccess"]), ({"execution": "abacus"}, ["onJobDone", "onJobFailure"])],
)
def test_the_event_decides(client, recipe, world, override, told):
    events = ("onJobFailure", "onJobSuccess", "onJobDone")
    hooks = [{**SAMPLE, "triggerEvent": event, "body": {"text": event}} for event in events]
    with world() as receiver:
        group = _run(client, recipe, *hooks, **override).json()["id"]
        _deliveries(client, group, 2)
    assert sorted(received.body.decode() for received in receiver.received) == [
        f'{{"text":"{event}"}}' for event in told
    ]


@pytest.mark.page("POST, PUT, PATCH, GET and DELETE are supported; GET and DELETE send no body")
def test_methods(client, recipe, world):
    methods = ("POST", "put", "Patch", "GET", "delete")
    with world() as receiver:
        group = _failing(client, recipe, *({**SAMPLE, "method": method} for method in methods)).json()["id"]
        _deliveries(client, group, 5)
    bodies = {received.method: received.body for received in receiver.received}
    full = b'{"text":"override"}'
    assert bodies == {"POST": full, "PUT": full, "PATCH": full, "GET": b"", "DELETE": b""}


@pytest.mark.page("special tokens in the body are replaced, $jobId and $jobStatus among them")
def test_tokens(client, recipe, world):
    body = {"text": "job $jobId of $flowName ended: $jobStatus", "rows": "$rowCount"}
    with world() as receiver:
        hook = {**SAMPLE, "triggerEvent": "onJobDone", "body": body, "url": "http://example.com/$jobId"}
        group = _run(client, recipe, hook).json()["id"]
        (received,) = receiver.wait()
    expected = f'{{"text":"job {group} of sales ended: Complete","rows":"2"}}'
    assert (received.body.decode(), received.path) == (expected, f"/{group}")


@pytest.mark.page("body, headers, sslVerification and secretKey may be left out")
@pytest.mark.page("sslVerification is true when it is not given")
def test_certificates(client, recipe, world, tmp_path):
    _, tls = certificate(tmp_path, "example.com")
    bare = {"name": "w", "url": "https://example.com", "method": "post", "triggerEvent": "onJobFailure"}
    with world(tls=tls) as receiver:
        group = _failing(client, recipe, bare, {**bare, "sslVerification": False}).json()["id"]
        strict, lax = _deliveries(client, group, 2)
    assert (strict["status"], lax["status"]) == ("Failed", "Delivered")
    assert "CERTIFICATE" in strict["errorMessage"]
    (received,) = receiver.received
    assert received.body == b"" and "x-webhook-signature" not in received.headers


@pytest.mark.page("webhooks of a flow tell of its runs; those of a run stand in for them")
def test_flow_tasks_and_retries(client, recipe, world):
    flow = client.get(f"/v4/wrangledDatasets/{recipe}").json()["flow"]["id"]
    task = {**SAMPLE, "name": "task", "flowId": flow, "triggerObject": "any", "retryOnFailure": True}
    id = client.post("/v4/webhookFlowTasks", json=task).json()["id"]
    with world(Answer(500), Answer(500), Answer(200)) as receiver:
        body = {"wrangledDataset": {"id": recipe}, "overrides": {"execution": "abacus"}}
        group = client.post("/v4/jobGroups", json=body).json()["id"]
        (delivery,) = _deliveries(client, group)
        assert (delivery["attempt"], delivery["status"]) == (3, "Delivered")
        assert delivery["webhookFlowTask"] == {"id": id}
        group = _failing(client, recipe, SAMPLE).json()["id"]
        assert [row["name"] for row in _deliveries(client, group)] == ["webhook override"]
    assert len(receiver.received) == 4
    client.delete(f"/v4/webhookFlowTasks/{id}")


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "http://169.254.169.254/latest/meta-data"])
def test_internal_addresses_are_not_reached(client, recipe, url):
    with receiving() as receiver:
        group = _failing(client, recipe, {**SAMPLE, "url": url.format(port=receiver.port)}).json()["id"]
        (delivery,) = _deliveries(client, group)
    assert receiver.received == []
    assert delivery["status"] == "Failed" and delivery["errorMessage"].startswith("refused")

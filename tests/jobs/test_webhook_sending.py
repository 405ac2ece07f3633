"""Sending a message to a real receiver."""

from __future__ import annotations

import socket
import time

import pytest

from gristmill.jobs.webhooks.messages import Message
from gristmill.jobs.webhooks.sending import KEPT_BYTES, send
from gristmill.settings import Settings
from tests.receivers import Answer, certificate, receiving

LOCAL = Settings(webhooks_allowed_hosts=("127.0.0.1",), webhooks_timeout_seconds=2)


def _message(url, method="POST", body=b"{}", **headers):
    return Message(method, url, headers, body)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "GET", "DELETE"])
def test_a_message_arrives(method):
    body = None if method in ("GET", "DELETE") else b'{"a":1}'
    with receiving() as receiver:
        reply = send(LOCAL, _message(f"{receiver.url}/in?a=1", method, body, **{"x-word": "ü"}), True)
    (received,) = receiver.received
    assert (reply.status_code, reply.answer, reply.error) == (200, "thanks", None)
    assert (received.method, received.path, received.body) == (method, "/in?a=1", body or b"")
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_nothing_is_sent_to_loopback_by_default():
    with receiving() as receiver:
        reply = send(Settings(), _message(receiver.url), True)
    assert reply.error.startswith("refused") and receiver.received == []


def test_redirects_are_not_followed():
    with receiving() as target, receiving(Answer(302, headers={"Location": target.url})) as receiver:
        reply = send(LOCAL, _message(receiver.url), True)
    assert (reply.status_code, reply.error) == (302, "answered 302: redirects are not followed")
    assert target.received == []


@pytest.mark.parametrize(("status", "error"), [(204, None), (299, None), (404, "answered 404"), (500, "answered 500")])
def test_only_2xx_is_success(status, error):
    with receiving(Answer(status, b"")) as receiver:
        assert send(LOCAL, _message(receiver.url), True).error == error


@pytest.mark.parametrize(
    "answer",
    [Answer(seconds=30), Answer(500, b"x" * 400, drip=0.1), Answer(body=b"x", headers={"Content-Length": "9"}, drip=5)],
)
def test_all_of_it_has_to_end_within_the_time_limit(answer):
    settings = Settings(webhooks_allowed_hosts=("127.0.0.1",), webhooks_timeout_seconds=0.5)
    start = time.monotonic()
    with receiving(answer) as receiver:
        reply = send(settings, _message(receiver.url), True)
        assert time.monotonic() - start < 1.5
    assert reply.error == "no answer within 0.5 seconds"


def test_only_the_beginning_of_an_answer_is_read():
    with receiving(Answer(body=b"a\0" + b"x" * (50 << 20))) as receiver:
        reply = send(LOCAL, _message(receiver.url), True)
    assert reply.error is None and len(reply.answer) == KEPT_BYTES and reply.answer.startswith("a\ufffdx")


def test_a_dead_receiver_is_a_reply_too():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        reply = send(LOCAL, _message(f"http://127.0.0.1:{free.getsockname()[1]}"), True)
    assert reply.status_code is None and "refused" in reply.error


@pytest.mark.parametrize("url", ["http://", "http://a b/", "http://127.0.0.1:99999/", "http://[::1", "http://x" * 40])
def test_odd_addresses_are_replies_too(url):
    assert send(LOCAL, _message(url), True).error


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with receiving() as receiver:
        assert send(LOCAL, _message(receiver.url), True).error is None


def test_a_name_is_resolved_once_and_kept_for_host_and_tls(tmp_path, monkeypatch):
    authority, tls = certificate(tmp_path, "hooks.example.com")
    asked: list[str] = []
    numbers = socket.getaddrinfo

    def resolve(host, port, *args, **options):
        if host[0].isdigit():
            return numbers(host, port, *args, **options)
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with receiving(tls=tls) as receiver:
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        settings = Settings(webhooks_allowed_hosts=("hooks.example.com",), webhooks_ca_bundle=str(authority))
        reply = send(settings, _message(f"https://hooks.example.com:{receiver.port}/in"), True)
    assert (reply.error, asked) == (None, ["hooks.example.com"])
    assert receiver.received[0].headers["host"] == f"hooks.example.com:{receiver.port}"


def test_certificates_are_verified_unless_that_is_switched_off(tmp_path):
    _, tls = certificate(tmp_path, "hooks.example.com")
    with receiving(tls=tls) as receiver:
        refused = send(LOCAL, _message(receiver.url), True)
        assert refused.status_code is None and "CERTIFICATE_VERIFY_FAILED" in refused.error
        assert receiver.received == []
        assert send(LOCAL, _message(receiver.url), False).error is None

"""What a webhook says: tokens, headers, bodies, signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from gristmill.jobs.webhooks.messages import make_message
from gristmill.jobs.webhooks.signing import signature_headers

MOMENT = 1_700_000_000_000
FACTS = {"jobId": "7", "jobStatus": "Failed", "errorMessage": 'no "qty" in a\nfile', "flowName": "a b&c/d"}
BODY = b'{"text":"override"}'


def _message(secret=None, **webhook):
    fields = {"url": "http://example.com/in", "method": "post", "body": None, "headers": {}, **webhook}
    return make_message(fields, FACTS, secret, "msg_1", MOMENT)


def test_the_published_vectors():
    headers = signature_headers("123", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", MOMENT, BODY)
    product = "87e4e7cc8fa172f383baa5e64498529acc7a75bab5df2a2c744b9dc982673d94"
    assert headers["X-Webhook-Signature"] == f"t={MOMENT},sha256={product}"
    assert headers["webhook-signature"] == "v1,s3pFALyLX98xeEL/jyV/Zlm7WahTPMtNYDY5MbTl5Xc="
    assert headers["webhook-timestamp"] == "1700000000"


@pytest.mark.parametrize("secret", ["whsec_" + base64.b64encode(b"0123456789abcdef").decode(), "plain text ü"])
def test_the_standard_library_of_receivers_agrees(secret):
    moment = time.time_ns() // 1_000_000
    headers = signature_headers(secret, "msg_1", moment, BODY)
    shared = secret if secret.startswith("whsec_") else "whsec_" + base64.b64encode(secret.encode()).decode()
    assert Webhook(shared).verify(BODY, headers) == {"text": "override"}
    with pytest.raises(WebhookVerificationError):
        Webhook(shared).verify(BODY + b" ", headers)


def test_a_key_that_only_looks_standard_is_taken_as_typed():
    headers = signature_headers("whsec_not base64!", "m", MOMENT, b"")
    expected = hmac.new(b"whsec_not base64!", f"m.{MOMENT // 1000}.".encode(), hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"


def test_without_secret_there_is_a_name_but_no_signature():
    assert signature_headers(None, "m", MOMENT, b"") == {"webhook-id": "m", "webhook-timestamp": "1700000000"}


@pytest.mark.parametrize(
    ("body", "sent", "media"),
    [
        ('{"job_id":"$jobId","s":"$jobStatus"}', '{"job_id":"7","s":"Failed"}', "application/json"),
        ('{"job_id": $jobId}', '{"job_id": 7}', "application/json"),
        ('{"e":"$errorMessage"}', '{"e":"no \\"qty\\" in a\\nfile"}', "application/json"),
        ("job $jobId: $errorMessage", 'job 7: no "qty" in a\nfile', "text/plain; charset=utf-8"),
        (
            "$jobIds $jobId_ $jobId2 $other $$jobId. $",
            "$jobIds $jobId_ $jobId2 $other $7. $",
            "text/plain; charset=utf-8",
        ),
        ('"$jobId"', '"7"', "application/json"),
    ],
)
def test_tokens_in_bodies(body, sent, media):
    message = _message(body=body)
    assert (message.body.decode(), message.headers["Content-Type"]) == (sent, media)


def test_tokens_in_addresses_and_headers():
    message = _message(url="http://example.com/$jobId?f=$flowName", headers={"X-Why": "$errorMessage "})
    assert message.url == "http://example.com/7?f=a%20b%26c%2Fd"
    assert message.headers["X-Why"] == 'no "qty" in afile'


@pytest.mark.parametrize(
    ("method", "body"), [("post", BODY), ("PUT", BODY), ("patch", BODY), ("GET", None), ("delete", None)]
)
def test_methods(method, body):
    message = _message(method=method, body=BODY.decode(), secret="k")
    assert (message.method, message.body) == (method.upper(), body)
    assert ("Content-Type" in message.headers) == (body is not None)
    signed = f"{MOMENT}.".encode() + (body or b"")
    expected = hmac.new(b"k", signed, hashlib.sha256).hexdigest()
    assert message.headers["X-Webhook-Signature"].endswith(expected)


def test_own_headers_win_except_over_the_connection_and_the_signature():
    own = {"content-type": "text/x", "HOST": "evil", "Content-Length": "1", "Webhook-Id": "forged", "x-a": "1"}
    headers = _message(body="{}", headers=own).headers
    assert headers["content-type"] == "text/x" and headers["x-a"] == "1" and headers["webhook-id"] == "msg_1"
    assert not {"Content-Type", "HOST", "Content-Length", "Webhook-Id"} & headers.keys()


def test_a_login_in_the_address_becomes_a_header():
    headers = _message(url="http://joe:p%40ss@example.com/").headers
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"joe:p@ss").decode()
    assert "Authorization" not in _message().headers

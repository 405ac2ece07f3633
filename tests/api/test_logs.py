"""Log lines of the server."""

from __future__ import annotations

import json
import logging

from gristmill.api.logs import JsonLines


def test_a_line_is_one_json_object():
    record = logging.LogRecord("gristmill.api", logging.WARNING, __file__, 1, "two\nlines %s", ("é",), None)
    record.request_id = "abc"
    line = JsonLines().format(record)
    facts = json.loads(line)
    assert "\n" not in line
    assert (facts["level"], facts["message"], facts["request_id"]) == ("warning", "two\nlines é", "abc")
    assert facts["time"].endswith("Z")


def test_a_request_is_logged_without_its_secrets(joe, caplog):
    caplog.set_level(logging.INFO, logger="gristmill.api")
    answer = joe.get("/v4/flows?filter=private")
    (record,) = (record for record in caplog.records if record.message == "request")
    assert record.request_id == answer.headers["x-trifacta-request-id"]
    assert (record.method, record.path, record.status, record.person_id) == ("GET", "/v4/flows", 200, 2)
    text = JsonLines().format(record)
    assert joe.headers["authorization"] not in text
    assert "private" not in text

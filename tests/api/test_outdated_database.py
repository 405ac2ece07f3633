"""Tables that another version has changed: the answer says so, not that the database is away."""

from __future__ import annotations

import pytest

from .asserts import assert_v4_error

CHANGES = ["ALTER TABLE flows RENAME COLUMN description TO about", "ALTER TABLE flows RENAME TO streams"]


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_missing_calls_for_an_upgrade(joe, server, change):
    with server.sessions.engine.begin() as connection:
        connection.exec_driver_sql(change)
    for answer in (joe.get("/v4/flows"), joe.post("/v4/flows", json={"name": "sales"})):
        assert_v4_error(answer, 503, "ServiceUnavailableException", "gristmill db upgrade")
        assert "x-retry-after" not in answer.headers

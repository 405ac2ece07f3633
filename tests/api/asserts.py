"""What tests of the API say again and again."""

from __future__ import annotations

import httpx


def assert_v4_error(response: httpx.Response, status: int, name: str, words: str = "") -> None:
    """The one error shape: status, name, and words that the details hold."""
    assert response.status_code == status, response.text
    assert list(response.json()) == ["exception"]
    exception = response.json()["exception"]
    assert exception["name"] == name
    assert exception["message"]
    assert words in str(exception.get("details", "")), exception
    assert response.headers["x-trifacta-request-id"]


def assert_invalid(response: httpx.Response, words: str) -> None:
    assert_v4_error(response, 400, "ValidationFailed", words)

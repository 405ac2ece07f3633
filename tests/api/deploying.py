"""What tests of deployments do again and again."""

from __future__ import annotations

from .test_flow_packages import send


def release(client, deployment: int, content: bytes, **fields: str) -> dict:
    answer = send(client, content, path=f"/v4/deployments/{deployment}/releases", **fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def rules(client, deployment: int, kind: str, *given: dict):
    return client.patch(f"/v4/deployments/{deployment}/{kind}ImportRules", json=list(given))


def active(client, deployment: int) -> list[int]:
    found = client.get(f"/v4/deployments/{deployment}?embed=releases").json()["releases"]["data"]
    return [item["id"] for item in found if item["active"]]

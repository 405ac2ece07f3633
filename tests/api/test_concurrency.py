"""Many clients at once: nobody fails, nobody gets another's answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.slow


def test_many_writers_at_once(joe):
    with ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(lambda number: joe.post("/v4/flows", json={"name": f"flow {number}"}), range(120)))
    assert {answer.status_code for answer in answers} == {201}
    assert [answer.json()["name"] for answer in answers] == [f"flow {number}" for number in range(120)]
    assert len({answer.json()["id"] for answer in answers}) == 120


def test_many_runs_at_once(joe, recipe, output):
    body = {"wrangledDataset": {"id": recipe}}
    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _: joe.post("/v4/jobGroups", json=body).json(), range(60)))
    vertices = [job for answer in answers for job in answer["jobGraph"]["vertices"]]
    assert len(set(vertices)) == 120

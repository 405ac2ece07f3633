from __future__ import annotations

import pytest

from tests.faults.run import run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_a_few_runs_while_servers_and_workers_die() -> None:
    report = run(jobs=6, kills=5, seed=4)
    assert report.faults == []
    assert sum(report.counts["killed"].values()) == 5
    assert sum(report.counts["ended"].values()) == 6

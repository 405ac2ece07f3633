"""Who takes rows over from whom in a flow run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gristmill.model.runs import RunRequest
from gristmill.model.shared_work import share
from gristmill.recipe.job import Job, RecipeText, Source

TABLE = {"connectionId": 1, "path": ["public"], "table": "t"}


def run(name: str, **more: Any) -> RunRequest:
    """A run of a recipe on another one, which reads a table."""
    recipes = (RecipeText("base", "sort order: a", "source:0"), RecipeText(name, "drop col: a", "recipe:0"))
    job = Job((Source("t", {"files": []}),), recipes, seed=len(name)).as_json()
    fixed = {"outputs": (), "profiler": False, "ranfrom": "api", "ranfor": "recipe", "creator_id": 1, "workspace_id": 1}
    facts = {"execution": "photon", "relations": {0: TABLE}, "flow_node_id": 1, "reference_date": 0, **fixed}
    return RunRequest(job, **facts | more)


@pytest.mark.parametrize(
    ("changes", "waits", "expected"),
    [
        ([{}, {}], (), {1: (0,)}),
        ([{}, {}, {}], (), {1: (0,), 2: (0,)}),
        ([{"refusal": "no"}, {}, {}], (), {2: (1,)}),
        ([{"execution": "spark"}, {}, {}], (), {2: (1,)}),
        ([{}, {"relations": {0: TABLE | {"table": "u"}}}], (), {}),
        # a script or another run may have written to the table before
        ([{}, {"scripts": ({"type": "pre"},)}, {}], (), {2: (0,)}),
        ([{}, {"scripts": ({"type": "post"},)}], (), {1: (0,)}),
        ([{}, {}, {}], (1,), {2: (0,)}),
    ],
)
def test_runs_take_over_from_the_first(changes: list[dict[str, Any]], waits: Any, expected: Any) -> None:
    runs, takes = share([run("x" * (at + 1), **change) for at, change in enumerate(changes)], waits)
    assert takes == expected
    assert {single.job["seed"] for single in runs} == {1}
    taking = {place for place, single in enumerate(runs) if any(not item["makes"] for item in single.job["handovers"])}
    assert taking == set(expected)


def test_a_job_keeps_its_handovers_on_its_way() -> None:
    runs, _ = share([run("x"), run("y")])
    job = Job.from_json(runs[1].job)
    assert Job.from_json(job.as_json()) == job and replace(job, handovers=()) != job

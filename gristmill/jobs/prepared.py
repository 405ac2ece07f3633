"""What the `fileconverter` jobs of a run have prepared for the recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from gristmill.jobs.again import make_again
from gristmill.jobs.running import Bench, Running
from gristmill.model.job_tables import Job, JobType, Status

Json = dict[str, Any]


def with_prepared_sources(bench: Bench, running: Running, definition: Json) -> Json:
    """The definition of a job whose sources read what was prepared: the `source` in the result of an earlier job.

    Raises LostClaimError where files are gone meanwhile and must be made again.
    """
    sources = list(definition["sources"])
    for job_id, attempt, payload, result in _conversions(bench, running.claim.group_id):
        source = (result or {}).get("source")
        if source is not None:
            if not all(Path(path).exists() for path, _ in source["reading"]["copies"]):
                raise make_again(bench, running, job_id, attempt)
            sources[payload["source"]] = source
    return {**definition, "sources": sources}


def _conversions(bench: Bench, group_id: int) -> list[tuple[int, int, Json, Json | None]]:
    found = (
        select(Job.id, Job.attempt, Job.payload, Job.result)
        .where(Job.job_group_id == group_id, Job.type == JobType.FILE_CONVERTER)
        .where(Job.status == Status.COMPLETE)
        .order_by(Job.position)
    )
    with bench.sessions.read() as session:
        return [(job_id, attempt, payload or {}, result) for job_id, attempt, payload, result in session.execute(found)]

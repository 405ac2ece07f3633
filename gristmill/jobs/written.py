"""What the `wrangle` job of a group has written for a job behind it, and how to have it made again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from gristmill.jobs.failures import JobError
from gristmill.jobs.running import Bench, Running
from gristmill.jobs.stages import Reader, sink_key
from gristmill.model.job_tables import Job, JobEdge, JobGroup, JobType


@dataclass(frozen=True, slots=True)
class Written:
    """A sink of the recipe's run: where it lies and what it holds."""

    job_id: int
    attempt: int
    path: Path
    rows: int
    columns: tuple[str, ...]
    group: JobGroup


def written_for(bench: Bench, running: Running, stage: Reader) -> Written:
    """What was written for the stage of a claimed job. Raises JobError when its place could not be written."""
    found = (
        select(Job.id, Job.attempt, Job.result, JobGroup)
        .join(JobEdge, JobEdge.source_job_id == Job.id)
        .join(JobGroup, JobGroup.id == Job.job_group_id)
        .where(JobEdge.target_job_id == running.claim.job_id, Job.type == JobType.WRANGLE)
    )
    with bench.sessions.read() as session:
        job_id, attempt, result, group = session.execute(found).one()
    assert result is not None, "the wrangle job is complete"
    sink = result["sinks"][sink_key(stage)]
    if sink["error"] is not None:
        raise JobError("RunError", sink["error"])
    return Written(job_id, attempt, Path(sink["path"]), sink["rows"], tuple(sink["columns"]), group)

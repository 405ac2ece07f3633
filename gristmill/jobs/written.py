"""What the `wrangle` job of a group has written for a job behind it, and how to have it made again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from gristmill.jobs.claims import LostClaimError
from gristmill.jobs.outcome import reopen
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
    """What was written for the stage of a claimed job."""
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
    return Written(job_id, attempt, Path(sink["path"]), sink["rows"], tuple(sink["columns"]), group)


def made_again(bench: Bench, running: Running, written: Written) -> LostClaimError:
    """Let the recipe run again because its files are gone; the error says that this job waits for it.

    Raises JobError when they were lost too often.
    """
    running.journal.log("warning", f"the files that job {written.job_id} has written are gone: it runs again")
    with running.journal.writing() as write, bench.transaction() as session:
        write(session)
        reopen(session, running.claim, written.job_id, written.attempt, bench.settings.jobs_max_attempts)
    return LostClaimError(f"job {running.claim.job_id} waits for job {written.job_id}")

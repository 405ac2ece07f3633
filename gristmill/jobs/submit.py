"""Queueing runs: job groups, jobs, edges and snapshots appear together, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import event
from sqlalchemy.orm import Session

from gristmill.jobs.calls import wake_workers
from gristmill.jobs.notices import notify
from gristmill.jobs.stages import REFUSAL, MakeProfile, Stage, Wrangle, Write, edges, plan_job
from gristmill.model.job_tables import (
    FlowRun,
    GroupWait,
    Job,
    JobEdge,
    JobGroup,
    JobLog,
    JobType,
    Snapshot,
    Status,
)

if TYPE_CHECKING:  # they bring the compiler along
    from gristmill.model.flow_runs import FlowRequest
    from gristmill.model.runs import RunRequest


def submit(session: Session, request: RunRequest) -> JobGroup:
    """Queue a run; the workers start with it as soon as the session commits.

    The job group reads `InProgress` from its first moment (api 4.14). Its `jobs` are in order of execution.
    """
    group = _store(session, request)
    announce_queued(session)
    return group


def submit_flow(session: Session, request: FlowRequest) -> tuple[FlowRun, list[JobGroup]]:
    """Queue the runs of a flow, a job group each; those that read files of others wait for their end."""
    by = {"creator_id": request.creator_id, "updater_id": request.creator_id}
    run = FlowRun(
        flow_id=request.flow_id,
        request_id=str(uuid4()),
        schedule_execution_id=request.schedule_execution_id,
        **by,
    )
    session.add(run)
    session.flush()
    groups: list[JobGroup] = []
    for place, single in enumerate(request.runs):
        before = [groups[source].id for source in request.waits.get(place, ())]
        makers = [_recipe_job(groups[source]) for source in request.takes.get(place, ())]
        groups.append(_store(session, replace(single, flow_run_id=run.id), before, makers))
    announce_queued(session)
    return run, groups


def _store(session: Session, request: RunRequest, before: Sequence[int] = (), makers: Sequence[Job] = ()) -> JobGroup:
    """Store a run that begins when the groups `before` have ended; its recipe waits for the jobs `makers` too."""
    stages = plan_job(request)
    group = _group(request)
    group.jobs = [
        Job(
            **_facts(stage, place, request.refusal, must_wait=_must_wait(stage, before, makers)),
            creator_id=request.creator_id,
            updater_id=request.creator_id,
        )
        for place, stage in enumerate(stages)
    ]
    session.add(group)
    session.flush()
    runner = _recipe_job(group)
    after = [(group.jobs[source], group.jobs[target]) for source, target in edges(stages)]
    after += [(maker, runner) for maker in makers]
    session.add_all(
        JobEdge(job_group_id=group.id, source_job_id=source.id, target_job_id=target.id) for source, target in after
    )
    session.add_all(
        JobLog(job_group_id=group.id, job_id=runner.id, level="warning", message=note) for note in request.notes
    )
    session.add_all(GroupWait(job_group_id=group.id, source_group_id=source) for source in before)
    session.flush()
    return group


def _group(request: RunRequest) -> JobGroup:
    by = {"creator_id": request.creator_id, "updater_id": request.creator_id}
    return JobGroup(
        session_id=str(uuid4()),
        status=Status.IN_PROGRESS,
        ranfrom=request.ranfrom,
        ranfor=request.ranfor,
        execution=request.execution,
        profiling_enabled=request.profiler,
        ignore_recipe_errors=request.ignore_recipe_errors,
        reference_date=request.reference_date,
        parameters=list(request.parameters),
        overrides=request.overrides,
        outputs=list(request.outputs),
        publications=list(request.publications),
        webhooks=list(request.webhooks),
        options=request.options,
        flow_run_id=request.flow_run_id,
        flow_node_id=request.flow_node_id,
        workspace_id=request.workspace_id,
        snapshot=Snapshot(definition=request.job, **by),
        **by,
    )


def _recipe_job(group: JobGroup) -> Job:
    return next(job for job in group.jobs if job.type == JobType.WRANGLE)


def _must_wait(stage: Stage, before: Sequence[int], makers: Sequence[Job]) -> bool:
    return bool(stage.after or before or (makers and isinstance(stage, Wrangle)))


def announce_queued(session: Session) -> None:
    """Let workers look for jobs as soon as the session commits."""
    notify(session, "queued")
    event.listen(session, "after_commit", lambda _: wake_workers(), once=True)


def _facts(stage: Stage, place: int, refusal: str | None, *, must_wait: bool) -> dict[str, object]:
    """The columns of a job; a refused run fails with its first jobs."""
    refused = {} if refusal is None or stage.after else {REFUSAL: refusal}
    facts: dict[str, object] = {
        "position": place,
        "type": stage.type.value,
        "status": Status.CREATED if must_wait else Status.PENDING,
        "payload": stage.as_json() | refused,
    }
    match stage:
        case Wrangle() | MakeProfile():
            facts["execution_language"] = stage.execution
        case Write():
            facts["write_setting"] = stage.setting
    return facts

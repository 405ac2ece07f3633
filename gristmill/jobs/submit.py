"""Queueing a run: its job group, jobs, edges and snapshot appear together, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import event
from sqlalchemy.orm import Session

from gristmill.jobs.calls import wake_workers
from gristmill.jobs.stages import MakeProfile, Stage, Wrangle, Write, edges, plan_job
from gristmill.model.job_tables import Job, JobEdge, JobGroup, Snapshot, Status

if TYPE_CHECKING:  # it brings the compiler along
    from gristmill.model.runs import RunRequest


def submit(session: Session, request: RunRequest) -> JobGroup:
    """Queue a run; the workers of this process start with it as soon as the session commits.

    The job group reads `InProgress` from its first moment (api 4.14). Its `jobs` are in order of execution.
    """
    by = {"creator_id": request.creator_id, "updater_id": request.creator_id}
    stages = plan_job(request)
    group = JobGroup(
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
        jobs=[Job(**_facts(stage, place), **by) for place, stage in enumerate(stages)],
        **by,
    )
    session.add(group)
    session.flush()
    session.add_all(
        JobEdge(job_group_id=group.id, source_job_id=group.jobs[source].id, target_job_id=group.jobs[target].id)
        for source, target in edges(stages)
    )
    session.flush()
    event.listen(session, "after_commit", lambda _: wake_workers(), once=True)
    return group


def _facts(stage: Stage, place: int) -> dict[str, object]:
    facts: dict[str, object] = {
        "position": place,
        "type": stage.type.value,
        "status": Status.CREATED if stage.after else Status.PENDING,
        "payload": stage.as_json(),
    }
    match stage:
        case Wrangle() | MakeProfile():
            facts["execution_language"] = stage.execution
        case Write():
            facts["write_setting"] = stage.setting
    return facts

"""Doing one claimed job from beginning to end, and saying what came of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from gristmill.jobs.claims import Claim, LostClaimError, fall_silent
from gristmill.jobs.converting import convert_source
from gristmill.jobs.failures import JobError
from gristmill.jobs.filewriter import write_output
from gristmill.jobs.ingest import ingest
from gristmill.jobs.leftovers import clear, clear_after, clear_shared
from gristmill.jobs.outcome import complete, fail
from gristmill.jobs.process import StoppedError
from gristmill.jobs.profiling import keep_profile
from gristmill.jobs.publish import publish_result
from gristmill.jobs.running import Bench, Done, Running
from gristmill.jobs.sql_scripts import run_script
from gristmill.jobs.stages import (
    REFUSAL,
    Convert,
    Ingest,
    MakeProfile,
    Publish,
    RunScript,
    Stage,
    Wrangle,
    Write,
    stage_from_json,
)
from gristmill.jobs.wrangle import run_recipe
from gristmill.model.job_tables import Job, JobGroup, JobType, Status

log = logging.getLogger("gristmill.jobs")
RETRY_SECONDS = 1.0
# if their end is forgotten, what they did is found again
FOUND_AGAIN = (JobType.WRANGLE, JobType.FILE_WRITER, JobType.INGEST, JobType.FILE_CONVERTER)
DATABASE_AWAY = (OperationalError, InterfaceError)
T = TypeVar("T")


def do_job(bench: Bench, claim: Claim) -> Claim | None:
    """Do a job and answer the next one, which is claimed in the transaction that ends this one."""
    running = Running(claim)
    bench.running[claim.job_id] = running
    try:
        return _end(bench, running, _outcome(bench, running))
    except (LostClaimError, StoppedError):
        return _give_up(bench, claim)
    finally:
        del bench.running[claim.job_id]


def run_stage(bench: Bench, running: Running, stage: Stage) -> Done:
    """Do what a stage says. Raises JobError when it cannot be done."""
    match stage:
        case Wrangle():
            return run_recipe(bench, running, stage)
        case Write():
            return write_output(bench, running, stage)
        case MakeProfile():
            return keep_profile(bench, running, stage)
        case Ingest():
            return ingest(bench, running, stage)
        case RunScript():
            return run_script(bench, running, stage)
        case Publish():
            return publish_result(bench, running, stage)
        case Convert():
            return convert_source(bench, running, stage)
        case _:
            raise JobError("NotSupported", f"not supported: jobs of type {stage.type}")


def clear_group(bench: Bench, group_id: int, status: Status) -> None:
    """Remove what a group that has ended leaves beside its outputs."""
    with bench.sessions.read() as session:
        job_ids = list(session.scalars(select(Job.id).where(Job.job_group_id == group_id)))
        flow_run_id = session.get_one(JobGroup, group_id).flow_run_id
        if flow_run_id is not None:
            clear_shared(session, bench.settings, [flow_run_id])
    clear_after(status, bench.settings, job_ids)


def _outcome(bench: Bench, running: Running) -> Done | JobError:
    claim = running.claim
    if claim.attempt > 1:
        running.journal.log("warning", f"attempt {claim.attempt}: the one before did not come to its end")
    try:
        if REFUSAL in claim.payload:
            return JobError("RunError", claim.payload[REFUSAL])
        return run_stage(bench, running, stage_from_json(claim.payload))
    except JobError as error:
        if error.trace is not None:
            log.error("job %s: %s\n%s", claim.job_id, error.message, error.trace)
        return error
    except (LostClaimError, StoppedError):
        raise
    except DATABASE_AWAY as error:
        log.warning("job %s: the database went away, it is begun anew: %s", claim.job_id, error.orig)
        raise _again(bench, running) from None
    except Exception as error:
        log.exception("job %s", claim.job_id)
        return JobError("InternalError", f"internal error: {type(error).__name__}: {error}")


def _end(bench: Bench, running: Running, outcome: Done | JobError) -> Claim | None:
    if isinstance(outcome, JobError):
        running.journal.log("error", outcome.message)
    # what was done must not be lost because the database is away for a moment
    status, following = _patiently(running, lambda: _record(bench, running, outcome))
    if status.final:
        clear_group(bench, running.claim.group_id, status)
    return following


def _patiently(running: Running, act: Callable[[], T]) -> T:
    """Do something with the database as soon as it is there. Raises StoppedError when the job is stopped meanwhile."""
    while True:
        try:
            return act()
        except DATABASE_AWAY as error:
            running.go_on()
            log.warning("job %s: the database is away, trying again: %s", running.claim.job_id, error.orig)
            time.sleep(RETRY_SECONDS)


def _again(bench: Bench, running: Running) -> LostClaimError:
    """Let the job begin anew: nobody knows what its statements have done."""

    def hand_back() -> None:
        with bench.transaction() as session:
            fall_silent(session, running.claim)

    _patiently(running, hand_back)
    return LostClaimError(f"job {running.claim.job_id} begins anew")


def _record(bench: Bench, running: Running, outcome: Done | JobError) -> tuple[Status, Claim | None]:
    durable = running.claim.payload["type"] not in FOUND_AGAIN
    with running.journal.writing() as write, bench.transaction(durable=durable) as session:
        write(session)
        if isinstance(outcome, JobError):
            status = fail(session, running.claim, outcome)
        else:
            status = complete(session, running.claim, outcome.result, _stored(session, outcome))
        return status, bench.claim(session)


def _stored(session: Session, outcome: Done) -> int | None:
    if outcome.written is None:
        return None
    session.add(outcome.written)
    session.flush()
    return outcome.written.id


def _give_up(bench: Bench, claim: Claim) -> Claim | None:
    """Nothing that was done counts. Who took the job over, if anybody, has cleaned up behind us already."""
    with bench.transaction() as session:
        status = Status(session.get_one(JobGroup, claim.group_id).status)
        following = bench.claim(session)
    if status.final:
        clear_group(bench, claim.group_id, status)
    elif bench.stopping.is_set() and claim.payload["type"] == JobType.WRANGLE:
        clear(bench.settings.scratch, claim.job_id)
    return following

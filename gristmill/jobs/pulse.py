"""What a worker does again and again while jobs run: tell that it lives, write down what happens, look for changes."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gristmill.jobs.claims import JobKey, beat, held_jobs, overdue, worn_out
from gristmill.jobs.doing import clear_group
from gristmill.jobs.failures import JobError
from gristmill.jobs.outcome import fail_job
from gristmill.jobs.running import Bench, Running


def look_after(bench: Bench) -> None:
    """Store progress and logs of the running jobs, stop those that are not ours any more."""
    present = list(bench.running.values())
    if not present:
        return
    with bench.sessions.read() as session:
        held = held_jobs(session, bench.owner)
    for running in present:
        if (running.claim.job_id, running.claim.attempt) not in held:
            running.stop()
        elif running.journal.has_news:
            _write_down(bench, running)


def beat_once(bench: Bench) -> None:
    """Store the heartbeat of the running jobs; give up jobs that killed too many workers or waited for too long."""
    if bench.running:
        with bench.transaction(durable=False) as session:
            beat(session, bench.owner, list(bench.running))
    with bench.sessions.read() as session:
        is_any = bool(_hopeless(session, bench))
    if not is_any:
        return
    with bench.transaction(durable=False) as session:
        ended = {job.group_id: fail_job(session, *job, error) for job, error in _hopeless(session, bench)}
    for group_id, status in ended.items():
        if status.final:
            clear_group(bench, group_id, status)


def _hopeless(session: Session, bench: Bench) -> list[tuple[JobKey, JobError]]:
    attempts, minutes = bench.settings.jobs_max_attempts, bench.settings.jobs_queue_timeout_minutes
    died = JobError("WorkerDied", f"its worker died {attempts} times")
    late = JobError("QueueTimedOut", f"timed out: it waited for more than {minutes:g} minutes")
    return [
        *((job, died) for job in worn_out(session, bench.owner, bench.settings)),
        *((job, late) for job in overdue(session, bench.settings)),
    ]


def _write_down(bench: Bench, running: Running) -> None:
    with running.journal.writing() as write, bench.transaction(durable=False) as session:
        write(session)

"""A job whose files are gone runs again before the one that needs them (platform 2.8)."""

from __future__ import annotations

from gristmill.jobs.claims import LostClaimError
from gristmill.jobs.outcome import reopen
from gristmill.jobs.running import Bench, Running


def make_again(bench: Bench, running: Running, source_id: int, source_attempt: int) -> LostClaimError:
    """Let job `source_id` run again, and this one after it; what is returned is to be raised.

    Raises JobError when the source has had all its attempts.
    """
    running.journal.log("warning", f"the files that job {source_id} has written are gone: it runs again")
    with running.journal.writing() as write, bench.transaction() as session:
        write(session)
        reopen(session, running.claim, source_id, source_attempt, bench.settings.jobs_max_attempts)
    return LostClaimError(f"job {running.claim.job_id} waits for job {source_id}")

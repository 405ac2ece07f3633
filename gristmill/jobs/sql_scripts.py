"""The `sqlexecution` job: statements that run before or after everything else of a run (platform 2.2)."""

from __future__ import annotations

from typing import Any

from gristmill.jobs.claims import change
from gristmill.jobs.databases import carry_out, login_for
from gristmill.jobs.failures import JobError
from gristmill.jobs.process import Task
from gristmill.jobs.running import Bench, Done, Running
from gristmill.jobs.stages import RunScript

Json = dict[str, Any]
WORK = "gristmill.storage.tables.scripts:work"
COMMIT_STARTED = "commitStarted"


def run_script(bench: Bench, running: Running, stage: RunScript) -> Done:
    """Run the script. Raises JobError when a statement fails, and when nobody knows whether they count."""
    if (running.claim.result or {}).get(COMMIT_STARTED):
        raise _unknown()
    login = login_for(bench, running, stage.script["connectionId"])
    document = {"login": login.as_json(), "script": stage.script["sqlScript"]}
    started: list[Json] = []

    def note(question: Json) -> None:
        with bench.transaction() as session:
            change(session, running.claim, result={COMMIT_STARTED: question})
        started.append(question)

    try:
        answer = carry_out(bench, running, login, Task(WORK, document), note)
    except JobError as error:
        raise _unknown() if started and error.name != "RunError" else error from None
    running.journal.log("info", f"ran {answer['statements']} statements")
    return Done(answer)


def _unknown() -> JobError:
    return JobError("StateUnknown", "state unknown, check what the script changes: the connection was lost at its end")

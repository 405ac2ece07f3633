"""The `filewriter` job: a written output gets its final name (platform 4.6).

Name, size and hash are stored before anything becomes visible. So whoever continues after a crash can tell whether the
output is there already, is still hidden, or has to be made again.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gristmill.jobs._standin import Publication, Recovery, commit, prepare, recover
from gristmill.jobs.claims import LostClaimError, change
from gristmill.jobs.failures import JobError
from gristmill.jobs.outcome import reopen
from gristmill.jobs.running import Bench, Done, Running
from gristmill.jobs.targets import find_target
from gristmill.model.job_tables import Job, JobEdge, JobGroup, ScriptResult
from gristmill.problems import ProblemError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """What the `wrangle` job has written for this output."""

    job_id: int
    attempt: int
    hidden: Path
    rows: int
    session_id: str


def write_output(bench: Bench, running: Running) -> Done:
    """Give the hidden file its final name. Raises JobError, and LostClaimError when the file must be made again."""
    setting = running.claim.payload["setting"]
    source = _source(bench, running)
    try:
        publication = _publish(bench, running, source, setting)
    except ProblemError as error:
        raise JobError("RunError", str(error)) from None
    except OSError as error:
        raise JobError("RunError", f"cannot write to {error.filename}: {error.strerror}") from None
    finally:
        _remove_hidden(source.hidden)
    running.journal.log("info", f"wrote {publication.target}, {publication.size} bytes, {source.rows} rows")
    return Done({"publication": publication.as_json()}, _record(running, source, setting, publication))

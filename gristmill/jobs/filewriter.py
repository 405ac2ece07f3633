"""The `filewriter` job: a written output gets its final name (platform 4.6).

Name, size and hash are stored before anything becomes visible. So whoever continues after a crash can tell whether the
output is there already, is still hidden, or has to be made again.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from gristmill.jobs.appending import refuse_other_columns
from gristmill.jobs.claims import change
from gristmill.jobs.failures import JobError
from gristmill.jobs.recovery import is_done, is_hidden, locked, with_moved_parts
from gristmill.jobs.running import Bench, Done, Running
from gristmill.jobs.stages import Write
from gristmill.jobs.targets import find_target
from gristmill.jobs.written import Written, made_again, written_for
from gristmill.model.job_tables import ScriptResult
from gristmill.problems import ProblemError
from gristmill.storage.publishing import Publication, TargetTakenError, commit, prepare

Json = dict[str, Any]


def write_output(bench: Bench, running: Running, stage: Write) -> Done:
    """Give the hidden file its final name. Raises JobError, and LostClaimError when the file must be made again."""
    source = written_for(bench, running, stage)
    target = find_target(bench.settings, stage.setting)
    try:
        with locked(bench.settings, target):
            publication = _publish(bench, running, source, target, stage.setting)
    except ProblemError as error:
        failure = JobError("RunError", str(error))
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not is_hidden(source.path):
            raise made_again(bench, running, source) from None
        failure = JobError("RunError", f"cannot write to {error.filename}: {error.strerror}")
    else:
        _remove_hidden(source.path)
        running.journal.log("info", f"wrote {publication.target}: {source.rows} rows, {publication.size} bytes")
        return Done({"publication": publication.as_json()}, _record(source, stage.setting, publication))
    _remove_hidden(source.path)
    raise failure


def _publish(bench: Bench, running: Running, source: Written, target: Path, setting: Json) -> Publication:
    """Bring the output to its place, from wherever an earlier attempt has left it."""
    noted = (running.claim.result or {}).get("publication")
    earlier = None if noted is None else Publication.from_json(noted)
    if earlier is not None and is_done(earlier):
        return earlier
    if not is_hidden(source.path):
        raise made_again(bench, running, source)
    has_header = setting["format"] == "csv" and setting["header"]
    while True:
        refuse_other_columns(target, setting, source.columns)
        publication = prepare(source.path, target, setting["action"], header=has_header)
        if earlier is not None:
            publication = with_moved_parts(publication, earlier)
        with bench.transaction() as session:
            change(session, running.claim, result={"publication": publication.as_json()})
        running.go_on()
        with suppress(TargetTakenError):  # by a program that is none of ours
            commit(publication)
            return publication


def _record(source: Written, setting: Json, publication: Publication) -> ScriptResult:
    target = Path(publication.target)
    return ScriptResult(
        job_group_id=source.group.id,
        name=target.name,
        uri=f"file://{target}",
        format="pqt" if setting["format"] == "parquet" else setting["format"],
        compression=setting["compression"],
        is_primary_output=True,
        row_count=source.rows,
        size=publication.size,
        hash=publication.sha256 if publication.parts is None else None,
        parts=None if publication.parts is None else [f"file://{target / part}" for part in publication.parts],
        session_id=source.group.session_id,
        creator_id=source.group.creator_id,
        updater_id=source.group.creator_id,
    )


def _remove_hidden(path: Path) -> None:
    """Remove what is left of one output, and the hidden folder with its last one."""
    shutil.rmtree(path.parent, ignore_errors=True)
    with suppress(OSError):
        path.parent.parent.rmdir()

"""The `filewriter` job: a written output gets its final name (platform 4.6).

Name, size and hash are stored before anything becomes visible. So whoever continues after a crash can tell whether the
output is there already, is still hidden, or has to be made again.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from gristmill.jobs.again import make_again
from gristmill.jobs.appending import refuse_other_columns
from gristmill.jobs.claims import change
from gristmill.jobs.failures import JobError
from gristmill.jobs.recovery import is_done, is_hidden, locked, with_moved_parts
from gristmill.jobs.running import Bench, Done, Running
from gristmill.jobs.stages import Write
from gristmill.jobs.targets import find_target
from gristmill.jobs.written import Written, written_for
from gristmill.model.job_tables import ScriptResult
from gristmill.problems import ProblemError, plural
from gristmill.storage.publishing import Publication, TargetTakenError, commit, prepare
from gristmill.storage.remote import Remote, open_remote
from gristmill.storage.remote_publishing import Upload, Uploader

Json = dict[str, Any]


def write_output(bench: Bench, running: Running, stage: Write) -> Done:
    """Give the hidden file its final name. Raises JobError, and LostClaimError when the file must be made again."""
    source = written_for(bench, running, stage)
    target = find_target(bench.settings, stage.setting)
    publication: Publication | Upload
    try:
        with locked(bench.settings, target if isinstance(target, Path) else target.uri):
            if isinstance(target, Path):
                publication = _publish(bench, running, source, target, stage.setting)
            else:
                publication = _upload(bench, running, source, target, stage.setting)
    except ProblemError as error:
        failure = JobError("RunError", str(error))
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not is_hidden(source.path):
            raise make_again(bench, running, source.job_id, source.attempt) from None
        failure = JobError("RunError", f"cannot write to {error.filename}: {error.strerror}")
    else:
        _remove_hidden(source.path)
        running.journal.log(
            "info", f"wrote {publication.target}: {plural(source.rows, 'row')}, {plural(publication.size, 'byte')}"
        )
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
        raise make_again(bench, running, source.job_id, source.attempt)
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


def _upload(bench: Bench, running: Running, source: Written, target: Remote, setting: Json) -> Upload:
    """The same on a store. What an earlier attempt has decided for a directory holds: parts of it may be there."""
    uploader = Uploader(
        lambda uri: open_remote(bench.settings, uri),
        running.wait,
        lambda message: running.journal.log("warning", message),
    )
    noted = (running.claim.result or {}).get("publication")
    earlier = None if noted is None else Upload.from_json(noted)
    if earlier is not None and uploader.is_done(earlier):
        uploader.finish(earlier)
        return earlier
    if not is_hidden(source.path):
        raise make_again(bench, running, source.job_id, source.attempt)
    if earlier is not None and earlier.parts:
        publication = earlier
    else:
        if setting["action"] == "append" and setting["asSingleFile"]:
            refuse_other_columns(uploader.existing(source.path, target), setting, source.columns)
        has_header = setting["format"] == "csv" and setting["header"]
        publication = uploader.prepare(source.path, target, setting["action"], header=has_header)
    with bench.transaction() as session:
        change(session, running.claim, result={"publication": publication.as_json()})
    uploader.commit(publication)
    return publication


def _record(source: Written, setting: Json, publication: Publication | Upload) -> ScriptResult:
    if isinstance(publication, Publication):
        base, sha256 = f"file://{publication.target}", publication.sha256
        parts = None if publication.parts is None else [f"{base}/{part}" for part in publication.parts]
    else:
        base, sha256 = publication.target, publication.files[0].sha256
        parts = [publication.address(file) for file in publication.files] if publication.parts else None
    return ScriptResult(
        job_group_id=source.group.id,
        name=base.rstrip("/").rpartition("/")[2],
        uri=base,
        format="pqt" if setting["format"] == "parquet" else setting["format"],
        compression=setting["compression"],
        is_primary_output=True,
        row_count=source.rows,
        size=publication.size,
        hash=sha256 if parts is None else None,
        parts=parts,
        session_id=source.group.session_id,
        creator_id=source.group.creator_id,
        updater_id=source.group.creator_id,
    )


def _remove_hidden(path: Path) -> None:
    """Remove what is left of one output, and the hidden folder with its last one."""
    shutil.rmtree(path.parent, ignore_errors=True)
    with suppress(OSError):
        path.parent.parent.rmdir()

"""What a run leaves beside its outputs, and how it goes: scratch files, hidden folders, folders made for them.

`scratch/<job>/folders.json` is written before any folder is made outside of scratch, so that whoever cleans up after a
dead worker knows what to look for (platform 2.12, 4.6).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.clock import SECOND, now
from gristmill.model.job_tables import FINAL, Job, JobGroup, Status
from gristmill.settings import Settings

_RECORD = "folders.json"
_AWAY = "away"
_SHARED = "flow-"
_HOUR = 3600 * SECOND


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where one attempt works: a scratch folder, and by position of the output the hidden file that it writes."""

    scratch: Path
    hidden: Mapping[int, Path]


def hidden_name(job_id: int, attempt: int) -> str:
    """`.gristmill-21-1`."""
    return f".gristmill-{job_id}-{attempt}"


def prepare(
    scratch: Path, job_id: int, attempt: int, targets: Mapping[int, Path], elsewhere: Mapping[int, str] | None = None
) -> Workplace:
    """Make the folders of an attempt after removing those of earlier ones; `targets` are the outputs by position.

    Outputs that go to a store are written in scratch; `elsewhere` holds their names.

    Raises OSError when a folder cannot be made.
    """
    clear(scratch, job_id)
    hidden = {
        position: target.parent / hidden_name(job_id, attempt) / str(position) / target.name
        for position, target in targets.items()
    }
    work = scratch / str(job_id) / str(attempt)
    work.mkdir(parents=True)
    folders = [path.parent for path in hidden.values()]
    away = {position: work / _AWAY / str(position) / name for position, name in (elsewhere or {}).items()}
    made = sorted({above for target in targets.values() for above in _missing(target.parent)})
    record = {"hidden": sorted({str(folder.parent) for folder in folders}), "made": [str(folder) for folder in made]}
    _write(scratch / str(job_id) / _RECORD, record)
    for folder in (*folders, *(path.parent for path in away.values())):
        folder.mkdir(parents=True)
    return Workplace(work, {**hidden, **away})


def clear_hidden(scratch: Path, job_id: int) -> None:
    """Remove the hidden folders of all attempts of a job, and folders made for them where they are empty."""
    path = scratch / str(job_id) / _RECORD
    try:
        record = json.loads(path.read_text())
    except (OSError, ValueError):
        return
    for folder in map(Path, record["hidden"]):
        if folder.name.startswith(f".gristmill-{job_id}-"):
            shutil.rmtree(folder, ignore_errors=True)
    for folder in sorted(map(Path, record["made"]), reverse=True):
        with suppress(OSError):
            folder.rmdir()
    path.unlink(missing_ok=True)


def clear(scratch: Path, job_id: int) -> None:
    """Remove everything that all attempts of a job have left."""
    clear_hidden(scratch, job_id)
    shutil.rmtree(scratch / str(job_id), ignore_errors=True)


def clear_after(status: Status, settings: Settings, job_ids: Iterable[int]) -> None:
    """Clean up behind the jobs of a group that ended so: scratch files of a failed one stay for a while."""
    for job_id in job_ids:
        if status is Status.FAILED and settings.jobs_scratch_retention_hours:
            clear_hidden(settings.scratch, job_id)
        else:
            clear(settings.scratch, job_id)


def shared_folder(scratch: Path, flow_run_id: int | None) -> Path:
    """Where the runs of a flow run keep what they hand over to each other: `scratch/flow-12`."""
    return scratch / f"{_SHARED}{flow_run_id}"


def clear_shared(session: Session, settings: Settings, flow_run_ids: Iterable[int]) -> None:
    """Remove what flow runs have shared that have ended."""
    for flow_run_id in flow_run_ids:
        going_on = select(JobGroup.id).where(JobGroup.flow_run_id == flow_run_id, JobGroup.status.not_in(FINAL))
        if session.scalars(going_on.limit(1)).first() is None:
            shutil.rmtree(shared_folder(settings.scratch, flow_run_id), ignore_errors=True)


def sweep(session: Session, settings: Settings, busy: Iterable[int] = ()) -> None:
    """Clean up behind all groups that have ended: what a dead worker left, and what was kept for long enough.

    Jobs that are `busy` clean up by themselves when they have stopped.
    """
    present = set(_numbers_in(settings.scratch)) - set(busy)
    statement = (
        select(Job.id, JobGroup.status, JobGroup.finished_at)
        .join(JobGroup, Job.job_group_id == JobGroup.id)
        .where(Job.id.in_(present))
    )
    oldest = now() - settings.jobs_scratch_retention_hours * _HOUR
    for job_id, status, finished_at in session.execute(statement):
        if not Status(status).final:
            continue
        if status == Status.FAILED and (finished_at or 0) >= oldest:
            clear_hidden(settings.scratch, job_id)
        else:
            clear(settings.scratch, job_id)
    clear_shared(session, settings, list(_numbers_in(settings.scratch, _SHARED)))


def _numbers_in(scratch: Path, prefix: str = "") -> Iterator[int]:
    """The jobs (or with the prefix `flow-` the flow runs) that have a folder."""
    with suppress(FileNotFoundError):
        for folder in scratch.iterdir():
            number = folder.name.removeprefix(prefix)
            if folder.name.startswith(prefix) and number.isdecimal():
                yield int(number)


def _missing(folder: Path) -> Iterator[Path]:
    while not folder.exists():
        yield folder
        folder = folder.parent


def _write(path: Path, record: object) -> None:
    """Write a small file so that it is whole or absent."""
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(record))
    partial.replace(path)

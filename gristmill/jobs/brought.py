"""What one run of a flow run brings here serves the others: tables, converted workbooks, files of stores (api 3.6).

It lies in the folder of the flow run, whole or not at all, as further names of the job's own files: a run that is
resumed when the flow run has ended still has them.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gristmill.jobs.leftovers import shared_folder
from gristmill.jobs.running import Bench, Running
from gristmill.model.job_tables import GroupWait, JobGroup

Json = dict[str, Any]
LOOK_SECONDS = 0.1
RESULT = "result.json"


def brought_once(bench: Bench, running: Running, facts: object, scratch: Path, bring: Callable[[], Json]) -> Json:
    """The result of `bring`, which makes files in `scratch`: its own, or that of another run of the flow run.

    `facts` say what is brought. A run that begins after others brings everything itself: it may find something else.
    """
    place = _place(bench, running, facts)
    if place is None:
        return bring()
    with _turn(place, running):
        result = _taken(place, scratch)
        if result is None:
            result = bring()
            _leave(place, scratch, result)
        else:
            running.journal.log("info", "taken over from another output of the flow run")
        return result


def _place(bench: Bench, running: Running, facts: object) -> Path | None:
    group_id = running.claim.group_id
    with bench.sessions.read() as session:
        flow_run_id = session.get_one(JobGroup, group_id).flow_run_id
        waits = select(GroupWait.id).where(GroupWait.job_group_id == group_id).limit(1)
        if flow_run_id is None or session.scalars(waits).first() is not None:
            return None
    name = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    return shared_folder(bench.settings.scratch, flow_run_id) / name


@contextmanager
def _turn(place: Path, running: Running) -> Iterator[None]:
    """Wait until nobody else brings the same. Raises StoppedError when the job is stopped meanwhile."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_suffix(".lock").open("w") as file:
        while not _is_locked(file.fileno()):
            running.wait(LOOK_SECONDS)
        yield


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _taken(place: Path, scratch: Path) -> Json | None:
    """The result that another job has left, None where there is none, or not all of it."""
    linked: list[Path] = []
    try:
        kept: Json = json.loads((place / RESULT).read_text(encoding="utf-8"))
        for name in kept["files"]:
            os.link(place / name, scratch / name)
            linked.append(scratch / name)
    except OSError:
        for path in linked:  # whoever writes there now must not write into the files of others
            path.unlink()
        return None
    result: Json = json.loads(json.dumps(kept["result"]).replace(_quoted(kept["scratch"]), _quoted(str(scratch))))
    return result


def _leave(place: Path, scratch: Path, result: Json) -> None:
    """Keep it for others where the file system lets us."""
    hidden = place.with_name(f".{place.name}")
    for left in (hidden, place):
        shutil.rmtree(left, ignore_errors=True)
    with suppress(OSError):
        hidden.mkdir()
        files = [path.name for path in scratch.iterdir() if path.is_file()]
        for name in files:
            os.link(scratch / name, hidden / name)
        kept = {"scratch": str(scratch), "files": files, "result": result}
        (hidden / RESULT).write_text(json.dumps(kept), encoding="utf-8")
        hidden.rename(place)


def _quoted(path: str) -> str:
    return json.dumps(path)[1:-1]

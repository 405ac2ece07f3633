"""The columns of inputs: looked at once as long as their files stay the same."""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import replace
from pathlib import Path

from gristmill.engines.detecting import detected
from gristmill.recipe.job import Job, Source
from gristmill.recipe.structuring import own_structure

KEPT = 32
# what was found, the oldest first: a workbook takes seconds, and an editor asks at every key
_found: dict[Hashable, tuple[Source, ...]] = {}


def looked_at(job: Job) -> Job:
    """The job with the columns of every source. Raises RunError for inputs that cannot be read."""
    stamps = tuple(_stamp(job, number) for number in range(len(job.sources)))
    if None in stamps:
        return detected(job)
    sources = _found.get(stamps)
    if sources is None:
        sources = detected(job).sources
        _found[stamps] = sources
        for oldest in list(_found)[:-KEPT]:
            _found.pop(oldest, None)
    return replace(job, sources=sources)


def _stamp(job: Job, number: int) -> Hashable:
    """What tells one state of a source from another; None where it is not made of plain files."""
    source = job.sources[number]
    files = [Path(file) for file in source.reading["files"]]
    if not all(file.is_file() for file in files):
        return None
    states = ((state.st_ino, state.st_size, state.st_mtime_ns) for state in (file.stat() for file in files))
    return (source.name, json.dumps(source.reading, sort_keys=True), own_structure(job, number), *states)

"""Comparing the columns of sources with those of the import, before a recipe runs (platform 2.9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gristmill.jobs.failures import JobError
from gristmill.jobs.journal import Journal
from gristmill.model.readings import look_at
from gristmill.problems import ProblemError, quoted
from gristmill.recipe.job import Job
from gristmill.settings import Settings
from gristmill.storage.listing import chosen_files
from gristmill.storage.matching import PathPattern

Json = dict[str, Any]
MAX_NAMED = 20


def check_columns(settings: Settings, job: Job, drift: Json | None, journal: Journal) -> None:
    """Write down which sources have other columns than at their import; `drift` is what `model.drift` says.

    Raises JobError when such a run has to stop. A source that cannot be looked at is left to the run.
    """
    found = []
    for place, before in (drift or {}).get("columns", {}).items():
        source = job.sources[int(place)]
        present = _present_columns(settings, source.reading)
        difference = None if present is None else describe_drift(before, present)
        if difference is not None:
            found.append(f"dataset {quoted(source.name)}: {difference}")
    if found and drift is not None and drift["stopJobOnErrorsFound"]:
        raise JobError("SchemaDrift", f"columns have changed since the import: {'; '.join(found)}")
    for sentence in found:
        journal.log("warning", f"columns have changed since the import: {sentence}")


def describe_drift(before: Sequence[str], present: Sequence[str]) -> str | None:
    """What is different, for people: `added 'qty'; removed 'price'`; None where nothing is."""
    added = [name for name in present if name not in set(before)]
    removed = [name for name in before if name not in set(present)]
    kept = [name for name in before if name not in set(removed)]
    is_moved = kept != [name for name in present if name not in set(added)]
    parts = [f"{word} {_named(names)}" for word, names in (("added", added), ("removed", removed)) if names]
    return "; ".join([*parts, *(["in another order"] if is_moved else [])]) or None


def _named(names: Sequence[str]) -> str:
    more = len(names) - MAX_NAMED
    return ", ".join(map(quoted, names[:MAX_NAMED])) + (f" and {more} more" if more > 0 else "")


def _present_columns(settings: Settings, reading: Json) -> list[str] | None:
    """The columns of the first file; None for one that is not there or not readable."""
    files = list(reading.get("files") or ())
    try:
        if not files and reading.get("match"):
            pattern = PathPattern.from_json(reading["match"])
            files = chosen_files(settings, pattern, 1)
    except (ProblemError, OSError):
        return None
    found = look_at(settings, files[0], reading.get("options") or {}) if files else None
    return None if found is None else [column.name for column in found[1]]

"""Which files a run may read and write: the real places of addresses, inside of what is permitted."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gristmill.jobs.appending import refuse_appending
from gristmill.jobs.failures import JobError
from gristmill.model.errors import InvalidError
from gristmill.model.outputs import check_path, check_words
from gristmill.problems import ProblemError, quoted
from gristmill.recipe.job import Job, Source
from gristmill.settings import Settings
from gristmill.storage.detect import format_of
from gristmill.storage.listing import chosen_files, refuse_too_many
from gristmill.storage.locations import Roots, files_at
from gristmill.storage.matching import PathPattern

Json = dict[str, Any]


def refuse_bad_output(setting: Json) -> None:
    """Raises JobError for an action, format, compression or path that no run can use, alone or together (api 4.2)."""
    try:
        check_words(setting)
        check_path(setting["path"])
        refuse_appending(setting)
    except InvalidError as error:
        raise JobError("RunError", f"output {setting['path']}: {error.details}") from None
    except ProblemError as error:
        raise JobError("RunError", str(error)) from None


def find_target(settings: Settings, setting: Json) -> Path:
    """The real path of an output, with its prefix before the file name. Raises JobError "not permitted"."""
    target = _locate(settings, setting["path"])
    return target.with_name(f"{setting.get('prefix') or ''}{target.name}")


def refuse_same_targets(targets: Mapping[int, Path]) -> None:
    """Raises JobError when two outputs would write to one place (platform 1.5)."""
    seen: set[Path] = set()
    for target in targets.values():
        if target in seen:
            raise JobError("RunError", f"two outputs write to {target}")
        seen.add(target)


def with_permitted_files(settings: Settings, job: Job) -> Job:
    """The job with the real paths of its sources. Raises JobError "not permitted"."""
    return replace(job, sources=tuple(_permitted(settings, source) for source in job.sources))


def _permitted(settings: Settings, source: Source) -> Source:
    match = source.reading.get("match")
    addresses = source.reading["files"] if match is None else _matching(settings, source.name, match)
    files = [str(_locate(settings, address)) for address in addresses]
    if source.reading.get("literal"):  # values hold no wildcards
        _refuse_missing(source, files)
    if source.reading.get("foreign"):
        _refuse_other_formats(source, files)
    return replace(source, reading={**source.reading, "files": files})


def _refuse_missing(source: Source, files: Sequence[str]) -> None:
    """Raises JobError that names a file that is not there."""
    for file in files:
        if not os.path.lexists(file):
            raise JobError("RunError", f"dataset {quoted(source.name)}: file not found: {file}")


def _refuse_other_formats(source: Source, files: Sequence[str]) -> None:
    """Raises JobError where a file that stands in for a dataset's is of another format."""
    wanted = source.reading["format"]
    try:
        for file in files_at(files):
            if (found := format_of(file)) != wanted:
                raise JobError("RunError", f"dataset {quoted(source.name)}: {file} is {found}, the dataset is {wanted}")
    except ProblemError as error:
        raise JobError("RunError", f"dataset {quoted(source.name)}: {error}") from None


def _matching(settings: Settings, name: str, match: Json) -> list[str]:
    """The files that fit a pattern. Raises JobError when there are none, or too many."""
    pattern = PathPattern.from_json(match)
    try:
        files = chosen_files(pattern, Roots(settings.data, settings.storage_file_roots))
        refuse_too_many(pattern, len(files), settings.parameters_max_files)
    except ProblemError as error:
        raise JobError("RunError", f"dataset {quoted(name)}: {error}") from None
    if not files:
        raise JobError("RunError", f"dataset {quoted(name)}: no files match '{pattern.shown}'")
    return files


def _locate(settings: Settings, address: str) -> Path:
    try:
        return Roots(settings.data, settings.storage_file_roots).locate(address)
    except ProblemError as error:
        raise JobError("RunError", str(error)) from None

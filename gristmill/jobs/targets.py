"""Which files a run may read and write: the real places of addresses, inside of what is permitted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from gristmill.jobs.appending import refuse_appending
from gristmill.jobs.failures import JobError
from gristmill.model.errors import InvalidError
from gristmill.model.outputs import check_path, check_words
from gristmill.problems import ProblemError
from gristmill.recipe.job import Job, Source
from gristmill.settings import Settings
from gristmill.storage.locations import Roots

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


def with_permitted_files(settings: Settings, job: Job) -> Job:
    """The job with the real paths of its sources. Raises JobError "not permitted"."""
    return replace(job, sources=tuple(_permitted(settings, source) for source in job.sources))


def _permitted(settings: Settings, source: Source) -> Source:
    files = [str(_locate(settings, address)) for address in source.reading["files"]]
    return replace(source, reading={**source.reading, "files": files})


def _locate(settings: Settings, address: str) -> Path:
    try:
        return Roots(settings.data, settings.storage_file_roots).locate(address)
    except ProblemError as error:
        raise JobError("RunError", str(error)) from None

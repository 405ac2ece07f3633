"""Where an output goes: the real place of a write setting's path, inside of what is permitted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gristmill.jobs._standin import Roots
from gristmill.jobs.failures import JobError
from gristmill.model.errors import InvalidError
from gristmill.model.outputs import check_path, check_words
from gristmill.problems import ProblemError
from gristmill.settings import Settings

Json = dict[str, Any]


def refuse_bad_words(setting: Json) -> None:
    """Raises JobError for an action, format, compression or path that no run can use (api 4.2)."""
    try:
        check_words(setting)
        check_path(setting["path"])
    except InvalidError as error:
        raise JobError("RunError", f"output {setting['path']}: {error.details}") from None


def find_target(settings: Settings, setting: Json) -> Path:
    """The real path of an output, with its prefix before the file name. Raises JobError "not permitted"."""
    try:
        target = Roots(settings.data, settings.storage_file_roots).locate(setting["path"])
    except ProblemError as error:
        raise JobError("RunError", str(error)) from None
    return target.with_name(f"{setting.get('prefix') or ''}{target.name}")

"""Where the outputs of a run go: the real places of addresses, inside of what is permitted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gristmill.jobs.appending import refuse_appending
from gristmill.jobs.failures import JobError
from gristmill.model.addresses import address_of_output
from gristmill.model.errors import InvalidError
from gristmill.model.outputs import check_path, check_words
from gristmill.problems import ProblemError, quoted, run_error
from gristmill.recipe.job import Source
from gristmill.settings import Settings
from gristmill.storage.locations import SCHEME, Roots
from gristmill.storage.reading import Reading
from gristmill.storage.remote import Remote, is_remote, open_remote

Json = dict[str, Any]
Target = Path | Remote


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


def find_target(settings: Settings, setting: Json) -> Target:
    """Where an output goes, with its prefix before the file name. Raises JobError "not permitted"."""
    prefix = setting.get("prefix") or ""
    try:
        address = address_of_output(settings, setting["path"])
        if is_remote(address):
            folder, _, name = address.rstrip("/").rpartition("/")
            remote = open_remote(settings, f"{folder}/{prefix}{name}")
            if not remote.path:
                raise run_error(f"{quoted(address)} names no file")
            return remote
        target = Roots(settings.data, settings.storage_file_roots).locate(address)
        return target.with_name(f"{prefix}{target.name}")
    except ProblemError as error:
        raise JobError("RunError", str(error)) from None
    except InvalidError as error:
        raise JobError("RunError", f"output {setting['path']}: {error.details}") from None


def refuse_same_targets(targets: Iterable[Target]) -> None:
    """Raises JobError when two outputs would write to one place (platform 1.5)."""
    seen: set[str] = set()
    for place in map(_address, targets):
        if place in seen:
            raise JobError("RunError", f"two outputs write to {place}")
        seen.add(place)


def refuse_lost_sources(sources: Iterable[Source], settings: Mapping[int, Json], targets: Mapping[int, Target]) -> None:
    """Raises JobError when an output would replace a folder that files of the run's own sources lie in."""
    places = [
        _address(target)
        for position, target in targets.items()
        if settings[position]["action"] == "overwrite" and not settings[position]["asSingleFile"]
    ]
    for source in sources:
        reading = Reading.from_json(source.reading)
        for file in reading.files:
            address = reading.shown_path(file).removeprefix(SCHEME)
            if place := next((place for place in places if f"{address}/".startswith(f"{place}/")), None):
                raise JobError(
                    "RunError", f"{quoted(place)} cannot be replaced: dataset {quoted(source.name)} lies in it"
                )


def _address(target: Target) -> str:
    return str(target) if isinstance(target, Path) else target.uri

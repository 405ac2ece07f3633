"""A run that is only tried out: what would make it fail, as far as that can be told without running it (api 4.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from gristmill.engines.watch import Silent
from gristmill.jobs.failures import JobError
from gristmill.jobs.targets import find_target, refuse_bad_output
from gristmill.jobs.wrangle import choose_engine
from gristmill.model.errors import InvalidError
from gristmill.problems import ProblemError
from gristmill.recipe.job import Job
from gristmill.settings import Settings
from gristmill.storage.locations import Roots, files_at
from gristmill.storage.remote import is_remote, open_remote

if TYPE_CHECKING:  # it brings the compiler along
    from gristmill.model.runs import RunRequest

Json = dict[str, Any]


def rehearse(settings: Settings, request: RunRequest) -> None:
    """Raises InvalidError with everything that is wrong with engine, sources and outputs of a resolved run."""
    troubles = [message for check in _checks(settings, request) if (message := _trouble(check)) is not None]
    if troubles:
        raise InvalidError("; ".join(dict.fromkeys(troubles)))


def _checks(settings: Settings, request: RunRequest) -> Iterator[Callable[[], object]]:
    job = Job.from_json(request.job)
    yield partial(choose_engine, settings, request.execution, Silent())
    if request.refusal is not None:
        yield partial(_refuse, request.refusal)
    for number, source in enumerate(job.sources):
        if number not in request.relations:
            yield partial(_find_files, settings, source.reading)
    for setting in request.outputs:
        yield partial(refuse_bad_output, setting)
        yield partial(find_target, settings, setting)


def _refuse(why: str) -> None:
    raise JobError("RunError", why)


def _find_files(settings: Settings, reading: Json) -> None:
    """Raises ProblemError for files that are not permitted or not there; stores are not asked."""
    roots = Roots(settings.data, settings.storage_file_roots)
    for address in reading["files"]:
        if is_remote(address):
            open_remote(settings, address)
        else:
            files_at([str(roots.locate(address))])


def _trouble(check: Callable[[], object]) -> str | None:
    try:
        check()
    except (JobError, ProblemError) as error:
        return str(error)
    return None

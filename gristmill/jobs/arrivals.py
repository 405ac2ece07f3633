"""The sources of a run: their files found, permitted and brought to this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gristmill.jobs.failures import JobError
from gristmill.jobs.running import Running
from gristmill.model.readings import columns_from_json
from gristmill.problems import ProblemError, plural, quoted, run_error
from gristmill.recipe.job import Job, Source
from gristmill.settings import Settings
from gristmill.storage.detect import format_of
from gristmill.storage.fetching import fetch, local_name
from gristmill.storage.listing import chosen_files, files_in, refuse_too_many
from gristmill.storage.locations import Roots, files_at
from gristmill.storage.matching import PathPattern
from gristmill.storage.reading import CsvStructure, Reading
from gristmill.storage.remote import Remote, is_remote, open_remote, tried

Json = dict[str, Any]
FOLDER = "remote"
Once = Callable[[object, Path, Callable[[], Json]], Json]


class Arrivals:
    """Finds the files of a job's sources; those of stores are copied into scratch, each once.

    `once` shares the copies with others: see `brought_once`.
    """

    def __init__(self, settings: Settings, running: Running, scratch: Path, once: Once) -> None:
        self._settings = settings
        self._running = running
        self._folder = scratch / FOLDER
        self._once = once
        self._copies: dict[str, Path] = {}
        self._shown: dict[str, str] = {}

    def arrived(self, job: Job) -> Job:
        """The job with files of this machine. Raises JobError that names the dataset and what is wrong."""
        return replace(job, sources=tuple(self._source(source) for source in job.sources))

    def told(self, error: JobError) -> JobError:
        """The error with the addresses of copies in place of their paths."""
        message = error.message
        for uri, path in self._copies.items():
            message = message.replace(str(path), uri)
        return JobError(error.name, message, error.problems, error.trace)

    def _source(self, source: Source) -> Source:
        reading = source.reading
        if reading.get("copies") or not (reading["files"] or reading.get("match")):
            return source  # it has arrived, or is a table: an `ingest` job brings it
        try:
            match = reading.get("match")
            addresses = reading["files"] if match is None else self._matching(match)
            if not addresses:
                return self._without_rows(source)
            files = [
                file for address in addresses for file in self._files(address, literal=bool(reading.get("literal")))
            ]
            if reading.get("foreign"):
                _refuse_other_formats(files, reading["format"])
        except ProblemError as error:
            raise JobError("RunError", f"dataset {quoted(source.name)}: {error}") from None
        shown = {file: self._shown[file] for file in files if file in self._shown}
        return replace(source, reading={**reading, "files": files, "shown": shown})

    def _matching(self, match: Json) -> list[str]:
        """The files that fit a pattern. Raises RunError when there are none, or too many."""
        pattern = PathPattern.from_json(match)
        files = tried(lambda: chosen_files(self._settings, pattern), self._running.wait, self._log)
        refuse_too_many(pattern, len(files), self._settings.parameters_max_files)
        if not files and not self._settings.parameters_allow_empty:
            raise run_error(f"no files match '{pattern.shown}'")
        return files

    def _without_rows(self, source: Source) -> Source:
        """An empty table with the columns that are known of the dataset. Raises RunError where none are."""
        known = source.reading.get("known")
        if not known:
            raise run_error(f"no files match '{source.reading['match']['shown']}', and its columns are not known")
        columns = tuple(replace(column, form="text") for column in columns_from_json(known["columns"]))
        self._folder.mkdir(exist_ok=True)
        file = self._folder / f"empty{len(list(self._folder.iterdir()))}.csv"
        names = (column.name.replace('"', '""') for column in columns)
        file.write_text(",".join(f'"{name}"' for name in names) + "\n", encoding="utf-8")
        structure = CsvStructure(columns=len(columns), header=True)
        self._log(f"dataset {quoted(source.name)}: no files match, it has no rows")
        return Source(source.name, Reading((str(file),), "csv", csv=structure).as_json(), columns)

    def _files(self, address: str, *, literal: bool) -> list[str]:
        if is_remote(address):
            return [self._copy(remote) for remote in self._remotes(address)]
        path = Roots(self._settings.data, self._settings.storage_file_roots).locate(address)
        if literal and not os.path.lexists(path):  # values of parameters hold no wildcards
            raise run_error(f"file not found: {path}")
        return [str(path)]

    def _remotes(self, address: str) -> list[Remote]:
        """The file at an address, or the files of the folder that it names."""
        remote = open_remote(self._settings, address)

        def found() -> list[str]:
            if not address.endswith("/") and remote.path and remote.store.stat(remote.path) is not None:
                return [address]
            return files_in(remote)

        files = tried(found, self._running.wait, self._log)
        if not files:
            raise run_error(f"file not found: {address}")
        return [open_remote(self._settings, file) for file in files]

    def _copy(self, remote: Remote) -> str:
        if remote.uri not in self._copies:
            target = self._folder / str(len(self._copies)) / local_name(remote.path)
            target.parent.mkdir(parents=True)
            size = self._once(
                remote.uri, target.parent, lambda: {"size": fetch(remote, target, self._running.wait, self._log)}
            )["size"]
            self._running.journal.log("info", f"read {remote.uri}: {plural(size, 'byte')}")
            self._copies[remote.uri] = target
            self._shown[str(target)] = remote.shown
        return str(self._copies[remote.uri])

    def _log(self, message: str) -> None:
        self._running.journal.log("warning", message)


def _refuse_other_formats(files: Sequence[str], wanted: str) -> None:
    """Raises RunError where a file that stands in for a dataset's is of another format."""
    for file in files_at(files):
        if (found := format_of(file)) != wanted:
            raise run_error(f"{file} is {found}, the dataset is {wanted}")

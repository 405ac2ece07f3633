"""A job's sources as views: regular text and Parquet in place, everything else as copies in scratch."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb
from sqlglot import exp

from gristmill.engines.duckdb.conversions import Copies
from gristmill.engines.duckdb.session import Session
from gristmill.engines.duckdb.tables import Part, parquet_query
from gristmill.engines.sql.absences import common_absences
from gristmill.engines.watch import Watch
from gristmill.recipe.job import Job, Source
from gristmill.storage.formats.parquet import fields_of, glob_escaped, unreadable
from gristmill.storage.reading import Reading

Result = TypeVar("Result")


class Sources:
    """Opens the known sources of a job in a session, and cleans what the engine refuses after all."""

    def __init__(self, job: Job, watch: Watch) -> None:
        self.job = job
        self.watch = watch
        self._folder = tempfile.TemporaryDirectory(prefix="clean-", dir=job.limits.scratch or None)
        self.copies = Copies(Path(self._folder.name), watch)
        self._opened: set[int] = set()

    def open(self, session: Session) -> None:
        """Make a view of every source; where rows may be taken over, not before it is read."""
        if self.job.handovers:
            session.opening = lambda number: self._open_once(session, number)
            return
        for number in range(len(self.job.sources)):
            self._open(session, number)

    def retried(self, session: Session, work: Callable[[], Result]) -> Result:
        """Do the work; if the engine refuses a text file read in place, clean it and begin again."""
        while True:
            try:
                return work()
            except duckdb.Error as error:
                found = self._irregular(str(error))
                if found is None:
                    raise
                self.copies.refused.add(found)
                for number, source in enumerate(self.job.sources):
                    if found in source.reading["files"]:
                        self._open(session, number)

    @property
    def is_cleaned(self) -> bool:
        """Whether the engine has refused a file: what was computed before does not count."""
        return bool(self.copies.refused)

    def is_irregular(self, error: duckdb.Error) -> bool:
        """Whether `retried` begins again for this error."""
        return self._irregular(str(error)) is not None

    def _irregular(self, message: str) -> str | None:
        """The text file read in place that an error of the CSV reader names, or the first one left."""
        if "CSV" not in message and "Invalid unicode" not in message and "UTF-8" not in message.upper():
            return None
        left = [
            file
            for source in self.job.sources
            if source.reading["format"] == "csv"
            for file in source.reading["files"]
            if file not in self.copies.refused
        ]
        return next((file for file in left if file in message), next(iter(left), None))

    def _open_once(self, session: Session, number: int) -> None:
        if number not in self._opened:
            self._open(session, number)

    def _open(self, session: Session, number: int) -> None:
        self._opened.add(number)
        source = self.job.sources[number]
        reading = Reading.from_json(source.reading)
        forms = tuple(column.form for column in source.columns or ())
        if reading.format == "parquet":
            parts = [self._parquet(session, source, reading, Path(file), forms) for file in reading.files]
        else:
            names = tuple(column.name for column in source.columns or ())
            parts = self.copies.parts(source.name, reading, forms, names)
        query: exp.Query = parts[0].query
        for part in parts[1:]:
            query = exp.Union(this=query, expression=part.query, distinct=False)
        session.view(number, query, common_absences([part.absent for part in parts]))

    def _parquet(self, session: Session, source: Source, reading: Reading, path: Path, forms: tuple[str, ...]) -> Part:
        wanted = [str(name) for name in reading.layout["fields"]]
        try:
            fields = fields_of(session.connection, path)
        except duckdb.Error as error:
            raise unreadable(path, error) from None
        there = {name for name, _ in fields}
        if missing := [name for name in wanted if name not in there]:
            self.watch.log("warning", f"{source.name}: {path.name} has no column {', '.join(missing)}: null")
        return Part(parquet_query(path, fields, wanted, forms, reading.shown_path(str(path))))

    def files(self) -> list[str]:
        """The files that are read in place, as they are called and as the engine's readers are told."""
        readings = [Reading.from_json(source.reading) for source in self.job.sources]
        files = [file for reading in readings for file in (*reading.files, *(path for path, _ in reading.copies))]
        return list(dict.fromkeys([*files, *map(glob_escaped, files)]))

    def folders(self) -> list[str]:
        """Where copies lie, and what does not fit into memory."""
        return [f"{folder}/" for folder in (self._folder.name, self.job.limits.scratch) if folder]

    def close(self) -> None:
        """Remove the copies."""
        self._folder.cleanup()

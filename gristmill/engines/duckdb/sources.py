"""A job's sources as views: files read in place by the strict reader, irregular ones as clean copies in scratch."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import duckdb
from sqlglot import exp

from gristmill.engines.duckdb.session import Session
from gristmill.engines.watch import Watch
from gristmill.recipe.job import Job, Source, SourceColumn
from gristmill.recipe.structuring import names_itself
from gristmill.storage.detect import look
from gristmill.storage.lenient import clean_copy
from gristmill.storage.reading import Reading
from gristmill.storage.strict import clean_options, csv_options, reads_strictly

Result = TypeVar("Result")


class Sources:
    """Looks at the sources of a job, opens them in a session, and reads again leniently what turns out irregular."""

    def __init__(self, job: Job, watch: Watch) -> None:
        self.job = job
        self.watch = watch
        self.cleaned: dict[tuple[int, int], Path] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="clean-", dir=job.limits.scratch or None)

    def detected(self) -> Job:
        """The job with the columns of every source known."""
        known = tuple(self._known(number, source) for number, source in enumerate(self.job.sources))
        self.job = replace(self.job, sources=known)
        return self.job

    def _known(self, number: int, source: Source) -> Source:
        reading = Reading.from_json(source.reading)
        if names_itself(self.job, number):
            reading = replace(reading, options=reading.options | {"header": False})
        elif source.columns is not None:
            return source
        found = look(reading)
        columns = tuple(SourceColumn(name, type_) for name, type_ in zip(found.names, found.types, strict=True))
        return Source(source.name, found.reading.as_json(), columns)

    def open(self, session: Session) -> None:
        """Make a view of every source."""
        for number in range(len(self.job.sources)):
            self._open(session, number)

    def retried(self, session: Session, work: Callable[[], Result]) -> Result:
        """Do the work; if a strictly read file turns out irregular, clean it and begin again."""
        while True:
            try:
                return work()
            except duckdb.Error as error:
                found = self._irregular(str(error))
                if found is None:
                    raise
                number, place = found
                self._clean(number, place)
                self._open(session, number)

    def _irregular(self, message: str) -> tuple[int, int] | None:
        """The strictly read file that an error of the CSV reader names, or the first one left."""
        if "CSV" not in message and "Invalid unicode" not in message and "UTF-8" not in message.upper():
            return None
        strict = [
            (number, place)
            for number, source in enumerate(self.job.sources)
            for place in range(len(source.reading.get("files", ())))
            if (number, place) not in self.cleaned
        ]
        named = [found for found in strict if self._file(*found) in message]
        return next(iter(named or strict), None)

    def _file(self, number: int, place: int) -> str:
        return str(Reading.from_json(self.job.sources[number].reading).files[place])

    def _open(self, session: Session, number: int) -> None:
        reading = Reading.from_json(self.job.sources[number].reading)
        parts = [self._part(number, place, reading) for place in range(len(reading.files))]
        query: exp.Query = parts[0]
        for part in parts[1:]:
            query = exp.Union(this=query, expression=part, distinct=False)
        session.connection.execute(f"CREATE OR REPLACE VIEW source_{number} AS {query.sql(dialect='duckdb')}")

    def _part(self, number: int, place: int, reading: Reading) -> exp.Select:
        assert reading.csv is not None
        if (number, place) not in self.cleaned and not reads_strictly(Path(reading.files[place]), reading):
            self._clean(number, place)
        clean = self.cleaned.get((number, place))
        path = clean or Path(reading.files[place])
        options = csv_options(reading.csv) if clean is None else clean_options(reading.csv)
        columns = [exp.column(f"f{at}") for at in range(reading.csv.columns)]
        path_column = exp.alias_(exp.Literal.string(reading.files[place]), "file_path")
        return exp.Select(expressions=[*columns, path_column], from_=exp.From(this=_read_csv(path, options)))

    def _clean(self, number: int, place: int) -> None:
        reading = Reading.from_json(self.job.sources[number].reading)
        target = Path(self._folder.name) / f"{number}-{place}.csv"
        repairs = clean_copy(Path(reading.files[place]), reading, target)
        self.cleaned[number, place] = target
        told = repairs.sentence()
        if told:
            self.watch.log("warning", f"{self.job.sources[number].name}: {told}")

    def files(self) -> list[str]:
        """The files that are read in place."""
        return [file for source in self.job.sources for file in Reading.from_json(source.reading).files]

    def folders(self) -> list[str]:
        """Where clean copies lie, and what does not fit into memory."""
        return [f"{folder}/" for folder in (self._folder.name, self.job.limits.scratch) if folder]

    def close(self) -> None:
        """Remove the clean copies."""
        self._folder.cleanup()


def _read_csv(path: Path, options: dict[str, Any]) -> exp.Expression:
    settings = [exp.EQ(this=exp.to_identifier(name), expression=_literal(value)) for name, value in options.items()]
    return exp.Anonymous(this="read_csv", expressions=[exp.Literal.string(_escaped(path)), *settings])


def _escaped(path: Path) -> str:
    """A path as read_csv takes it: characters of its wildcards stand for themselves."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in str(path))


def _literal(value: Any) -> exp.Expr:
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, dict):
        pairs = [exp.PropertyEQ(this=exp.Literal.string(key), expression=_literal(item)) for key, item in value.items()]
        return exp.Struct(expressions=pairs)
    return exp.Literal.number(value) if isinstance(value, int) else exp.Literal.string(str(value))

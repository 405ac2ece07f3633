"""What a job reads: the files, structure and columns of its sources, found before an engine is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from gristmill.recipe.job import Job, Source, SourceColumn
from gristmill.recipe.structuring import BREAKING, NAMING, WHOLE_TEXT, own_structure
from gristmill.storage import proofs
from gristmill.storage.detect import format_of, look
from gristmill.storage.formats.excel import WHOLE
from gristmill.storage.locations import files_at
from gristmill.storage.reading import CsvStructure, Reading

TEXT_FORMATS = ("csv", "excel")
WHOLE_FORMATS = ("csv", "json", "excel")


def detected(job: Job) -> Job:
    """The job with every source known. Raises RunError for files that cannot be read."""
    return replace(job, sources=tuple(known_source(job, number) for number in range(len(job.sources))))


def proofs_begun(job: Job) -> AbstractContextManager[None]:
    """Looks at the text files of known sources meanwhile; where rows may be taken over, perhaps none is read."""
    return proofs.begun(() if job.handovers else _texts(job))


def _texts(job: Job) -> Iterator[tuple[Path, CsvStructure]]:
    for source in job.sources:
        reading = Reading.from_json(source.reading)
        if reading.format == "csv" and reading.csv is not None and not reading.copies and len(reading.files) == 1:
            yield Path(reading.files[0]), reading.csv


def known_source(job: Job, number: int) -> Source:
    """A source of a job with its files, structure and columns. Raises RunError for files that cannot be read."""
    source = job.sources[number]
    reading = Reading.from_json(source.reading)
    if reading.copies:
        return source
    own = own_structure(job, number)
    whole = _whole_text(source, reading) if own == BREAKING else None
    if whole is not None:
        reading = whole
    elif own == NAMING and reading.format in (None, *TEXT_FORMATS):
        reading = replace(reading, options=reading.options | {"header": False})
    elif source.columns is not None:
        found_files = tuple(map(str, files_at(reading.files)))
        return replace(source, reading=replace(reading, files=found_files).as_json())
    found = look(reading)
    columns = tuple(SourceColumn(name, type_, form) for name, type_, form in found.columns())
    return Source(source.name, found.reading.as_json(), columns)


def _whole_text(source: Source, reading: Reading) -> Reading | None:
    """The files as texts without structure; None where they are no texts, or their first line names `column1`."""
    file = files_at(reading.files)[0]
    format_ = reading.format or format_of(file, reading.encoding)
    if format_ not in WHOLE_FORMATS:
        return None
    if format_ == "excel":
        return replace(reading, format=format_, options=reading.options | {WHOLE: True}, layout={})
    if source.columns is None:
        found = look(reading)
        csv, names = found.reading.csv, found.names
    else:
        csv, names = reading.csv, tuple(column.name for column in source.columns)
    if csv is not None and csv.header and WHOLE_TEXT in map(str.casefold, names):
        return None
    return replace(reading, format="whole", csv=None, layout={})

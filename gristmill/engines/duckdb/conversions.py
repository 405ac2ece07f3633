"""Files that the engine cannot read in place are copied once into scratch: irregular text, JSON, Avro, Excel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gristmill.engines.duckdb.tables import Part, csv_query, scratch_query
from gristmill.engines.sql.absences import WATCHED
from gristmill.engines.watch import Watch
from gristmill.problems import run_error
from gristmill.storage.cleaning import readable
from gristmill.storage.converting import write_rows
from gristmill.storage.fitting import fits
from gristmill.storage.reading import Reading

Rows = Iterator[Sequence[Any]]


class Copies:
    """Queries over the files of a dataset, and the copies that they read.

    `refused` are text files that the engine did not read in place although they looked regular.
    """

    def __init__(self, folder: Path, watch: Watch) -> None:
        self.folder = folder
        self.watch = watch
        self.refused: set[str] = set()
        self._made = 0

    def parts(self, name: str, reading: Reading, forms: Sequence[str], columns: Sequence[str] = ()) -> list[Part]:
        """A part per file (in Excel per sheet), in the order of the rows; `columns` are the names of the dataset's."""
        if reading.format == "csv":
            return list(self._texts(name, reading, columns))
        copies = reading.copies or self.converted(name, reading, forms)
        return [Part(scratch_query(Path(path), len(forms), shown)) for path, shown in copies]

    def converted(self, name: str, reading: Reading, forms: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Copy every part of the dataset; gives the copy and what `$filepath` says in its rows."""
        for shown, rows in self._rows(name, reading, forms):
            target = self._place("parquet")
            write_rows(rows, forms, target)
            yield str(target), shown

    def _texts(self, name: str, reading: Reading, columns: Sequence[str]) -> Iterator[Part]:
        for fit in fits(reading, columns):
            file = str(fit.path)
            own = replace(reading, csv=fit.structure)
            table = readable(fit.path, own, self._place("csv"), clean=file in self.refused)
            self._tell(name, fit.note, table.repairs.sentence())
            query = csv_query(
                table.path,
                table.options,
                fit.places,
                reading.shown_path(file),
                blanks=table.repairs.blank_lines > 0,
                lines=len(reading.files) == 1,
            )
            yield Part(query, tuple(WATCHED if place is None else table.absent[place] for place in fit.places))

    def _place(self, suffix: str) -> Path:
        self._made += 1
        return self.folder / f"{self._made}.{suffix}"

    def _tell(self, name: str, *sentences: str | None) -> None:
        for sentence in sentences:
            if sentence:
                self.watch.log("warning", f"{name}: {sentence}")

    def _rows(self, name: str, reading: Reading, forms: Sequence[str]) -> Iterator[tuple[str, Rows]]:
        """The rows of every part of the dataset, with the path that they tell of themselves."""
        notes: list[str] = []
        if reading.format == "excel":
            yield from self._sheets(reading)
            return
        for file in reading.files:
            yield reading.shown_path(file), self._told(name, self._file(Path(file), reading, forms, notes), notes)

    def _file(self, path: Path, reading: Reading, forms: Sequence[str], notes: list[str]) -> Rows:
        from gristmill.storage.formats import avro, json, whole

        if reading.format == "json":
            return json.rows(path, reading, notes)
        if reading.format == "whole":
            return whole.rows(path, reading, notes)
        if reading.format == "avro":
            return avro.rows(path, reading, forms, notes)
        raise run_error(f"not supported: reading {reading.format} files ({path.name})")

    def _told(self, name: str, rows: Rows, notes: list[str]) -> Rows:
        yield from rows
        self._tell(name, *notes)
        notes.clear()

    def _sheets(self, reading: Reading) -> Iterator[tuple[str, Rows]]:
        from gristmill.storage.formats import excel

        header = excel.header_of(reading)
        for file in reading.files:
            for sheet in excel.sheets_of(Path(file), reading):
                yield f"{reading.shown_path(file)}/{sheet}", excel.rows(Path(file), reading, sheet, header)

"""How the files of a delimited dataset fit its columns: which line holds names, which cell belongs where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gristmill.storage.compression import without_compression
from gristmill.storage.formats.delimited import beginning
from gristmill.storage.reading import CsvStructure, Reading
from gristmill.storage.structure import Row, column_names, find_structure, table


@dataclass(frozen=True, slots=True)
class Fit:
    """A file with its own layout. `places` says for each column of the dataset where the file has it, None: nowhere.

    `note` tells of a first line that is not the dataset's header.
    """

    path: Path
    structure: CsvStructure
    places: tuple[int | None, ...]
    note: str | None = None


def fits(reading: Reading, names: Sequence[str]) -> Iterator[Fit]:
    """Each file of a dataset with the columns `names`, in order (platform 1.2).

    Cells belong to columns by position: what a file has more is dropped, what it lacks is null. A file whose first
    line holds the same names in another order is read by name. The first file's header goes always, that of a later
    file only where it holds the dataset's names: any other line may be data.
    """
    assert reading.csv is not None
    first_header: Row | None = None
    for number, file in enumerate(reading.files):
        path = Path(file)
        if number == 0 and not reading.foreign:
            structure, row = reading.csv, _first_row(path, reading, reading.csv) if len(reading.files) > 1 else None
            fit = Fit(path, structure, tuple(range(len(names))))
        else:
            structure = _own_structure(path, reading)
            row = _first_row(path, reading, structure)
            fit = Fit(path, structure, _by_position(names, structure))
            fit = _fit(fit, row, first_header, reading, names) if structure.header else fit
        first_header = (row or []) if number == 0 else first_header
        yield fit


def _fit(fit: Fit, row: Row | None, first_header: Row | None, reading: Reading, names: Sequence[str]) -> Fit:
    """The fit of a file that may begin with a header. `first_header` is None for the first file."""
    if row is None:
        return fit
    own = column_names(row, fit.structure.columns, sanitize=bool(reading.options.get("sanitizeColumnNames")))
    common = min(len(own), len(names))
    if list(own[:common]) == list(names[:common]) and 2 * common >= len(names):
        return fit
    if sorted(own) == sorted(names):
        return replace(fit, places=tuple(own.index(name) for name in names))
    if row == first_header:
        return fit
    told = f"{fit.path.name}: its first line does not hold the names of the columns; read by position"
    if first_header is None:
        return replace(fit, note=f"{told}, without that line")
    return replace(fit, structure=replace(fit.structure, header=False), note=f"{told}, that line as data")


def _by_position(names: Sequence[str], structure: CsvStructure) -> tuple[int | None, ...]:
    return tuple(place if place < structure.columns else None for place in range(len(names)))


def _own_structure(path: Path, reading: Reading) -> CsvStructure:
    """The dataset's delimiter, header and marked columns, the file's own line ends, quotes and number of columns."""
    assert reading.csv is not None
    text = beginning(path, reading.encoding)
    if not text:
        return replace(reading.csv, header=False)
    suffix = Path(without_compression(path.name)).suffix
    found = find_structure(text, suffix, reading.csv.delimiter)
    return replace(found, header=reading.csv.header, marked=reading.csv.marked)


def _first_row(path: Path, reading: Reading, structure: CsvStructure) -> Row | None:
    """The cells of a file's first row; None for an empty file."""
    rows = table(beginning(path, reading.encoding), structure, 1)
    return rows[0] if rows else None

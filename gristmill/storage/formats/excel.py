"""Excel workbooks: the cells of a sheet as displayed texts (transforms 8.4, platform 3.3).

`layout` keeps `sheets` (those that are read), `columns` and `header`.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.problems import did_you_mean, quoted, run_error
from gristmill.storage.detected import Detected, without_types
from gristmill.storage.formats.delimited import TYPED_ROWS, described, has_header
from gristmill.storage.formats.sheet_width import written_columns
from gristmill.storage.formats.whole import COLUMN
from gristmill.storage.reading import Reading
from gristmill.storage.structure import Infer, Row
from gristmill.types.numbers import print_boolean, print_number

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

ALL_SHEETS = "*"
WHOLE = "whole"  # the option: each sheet is one text, for recipes that break it up themselves
MOST_UNPACKED = 4 << 30
MOST_EXPANSION = 200
UNSUSPICIOUS = 64 << 20
PIECE = 1 << 20


def look(reading: Reading, files: Sequence[Path], infer: Infer) -> Detected:
    """Header, names and types by the first of the wanted sheets.

    Raises RunError for sheets that are not there, protected workbooks, and sheets without cells.
    """
    with _workbook(files[0]) as workbook:
        sheets = _wanted(workbook, reading, files[0])
        if reading.options.get(WHOLE):
            reading = replace(reading, layout={"sheets": list(sheets), "columns": 1, "header": False})
            return without_types(reading, [COLUMN])
        tables = [_table(workbook, sheet) for sheet in sheets]
    columns = max((len(row) for table in tables for row in table[:1]), default=0)
    if not columns:
        raise run_error(f"sheet {quoted(sheets[0])} of {files[0].name} has no cells")
    rows: list[Row] = [[cell or "" for cell in _fitted(row, columns)] for row in tables[0][: TYPED_ROWS + 1]]
    header = has_header(rows, reading, infer)
    reading = replace(reading, layout={"sheets": list(sheets), "columns": columns, "header": header})
    return described(reading, rows, columns, infer, header=header)


def rows(path: Path, reading: Reading, sheet: str, first: Row | None) -> Iterator[Row]:
    """The data rows of a sheet. A first row that equals the dataset's header `first` is left out."""
    columns = int(reading.layout["columns"])
    with _workbook(path) as workbook:
        if reading.options.get(WHOLE):
            yield [_delimited(workbook, sheet)]
            return
        for number, row in enumerate(_table(workbook, sheet)):
            cells = _fitted(row, columns)
            if number or first is None or cells != first:
                yield cells


def sheets_of(path: Path, reading: Reading) -> tuple[str, ...]:
    """The sheets of a file that are read: those found by the look, in a further file the same wish again."""
    if path == Path(reading.files[0]):
        return tuple(reading.layout["sheets"])
    with _workbook(path) as workbook:
        return _wanted(workbook, reading, path)


def header_of(reading: Reading) -> Row | None:
    """The header row of the dataset; None if it has none."""
    if not reading.layout["header"]:
        return None
    with _workbook(Path(reading.files[0])) as workbook:
        table = _table(workbook, reading.layout["sheets"][0])
    return _fitted(table[0], int(reading.layout["columns"])) if table else None


@contextmanager
def _workbook(path: Path) -> Iterator[CalamineWorkbook]:
    import python_calamine as calamine

    _refuse_bomb(path)
    try:
        workbook = calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError:
        raise run_error(f"file cannot be read: {path}: the workbook is protected by a password") from None
    except FileNotFoundError:
        raise run_error(f"file not found: {path}") from None
    except (calamine.CalamineError, OSError) as error:
        raise run_error(f"file cannot be read: {path}: it is no Excel workbook ({error})") from None
    try:
        yield workbook
    finally:
        workbook.close()


def _refuse_bomb(path: Path) -> None:
    """Unpack once, keeping nothing: what the members say of their sizes may be untrue."""
    if not zipfile.is_zipfile(path):
        return
    size, unpacked = path.stat().st_size, 0
    try:
        with zipfile.ZipFile(path) as archive:
            for item in archive.infolist():
                item.file_size = MOST_UNPACKED + 1
                with archive.open(item) as member:
                    while piece := member.read(PIECE):
                        unpacked += len(piece)
                        if unpacked > MOST_UNPACKED or unpacked > max(UNSUSPICIOUS, MOST_EXPANSION * size):
                            raise run_error(
                                f"file cannot be read: {path}: it expands to more than {unpacked >> 20} MB",
                                hint="Save it as CSV and read that.",
                            )
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise run_error(f"file cannot be read: {path}: it is no Excel workbook ({error})") from None


def _wanted(workbook: CalamineWorkbook, reading: Reading, path: Path) -> tuple[str, ...]:
    there = workbook.sheet_names
    wish = reading.options.get("sheet") or there[:1]
    if wish == ALL_SHEETS:
        return tuple(there)
    names = [wish] if isinstance(wish, str) else [str(name) for name in wish]
    for name in names:
        if name not in there:
            hint = did_you_mean(name, there) or f"There are {', '.join(map(quoted, there[:10]))}."
            raise run_error(f"sheet not found in {path.name}: {quoted(name)}", hint=hint)
    return tuple(names)


def _delimited(workbook: CalamineWorkbook, sheet: str) -> str:
    """A sheet as the comma-separated text that recipes break into rows: `1/31/2020`, as real ones show days there."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_table(workbook, sheet, "{0.month}/{0.day}/{0.year}"))
    return text.getvalue()


def _table(workbook: CalamineWorkbook, sheet: str, day: str = "{0}") -> list[Row]:
    """The cells of a sheet without its empty edges; `day` is how dates without a time look.

    Empty columns at the right stay where the workbook has written down cells of them.
    """
    found = workbook.get_sheet_by_name(sheet)
    raw: list[list[Any]] = found.to_python(skip_empty_area=True)
    # dates of a column that also holds times show one too: else they would be of another format
    timed = {place for row in raw for place, value in enumerate(row) if isinstance(value, datetime)}
    table: list[Row] = [[_text(value, place in timed, day) for place, value in enumerate(row)] for row in raw]
    filled = [number for number, row in enumerate(table) if any(row)]
    if not filled:
        return []
    used = [place for place in range(len(table[0])) if any(row[place] for row in table)]
    written = written_columns(Path(workbook.path), sheet) if workbook.path else 0
    bare: Row = [""] * max(0, written - (found.start or (0, 0))[1] - used[-1] - 1)
    return [row[used[0] : used[-1] + 1] + bare for row in table[filled[0] : filled[-1] + 1]]


def _text(value: Any, timed: bool, day: str) -> str:
    """The text of a cell; empty ones and errors hold the empty text, as in the CSV file of a sheet."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return print_boolean(value)
    if isinstance(value, int | float):
        return print_number(value)
    if isinstance(value, datetime):
        return f"{_rounded(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00" if timed else day.format(value)
    if isinstance(value, time):
        return f"{_rounded(datetime.combine(date(2000, 1, 1), value)):%H:%M:%S}"
    return _duration(value) if isinstance(value, timedelta) else str(value)


def _rounded(value: datetime) -> datetime:
    """To the second: Excel keeps times as fractions of a day."""
    return (value + timedelta(microseconds=500_000)).replace(microsecond=0)


def _duration(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _fitted(row: Row, columns: int) -> Row:
    """Absent cells are null; empty ones behind the last column of the dataset go."""
    while len(row) > columns and not row[-1]:
        row = row[:-1]
    return row + [None] * (columns - len(row))

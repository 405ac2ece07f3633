"""Workbooks are read as the texts that they show."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from gristmill.problems import RunError
from tests.engines.file_runs import csv_text, records


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "One"
    sheet["B3"], sheet["C3"], sheet["D3"], sheet["E3"], sheet["F3"] = "name", "n", "at", "ok", "day"
    for row in (
        ["x é", 1.5, datetime(2024, 1, 2), True, date(2024, 1, 2)],
        ["y", 100, datetime(2024, 1, 2, 3, 4, 5), False, date(2024, 1, 3)],
        [None, None, None, None, None],
        ['z"', -0.25, datetime(2024, 1, 3), "#N/A", None],
    ):
        sheet.append([None, *row])
    two = book.create_sheet("Two")
    two.append(["name", "n", "at", "ok", "day"])
    two.append(["w", 7, None, None, None])
    book.create_sheet("Empty")
    book.save(path)
    return path


ONE = (
    "name,n,at,ok,day\n"
    "x é,1.5,2024-01-02 00:00:00,true,2024-01-02\n"
    "y,100,2024-01-02 03:04:05,false,2024-01-03\n"
    ",,,,\n"
    '"z""",-0.25,2024-01-03 00:00:00,,\n'
)


def test_first_sheet_without_empty_edges(workbook: Path) -> None:
    assert csv_text(workbook, header=True) == ONE
    assert csv_text(workbook.rename(workbook.with_name("upload")), header=True) == ONE


@pytest.mark.parametrize("sheets", [["One", "Two"], "*"])
def test_several_sheets_are_one_dataset(workbook: Path, sheets: object) -> None:
    assert csv_text(workbook, reading={"sheet": sheets}, header=True) == ONE + "w,7,,,\n"


def test_rows_know_sheet_and_number(workbook: Path) -> None:
    recipe = "derive type: single value: $filepath as: 'p'\nderive type: single value: $sourcerownumber as: 'r'"
    found = records(workbook, reading={"sheet": "Two"}, recipe=recipe)
    assert [(row["p"], row["r"]) for row in found] == [(f"{workbook}/Two", 2)]


def test_empty_cells_are_texts_of_no_length(workbook: Path) -> None:
    recipe = "filter type: custom rowType: single row: day == '' && !ISNULL(day) && ok == '' action: Keep"
    assert [row["name"] for row in records(workbook, recipe=recipe)] == [None, 'z"']


def test_unknown_and_empty_sheets(workbook: Path) -> None:
    with pytest.raises(RunError, match=r"sheet not found in book\.xlsx: 'two'\. Did you mean 'Two'\?"):
        records(workbook, reading={"sheet": "two"})
    with pytest.raises(RunError, match=r"sheet 'Empty' of book\.xlsx has no cells"):
        records(workbook, reading={"sheet": "Empty"})


def bordered(path: Path, *, columns: int, rows: int = 3, dimension: bool = True) -> Path:
    """A workbook with names and numbers in two columns; further cells have a border and hold nothing."""
    book = xlsxwriter.Workbook(str(path))
    sheet, border = book.add_worksheet("Prices & more"), book.add_format({"border": 1})
    for row, cells in enumerate([["item", "price"], ["pen", 1.5], ["ink", 4]]):
        sheet.write_row(row, 0, cells)
    for row in range(rows):
        for column in range(2, columns):
            sheet.write_blank(row, column, None, border)
    book.close()
    if not dimension:
        _rewrite(path, "xl/worksheets/sheet1.xml", lambda text: re.sub(rb"<dimension [^>]*/>", b"", text))
    return path


def _rewrite(path: Path, member: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {item: archive.read(item) for item in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, change(content) if name == member else content)


@pytest.mark.parametrize("rows", [3, 1])
def test_written_cells_at_the_right_are_columns_though_empty(tmp_path: Path, rows: int) -> None:
    path = bordered(tmp_path / "x.xlsx", columns=5, rows=rows)
    assert csv_text(path, header=True) == "item,price,column4,column5,column6\npen,1.5,,,\nink,4,,,\n"
    assert csv_text(path, header=True, recipe="drop col: column4,column5,column6 action: Drop") == (
        "item,price\npen,1.5\nink,4\n"
    )
    structured = "splitrows col: column1 on: '\\n'\nsplit col: column1 type: on on: ',' limit: 4\nheader"
    assert csv_text(path, header=True, recipe=structured) == csv_text(path, header=True)


@pytest.mark.parametrize("how", [{"columns": 16_384, "rows": 1}, {"columns": 5, "dimension": False}])
def test_formatted_rows_and_sheets_that_do_not_say_have_the_filled_columns(tmp_path: Path, how: dict[str, Any]) -> None:
    assert csv_text(bordered(tmp_path / "x.xlsx", **how), header=True) == "item,price\npen,1.5\nink,4\n"


def test_a_dimension_that_says_too_much_is_not_believed(tmp_path: Path) -> None:
    path = bordered(tmp_path / "x.xlsx", columns=3)
    _rewrite(path, "xl/worksheets/sheet1.xml", lambda text: text.replace(b'ref="A1:C3"', b'ref="A1:ZZ99"'))
    assert csv_text(path, header=True) == "item,price,column4\npen,1.5,\nink,4,\n"


def test_times_formulas_and_big_numbers(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["t", "f", "e", "n"])
    sheet.write_datetime(1, 0, time(13, 5, 9), book.add_format({"num_format": "hh:mm:ss"}))
    sheet.write_formula(1, 1, "=1+1", None, 2)
    sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    sheet.write_number(1, 3, 1e21)
    sheet.write_row(2, 0, ["14:00:00", 3, "fine", 12345678901234])
    book.close()
    assert csv_text(path) == "13:05:09,2,,1e+21\n14:00:00,3,fine,12345678901234\n"


@pytest.mark.parametrize(("name", "content"), [("x.xlsx", b"a,b\n1,2\n"), ("x.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600)])
def test_no_workbooks(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RunError, match="file cannot be read"):
        records(path)


def test_a_bomb_is_refused(workbook: Path) -> None:
    with zipfile.ZipFile(workbook, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * (80 << 20))
    with pytest.raises(RunError, match="expands to more than"):
        records(workbook)

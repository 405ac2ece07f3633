"""Only files that fit the grammar byte for byte are read strictly, and then exactly by our rules."""

from __future__ import annotations

from pathlib import Path
from random import Random

import duckdb
import pytest

from gristmill.engines.duckdb.tables import read_csv
from gristmill.problems import RunError
from gristmill.storage import regular
from gristmill.storage.reading import CsvStructure
from gristmill.storage.regular import BUFFER, Proof, absent, mapped, may_be_regular, prove, regular_options

COMMAS = CsvStructure(",", '"', "\n", 2)
WINDOWS = CsvStructure(",", '"', "\r\n", 2)
LINES = CsvStructure("", '"', "\n", 1)

REGULAR = {
    "plain": (COMMAS, b"a,b\nc,d\n"),
    "no line end at the end": (COMMAS, b"a,b\nc,d"),
    "byte-order mark": (COMMAS, b"\xef\xbb\xbfa,b\n"),
    "quotes inside of a cell": (COMMAS, b'a,5" wide\n'),
    "doubled quotes": (COMMAS, b'a,"say ""hi"""\n'),
    "empty cells": (COMMAS, b',\n"",""\n'),
    "blanks around a cell": (COMMAS, b" a , b \n"),
    "a line end in quotes": (COMMAS, b'a,"b\nc"\n'),
    "windows line ends": (WINDOWS, b"a,b\r\nc,d\r\n"),
    "one column": (LINES, b'a,b\n""\nc'),
    "letters": (COMMAS, "é,日本\n".encode()),
    "nothing": (COMMAS, b""),
}
IRREGULAR = {
    "short row": (COMMAS, b"a,b\nc\n"),
    "long row": (COMMAS, b"a,b\nc,d,e\n"),
    "empty surplus field": (COMMAS, b"a,b,\n"),
    "empty line": (COMMAS, b"a,b\n\nc,d\n"),
    "empty first line": (COMMAS, b"\na,b\n"),
    "open quote": (COMMAS, b'a,"b\nc,d\n'),
    "text behind a quote": (COMMAS, b'"a"b,c\n'),
    "blank before a quote": (COMMAS, b'a, "b"\n'),
    "blank behind a quote": (COMMAS, b'"a" ,b\n'),
    "escaped quote": (COMMAS, b'"a\\"b",c\n'),
    "mixed line ends": (COMMAS, b"a,b\nc,d\r\n"),
    "lone return": (COMMAS, b"a,b\rc\n"),
    "lone line feed": (WINDOWS, b"a,b\nc\r\n"),
    "byte-order mark before a quote": (COMMAS, b'\xef\xbb\xbf"a\nb",c\n'),
    "empty line of one column": (LINES, b"a\n\nb\n"),
}


@pytest.mark.parametrize("name", REGULAR)
def test_regular(tmp_path: Path, name: str) -> None:
    structure, content = REGULAR[name]
    assert prove(_file(tmp_path, content), structure) is not None


@pytest.mark.parametrize("name", IRREGULAR)
def test_irregular(tmp_path: Path, name: str) -> None:
    structure, content = IRREGULAR[name]
    assert prove(_file(tmp_path, content), structure) is None


@pytest.mark.parametrize("before", [b"", b"x" * 40], ids=["short", "long"])
@pytest.mark.parametrize("quote", [b"", b'"'], ids=["bare", "quoted"])
@pytest.mark.parametrize(
    "odd",
    [b"\xff", b"\x80", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82", b"\xf0\x80\x80\xaf", b"\xf4\x90\x80\x80"],
    ids=lambda odd: odd.hex(),
)
def test_bytes_that_are_no_utf8_are_for_duckdb_to_refuse(
    tmp_path: Path, odd: bytes, quote: bytes, before: bytes
) -> None:
    path = _file(tmp_path, b"a,b\nc," + quote + before + odd + quote + b"\n")
    proof = prove(path, COMMAS)
    assert proof is not None
    source = read_csv(path, regular_options(COMMAS, proof)).sql(dialect="duckdb")
    with pytest.raises(duckdb.InvalidInputException, match="CSV Error"):
        duckdb.sql(f"SELECT * FROM {source}").fetchall()


@pytest.mark.parametrize("columns", [2, 999, 1001, 2500])
def test_any_number_of_columns(tmp_path: Path, columns: int) -> None:
    structure = CsvStructure(",", '"', "\n", columns)
    row = b",".join([b'"x"'] * columns) + b"\n"
    assert prove(_file(tmp_path, row * 3), structure) is not None
    assert prove(_file(tmp_path, row + b"," + row), structure) is None


@pytest.mark.parametrize("size", [10, 900_000, 1_048_576, 3_000_000])
def test_cells_of_any_length(tmp_path: Path, size: int) -> None:
    proof = prove(_file(tmp_path, b'a,"' + b"x\n" * (size // 2) + b'"\nc,d\n'), COMMAS)
    assert proof is not None and proof.multiline and proof.longest >= min(size, 1_000_000)


def test_a_fault_behind_many_windows_is_found(tmp_path: Path) -> None:
    assert prove(_file(tmp_path, b"a,b\n" * 800_000), COMMAS) is not None
    assert prove(_file(tmp_path, b"a,b\n" * 800_000 + b"c\n"), COMMAS) is None


@pytest.mark.parametrize(
    ("structure", "proof", "parallel"),
    [
        (COMMAS, Proof(multiline=False, quoted=True, longest=9), True),
        (COMMAS, Proof(multiline=True, quoted=True, longest=9), False),
        (WINDOWS, Proof(multiline=False, quoted=False, longest=9), True),
        (WINDOWS, Proof(multiline=False, quoted=True, longest=9), False),
        (COMMAS, Proof(multiline=False, quoted=False, longest=5_000_000), False),
    ],
)
def test_reads_in_parallel_only_where_duckdb_keeps_all_rows(
    structure: CsvStructure, proof: Proof, parallel: bool
) -> None:
    assert regular_options(structure, proof)["parallel"] is parallel


def test_every_row_of_many_buffers_is_read(tmp_path: Path) -> None:
    chance = Random(5)
    cells = ["", "x" * 90, "é" * 30, '"a,b"', '"say ""hi"""', "1"]
    lines = [f"{chance.choice(cells)},{chance.choice(cells)}\n" for _ in range(5000)]
    path = _file(tmp_path, "".join(lines).encode() * (3 * BUFFER // len("".join(lines)) + 1))
    proof = prove(path, COMMAS)
    assert proof is not None
    options = regular_options(COMMAS, proof)
    assert options["parallel"] and options["buffer_size"] == BUFFER

    def digest(**changed: object) -> tuple[object, ...] | None:
        source = read_csv(path, options | changed).sql(dialect="duckdb")
        return duckdb.sql(f"SELECT count(*), sum(hash(f0, f1)) FROM {source}").fetchone()

    assert digest() == digest(parallel=False, buffer_size=32_000_000)


@pytest.mark.parametrize(
    "structure",
    [
        CsvStructure("||", '"', "\n", 2),
        CsvStructure("é", '"', "\n", 2),
        CsvStructure(",", '"', "\r", 2),
        CsvStructure(",", "'", "\n", 2),
        CsvStructure('"', '"', "\n", 2),
    ],
)
def test_structures_that_are_always_cleaned(tmp_path: Path, structure: CsvStructure) -> None:
    assert not may_be_regular(structure)
    assert prove(_file(tmp_path, b"a\n"), structure) is None


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="file not found"):
        prove(tmp_path / "no.csv", COMMAS)
    with pytest.raises(RunError, match="file cannot be read"):
        prove(tmp_path, COMMAS)


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "data.csv"
    path.write_bytes(content)
    return path


def test_a_large_file_is_proved_in_sections_that_begin_with_records(tmp_path, monkeypatch):
    monkeypatch.setattr(regular, "SMALLEST_SECTION", 64)
    monkeypatch.setattr(regular, "MOST_SECTIONS", 8)
    monkeypatch.setattr(regular.os, "sched_getaffinity", lambda _: range(8), raising=False)
    path = tmp_path / "large.csv"
    rows = [b"a,b\n", b'"line\nend",d\n', b'"x","y\n\nz"\n'] * 40
    path.write_bytes(b"".join(rows))
    with mapped(path) as data:
        assert len(regular._sections(data, 0)) == 8
    assert prove(path, COMMAS) == Proof(multiline=True, quoted=True, longest=1_000_000, lacks="_+")
    path.write_bytes(b"".join([*rows, b"a,b,c\n", *rows]))
    assert prove(path, COMMAS) is None


MARKED = CsvStructure(",", '"', "\n", 2, marked=(1,))
SEMICOLONS = CsvStructure(";", '"', "\n", 2, marked=(1,))
TIDY = {
    "no quotes": (COMMAS, b"a,b\nc,d\n", True),
    "quotes in the marked column": (MARKED, b'a,"b,c"\nd,5"\ne,"x\ny"\n', True),
    "quotes around what needs none": (MARKED, b'"a","b,c"\n"d\\\\e",f\n', True),
    "the last record without a line end": (MARKED, b'a,b\nc,"d""e"', True),
    "a delimiter in another column": (MARKED, b'a,b\n"c,d",e\n', False),
    "a quote in another column": (MARKED, b'a,b\n5" c,d\n', False),
    "a line end in another column": (MARKED, b'a,b\n"c\nd",e\n', False),
    "in the last record": (MARKED, b'a,b\n"c,d",e', False),
    "a comma, although it does not delimit": (SEMICOLONS, b"1,5;b\n", False),
    "a comma in the marked column": (SEMICOLONS, b'15;2,5\n16;"a;b"\n', True),
}


@pytest.mark.parametrize("name", TIDY)
def test_only_marked_columns_hold_what_is_quoted(tmp_path: Path, name: str) -> None:
    structure, content, expected = TIDY[name]
    proof = prove(_file(tmp_path, content), structure)
    assert proof is not None and proof.tidy is expected


def test_a_fault_behind_many_windows_makes_a_file_untidy(tmp_path: Path) -> None:
    for row, expected in ((b'a,"b,"\n', True), (b'"a,",b\n', False)):
        proof = prove(_file(tmp_path, b"a,b\n" * 800_000 + row + b"a,b\n" * 800_000), MARKED)
        assert proof is not None and proof.tidy is expected


ABSENT = {
    "no quotes": (COMMAS, b"1_0,b\n", [',"\r\n+', ',"\r\n+']),
    "no cell is quoted in such files": (CsvStructure(",", "", "\n", 2), b'"a,b"\n', [",\r\n_+", ",\r\n_+"]),
    "marked": (MARKED, b'a+,"b"\n', [',"\r\n_', "_"]),
    "untidy": (MARKED, b'"a,",b\n', ["_+", "_+"]),
    "other delimiters": (SEMICOLONS, b'a;"b"\n', [',;"\r\n_+', "_+"]),
    "the header is no cell": (CsvStructure(",", '"', "\n", 2, True), b"a_,b+\n1,2\n", [',"\r\n_+', ',"\r\n_+']),
    "one column": (LINES, b'a,b\n"c"\n', ["_+"]),
}


@pytest.mark.parametrize("name", ABSENT)
def test_what_no_cell_of_a_column_holds(tmp_path: Path, name: str) -> None:
    structure, content, expected = ABSENT[name]
    proof = prove(_file(tmp_path, content), structure)
    assert proof is not None
    assert list(absent(structure, proof)) == [frozenset(chars) for chars in expected]

"""Whatever DuckDB reads of any file is what the rules say, cell by cell: nulls, empties, quotes and all."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from gristmill.storage.reading import CsvStructure
from gristmill.storage.structure import find_structure
from tests.storage.reading_ways import reading_of, rows_by_rule, rows_read

PIECES = (
    *(b"a", b"bc", b" ", b",", b",", b",", b'"', b'"', b'""', b"\n", b"\n", b"\r\n", b"\r", b"\\", b'\\"', b"\0"),
    *(b"\xff", b"\xc3\xa9", b"'", b"#", b";", b"\t", b"\xef\xbb\xbf", b"1", b"\x1e", b"\x1f", b"\\N", b"~Z", b"NULL"),
    *(b"\x1eNULL\x1e", b'"a"', b'"a,b"', b'"x\ny"'),
)  # fmt: skip
CELLS = (
    *(b"", b"a", b"b c", b'"q"', b'"q,r"', b'"q""r"', b'"l\nm"', b'" "', b'""', b'x"y', b" z", b"z ", b' "q"', b'"q" '),
    *(b"'a'", b"#c", b'"\\"', b"1,5", b'"""q"""', b'"\r\n"', b"\\", b'"a\\b"', b"a\xc2\xa0", b'"', b'""""', b'"""'),
    *(b'x""', b'"",'),
)  # fmt: skip

# Files that one way or another once gave other rows, or none.
TRAPS = (
    *(b"a,b,\n1,2,\n", b"a,b\n1,2,\n3,4\n", b' "a",b\n', b'"a" ,b\n', b'\n"",bc', b'\xef\xbb\xbf\n",', b"a\r,b\n"),
    *(b"a\rb\n", b'"l\nm"\r\nx""\r\n\t', b',,"x\ny"\r\n', b'"a\\"b",c\n', b'x"y\n "q"\n\n""\n', b"\xff,a\n", b"\0,a\n"),
    *(b'a,b\n1,"x\n2,3\n', b'"a,b\n1,2\n', b"a,\x1eNULL\x1e\n", b"a,b\r\n1,2\n3,4\r\n", b"a\x1f,b\n", b"a\n\x1f\n"),
    *(b'"\\"\n"\\",a\n', b"\xef\xbb\xbf\xef\xbb\xbfa,b\n", b"a,b\n\xef\xbb\xbf,c\n", b'a,b\n"1","2"\n"3"x,"4"\n'),
)  # fmt: skip


def _pieces(source: random.Random) -> bytes:
    return b"".join(source.choice(PIECES) for _ in range(source.randint(1, 14)))


def _table(source: random.Random) -> bytes:
    """Rows that are nearly regular, now and then with a fault."""
    end, columns = source.choice([b"\n", b"\n", b"\r\n"]), source.randint(1, 4)
    rows = []
    for _ in range(source.randint(1, 5)):
        count = columns + (source.random() < 0.08) - (source.random() < 0.08)
        rows.append(b",".join(source.choice(CELLS) for _ in range(count)))
    data = end.join(rows) + (end if source.random() < 0.6 else b"")
    if source.random() < 0.1:
        data = b"\xef\xbb\xbf" + data
    if source.random() < 0.2:
        at = source.randrange(len(data) + 1)
        data = data[:at] + source.choice(PIECES) + data[at:]
    return data


def _files(seed: int) -> Iterator[tuple[bytes, CsvStructure, bool]]:
    """Small files, how they are said to be laid out, and whether a copy must be made."""
    source = random.Random(seed)
    while True:
        data = _table(source) if source.random() < 0.7 else _pieces(source)
        structure = find_structure(data.decode("utf-8", "replace").removeprefix("\ufeff"), ".csv")
        columns, header = structure.columns, source.random() < 0.3
        if source.random() < 0.3:  # the file is not what its beginning looked like
            structure = CsvStructure(source.choice(",;é"), source.choice(['"', '"', ""]), source.choice(["\n", "\r\n"]))
            columns = source.randint(1, 4)
        yield (
            data,
            CsvStructure(structure.delimiter, structure.quote, structure.row_delimiter, columns, header),
            (source.random() < 0.2),
        )


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 2})


def assert_same(
    connection: duckdb.DuckDBPyConnection, path: Path, data: bytes, structure: CsvStructure, clean: bool
) -> None:
    path.write_bytes(data)
    reading = reading_of(path, structure)
    found = rows_read(connection, path, reading, clean=clean)
    assert found == rows_by_rule(path, structure), (data, structure, clean)


@pytest.mark.parametrize("clean", [False, True], ids=["as is", "copied"])
@pytest.mark.parametrize("header", [False, True], ids=["rows", "header"])
@pytest.mark.parametrize("data", TRAPS, ids=repr)
def test_traps(connection: duckdb.DuckDBPyConnection, tmp_path: Path, data: bytes, header: bool, clean: bool) -> None:
    found = find_structure(data.decode("utf-8", "replace").removeprefix("\ufeff"), ".csv")
    structure = CsvStructure(found.delimiter, found.quote, found.row_delimiter, found.columns, header)
    assert_same(connection, tmp_path / "f.csv", data, structure, clean)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_small_files(connection: duckdb.DuckDBPyConnection, tmp_path: Path, seed: int) -> None:
    stop = time.monotonic() + 4
    for data, structure, clean in _files(seed):
        assert_same(connection, tmp_path / "f.csv", data, structure, clean)
        if time.monotonic() > stop:
            break


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 104))
def test_many_small_files(connection: duckdb.DuckDBPyConnection, tmp_path: Path, seed: int) -> None:
    stop = time.monotonic() + 30
    for data, structure, clean in _files(seed):
        assert_same(connection, tmp_path / "f.csv", data, structure, clean)
        if time.monotonic() > stop:
            break


@pytest.mark.parametrize("size", [1_000, 900_000, 1_200_000, 5_000_000])
def test_long_cells_in_irregular_files(connection: duckdb.DuckDBPyConnection, tmp_path: Path, size: int) -> None:
    lines = b"x,y\n" * (size // 4)
    data = b'a,b\n1\n2,"' + lines + b'"\n3,4,5\n"6,7\n8,9\n'
    assert_same(connection, tmp_path / "f.csv", data, CsvStructure(",", '"', "\n", 2, True), clean=False)

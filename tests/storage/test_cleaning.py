"""Whatever a text file looks like, DuckDB gets every character of it, in the right cells."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from gristmill.problems import RunError
from gristmill.storage import cleaning, regular
from gristmill.storage.cleaning import Table, readable
from gristmill.storage.reading import CsvStructure, Reading
from gristmill.storage.records import records
from gristmill.storage.structure import cells

COMMAS = CsvStructure(",", '"', "\n", 2)
NAMED = replace(COMMAS, header=True)
Rows = list[list[str | None]]

REPAIRED: dict[str, tuple[CsvStructure, bytes, Rows]] = {
    "short row": (COMMAS, b"a,b\nc\n", [["a", "b"], ["c", None]]),
    "absent and empty differ": (COMMAS, b"a\nb,\n", [["a", None], ["b", ""]]),
    "surplus stays in the last column": (replace(COMMAS, columns=3), b"4,5,6,7\n", [["4", "5", "6,7"]]),
    "empty surplus stays": (COMMAS, b"a,b,\n", [["a", "b,"]]),
    "empty lines go": (COMMAS, b"\n\na,b\n\nc,d\n\n", [["a", "b"], ["c", "d"]]),
    "a lone return stays in its cell": (COMMAS, b"a,b\rc\n", [["a", "b\rc"]]),
    "a return before the line end goes": (COMMAS, b"a,b\r\nc,d\n", [["a", "b"], ["c", "d"]]),
    "returns end rows": (replace(COMMAS, row_delimiter="\r"), b"a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
    "lone line feeds stay": (replace(COMMAS, row_delimiter="\r\n"), b"a,b\nc\r\nd,e\r\n", [["a", "b\nc"], ["d", "e"]]),
    "blanks before quotes stay": (COMMAS, b'a, "b"\n', [["a", ' "b"']]),
    "an open quote loses no row": (COMMAS, b'h,"i\na,b\nc,d\n', [["h", "i"], ["a", "b"], ["c", "d"]]),
    "escaped quotes": (COMMAS, b'"a\\"b",c\n', [['a"b', "c"]]),
    "bad bytes": (COMMAS, b"a,\xff\n", [["a", "\ufffd"]]),
    "NUL characters stay": (COMMAS, b"a,b\0c\nd\n", [["a", "b\0c"], ["d", None]]),
    "the null text is a text": (COMMAS, b'a,\\N\n"\\N1"\n', [["a", "\\N"], ["\\N1", None]]),
    "long delimiters": (CsvStructure("||", '"', "\n", 2), b'a||b,c\n"d||e"||f\n', [["a", "b,c"], ["d||e", "f"]]),
    "a mark behind the header": (NAMED, b"h,i\n\xef\xbb\xbfa,b\nc\n", [["\ufeffa", "b"], ["c", None]]),
    "a mark before a header of two lines": (NAMED, b'\xef\xbb\xbf"h\nh",i\na,b\n', [["a", "b"]]),
    "a mark before a quoted cell": (COMMAS, b'\xef\xbb\xbf"a\nb",c\n', [["a\nb", "c"]]),
    "two marks": (COMMAS, b"\xef\xbb\xbf\xef\xbb\xbfa,b\nc\n", [["\ufeffa", "b"], ["c", None]]),
    "one column": (CsvStructure("", '"', "\n", 1), b'5" a\n\n""\n6" b\n', [['5" a'], [""], ['6" b']]),
}  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as opened:
        yield opened


@pytest.mark.parametrize("name", REPAIRED)
def test_repaired(tmp_path: Path, connection: duckdb.DuckDBPyConnection, name: str) -> None:
    structure, content, expected = REPAIRED[name]
    table, rows = _read(tmp_path, connection, content, structure)
    assert rows == expected
    assert table.path != tmp_path / "data.csv"


def test_regular_files_are_read_in_place(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    table = _table(tmp_path, b'h,i\na,"b\nc"\n,""\n', NAMED)
    assert table.path == tmp_path / "data.csv" and table.repairs.sentence() is None
    assert _rows(connection, table) == [["a", "b\nc"], ["", ""]]


def test_repairs_are_counted(tmp_path: Path) -> None:
    repairs = _table(tmp_path, b'a,b\nc\n\n\nd,e,f\n"g,h\ni,\xff\n', COMMAS).repairs
    assert (repairs.short_rows, repairs.long_rows, repairs.blank_lines) == (1, 1, 2)
    assert (repairs.broken_quotes, repairs.bad_bytes) == (1, 1)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "shift_jis"])
def test_other_encodings(tmp_path: Path, connection: duckdb.DuckDBPyConnection, encoding: str) -> None:
    text = "a,b\né,d\n" if encoding == "cp1252" else "a,b\n日本,d\n"
    table = _table(tmp_path, text.encode(encoding), COMMAS, encoding)
    assert _rows(connection, table) == [line.split(",") for line in text.split()]


def test_compressed_files(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    table = _table(tmp_path, gzip.compress(b"a,b\nc\n"), COMMAS)
    assert _rows(connection, table) == [["a", "b"], ["c", None]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clean.csv", "data.csv"]


def test_records_longer_than_duckdb_reads_by_itself(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    long = "x" * 3_000_000
    assert _rows(connection, _table(tmp_path, f"a,{long}\n".encode(), COMMAS)) == [["a", long]]
    assert _rows(connection, _table(tmp_path, f"a,{long}\nb\n".encode(), COMMAS)) == [["a", long], ["b", None]]


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="file not found"):
        readable(tmp_path / "no.csv", Reading(("no.csv",), "csv", {}, COMMAS), tmp_path / "clean.csv")


PIECES = [
    "a", "b", "1", "\n", '"', " ", '""', '",', "\n\n", ', "', ' "', "\r\n", "\r", "\\", '\\"', "é", "\\N", "a,b\n",
    '"x",y\n', "a,b\r\n", "\x1f", "\0", "\ufeff", "\u2028", "|",
]  # fmt: skip


@pytest.mark.parametrize("window", [16, 64, 4096])
def test_any_bytes(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    """Strict in place, as a copy, and record by record in Python: three ways, the same cells."""
    monkeypatch.setattr(regular, "WINDOW", window)
    monkeypatch.setattr(cleaning, "SMALLEST_WINDOW", window)
    chance = random.Random(window)
    in_place = 0
    for _ in range(150):
        content, structure = _any_content(chance), _any_structure(chance)
        expected = _by_records(content, structure)
        for clean in (False, True):
            table, rows = _read(tmp_path, connection, content, structure, clean=clean)
            assert rows == expected, (content, structure, clean)
            in_place += table.path.name == "data.csv"
    assert in_place


def _any_content(chance: random.Random) -> bytes:
    pieces = chance.sample(PIECES, chance.randrange(3, 12))
    content = "".join(chance.choice(pieces) for _ in range(chance.choice([3, 8, 20, 80]))).encode()
    cut = chance.randrange(len(content) + 1)
    bad = chance.choice([b""] * 9 + [b"\xff"])
    mark = chance.choice([b"", b"", b"\xef\xbb\xbf"])
    return mark + content[:cut] + bad + content[cut:]


def _any_structure(chance: random.Random) -> CsvStructure:
    columns = chance.choice([1, 2, 2, 3])
    delimiter = chance.choice([",", ",", "|", "||", "é", "\\"]) if columns > 1 else ""
    ends = chance.choice(["\n", "\n", "\r\n", "\r"])
    return CsvStructure(delimiter, chance.choice(['"', '"', ""]), ends, columns, chance.random() < 0.3)


def _by_records(content: bytes, structure: CsvStructure) -> Rows:
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    # `records` wants some delimiter; this one is in no piece
    parsed = structure if structure.delimiter else replace(structure, delimiter="@")
    rows = [cells(record, parsed) for record, _ in records(text, parsed) if record]
    return rows[1:] if structure.header else rows


def _table(
    folder: Path, content: bytes, structure: CsvStructure, encoding: str = "utf-8", *, clean: bool = False
) -> Table:
    path = folder / "data.csv"
    path.write_bytes(content)
    reading = Reading((str(path),), "csv", {"encoding": encoding}, structure)
    return readable(path, reading, folder / "clean.csv", clean=clean)


def _read(
    folder: Path, connection: duckdb.DuckDBPyConnection, content: bytes, structure: CsvStructure, *, clean: bool = False
) -> tuple[Table, Rows]:
    """The rows as the engine reads them: a file that DuckDB refuses in place it reads as a copy."""
    table = _table(folder, content, structure, clean=clean)
    try:
        return table, _rows(connection, table)
    except duckdb.InvalidInputException:
        assert not clean
        return _read(folder, connection, content, structure, clean=True)


def _rows(connection: duckdb.DuckDBPyConnection, table: Table) -> Rows:
    options = ", ".join(f"{name}={_literal(value)}" for name, value in table.options.items())
    found = connection.execute(f"SELECT * FROM read_csv({_literal(str(table.path))}, {options})").fetchall()
    rows = [list(row) for row in found if row[0] is not None]
    # empty lines are rows that begin with null, as no other does
    assert len(found) - len(rows) == table.repairs.blank_lines
    return rows


def _literal(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(key)}: {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, bool | int):
        return str(value).lower()
    return "'" + str(value).replace("'", "''") + "'"

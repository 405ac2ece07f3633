"""Looking at files: encodings, compression, wishes, and what cannot be looked at (transforms 8.2, platform 3.2)."""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
from pathlib import Path

import pytest

from gristmill.problems import RunError
from gristmill.storage.detect import look
from gristmill.storage.reading import CsvStructure, Reading

TEXT = 'name,"qty"\nJörg,5\nAnn,6\n'
COLUMNS = {"name": "String", "qty": "Integer"}

SPELLINGS = {
    "plain.csv": TEXT.encode(),
    "mark.csv": codecs.BOM_UTF8 + TEXT.encode(),
    "utf16le.csv": codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
    "utf16be.csv": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "utf32.csv": codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
    "packed.csv.gz": gzip.compress(TEXT.encode()),
    "packed.csv.bz2": bz2.compress(TEXT.encode()),
    "two members.csv.gz": gzip.compress(TEXT[:12].encode()) + gzip.compress(TEXT[12:].encode()),
    "packed without saying so.csv": gzip.compress(TEXT.encode()),
    "packed mark.csv.gz": gzip.compress(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")),
    "windows.csv": TEXT.replace("\n", "\r\n").encode(),
    "mac.csv": TEXT.replace("\n", "\r").encode(),
    "blank lines.csv": TEXT.replace("\n", "\n\n").encode(),
    "semicolons.csv": TEXT.replace(",", ";").encode(),
    "tabs.tsv": TEXT.replace(",", "\t").encode(),
    "no suffix": TEXT.encode(),
}


def described(path: Path, **options: object) -> dict[str, str]:
    found = look(Reading((str(path),), None, dict(options)))
    return {name: type_.name for name, type_ in zip(found.names, found.types, strict=True)}


@pytest.mark.parametrize("name", SPELLINGS)
def test_the_same_table(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(SPELLINGS[name])
    assert described(path) == COLUMNS


@pytest.mark.parametrize(
    "encoding", ["latin-1", "windows-1252", "utf-16", "utf-16-le", "cp037", "macroman", "utf-8-sig"]
)
def test_a_given_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT.encode(encoding))
    assert described(tmp_path / "a.csv", encoding=encoding) == COLUMNS


def test_a_mark_goes_before_the_wish(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(codecs.BOM_UTF8 + TEXT.encode())
    assert described(tmp_path / "a.csv", encoding="latin-1") == COLUMNS


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"n\xffme,qty\nx,1\ny,2\n")
    assert described(tmp_path / "a.csv") == {"n\ufffdme": "String", "qty": "Integer"}


def test_an_unknown_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TEXT)
    with pytest.raises(RunError, match="invalid value 'klingon' for encoding"):
        described(tmp_path / "a.csv", encoding="klingon")


FAULTS: dict[str, tuple[bytes, str]] = {
    "empty.csv": (b"", "file is empty"),
    "empty.csv.gz": (gzip.compress(b""), "file is empty"),
    "mark.csv": (codecs.BOM_UTF8, "file is empty"),
    "cut.csv.gz": (gzip.compress(TEXT.encode() * 50)[:-12], "file cannot be read"),
    "broken.csv.bz2": (bz2.compress(TEXT.encode())[:20] + b"xxxxxxxxxxxxxxxxxxxxxxxxx", "file cannot be read"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults(tmp_path: Path, name: str) -> None:
    data, message = FAULTS[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(RunError, match=message):
        described(tmp_path / name)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="file not found"):
        described(tmp_path / "no.csv")
    with pytest.raises(RunError, match="holds no files"):
        described(tmp_path)


def test_a_folder_is_read_by_its_first_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TEXT)
    (tmp_path / "b.csv").write_text("x|y|z\n")
    found = look(Reading((str(tmp_path),)))
    assert found.names == tuple(COLUMNS)
    assert found.reading.files == (str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))
    assert found.reading.csv == CsvStructure(",", '"', "\n", 2, True)


@pytest.mark.parametrize(
    ("delimiter", "marked"),
    [(",", (1, 2, 3, 4)), (";", (1, 2, 3, 4, 5)), ("|", (1, 2, 3, 4, 6))],
)
def test_columns_whose_cells_need_quotes_are_marked(tmp_path: Path, delimiter: str, marked: tuple[int, ...]) -> None:
    rows = [[letter * 3 for letter in "abcdefg"], ["x", "a,b", 'say "hi"', "two\nlines", "p\rq", "m;n", "r|s"]] * 5
    with (tmp_path / "a.csv").open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    structure = look(Reading((str(tmp_path / "a.csv"),))).reading.csv
    assert structure is not None and (structure.delimiter, structure.marked) == (delimiter, marked)


WISHES: dict[str, tuple[str, dict[str, object], dict[str, str]]] = {
    "a header": ("x,1\nzed,2\n", {"ensureHeader": True}, {"x": "String", "1": "Integer"}),
    "no header": (TEXT, {"header": False}, {"column2": "String", "column3": "String"}),
    "no types": (TEXT, {"disableTypeInference": True}, {"name": "String", "qty": "String"}),
    "plain names": ("a b,c\nx,1\ny,2\n", {"sanitizeColumnNames": True}, {"a_b": "String", "c": "Integer"}),
    "a delimiter": ("a,b|c\nx,1|2\ny,2|3\n", {"delimiter": "|"}, {"a,b": "String", "c": "Integer"}),
}


@pytest.mark.parametrize(("text", "options", "columns"), WISHES.values(), ids=WISHES)
def test_wishes(tmp_path: Path, text: str, options: dict[str, object], columns: dict[str, str]) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert described(tmp_path / "a.csv", **options) == columns


def test_what_is_found_survives_as_json(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TEXT)
    reading = look(Reading.of_file(tmp_path / "a.csv")).reading
    assert Reading.from_json(reading.as_json()) == reading


def test_only_whole_lines_of_a_long_file_are_looked_at(tmp_path: Path) -> None:
    line = "x,1,2\n"
    rest = 512 * 1024 % len(line)
    (tmp_path / "a.csv").write_text("a,b,c\n" + line * (512 * 1024 // len(line)) + "1,2,3,4,5,6,7,8\n" * 5)
    assert rest
    found = look(Reading.of_file(tmp_path / "a.csv"))
    assert found.names == ("a", "b", "c")

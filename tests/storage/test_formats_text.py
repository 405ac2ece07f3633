"""Text arrives whatever its encoding and compression, from one file or many."""

from __future__ import annotations

import bz2
import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import cramjam
import pytest

from gristmill.problems import RunError
from gristmill.storage.detect import format_of
from tests.engines.file_runs import csv_text, records

TEXT = 'name,n\nMüller,1\n"a,b",2\n'


def hadoop(data: bytes) -> bytes:
    """Blocks of two raw chunks, as Hadoop's codec writes them."""
    chunks = [bytes(cramjam.snappy.compress_raw(part)) for part in (data[:5], data[5:])]
    return struct.pack(">I", len(data)) + b"".join(struct.pack(">I", len(chunk)) + chunk for chunk in chunks)


def zipped(data: bytes, names: tuple[str, ...] = ("x.csv", "__MACOSX/._x.csv")) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, data)
    return file.getvalue()


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": (".gz", gzip.compress),
    "gzip members": (".gz", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
    "bzip2": (".bz2", bz2.compress),
    "zstd": (".zst", lambda data: bytes(cramjam.zstd.compress(data))),
    "snappy framed": (".snappy", lambda data: bytes(cramjam.snappy.compress(data))),
    "snappy hadoop": (".snappy", hadoop),
    "zip": (".zip", zipped),
    "zlib": (".deflate", zlib.compress),
    "deflate": (".deflate", raw_deflate),
}
TOLD_BY_MAGIC = [kind for kind in PACKED if kind not in ("snappy hadoop", "zlib", "deflate")]


@pytest.mark.parametrize("kind", PACKED)
def test_compressions(tmp_path: Path, kind: str) -> None:
    suffix, packed = PACKED[kind]
    path = tmp_path / f"x.csv{suffix}"
    path.write_bytes(packed(TEXT.encode()))
    assert csv_text(path, header=True) == TEXT


@pytest.mark.parametrize("kind", TOLD_BY_MAGIC)
def test_compressions_without_suffix(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "upload"
    path.write_bytes(PACKED[kind][1](b'{"a":1}\n{"a":2}\n'))
    assert records(path) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("kind", PACKED)
def test_cut_and_broken_files(tmp_path: Path, kind: str) -> None:
    suffix, packed = PACKED[kind]
    whole = packed("".join(f"{at},{at * 7919 % 1000}\n" for at in range(20_000)).encode())
    path = tmp_path / f"x.csv{suffix}"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(RunError, match=r"file cannot be read: .*x\.csv"):
        records(path)


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "zstd", "snappy framed", "zip", "zlib"])
def test_a_bomb_is_refused(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from gristmill.storage import compression

    monkeypatch.setattr(compression, "UNSUSPICIOUS", 1 << 20)
    monkeypatch.setattr(compression, "MOST_EXPANSION", 15)
    suffix, packed = PACKED[kind]
    path = tmp_path / f"x.csv{suffix}"
    path.write_bytes(packed(b"a,b\n" * (1 << 20)))
    with pytest.raises(RunError, match="expands to more than 15 times its size"):
        records(path)


def test_zip_with_several_files(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(b"a,b\n", ("x.csv", "y.csv")))
    with pytest.raises(RunError, match="the zip file holds 2 files"):
        records(path)


ENCODINGS = {
    "UTF-16LE": "Müller ключ", "UTF-16BE": "Müller 名前", "UTF-32": "Müller 😀", "US-ASCII": "plain",
    "ISO-8859-1": "Müller", "ISO-8859-5": "ключ", "ISO-8859-15": "Müller €", "Windows-1250": "Łódź",
    "Windows-1251": "ключ", "Windows-1252": "Müller €", "Windows-1258": "Muôn ₫",
    "Shift_JIS": "名前", "EUC-JP": "名前", "ISO-2022-JP": "名前", "GB2312": "中文", "GBK": "中文", "GB18030": "中文😀",
    "Big5": "中文", "EUC-KR": "한국", "KOI8-R": "ключ", "macRoman": "Müller", "cp437": "Müller", "utf-8-sig": "Müller",
}  # fmt: skip


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.csv"
    rows = "".join(f"{ENCODINGS[encoding]} {at},{at}\n" for at in range(50))
    path.write_bytes(f"name,n\n{rows}".encode(encoding))
    assert csv_text(path, reading={"encoding": encoding}) == rows


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_tells_the_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert csv_text(path, header=True) == TEXT


@pytest.mark.parametrize("encoding", ["nope", "base64", "rot13"])
def test_no_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(TEXT)
    with pytest.raises(RunError, match=f"invalid value '{encoding}' for encoding"):
        records(path, reading={"encoding": encoding})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A header in each file, and one file that has none; marks of writers beside them."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "b.csv").write_text("name,n\nb,2\n")
    (folder / "a.csv").write_text("name,n\na,1\n")
    (folder / "c.csv.gz").write_bytes(gzip.compress(b"c,3\nd,4\n"))
    (folder / "_SUCCESS").write_text("")
    return folder


LINEAGE = "derive type: single value: $filepath as: 'p'\nderive type: single value: $sourcerownumber as: 'r'"


def test_a_folder_is_one_dataset(folder: Path) -> None:
    found = records(folder, recipe=LINEAGE)
    assert [(row["name"], row["n"], Path(row["p"]).name, row["r"]) for row in found] == [
        ("a", 1, "a.csv", None), ("b", 2, "b.csv", None), ("c", 3, "c.csv.gz", None), ("d", 4, "c.csv.gz", None),
    ]  # fmt: skip


def test_a_wildcard_is_one_dataset(folder: Path) -> None:
    assert [row["name"] for row in records(folder / "[ab].csv")] == ["a", "b"]
    with pytest.raises(RunError, match=r"holds no files that match '\*\.txt'"):
        records(folder / "*.txt")


def test_one_file_knows_its_rows(folder: Path) -> None:
    assert [(row["p"], row["r"]) for row in records(folder / "a.csv", recipe=LINEAGE)] == [(str(folder / "a.csv"), 2)]


# Steps behind which real recipes still read the path (language 3.5).
KEEPING = {
    "flatten": "flatten col: a",
    "unnest": "unnest col: o keys: 'k' pluck: false markLineage: false",
    "unnest, plucked": "unnest col: o keys: 'k' pluck: true markLineage: false",
    "both, several times": "flatten col: a\nunnest col: o keys: 'k'\nnest col: k into: array as: 'b'\nflatten col: b",
    "splitrows": "splitrows col: t on: ';'",
    "unpivot": "unpivot col: t groupEvery: 1",
}


PREAMBLE = "Source,Indicators,\n\nUpdated,2018,\n\nname,code,1960\na,A,1\n\nb,B,2\n" + "".join(
    f"c{at},C,3\n" for at in range(30)
)


@pytest.mark.parametrize("engine", ["photon", pytest.param("spark", marks=pytest.mark.slow)])
def test_empty_lines_are_no_rows_but_have_numbers(tmp_path: Path, engine: str) -> None:
    """Recipes delete the lines above a header by the numbers that an editor shows, empty ones too."""
    (tmp_path / "x.csv").write_text(PREAMBLE, encoding="utf-8")
    recipe = f"delete row: IN($sourcerownumber, [1,3,2,4])\nheader\n{LINEAGE}\nderive value: $rownumber as: 'k'"
    found = records(tmp_path / "x.csv", recipe=recipe, engine=engine)
    assert [(row["name"], row["1960"], row["r"], row["k"]) for row in found[:3]] == [
        ("a", "1", 6, 1), ("b", "2", 8, 2), ("c0", "3", 9, 3),
    ]  # fmt: skip
    assert len(found) == 32


def test_empty_lines_count_in_front_and_in_one_column(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("\n\na,b\n\n1,2\n\n\n3,4\n\n", encoding="utf-8")
    assert [(row["a"], row["r"]) for row in records(tmp_path / "x.csv", recipe=LINEAGE)] == [(1, 5), (3, 8)]
    (tmp_path / "y.txt").write_text("one two\n\nthree\n\n\nfour five\n", encoding="utf-8")
    recipe = "derive type: single value: $sourcerownumber as: 'r'\nfilter type: topRows limit: 3"
    assert [row["r"] for row in records(tmp_path / "y.txt", recipe=recipe, reading={"header": False})] == [1, 3, 6]


def test_empty_lines_of_many_files_go(folder: Path) -> None:
    (folder / "a.csv").write_text("name,n\n\na,1\n\n")
    found = records(folder, recipe=LINEAGE)
    assert [(row["name"], row["r"]) for row in found] == [("a", None), ("b", None), ("c", None), ("d", None)]


@pytest.fixture
def nested(tmp_path: Path) -> Path:
    folder = tmp_path / "nested"
    folder.mkdir()
    for name in "ab":
        (folder / f"{name}.csv").write_text('t;a;o\n"x;y";[1,2];{"k":1}\n', encoding="utf-8")
    return folder


@pytest.mark.parametrize("engine", ["photon", pytest.param("spark", marks=pytest.mark.slow)])
@pytest.mark.parametrize("steps", KEEPING.values(), ids=KEEPING)
def test_steps_that_multiply_rows_keep_the_path(nested: Path, steps: str, engine: str) -> None:
    found = records(nested, recipe=f"{steps}\n{LINEAGE}", engine=engine)
    assert len(found) >= 2
    assert {Path(row["p"]).name for row in found} == {"a.csv", "b.csv"}
    assert {row["r"] for row in found} == {None}


def test_many_large_files_keep_their_order(tmp_path: Path) -> None:
    for part in range(4):
        lines = (f"{part * 40_000 + at},x\n" for at in range(40_000))
        (tmp_path / f"{part}.csv").write_text("n,t\n" + "".join(lines))
    found = records(tmp_path, recipe="derive type: single value: ROWNUMBER() as: 'r'")
    assert [row["n"] for row in found] == list(range(160_000))
    assert [row["r"] for row in found] == list(range(1, 160_001))


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("x.CSV.GZ", gzip.compress(b"a\n", mtime=0), "csv"),
        ("upload", b'{"a": 1}\n', "json"), ("upload", b"[1,2],x\n", "csv"),
        ("upload", b"PAR1....", "parquet"), ("x.csv", b"PAR1....", "parquet"), ("upload", b"Obj\x01..", "avro"),
        ("x.txt", b'{"a": 1}\n', "csv"), ("x.ndjson", b"oops", "json"), ("upload", b"", "csv"),
    ],
)  # fmt: skip
def test_formats_are_told(tmp_path: Path, name: str, content: bytes, format: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert format_of(path) == format


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.pdf", b"%PDF-1.7"), ("x.xlsm", b"PK\x03\x04"), ("upload", b"%PDF-1.7"), ("x.avro", b"a,b\n"),
     ("x.avro.gz", gzip.compress(b"Obj\x01..", mtime=0))],
)  # fmt: skip
def test_formats_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RunError):
        records(path)

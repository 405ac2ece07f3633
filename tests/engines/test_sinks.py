"""What sinks write: CSV to the letter, parts, compressions, and what becomes of values that do not fit."""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cramjam
import pyarrow.parquet as pq
import pytest

from gristmill.engines.duckdb.sinks import writing
from gristmill.engines.runner import run
from gristmill.problems import RunError
from gristmill.recipe.job import Job, Limits, RecipeText, Sink, Source
from gristmill.storage.reading import Reading
from tests.engines.file_runs import csv_text, records, write

UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "none": bytes,
    "gzip": gzip.decompress,
    "bzip2": bz2.decompress,
    "snappy": lambda data: bytes(cramjam.snappy.decompress(data)),
}
SUFFIX = {"none": "", "gzip": ".gz", "bzip2": ".bz2", "snappy": ".snappy"}


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """Cells with everything that quotes are for; the header is odd too."""
    path = tmp_path / "odd.json"
    rows = [
        {"a,b": "x,y", 'q"': 'say "hi"', "c|": "l1\nl2"},
        {"a,b": " x ", 'q"': "", "c|": None},
        {"a,b": "#1", 'q"': "é", "c|": "p|q"},
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, '"x,y","say ""hi""","l1\nl2"\n x ,,\n#1,é,p|q\n'),
        ({"header": True}, '"a,b","q""",c|\n"x,y","say ""hi""","l1\nl2"\n x ,,\n#1,é,p|q\n'),
        ({"header": True, "hasQuotes": True},
         '"a,b","q""","c|"\n"x,y","say ""hi""","l1\nl2"\n" x ","",""\n"#1","é","p|q"\n'),
        ({"header": True, "delim": "|"}, 'a,b|"q"""|"c|"\nx,y|"say ""hi"""|"l1\nl2"\n x ||\n#1|é|"p|q"\n'),
        ({"delim": "\\t"}, 'x,y\t"say ""hi"""\t"l1\nl2"\n x \t\t\n#1\té\tp|q\n'),
        ({"delim": "\\u00a6"}, 'x,y¦"say ""hi"""¦"l1\nl2"\n x ¦¦\n#1¦é¦p|q\n'),
        ({"header": True, "delim": "::", "hasQuotes": True},
         '"a,b"::"q"""::"c|"\n"x,y"::"say ""hi"""::"l1\nl2"\n" x "::""::""\n"#1"::"é"::"p|q"\n'),
    ],
    ids=["plain", "header", "quotes", "delimiter", "tab", "two bytes", "two characters"],
)  # fmt: skip
def test_csv_to_the_letter(odd: Path, options: dict[str, object], expected: str) -> None:
    assert csv_text(odd, **options) == expected


@pytest.mark.parametrize("delimiter", ['"', "\n", "a\rb", "\\u000a"])
def test_delimiters_that_cannot_separate(odd: Path, delimiter: str) -> None:
    with pytest.raises(RunError, match="for delim: quotes and line ends cannot separate cells"):
        csv_text(odd, delim=delimiter)


@pytest.mark.parametrize("always", [False, True])
def test_a_lone_carriage_return_is_quoted(tmp_path: Path, always: bool) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"a":"x\\ry","b":"z"}\n{"a":"x","b":null}\n')
    last = '"x",""' if always else "x,"
    first = '"x\ry","z"' if always else '"x\ry",z'
    assert csv_text(path, hasQuotes=always) == f"{first}\n{last}\n"


@pytest.mark.parametrize("delimiter", [",", "::"])
def test_an_empty_line_of_one_column_is_quoted(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"a":"x"}\n{"a":null}\n{"a":""}\n')
    assert csv_text(path, delim=delimiter) == 'x\n""\n""\n'


def test_a_cell_that_ends_as_a_long_delimiter_begins_is_quoted(tmp_path: Path) -> None:
    source, target = tmp_path / "x.csv", tmp_path / "y.csv"
    source.write_text("a|,b,c\n" + "d|,|e,f|g\n" * 3)
    names = {"ensureHeader": True}
    target.write_text(csv_text(source, delim="||", header=True, reading=names))
    assert target.read_text() == '"a|"||b||c\n' + '"d|"|||e||f|g\n' * 3
    assert csv_text(target, header=True, reading={"delimiter": "||", **names}) == source.read_text()


@pytest.mark.parametrize("delimiter", [",", ";", "|", "e", "5", "::"])
def test_quotes_wherever_they_are_needed(tmp_path: Path, delimiter: str) -> None:
    """Cells with marks at the beginning of the file, only far behind it, in numbers and nowhere; computed ones too."""
    chance = random.Random(delimiter)
    marks = ["", "x", "a,b", 'say "hi"', "l1\nl2", "p|q", "m;n", "::", "\r", "1e5", "c:"]
    source = tmp_path / "x.csv"
    rows = [
        [chance.choice(marks), chance.choice(marks) if at > 2500 else "plain", str(at), f" {at}.5\n" if at % 9 else "?"]
        for at in range(3000)
    ]
    with source.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["early", "late", "whole", "half"], *rows])
    recipe = "derive type: single value: whole > 7 as: 'more'\nderive type: single value: half * 2 as: 'twice'"
    found = csv_text(source, recipe=recipe, delim=delimiter).split("\n")
    expected = []
    for early, late, whole, half in rows:
        valid = half != "?"
        cells = [early, late, whole, str(int(whole) > 7).lower(), half if valid else ""]
        cells.append(f"{2 * int(whole) + 1}" if valid else "")
        expected.append(delimiter.join(quoted_cell(cell, delimiter) for cell in cells))
    assert "\n".join(found) == "\n".join(expected) + "\n"


def quoted_cell(cell: str, delimiter: str) -> str:
    special = any(mark in cell + mark[:-1] for mark in (delimiter, '"', "\r", "\n"))
    return '"' + cell.replace('"', '""') + '"' if special else cell


@pytest.mark.parametrize(("format", "whole"), [("csv", b"a,b\n"), ("json", b"")])
def test_no_rows(tmp_path: Path, format: str, whole: bytes) -> None:
    source = tmp_path / "x.csv"
    source.write_text("a,b\n1,x\n2,y\n")
    for single in (True, False):
        target = tmp_path / f"out-{single}"
        write(source, target, format, recipe="delete row: a > 0", header=True, asSingleFile=single)
        assert (target if single else target / f"part-00000.{format}").read_bytes() == whole


# -- compressions and parts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compression", UNPACK)
@pytest.mark.parametrize("format", ["csv", "json"])
def test_compressed_single_files(odd: Path, tmp_path: Path, compression: str, format: str) -> None:
    plain, packed = tmp_path / "plain", tmp_path / "packed"
    write(odd, plain, format, header=True)
    write(odd, packed, format, header=True, compression=compression)
    assert UNPACK[compression](packed.read_bytes()) == plain.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["odd.json", "packed", "plain"]


def lines(tmp_path: Path) -> Path:
    """Rows that span lines, with quotes."""
    path = tmp_path / "x.json"
    path.write_text("".join(json.dumps({"n": at, "t": f'{"a" * (at % 7)}"\n,\n\n"{at}'}) + "\n" for at in range(3000)))
    return path


@pytest.mark.parametrize("compression", UNPACK)
def test_csv_parts(tmp_path: Path, compression: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PART_BYTES", 10_000)
    target = tmp_path / "out"
    write(lines(tmp_path), target, "csv", header=True, asSingleFile=False, compression=compression)
    parts = sorted(target.iterdir())
    assert len(parts) > 4
    assert [path.name for path in parts] == [f"part-{at:05d}.csv{SUFFIX[compression]}" for at in range(len(parts))]
    texts = [UNPACK[compression](path.read_bytes()).decode() for path in parts]
    assert all(10_000 <= len(text) < 11_000 for text in texts[:-1])
    tables = [list(csv.reader(text.splitlines(keepends=True))) for text in texts]
    assert all(table[0] == ["n", "t"] for table in tables)
    assert [row[0] for table in tables for row in table[1:]] == [str(at) for at in range(3000)]


def test_json_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PART_BYTES", 10_000)
    target = tmp_path / "out"
    write(lines(tmp_path), target, "json", asSingleFile=False)
    parts = sorted(target.iterdir())
    assert len(parts) > 4
    assert [json.loads(line)["n"] for path in parts for line in path.read_text().splitlines()] == list(range(3000))


def test_parquet_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PART_BYTES", 10_000)
    target = tmp_path / "out [1]"
    write(lines(tmp_path), target, "pqt", asSingleFile=False)
    parts = sorted(target.iterdir())
    assert len(parts) > 2 and parts[0].name == "part-00000.parquet"
    tables = [pq.read_table(path) for path in parts]
    assert [n for table in tables for n in table["n"].to_pylist()] == list(range(3000))
    assert {str(table.schema) for table in tables} == {str(tables[0].schema)}


@pytest.mark.parametrize(
    ("format", "options", "message"),
    [
        ("csv", {"compression": "lzo"}, "compression 'lzo'"),
        ("pqt", {"compression": "bzip2"}, "compression 'bzip2' for Parquet"),
        ("avro", {"compression": "zip"}, "compression 'zip' for Avro"),
        ("hyper", {}, "needs the package tableauhyperapi"),
        ("xml", {}, r"output format 'xml' \(csv, json, pqt, avro\)"),
    ],
)
def test_what_is_not_offered(odd: Path, tmp_path: Path, format: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(RunError, match=f"not supported: .*{message}"):
        write(odd, tmp_path / "out", format, **options)


# -- values that do not fit ------------------------------------------------------------------------------------------


@pytest.fixture
def mismatched(tmp_path: Path) -> Path:
    """Integers with two mismatches and one empty cell, states with one mismatch."""
    path = tmp_path / "x.csv"
    fine = "".join(f"{at},NY\n" for at in range(20))
    path.write_text(f"n,s\n{fine}abc,ZZ\n3x,CA\n,CA\n")
    return path


@pytest.mark.parametrize("format", ["csv", "json", "pqt", "avro"])
def test_misfits_are_null_and_counted(mismatched: Path, tmp_path: Path, format: str) -> None:
    target = tmp_path / f"out.{format}"
    result = write(mismatched, target, format, header=True)
    assert (result.rows, result.nulled) == (23, {"n": 2, "s": 1})
    assert [(row["n"], row["s"] or None) for row in records(target)][-3:] == [(None, None), (None, "CA"), (None, "CA")]


def test_misfits_are_counted_per_sink_and_part(mismatched: Path, tmp_path: Path) -> None:
    """Written twice because of the carriage return, counted once."""
    mismatched.write_text(mismatched.read_text() + '"7\ry",CA\n')
    assert write(mismatched, tmp_path / "out", "csv", asSingleFile=False).nulled == {"n": 3, "s": 1}


def test_misfits_that_are_wanted(mismatched: Path, tmp_path: Path) -> None:
    assert csv_text(mismatched, mismatches=True) == mismatched.read_text().split("\n", 1)[1]
    assert [row["n"] for row in records(mismatched, mismatches=True)][-3:] == ["abc", "3x", None]
    result = write(mismatched, tmp_path / "out.parquet", "pqt", mismatches=True)
    table = pq.read_table(tmp_path / "out.parquet")
    assert (table["n"].to_pylist()[-3:], table["s"].to_pylist()[-3:]) == ([None] * 3, ["ZZ", "CA", "CA"])
    assert result.nulled == {"n": 2}


@pytest.mark.parametrize(("last", "kept"), [("7", "int64"), ("x", "string")])
def test_a_soft_column_is_text_as_soon_as_one_cell_does_not_fit(tmp_path: Path, last: str, kept: str) -> None:
    source, target = tmp_path / "x.csv", tmp_path / "out.parquet"
    source.write_text("a\n" + "".join(f"n{at}\n" for at in range(1500)) + f"n{last}\n")
    recipe = "derive type: single value: SUBSTRING(a, 1) as: 'b'"
    result = write(source, target, "pqt", recipe=recipe)
    column = pq.read_table(target)["b"]
    assert (str(column.type), str(column.to_pylist()[-1]), result.nulled) == (kept, last, {})


def test_a_soft_column_in_avro_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PART_BYTES", 5_000)
    source = tmp_path / "x.csv"
    source.write_text("a\n" + "".join(f"n{at}\n" for at in range(1500)) + "nx\n")
    recipe = "derive type: single value: SUBSTRING(a, 1) as: 'b'"
    write(source, tmp_path / "out", "avro", recipe=recipe, asSingleFile=False)
    found = records(tmp_path / "out")
    assert [row["a"] for row in found] == [f"n{at}" for at in [*range(1500), "x"]]
    assert str(found[3]["b"]) == "3"


def test_texts_of_routines_are_whole(tmp_path: Path) -> None:
    """DuckDB 1.5 frees them too early where COALESCE reads them."""
    source = tmp_path / "x.json"
    document = {"o": {"key of some length": ["and a value", 1.5, None]}}
    source.write_text((json.dumps(document) + "\n") * 5000)
    assert records(source) == [document] * 5000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_keeps_no_other_sink_from_its_place(tmp_path: Path) -> None:
    source, good = tmp_path / "in.csv", tmp_path / "good.csv"
    source.write_text("id,name\n" + "".join(f"{number},name\n" for number in range(1000)))
    reading = Reading((str(source),)).as_json()
    sinks = [Sink(path, "csv", {"header": True, "asSingleFile": True}) for path in ("/dev/full", str(good))]
    chain = ((Source("s", reading),), (RecipeText("r", "", "source:0"),))
    job = Job(*chain, tuple(sinks), limits=Limits(scratch=str(tmp_path)))
    full, written = run(job).sinks
    assert (full.error, written.error, written.rows) == ("the disk is full", None, 1000)
    assert good.read_text() == source.read_text()
    with pytest.raises(RunError, match="the disk is full"):
        run(replace(job, sinks=(sinks[0],)))

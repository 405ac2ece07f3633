"""Avro of others is read by its schema; what we write others read by ours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastavro
import pytest

from gristmill.problems import RunError
from gristmill.storage.detect import look
from gristmill.storage.reading import Reading
from tests.engines.file_runs import csv_text, records, write

DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}
TYPES: dict[str, Any] = {
    "int": "int",
    "long": ["null", "long"],
    "double": "double",
    "single": "float",
    "bool": "boolean",
    "day": {"type": "int", "logicalType": "date"},
    "moment": {"type": "long", "logicalType": "timestamp-millis"},
    "local": {"type": "long", "logicalType": "local-timestamp-micros"},
    "clock": {"type": "int", "logicalType": "time-millis"},
    "decimal": DECIMAL,
    "text": ["null", "string"],
    "enum": {"type": "enum", "name": "color", "symbols": ["red", "green"]},
    "bytes": "bytes",
    "map": {"type": "map", "values": "int"},
    "array": {"type": "array", "items": ["null", "double"]},
    "record": {"type": "record", "name": "inner", "fields": [{"name": "k", "type": "string"}]},
    "again": ["null", "inner"],
    "mixed": ["null", "int", "string"],
}
VALUES: dict[str, Any] = {
    "int": 1, "long": 2**62, "double": 2.5, "single": 0.1, "bool": True, "day": date(2024, 1, 2),
    "moment": datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), "local": datetime(2024, 1, 2, 3, 4, 5, 7000),
    "clock": time(1, 2, 3), "decimal": Decimal("1.50"), "text": "tä", "enum": "red", "bytes": b"\x00\xff",
    "map": {"k": 1}, "array": [1.5, None], "record": {"k": "v"}, "again": None, "mixed": 7,
}  # fmt: skip


def file_of(path: Path, types: dict[str, Any], rows: list[dict[str, Any]], codec: str = "null") -> Path:
    schema = {"type": "record", "name": "r", "fields": [{"name": name, "type": type_} for name, type_ in types.items()]}
    with path.open("wb") as file:
        fastavro.writer(file, schema, rows, codec=codec)
    return path


def test_native_types_become_logical_ones(tmp_path: Path) -> None:
    path = file_of(tmp_path / "x.avro", TYPES, [VALUES])
    found = {name: type_.name for name, type_, _ in look(Reading.of_file(path)).columns()}
    assert [name for name, type_ in found.items() if type_ == "Datetime"] == ["day", "moment", "local", "clock"]
    assert (found["long"], found["single"], found["decimal"], found["bool"]) == ("Integer", "Float", "Float", "Bool")
    assert (found["map"], found["record"], found["again"], found["array"]) == ("Map", "Map", "Map", "Array")


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "snappy"])
def test_values_print_by_their_types(tmp_path: Path, codec: str) -> None:
    path = file_of(tmp_path / "upload", TYPES, [VALUES], codec)
    assert csv_text(path) == (
        "1,4611686018427387904,2.5,0.1,true,2024-01-02,2024-01-02 03:04:05,2024-01-02 03:04:05.007,01:02:03,1.50,tä,"
        'red,AP8=,"{""k"":1}","[1.5,null]","{""k"":""v""}",,7\n'
    )


def test_what_others_read_of_ours(tmp_path: Path) -> None:
    source, target = tmp_path / "x.csv", tmp_path / "1 out.avro"
    source.write_text(
        "i,d,b,t,a b,a-b,1st,o\n1,1.5,true,2024-01-02,x,more than twelve bytes,z,[1]\n"
        ",,,,,,,\n2,2.5,no,2024-01-03,,y,z,[]\n"
    )
    write(source, target, "avro")
    with target.open("rb") as file:
        reader = fastavro.reader(file)
        found, schema = list(reader), reader.writer_schema
    assert [tuple(record) for record in found] == [("i", "d", "b", "t", "a_b", "a_b_2", "_1st", "o")] * 3
    assert [tuple(record.values()) for record in found] == [
        (1, 1.5, True, "2024-01-02", "x", "more than twelve bytes", "z", "[1]"),
        (None, None, None, None, "", "", "", None),
        (2, 2.5, False, "2024-01-03", "", "y", "z", "[]"),
    ]
    assert schema["name"] == "_1_out"
    assert [field["type"][1] for field in schema["fields"]] == ["long", "double", "boolean", *["string"] * 5]
    assert {field["doc"] for field in schema["fields"] if "doc" in field} == {"a b", "a-b", "1st"}


@pytest.mark.parametrize(
    ("compression", "codec"), [("none", "null"), ("snappy", "snappy"), ("gzip", "deflate"), ("bzip2", "bzip2")]
)
def test_codecs(tmp_path: Path, compression: str, codec: str) -> None:
    source, target = tmp_path / "x.csv", tmp_path / "out.avro"
    source.write_text("a,b\n1,x\n2,y\n")
    write(source, target, "avro", compression=compression)
    with target.open("rb") as file:
        assert fastavro.reader(file).codec == codec
    assert records(target) == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]


def test_no_rows_is_a_schema(tmp_path: Path) -> None:
    source, target = tmp_path / "x.csv", tmp_path / "out.avro"
    source.write_text("a,b\n1,x\n2,y\n")
    write(source, target, "avro", recipe="delete row: a > 0")
    assert [name for name, *_ in look(Reading.of_file(target)).columns()] == ["a", "b"]
    assert records(target) == []


def test_parts_keep_the_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gristmill.engines.duckdb.sinks import writing

    monkeypatch.setattr(writing, "PART_BYTES", 20_000)
    source = tmp_path / "x.csv"
    source.write_text("a\n" + "".join(f"{at}\n" for at in range(30_000)))
    write(source, tmp_path / "out", "avro", asSingleFile=False)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) > 2 and names[0] == "part-00000.avro"
    assert [row["a"] for row in records(tmp_path / "out")] == list(range(30_000))


def test_broken_files(tmp_path: Path) -> None:
    path = file_of(tmp_path / "x.avro", {"a": "string"}, [{"a": "x" * 50}] * 5)
    path.write_bytes(path.read_bytes()[:-120])
    with pytest.raises(RunError, match="file cannot be read"):
        records(path)


def test_a_field_that_a_later_file_lacks(tmp_path: Path) -> None:
    file_of(tmp_path / "1.avro", {"a": "int", "b": "string"}, [{"a": 1, "b": "x"}])
    file_of(tmp_path / "2.avro", {"a": "int"}, [{"a": 2}])
    assert records(tmp_path) == [{"a": 1, "b": "x"}, {"a": 2, "b": None}]

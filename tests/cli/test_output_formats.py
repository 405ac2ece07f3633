"""The name of an output tells its format and compression."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import cramjam
import fastavro
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from gristmill.cli.main import cli

ROWS = [{"a": 1, "b": "x,y"}, {"a": 2, "b": "z"}]


def as_json(data: bytes) -> list[object]:
    return [json.loads(line) for line in data.splitlines()]


READ: dict[str, tuple[Callable[[Path], object], object]] = {
    "o.csv": (Path.read_bytes, b'a,b\n1,"x,y"\n2,z\n'),
    "o.tsv": (Path.read_bytes, b"a\tb\n1\tx,y\n2\tz\n"),
    "O.CSV.GZ": (lambda path: gzip.decompress(path.read_bytes()), b'a,b\n1,"x,y"\n2,z\n'),
    "o.json": (lambda path: as_json(path.read_bytes()), ROWS),
    "o.jsonl.bz2": (lambda path: as_json(bz2.decompress(path.read_bytes())), ROWS),
    "o.json.snappy": (lambda path: as_json(bytes(cramjam.snappy.decompress(path.read_bytes()))), ROWS),
    "o.parquet": (lambda path: pq.read_table(path).to_pylist(), ROWS),
    "o.avro": (lambda path: list(fastavro.reader(path.open("rb"))), ROWS),
}


def run(folder: Path, output: str) -> object:
    (folder / "in.csv").write_text('a,b\n1,"x,y"\n2,z\n')
    (folder / "r.wrangle").write_text("")
    names = ["run", str(folder / "r.wrangle"), "--input", str(folder / "in.csv"), "--output", str(folder / output)]
    return CliRunner().invoke(cli, names)


@pytest.mark.parametrize("name", READ)
def test_suffixes(tmp_path: Path, name: str) -> None:
    read, expected = READ[name]
    result = run(tmp_path, name)
    assert (tmp_path / name).exists(), result
    assert read(tmp_path / name) == expected


@pytest.mark.parametrize("name", ["o.xlsx", "o", "o.avro.gz", "o.csv.zst"])
def test_other_names_are_refused(tmp_path: Path, name: str) -> None:
    assert "expected a name that ends in .csv, .tsv" in str(run(tmp_path, name).output)  # type: ignore[attr-defined]
    assert not (tmp_path / name).exists()

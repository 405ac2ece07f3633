"""Parquet of others is read with its types; what we write others read with theirs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gristmill.problems import RunError
from gristmill.storage.detect import look
from gristmill.storage.reading import Reading
from tests.engines.file_runs import Log, csv_text, records, write

NATIVE = {
    "int": pa.array([1, None], pa.int32()),
    "wide": pa.array([2**64 - 1, None], pa.uint64()),
    "double": pa.array([0.1, float("nan")]),
    "single": pa.array([0.1, None], pa.float32()),
    "decimal": pa.array([Decimal("1.50"), None], pa.decimal128(38, 2)),
    "bool": pa.array([True, None]),
    "day": pa.array([date(2024, 1, 2), None]),
    "time": pa.array([time(1, 2, 3), None], pa.time64("us")),
    "moment": pa.array([datetime(2024, 1, 2, 3, 4, 5), None], pa.timestamp("ms")),
    "fraction": pa.array([datetime(2024, 1, 2), datetime(2024, 1, 2, 3, 4, 5, 6000)], pa.timestamp("us")),
    "instant": pa.array([datetime(2024, 1, 2, tzinfo=UTC), None], pa.timestamp("us", "Europe/Berlin")),
    "text é": pa.array(["long text of more than twelve bytes", None]),
    "bytes": pa.array([b"\x00\xff", None]),
    "list": pa.array([[1, None], None], pa.list_(pa.int64())),
    "struct": pa.array([{"k": "v"}, None], pa.struct([("k", pa.string())])),
    "words": pa.array(["a", "b"]).dictionary_encode(),
}


@pytest.fixture
def native(tmp_path: Path) -> Path:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table(NATIVE), path)
    return path


def test_native_types_become_logical_ones(native: Path) -> None:
    found = {name: (type_.name, form) for name, type_, form in look(Reading.of_file(native)).columns()}
    assert found == {
        "int": ("Integer", "integer"), "wide": ("Float", "text"), "double": ("Float", "decimal"),
        "single": ("Float", "decimal"), "decimal": ("Float", "text"), "bool": ("Bool", "boolean"),
        "day": ("Datetime", "moment"), "time": ("Datetime", "text"), "moment": ("Datetime", "moment"),
        "fraction": ("Datetime", "moment"), "instant": ("Datetime", "moment"), "text é": ("String", "text"),
        "bytes": ("String", "text"), "list": ("Array", "text"), "struct": ("Map", "text"), "words": ("String", "text"),
    }  # fmt: skip


def test_values_print_by_their_types(native: Path) -> None:
    assert csv_text(native, header=True) == (
        "int,wide,double,single,decimal,bool,day,time,moment,fraction,instant,text é,bytes,list,struct,words\n"
        "1,18446744073709551615,0.1,0.1,1.50,true,2024-01-02,01:02:03,2024-01-02 03:04:05,2024-01-02 00:00:00.000,"
        '2024-01-02 00:00:00,long text of more than twelve bytes,AP8=,"[1,null]","{""k"":""v""}",a\n'
        ",,,,,,,,,2024-01-02 03:04:05.006,,,,,,b\n"
    )


def test_native_values_are_what_functions_want(native: Path) -> None:
    recipe = (
        "derive type: single value: int + double as: 'sum'\n"
        "derive type: single value: YEAR(day) as: 'year'\n"
        "derive type: single value: IF(bool, 'y', 'n') as: 'word'\n"
        "derive type: single value: $sourcerownumber as: 'row'\n"
        "keep row: int == 1"
    )
    assert [{key: row[key] for key in ("sum", "year", "word", "row")} for row in records(native, recipe=recipe)] == [
        {"sum": 1.1, "year": 2024, "word": "y", "row": None}
    ]


def test_uploads_have_no_suffix(native: Path) -> None:
    assert len(records(native.rename(native.with_name("0123")))) == 2


@pytest.mark.parametrize(("codec", "found"), [("none", "UNCOMPRESSED"), ("snappy", "SNAPPY"), ("gzip", "GZIP")])
def test_what_others_read_of_ours(native: Path, tmp_path: Path, codec: str, found: str) -> None:
    target = tmp_path / "out.parquet"
    write(native, target, "pqt", compression=codec)
    table = pq.read_table(target)
    kinds = {field.name: str(field.type) for field in table.schema}
    assert kinds["int"] == "int64" and kinds["double"] == kinds["decimal"] == "double"
    assert kinds["bool"] == "bool" and kinds["day"] == kinds["fraction"] == "timestamp[us]"
    assert kinds["list"] == kinds["struct"] == kinds["time"] == kinds["text é"] == "string"
    assert table["fraction"].to_pylist()[1] == datetime(2024, 1, 2, 3, 4, 5, 6000)
    assert table["double"].to_pylist() == [0.1, None]
    assert pq.ParquetFile(target).metadata.row_group(0).column(0).compression == found


def test_datetimes_with_offsets_are_instants(tmp_path: Path) -> None:
    source, target = tmp_path / "x.csv", tmp_path / "out.parquet"
    source.write_text("t,n\n2024-01-02T03:04:05+02:00,1\n2024-01-02T03:04:05Z,2\n")
    write(source, target, "pqt")
    assert pq.read_table(target)["t"].to_pylist() == [
        datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC), datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
    ]  # fmt: skip
    write(source, target, "pqt", parquetDatetimeAsString=True)
    assert pq.read_table(target)["t"].to_pylist()[0] == "2024-01-02T03:04:05+02:00"


def test_parts_with_other_columns(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1], "b": ["x"]}), tmp_path / "p1.parquet")
    pq.write_table(pa.table({"b": ["y"], "a": [2]}), tmp_path / "p2.parquet")
    pq.write_table(pa.table({"a": [3]}), tmp_path / "p3.parquet")
    log = Log()
    assert records(tmp_path, log=log) == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}, {"a": 3, "b": None}]
    assert log.lines == ["s: p3.parquet has no column b: null"]


def test_odd_names(tmp_path: Path) -> None:
    path = tmp_path / "a=1" / "x[1].parquet"
    path.parent.mkdir()
    pq.write_table(pa.table([pa.array([at]) for at in range(4)], names=["a", "A", "", 'q"']), path)
    assert records(path) == [{"a": 0, "A1": 1, "column3": 2, 'q"': 3}]


def test_no_rows(tmp_path: Path) -> None:
    source, target = tmp_path / "x.parquet", tmp_path / "y.parquet"
    pq.write_table(pa.table({"a": pa.array([], pa.int64())}), source)
    write(source, target, "pqt")
    assert pq.read_table(target).schema.field("a").type == pa.int64()


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"PAR1 and no more"])
def test_no_parquet(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(content)
    with pytest.raises(RunError, match="file cannot be read"):
        records(path)


@pytest.mark.parametrize("recipe", ["", "sort order: n"])
def test_zeros_have_no_sign_sorted_or_not(tmp_path: Path, recipe: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text("n\n-0\n-0.0\n0.5\n")
    write(path, tmp_path / "x.parquet", "pqt", recipe=recipe)
    assert [str(cell) for cell in pq.read_table(tmp_path / "x.parquet")["n"]] == ["0.0", "0.0", "0.5"]

"""Spark over real files: every reader and writer gives the bytes that photon gives."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gristmill.engines.spark.process import TINY, spark_session
from gristmill.problems import ProblemError
from gristmill.recipe.job import Limits
from tests.engines.file_runs import Log, write

LINES = 'id,name,qty,when\n1,ann,2,2024-01-02\n2,"b\nob",3.5,x\n3,,0.1,2024-02-29\n4,Zoë,1e3,2023-12-31\n5,ann,,\n'
WORK = """derive type: single value: qty * 3 as: 'more'
derive type: single value: UPPER(name) as: 'upper'
derive type: single value: DATEADD(when, 1, month) as: 'later'
derive type: single value: SUM(qty) group: name as: 'sum'
derive type: single value: LIST(id, 10) group: name as: 'ids'
sort order: -more"""


def _csv(folder: Path) -> Path:
    (folder / "in.csv").write_text(LINES)
    return folder / "in.csv"


def _irregular(folder: Path) -> Path:
    (folder / "in.csv").write_bytes(LINES.encode("cp1252") + b'6,"bad"tail,7,\n7,a,b,c,d\n')
    return folder / "in.csv"


def _gzipped(folder: Path) -> Path:
    (folder / "in.csv.gz").write_bytes(gzip.compress(LINES.encode()))
    return folder / "in.csv.gz"


def _json(folder: Path) -> Path:
    rows = [{"id": n, "name": name, "qty": n / 10, "when": "2024-02-29"} for n, name in enumerate(("ann", "", "Zoë"))]
    (folder / "in.json").write_text("\n".join(map(json.dumps, rows)))
    return folder / "in.json"


def _parquet(folder: Path) -> Path:
    table = pa.table(
        {
            "id": pa.array([3, 1, None], pa.int32()),
            "name": ["ann", None, "Zoë"],
            "qty": pa.array([0.1, float("nan"), 2.0**70], pa.float64()),
            "when": pa.array([0, 10**15, None], pa.timestamp("us")),
        }
    )
    pq.write_table(table, folder / "in.parquet")
    return folder / "in.parquet"


SOURCES: dict[str, Callable[[Path], Path]] = {
    "csv": _csv, "irregular": _irregular, "gzip": _gzipped, "json": _json, "parquet": _parquet,
}  # fmt: skip
SINKS: tuple[tuple[str, dict[str, object]], ...] = (
    ("csv", {"header": True}),
    ("csv", {"header": True, "hasQuotes": True, "delim": "::"}),
    ("csv", {"compression": "gzip"}),
    ("csv", {"asSingleFile": False, "header": True}),
    ("json", {"compression": "bzip2"}),
    ("pqt", {}),
)


@pytest.fixture(scope="module", autouse=True)
def one_session() -> None:
    """The session of the case files: starting one for each run would take seconds."""
    spark_session(Limits(master="local[2]"), TINY)


def _bytes(path: Path) -> dict[str, bytes]:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


@pytest.mark.slow
@pytest.mark.parametrize("make", SOURCES.values(), ids=SOURCES)
def test_every_source(make: Callable[[Path], Path], tmp_path: Path) -> None:
    source, told = make(tmp_path), []
    for engine in ("photon", "spark"):
        log = Log()
        result = write(source, tmp_path / engine, "csv", recipe=WORK, log=log, header=True, engine=engine)
        assert result.rows > 0
        told.append(log.lines)
    assert (tmp_path / "spark").read_bytes() == (tmp_path / "photon").read_bytes()
    assert told[1] == told[0]


@pytest.mark.slow
@pytest.mark.parametrize("mismatches", [False, True])
@pytest.mark.parametrize(("format", "options"), SINKS)
def test_every_sink(format: str, options: dict[str, object], mismatches: bool, tmp_path: Path) -> None:
    source = _csv(tmp_path)
    results = []
    for engine in ("photon", "spark"):
        target = tmp_path / engine / "out"
        target.parent.mkdir()
        written = write(source, target, format, recipe=WORK, mismatches=mismatches, engine=engine, **options)
        results.append((_bytes(target), written.rows, written.columns, written.nulled))
    assert results[1] == results[0]


@pytest.mark.slow
def test_many_rows_keep_their_order(tmp_path: Path) -> None:
    source = tmp_path / "many.csv"
    source.write_text("a,b\n" + "".join(f"{n},{n * 7919 % 1000}\n" for n in range(200_000)))
    recipe = "derive type: single value: COUNT() group: b as: 'n'\nfilter type: custom rowType: single row: a % 3 == 1"
    for engine in ("photon", "spark"):
        write(source, tmp_path / engine, "csv", recipe=recipe, engine=engine)
    assert (tmp_path / "spark").read_bytes() == (tmp_path / "photon").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    "recipe",
    ["derive value: FOO(id) as: 'x'", "derive type: single value: SUBSTITUTE(name, /^(a|aa)+(?=b)$/, '') as: 'x'"],
    ids=["recipe", "slow pattern"],
)
def test_errors_are_photons(recipe: str, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"id,name\n1,{'a' * 40}\n")
    errors = []
    for engine in ("photon", "spark"):
        with pytest.raises(ProblemError) as error:
            write(source, tmp_path / "out", "csv", recipe=recipe, engine=engine)
        errors.append(str(error.value))
    assert errors[1] == errors[0]

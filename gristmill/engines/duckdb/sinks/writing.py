"""Writing a sink: one file, or a directory of parts, in the format that it asks for (platform 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import replace
from itertools import count
from pathlib import Path

from gristmill.engines.duckdb.session import Session
from gristmill.engines.duckdb.sinks import packing
from gristmill.engines.duckdb.sinks.avro import write_avro
from gristmill.engines.duckdb.sinks.delimited import write_csv
from gristmill.engines.duckdb.sinks.json import write_json
from gristmill.engines.duckdb.sinks.parquet import codec_of, split_parquet, uncompressed_size, write_parquet
from gristmill.engines.duckdb.sinks.profile import write_profile
from gristmill.engines.duckdb.sinks.written import Written
from gristmill.engines.watch import SinkResult
from gristmill.plan.expressions import Column
from gristmill.plan.rows import Rows
from gristmill.plan.values import Kind
from gristmill.problems import quoted, run_error
from gristmill.recipe.job import Sink
from gristmill.transforms.environment import Environment

PART_BYTES = 256 << 20
TEXT_WRITERS: dict[str, Callable[[Session, Rows, Environment, Sink, Path], Written]] = {
    "csv": write_csv,
    "json": write_json,
}


def write(session: Session, rows: Rows, env: Environment, sink: Sink) -> SinkResult:
    """Write the rows to a sink. Raises RunError for a format, compression or delimiter that is not there."""
    writer = WRITERS.get(sink.format)
    if writer is None:
        raise _refused(sink.format)
    if not _is_single(sink):
        Path(sink.path).mkdir(parents=True, exist_ok=True)
    written = writer(session, _settled(rows, session.fitting), env, sink)
    return SinkResult(sink.path, written.rows, rows.names, written.nulled)


def _settled(rows: Rows, fitting: Set[int]) -> Rows:
    """The rows with columns that need no test: all their cells fit."""
    return rows.retyped(
        {
            place: replace(item.value.typing, kind=Kind.STATIC)
            for place, item in enumerate(rows.fields)
            if item.value.typing.kind is Kind.HARD
            and isinstance(item.value.expr, Column)
            and item.value.expr.id in fitting
        }
    )


def _refused(format_: str) -> Exception:
    if format_ == "hyper":
        return run_error("not supported: writing hyper files needs the package tableauhyperapi, which is not built in")
    return run_error(f"not supported: output format {quoted(format_)} ({', '.join(FORMATS)})")


def _is_single(sink: Sink) -> bool:
    return sink.format in ONE_FILE or bool(sink.options.get("asSingleFile", False))


def _parts(sink: Sink, extension: str) -> Iterator[Path]:
    """`part-00000.csv`, `part-00001.csv` … in the sink's directory."""
    return (Path(sink.path) / f"part-{number:05d}{extension}" for number in count())


def _write_text(session: Session, rows: Rows, env: Environment, sink: Sink) -> Written:
    writer, compression = TEXT_WRITERS[sink.format], packing.compression_of(sink)
    if _is_single(sink):
        written = writer(session, rows, env, sink, Path(sink.path))
        if compression != "none":
            packing.pack(Path(sink.path), compression)
        return written
    plain = _parts(sink, f".{sink.format}")
    first = next(plain)
    written = writer(session, rows, env, sink, first)
    parts = plain if compression == "none" else _parts(sink, f".{sink.format}{packing.EXTENSIONS[compression]}")
    packing.split(first, parts, compression, written, PART_BYTES)
    return written


def _write_parquet(session: Session, rows: Rows, env: Environment, sink: Sink) -> Written:
    codec_of(sink)
    if _is_single(sink):
        return write_parquet(session, rows, env, sink, Path(sink.path))
    paths = _parts(sink, ".parquet")
    first = next(paths)
    written = write_parquet(session, rows, env, sink, first)
    parts = -(-uncompressed_size(session, first) // PART_BYTES)
    if parts > 1:
        whole = first.with_name("whole.parquet")
        first.replace(whole)
        split_parquet(session, whole, [first, *(next(paths) for _ in range(parts - 1))], written.rows, sink)
        whole.unlink()
    return written


def _write_avro(session: Session, rows: Rows, env: Environment, sink: Sink) -> Written:
    if _is_single(sink):
        return write_avro(session, rows, env, sink, iter((Path(sink.path),)), 1 << 62)
    return write_avro(session, rows, env, sink, _parts(sink, ".avro"), PART_BYTES)


WRITERS: dict[str, Callable[[Session, Rows, Environment, Sink], Written]] = {
    "csv": _write_text,
    "json": _write_text,
    "pqt": _write_parquet,
    "avro": _write_avro,
    "profile": write_profile,
}
FORMATS = tuple(name for name in WRITERS if name != "profile")
ONE_FILE = ("profile",)  # whatever the sink's options say

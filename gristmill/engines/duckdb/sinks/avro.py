"""Avro container files: every field a union with null (types 13.1, platform 4.7)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gristmill.engines.duckdb.session import Session
from gristmill.engines.duckdb.sinks.misfits import Columns
from gristmill.engines.duckdb.sinks.parquet import soft_misfits
from gristmill.engines.duckdb.sinks.written import Written
from gristmill.plan.expressions import Form
from gristmill.plan.rows import Rows
from gristmill.problems import quoted, run_error
from gristmill.recipe.job import Sink
from gristmill.recipe.output import Cell, typed_cells
from gristmill.transforms.environment import Environment
from gristmill.transforms.scope import Scope

CODECS = {"": "null", "none": "null", "snappy": "snappy", "gzip": "deflate", "bzip2": "bzip2"}
TYPES = {Form.INTEGER: "long", Form.DECIMAL: "double", Form.BOOLEAN: "boolean"}
ROWS_AT_A_TIME = 8192
BLOCK_BYTES = 1 << 20

Json = dict[str, Any]


def write_avro(
    session: Session, rows: Rows, env: Environment, sink: Sink, paths: Iterator[Path], part_bytes: int
) -> Written:
    """Write the rows to the first of the paths, to the next ones when a file is full. Raises RunError for codecs.

    A soft column with cells that do not fit its inferred type is String (types 8.3).
    """
    codec = codec_of(sink)
    texts: list[str] = []
    used: list[Path] = []
    while True:
        scope = Scope(rows, env)
        cells = typed_cells(scope, include_mismatches=sink.include_mismatches, moments=False, texts=texts)
        columns = Columns(session, scope.rows, cells)
        columns.misfits.begin()
        schema = avro_schema(record_name(Path(sink.path)), cells)
        writer = _Parts(_again(used, paths), schema, codec, part_bytes)
        _fill(writer, session, columns)
        nulled = columns.misfits.counts()
        misfits = soft_misfits(cells, nulled)
        if not misfits:
            for path in used[writer.parts :]:
                path.unlink()
            return Written(writer.rows, nulled)
        texts += misfits


def _fill(writer: _Parts, session: Session, columns: Columns) -> None:
    with session.writing(in_order=columns.in_order):
        session.connection.execute(columns.select(columns.sql()).sql(dialect="duckdb"))
        while found := session.connection.fetchmany(ROWS_AT_A_TIME):
            writer.write(found)
    writer.close()


def _again(used: list[Path], paths: Iterator[Path]) -> Iterator[Path]:
    """The paths that a first attempt has used, then further ones."""
    yield from list(used)
    for path in paths:
        used.append(path)
        yield path


class _Parts:
    """Files of about the same size, one after the other; at least one."""

    def __init__(self, paths: Iterator[Path], schema: Json, codec: str, part_bytes: int) -> None:
        self.rows = self.parts = 0
        self._paths = paths
        self._schema = schema
        self._codec = codec
        self._part_bytes = part_bytes
        self._rows_of_part: int | None = None
        self._left = 0
        self._names = [field["name"] for field in schema["fields"]]
        self._open()

    def _open(self) -> None:
        from fastavro.write import Writer

        self._file = next(self._paths).open("wb")
        self._writer = Writer(self._file, self._schema, codec=self._codec, sync_interval=BLOCK_BYTES)
        self.parts += 1
        self._left = self._rows_of_part or 0

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        if self._rows_of_part is None:
            self._left = self._rows_of_part = max(1, self._part_bytes // self._bytes_of_row(rows))
        for row in rows:
            if not self._left:
                self.close()
                self._open()
            self._left -= 1
            self._writer.write(dict(zip(self._names, row, strict=True)))
        self.rows += len(rows)

    def _bytes_of_row(self, rows: Sequence[Sequence[Any]]) -> int:
        """How long a row is, by the first ones."""
        from fastavro import schemaless_writer

        buffer = io.BytesIO()
        for row in rows:
            schemaless_writer(buffer, self._schema, dict(zip(self._names, row, strict=True)))
        return max(1, buffer.tell() // len(rows))

    def close(self) -> None:
        self._writer.flush()
        self._file.close()


def codec_of(sink: Sink) -> str:
    """The codec for the blocks. Raises RunError for one that Avro does not have."""
    compression = str(sink.options.get("compression") or "")
    if compression not in CODECS:
        known = ", ".join(name for name in CODECS if name)
        raise run_error(f"not supported: compression {quoted(compression)} for Avro ({known})")
    return CODECS[compression]


def avro_schema(name: str, cells: Sequence[Cell]) -> Json:
    """The schema of a table; the names of columns are cleaned and stand as they were in `doc`."""
    fields = [
        {"name": clean, "type": ["null", TYPES.get(cell.expr.form, "string")], "default": None}
        | ({"doc": cell.name} if clean != cell.name else {})
        for clean, cell in zip(clean_names([cell.name for cell in cells]), cells, strict=True)
    ]
    return {"type": "record", "name": name, "fields": fields}


def clean_names(names: Sequence[str]) -> list[str]:
    """Names that Avro allows, none twice: `a b` → `a_b`, `1st` → `_1st`, a second `a_b` → `a_b_2`."""
    taken: set[str] = set()
    cleaned = []
    for name in names:
        wanted = clean = clean_name(name)
        number = 1
        while clean in taken:
            number += 1
            clean = f"{wanted}_{number}"
        taken.add(clean)
        cleaned.append(clean)
    return cleaned


def clean_name(name: str) -> str:
    """Letters of English, digits and `_`, no digit first."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return plain if re.match("[A-Za-z_]", plain) else f"_{plain}"


def record_name(path: Path) -> str:
    """The file's base name, cleaned."""
    return clean_name(path.name.lstrip(".").partition(".")[0] or "record")

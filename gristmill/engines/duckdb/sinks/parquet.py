"""Parquet: native types, null for what does not fit them (types 13.1, platform 4.7)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from sqlglot import exp

from gristmill.engines.duckdb.session import Session
from gristmill.engines.duckdb.sinks.copying import Options, called, copy, text
from gristmill.engines.duckdb.sinks.misfits import Columns
from gristmill.engines.duckdb.sinks.written import Written
from gristmill.plan.expressions import Form
from gristmill.plan.rows import Rows
from gristmill.plan.values import Kind
from gristmill.problems import quoted, run_error
from gristmill.recipe.job import Sink
from gristmill.recipe.output import Cell, has_offset, typed_cells
from gristmill.storage.formats.parquet import glob_escaped
from gristmill.storage.tables.incoming import TYPES_KEY
from gristmill.transforms.environment import Environment
from gristmill.transforms.scope import Scope

CODECS = {"": "snappy", "snappy": "snappy", "none": "uncompressed", "gzip": "gzip", "zstd": "zstd"}
GROUP_BYTES = 128 << 20
CELL_BYTES = 16  # a guess; groups are between the engine's usual size and eight times that
SMALLEST_GROUP, LARGEST_GROUP = 122_880, 983_040


def write_parquet(session: Session, rows: Rows, env: Environment, sink: Sink, path: Path) -> Written:
    """Write the rows to one file; a soft column with cells that do not fit its inferred type is String (types 8.3)."""
    texts: list[str] = []
    while True:
        scope = Scope(rows, env)
        moments = not sink.options.get("parquetDatetimeAsString", False)
        cells = typed_cells(scope, include_mismatches=sink.include_mismatches, moments=moments, texts=texts)
        columns = Columns(session, scope.rows, cells)
        columns.misfits.begin()
        items = [
            exp.alias_(_instant(item, cell), cell.name, quoted=True)
            for item, cell in zip(columns.sql(), cells, strict=True)
        ]
        noted = [_types_of(scope, cells)] if sink.options.get("noteTypes") else []
        options = [*_options(sink, len(cells)), *noted]
        count = copy(session, columns.select(items), path, options, in_order=columns.in_order)
        nulled = columns.misfits.counts()
        misfits = soft_misfits(cells, nulled)
        if not misfits:
            return Written(count, nulled)
        texts += misfits


def soft_misfits(cells: list[Cell], nulled: dict[str, int]) -> list[str]:
    """Soft columns with cells that do not fit the type inferred from the first ones: nothing of them may get lost."""
    return [cell.name for cell in cells if cell.is_soft and nulled.get(cell.name)]


def _types_of(scope: Scope, cells: Sequence[Cell]) -> tuple[str, exp.Expr]:
    """The logical types of the columns, for whoever makes a table of the file: Parquet has no place for them."""
    notes = []
    for item, cell in zip(scope.rows.fields, cells, strict=True):
        typing = item.value.typing
        is_soft = typing.kind is Kind.SOFT
        logical = cell.type if is_soft else typing.logical
        notes.append({"type": logical.as_list(), "soft": is_soft})
    pair = exp.PropertyEQ(this=exp.Literal.string(TYPES_KEY), expression=text(json.dumps(notes)))
    return "KV_METADATA", exp.Struct(expressions=[pair])


def _instant(item: exp.Expr, cell: Cell) -> exp.Expr:
    """Dates with an offset are instants: the timestamp says that it is in UTC."""
    if cell.expr.form is Form.MOMENT and has_offset(cell.type):
        return called("timezone", text("UTC"), item)
    return item


def codec_of(sink: Sink) -> str:
    """The codec for the pages. Raises RunError for one that Parquet does not have."""
    compression = str(sink.options.get("compression") or "")
    if compression not in CODECS:
        known = ", ".join(name for name in CODECS if name)
        raise run_error(f"not supported: compression {quoted(compression)} for Parquet ({known})")
    return CODECS[compression]


def _options(sink: Sink, columns: int) -> Options:
    group = max(SMALLEST_GROUP, min(LARGEST_GROUP, GROUP_BYTES // (CELL_BYTES * max(columns, 1)) // 2048 * 2048))
    return [
        ("FORMAT", exp.var("parquet")),
        ("COMPRESSION", exp.var(codec_of(sink))),
        ("ROW_GROUP_SIZE", exp.Literal.number(group)),
    ]


def split_parquet(session: Session, whole: Path, parts: list[Path], rows: int, sink: Sink) -> None:
    """The rows of a file in several files, in their order."""
    size = -(-rows // len(parts))
    for number, part in enumerate(parts):
        source = called(
            "read_parquet",
            text(glob_escaped(whole)),
            exp.EQ(this=exp.to_identifier("file_row_number"), expression=exp.true()),
            exp.EQ(this=exp.to_identifier("hive_partitioning"), expression=exp.false()),
        )
        place = exp.column("file_row_number")
        within = exp.and_(
            exp.GTE(this=place, expression=exp.Literal.number(number * size)),
            exp.LT(this=place.copy(), expression=exp.Literal.number((number + 1) * size)),
        )
        star = exp.Star(**{"except_": [exp.to_identifier("file_row_number")]})
        query = exp.Select(expressions=[star], from_=exp.From(this=source), where=exp.Where(this=within))
        copy(session, query, part, _options(sink, 1), in_order=False)


def uncompressed_size(session: Session, path: Path) -> int:
    """The bytes of all pages before compression."""
    query = "SELECT coalesce(sum(total_uncompressed_size), 0) FROM parquet_metadata($path)"
    found = session.connection.execute(query, {"path": glob_escaped(path)}).fetchall()
    return int(found[0][0])

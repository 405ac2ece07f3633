"""CSV exactly (platform 4.4): null and empty text are nothing, quotes only where they are needed or always."""

from __future__ import annotations

import mmap
import re
from pathlib import Path

from sqlglot import exp

from gristmill.engines.duckdb.session import Session
from gristmill.engines.duckdb.sinks.copying import called, copy, copy_lines, text
from gristmill.engines.duckdb.sinks.misfits import Columns
from gristmill.engines.duckdb.sinks.written import Written
from gristmill.plan.rows import Rows
from gristmill.problems import quoted, run_error
from gristmill.recipe.job import Sink
from gristmill.recipe.output import text_cells
from gristmill.transforms.environment import Environment
from gristmill.transforms.scope import Scope

_ESCAPE = re.compile(r"\\t|\\u([0-9a-fA-F]{4})")


def write_csv(session: Session, rows: Rows, env: Environment, sink: Sink, path: Path) -> Written:
    """Write the rows to a plain file. Raises RunError for a delimiter that cannot separate cells."""
    delimiter = delimiter_of(sink)
    always = bool(sink.options.get("hasQuotes", False))
    header = bool(sink.options.get("header", False))
    scope = Scope(rows, env)
    cells = text_cells(scope, include_mismatches=sink.include_mismatches)
    columns = Columns(session, scope.rows, cells)
    columns.misfits.begin()
    plain = len(delimiter.encode()) == 1 and len({name.lower() for name in columns.names}) == len(columns.names)
    count = _copy_cells(session, columns, path, delimiter, always, header) if plain else 0
    # DuckDB quotes line ends, but not a lone \r; several bytes are no delimiter to it
    if not plain or _holds(path, b"\r"):
        columns.misfits.begin()
        head = header_line(columns.names, delimiter, always) if header else None
        count = copy_lines(session, columns.select([_line(columns, delimiter, always)]), path, head)
    return Written(count, columns.misfits.counts(), quotes=True, header=header)


def delimiter_of(sink: Sink) -> str:
    r"""The text between cells; `\t` and `\u0001` are read as in other programs."""
    raw = str(sink.options.get("delim") or ",")
    found = _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else "\t", raw)
    if any(char in found for char in '"\r\n') or "\ud800" <= max(found) <= "\udfff":
        raise run_error(f"invalid value {quoted(raw)} for delim: quotes and line ends cannot separate cells")
    return found


def _copy_cells(session: Session, columns: Columns, path: Path, delimiter: str, always: bool, header: bool) -> int:
    # DuckDB writes an empty text as "", null as nothing; both are nothing unless all is quoted or the line is empty
    empty = always or len(columns.names) == 1

    def shape(cell: exp.Expr) -> exp.Expr:
        return called("coalesce" if empty else "nullif", cell, text(""))

    cells = columns.sql(shape, text("") if empty else None)
    items = [exp.alias_(cell, name, quoted=True) for cell, name in zip(cells, columns.names, strict=True)]
    options = [
        ("FORMAT", exp.var("csv")),
        ("HEADER", exp.Boolean(this=header)),
        ("DELIMITER", text(delimiter)),
        ("QUOTE", text('"')),
        ("ESCAPE", text('"')),
        *([("FORCE_QUOTE", exp.Star())] if always else []),
    ]
    return copy(session, columns.select(items), path, options)


def _holds(path: Path, wanted: bytes) -> bool:
    with path.open("rb") as file:
        if not file.seek(0, 2):
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return data.find(wanted) >= 0


# -- lines of our own ------------------------------------------------------------------------------------------------


def _line(columns: Columns, delimiter: str, always: bool) -> exp.Expr:
    lone = len(columns.names) == 1

    def shape(cell: exp.Expr) -> exp.Expr:
        return _field(called("coalesce", cell, text("")), delimiter, always, lone)

    parts: list[exp.Expr] = []
    for cell in columns.sql(shape, text('""' if always or lone else "")):
        parts += [text(delimiter), cell] if parts else [cell]
    return called("concat", *parts)


def _field(cell: exp.Expr, delimiter: str, always: bool, lone: bool) -> exp.Expr:
    doubled = called("concat", text('"'), called("replace", cell, text('"'), text('""')), text('"'))
    if always:
        return doubled
    marks = [delimiter, '"', "\r", "\n"]
    special: exp.Expr = exp.or_(*(called("contains", cell.copy(), text(mark)) for mark in marks))
    if lone:
        special = exp.or_(special, exp.EQ(this=cell.copy(), expression=text("")))
    return exp.Case(ifs=[exp.If(this=special, true=doubled)], default=cell.copy())


def header_line(names: list[str], delimiter: str, always: bool) -> str:
    """The names, quoted by the rule of cells."""
    special = [always or any(mark in name for mark in (delimiter, '"', "\r", "\n")) for name in names]
    doubled = ['"' + name.replace('"', '""') + '"' for name in names]
    return delimiter.join(d if quote else n for n, d, quote in zip(names, doubled, special, strict=True))

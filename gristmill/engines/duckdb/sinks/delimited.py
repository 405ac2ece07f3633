"""CSV exactly (platform 4.4): null and empty text are nothing, quotes only where they are needed or always.

The engine writes lines that are put together here: that is faster than its own writer, which looks at every cell,
and it keeps our rules where that one has others (a lone carriage return, delimiters of several bytes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlglot import exp

from gristmill.engines.duckdb.session import Session
from gristmill.engines.duckdb.sinks.copying import called, copy_lines, text
from gristmill.engines.duckdb.sinks.misfits import Columns
from gristmill.engines.duckdb.sinks.written import Written
from gristmill.engines.sql.absences import Absent
from gristmill.plan.passes.graph import inputs_first
from gristmill.plan.relations import Source
from gristmill.plan.rows import Rows
from gristmill.plan.walking import columns_of
from gristmill.problems import quoted, run_error
from gristmill.recipe.job import Sink
from gristmill.recipe.output import Cell, text_cells
from gristmill.transforms.environment import Environment
from gristmill.transforms.scope import Scope

MARKS = ('"', "\r", "\n")
"""What a cell is quoted for, beside the delimiter."""
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
    query = _lines(columns, cells, delimiter, always, _marked(session, scope.rows))
    head = header_line(columns.names, delimiter, always) if header else None
    count = copy_lines(session, query, path, head, in_order=columns.in_order)
    return Written(count, columns.misfits.counts(), quotes=True, header=header)


def delimiter_of(sink: Sink) -> str:
    r"""The text between cells; `\t` and `\u0001` are read as in other programs."""
    raw = str(sink.options.get("delim") or ",")
    found = _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else "\t", raw)
    if any(char in found for char in '"\r\n') or "\ud800" <= max(found) <= "\udfff":
        raise run_error(f"invalid value {quoted(raw)} for delim: quotes and line ends cannot separate cells")
    return found


def header_line(names: list[str], delimiter: str, always: bool) -> str:
    """The names, quoted by the rule of cells."""
    special = [always or any(mark in name + mark[:-1] for mark in (delimiter, *MARKS)) for name in names]
    doubled = ['"' + name.replace('"', '""') + '"' for name in names]
    return delimiter.join(d if quote else n for n, d, quote in zip(names, doubled, special, strict=True))


# -- lines -----------------------------------------------------------------------------------------------------------


def _marked(session: Session, rows: Rows) -> set[int]:
    """Columns of sources in which a look has seen what is quoted: who writes them again looks at these first."""
    found: set[int] = set()
    for node in inputs_first(rows.relation):
        if isinstance(node, Source) and node.index < len(session.job.sources):
            places = (session.job.sources[node.index].reading.get("csv") or {}).get("marked", ())
            found.update(node.columns[place] for place in places if place < len(node.columns))
    return found


def _lines(columns: Columns, cells: Sequence[Cell], delimiter: str, always: bool, marked: set[int]) -> exp.Select:
    """A query of whole lines.

    Only cells that may well be quoted are looked at one by one; the others together, and one by one only in lines in
    which there is something to find.
    """
    named = [exp.alias_(cell, f"x{at}") for at, cell in enumerate(columns.sql())]
    values: list[exp.Expr] = [exp.column(cell.alias) for cell in named]
    table = columns.select(named)  # where cells are counted: each is computed once, and read from there
    if always:
        return _over(table, [_joined(map(_in_quotes, values), delimiter)])
    marks = [_marks(*column, delimiter) for column in zip(cells, columns.absent, strict=True)]
    if len(cells) == 1:
        return _over(table, [_lone_field(values[0], marks[0])])
    likely = {at for at, cell in enumerate(cells) if marks[at] and marked & columns_of(cell.expr)}
    return _tested(table, values, marks, likely, delimiter)


def _tested(
    table: exp.Select, values: list[exp.Expr], marks: Sequence[Sequence[str]], likely: set[int], delimiter: str
) -> exp.Select:
    """Lines of cells with their marks; those in `likely` are looked at one by one."""
    fields = [_field(value, own) for value, own in zip(values, marks, strict=True)]
    others = [at for at, own in enumerate(marks) if own and at not in likely]
    looked_at = [exp.alias_(fields[at], f"y{at}") for at in sorted(likely)]
    together = exp.alias_(called("concat", *_copies(values[at] for at in others)), "together")
    table = _over(table, [*_copies(values), *looked_at, *([together] if others else [])])
    for at in likely:
        values[at] = fields[at] = exp.column(f"y{at}")
    line = _joined(_copies(values), delimiter)
    wanted = [mark for mark in (delimiter, *MARKS) if any(mark in marks[at] for at in others)]
    if wanted:
        test = exp.or_(*(_holds(exp.column("together"), mark[0]) for mark in wanted))
        line = exp.Case(ifs=[exp.If(this=test, true=_joined(_copies(fields), delimiter))], default=line)
    return _over(table, [line])


def _over(table: exp.Select, items: Sequence[exp.Expr]) -> exp.Select:
    return exp.Select(expressions=list(items), from_=exp.From(this=table.subquery("r")))


def _copies(values: Iterable[exp.Expr]) -> list[exp.Expr]:
    return [value.copy() for value in values]


def _marks(cell: Cell, absent: Absent, delimiter: str) -> list[str]:
    """What the cells of a column may be quoted for."""
    return [
        mark
        for mark in (delimiter, *MARKS)
        if absent.isdisjoint(mark) and (cell.alphabet is None or not cell.alphabet.isdisjoint(mark))
    ]


def _joined(cells: Iterable[exp.Expr], delimiter: str) -> exp.Expr:
    """The cells one after the other; to `concat` a null is an empty text."""
    parts: list[exp.Expr] = []
    for cell in cells:
        parts += [text(delimiter), cell] if parts else [cell]
    return called("concat", *parts)


def _lone_field(cell: exp.Expr, marks: Sequence[str]) -> exp.Expr:
    """The cell of a line that has no other; an empty line would be no row."""
    empty = exp.EQ(this=called("coalesce", cell, text("")), expression=text(""))
    return exp.Case(ifs=[exp.If(this=empty, true=text('""'))], default=_field(cell, marks))


def _field(cell: exp.Expr, marks: Sequence[str]) -> exp.Expr:
    """A cell, in quotes where it holds one of the marks."""
    if not marks:
        return cell
    special = exp.or_(*(_holds(cell.copy(), mark) for mark in marks))
    return exp.Case(ifs=[exp.If(this=special, true=_in_quotes(cell))], default=cell.copy())


def _in_quotes(cell: exp.Expr) -> exp.Expr:
    return called("concat", text('"'), called("replace", cell.copy(), text('"'), text('""')), text('"'))


def _holds(value: exp.Expr, mark: str) -> exp.Expr:
    """Whether a mark stands in a cell, or begins there before a delimiter: `a|` before `||`."""
    if len(mark) > 1:
        value = called("concat", value, text(mark[:-1]))
    return called("contains", value, text(mark))

"""Values that are written as null because they do not fit are counted while they are written (platform 4.5)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from gristmill.engines.duckdb.session import Session
from gristmill.plan.relations import Plan
from gristmill.plan.rows import Rows
from gristmill.recipe.output import Cell


class Misfits:
    """The counts of one sink.

    A column's count is a sequence of the engine: its next number is only drawn for the cells that are counted, so
    counting costs nothing where all cells fit.
    """

    def __init__(self, session: Session, names: Sequence[str]) -> None:
        self._session = session
        self._names = {name: f"misfits_{number}" for number, name in enumerate(names)}

    def counted(self, name: str, cell: exp.Expr) -> exp.Expr:
        """Null of the cell's type, counted for that column."""
        drawn = exp.Anonymous(this="nextval", expressions=[exp.Literal.string(self._names[name])])
        never = exp.LT(this=drawn, expression=exp.Literal.number(0))
        return exp.Case(ifs=[exp.If(this=never, true=cell)])

    def begin(self) -> None:
        """Count from zero."""
        for sequence in self._names.values():
            self._session.connection.execute(f"CREATE OR REPLACE TEMP SEQUENCE {sequence}")

    def counts(self) -> dict[str, int]:
        """How many cells of each column were counted; columns without any are left out."""
        if not self._names:
            return {}
        query = "SELECT sequence_name, last_value FROM duckdb_sequences() WHERE last_value IS NOT NULL"
        found: dict[str, int] = dict(self._session.connection.execute(query).fetchall())
        return {name: found[sequence] for name, sequence in self._names.items() if sequence in found}


class Columns:
    """The query of a sink's cells: a table `q` and the SQL of each column, misfits counted.

    `in_order`: what it answers depends on the order in which rows come. `absent` are characters that no text of a
    column holds, by column.
    """

    def __init__(self, session: Session, rows: Rows, cells: Sequence[Cell]) -> None:
        self.misfits = Misfits(session, [cell.name for cell in cells if cell.raw is not None])
        self.names = [cell.name for cell in cells]
        self._cells = cells
        raw = [(f"raw {at}", cell.raw) for at, cell in enumerate(cells) if cell.raw is not None]
        plan = Plan(rows.relation, (*((cell.name, cell.expr) for cell in cells), *raw), rows.order)
        self._query = session.query(plan)
        self.in_order = self._query.in_order
        self.absent = self._query.absent[: len(cells)]
        places = iter(range(len(cells), len(cells) + len(raw)))
        self._raw = [None if cell.raw is None else next(places) for cell in cells]

    def sql(self, otherwise: exp.Expr | None = None) -> list[exp.Expr]:
        """Every column; what stands for a counted null is `otherwise`, null without it."""
        return [self._column(at, otherwise) for at in range(len(self._cells))]

    def _column(self, at: int, otherwise: exp.Expr | None) -> exp.Expr:
        column: exp.Expr = exp.column(f"o{at}")
        raw = self._raw[at]
        if raw is None:
            return column
        nothing = self.misfits.counted(self.names[at], column.copy())
        if otherwise is not None:
            nothing = exp.Coalesce(this=nothing, expressions=[otherwise.copy()])
        return exp.Case(ifs=[exp.If(this=self._misfits(at, raw), true=nothing)], default=column)

    def _misfits(self, at: int, raw: int) -> exp.Expr:
        """Whether a cell is null although there is a text, which is looked at only there."""
        stands_for_null = self._cells[at].nothing
        column = exp.column(f"o{at}")
        is_null: exp.Expr = exp.Is(this=column, expression=exp.Null())
        if stands_for_null is not None:
            is_null = exp.EQ(this=column, expression=exp.Literal.string(stands_for_null))
        present = exp.NEQ(this=exp.column(f"o{raw}"), expression=exp.Literal.string(""))
        return exp.And(this=is_null, expression=present)

    def select(self, items: Sequence[exp.Expr]) -> exp.Select:
        """A query of these items over the cells."""
        return exp.Select(expressions=list(items), from_=exp.From(this=self._query.tree.subquery("q")))

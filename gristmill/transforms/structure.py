"""Names out of rows (header, rename by rows): their schema depends on data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from gristmill.plan.expressions import Column, Expr, Form, Literal
from gristmill.plan.relations import Extend, Filter
from gristmill.plan.rows import Field, Rows, claim_name
from gristmill.plan.values import Value, static
from gristmill.plan.views import Context, text_view
from gristmill.problems import recipe_error
from gristmill.transforms import naming
from gristmill.transforms.environment import Environment
from gristmill.transforms.scope import Scope
from gristmill.types.logical import INTEGER


def header_names(rows: Rows, env: Environment, number: int | None, *, sanitize: bool) -> Rows:
    """Names by the first row, or by the row of that source number; the row goes."""
    if number is None:
        rows, position = rows.numbered()
        return _named(rows, env, position, (None,), "_", fill=False, sanitize=sanitize)
    return names_from_rows(rows, env, (number,), "_", fill=False, sanitize=sanitize)


def names_from_rows(
    rows: Rows, env: Environment, numbers: Sequence[int], separator: str, *, fill: bool, sanitize: bool
) -> Rows:
    """Names by the cells of rows with these source numbers, joined; the rows go."""
    if rows.record is None:
        raise recipe_error("run", "header row not available: the rows have lost their source row numbers")
    return _named(rows, env, rows.record, tuple(numbers), separator, fill=fill, sanitize=sanitize)


def _named(
    rows: Rows,
    env: Environment,
    number: Expr,
    wanted: tuple[int | None, ...],
    separator: str,
    *,
    fill: bool,
    sanitize: bool,
) -> Rows:
    if env.ask is None:
        return replace(rows.with_fields(()), open=True)
    found = [_read(rows, env, number, at) for at in wanted]
    parts = [_filled(cells) if fill else cells for _, cells in found]
    names = _joined(rows, parts, separator, sanitize)
    keep = reduce(lambda a, b: a & b, [number.ne(Literal(at, Form.INTEGER)) for at, _ in found])
    return _below(replace(rows, relation=Filter(rows.relation, keep)), names)


def _below(rows: Rows, names: Sequence[str]) -> Rows:
    """The rows that are left under their names; texts are soft columns, made here, so that types come from below."""
    made: list[tuple[int, Expr]] = []
    fields: list[Field] = []
    for name, item in zip(names, rows.fields, strict=True):
        value = item.value
        if value.form is Form.TEXT:
            made.append((next(rows.ids), value.expr))
            value = Value(Column(made[-1][0], Form.TEXT), value.typing.soft())
        fields.append(Field(name, value))
    return replace(rows, relation=Extend(rows.relation, tuple(made))).with_fields(fields)


def _read(rows: Rows, env: Environment, number: Expr, at: int | None) -> tuple[int, tuple[str | None, ...]]:
    """The number and the cells of a header row; None means the first row there is."""
    assert env.ask is not None
    scope: Context = Scope(rows, env)
    columns = [("number", text_view(Value(number, static(INTEGER)), scope))]
    columns += [(f"c{place}", text_view(item.value, scope)) for place, item in enumerate(rows.fields)]
    picked = rows if at is None else replace(rows, relation=Filter(rows.relation, number.eq(at)))
    answer = env.ask(picked.plan(columns), 1)
    if not answer:
        which = "the data has no rows" if at is None else f"there is no row {at} any more"
        raise recipe_error("run", f"header row not available: {which}")
    return int(answer[0][0] or 0), answer[0][1:]


def _filled(cells: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Empty cells take the cell on their left: merged headings."""
    result: list[str | None] = []
    for cell in cells:
        result.append(cell or (result[-1] if result else None))
    return tuple(result)


def _one_line(cell: str) -> str:
    """Without outer blanks; a line break within is a blank, as in the header of an imported file (transforms 8.2)."""
    return re.sub(r"\s*[\r\n]+\s*", " ", cell.strip())


def _joined(rows: Rows, parts: Sequence[tuple[str | None, ...]], separator: str, sanitize: bool) -> list[str]:
    names: list[str] = []
    used: set[str] = set()
    for place, item in enumerate(rows.fields):
        cells = [cells[place] for cells in parts]
        wanted = (
            naming.clean(separator.join(_one_line(cell) for cell in cells if cell and cell.strip())).rstrip()
            or item.name
        )
        if sanitize:
            wanted = naming.sanitized(wanted, place + 1)
        names.append(claim_name(wanted, used))
    return names

"""How a cell of the result becomes a value that a column of a table can hold, as DuckDB expressions (platform 4.8).

A value that the column cannot hold becomes null; who loads counts them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from gristmill.storage.tables.vendor import plain

if TYPE_CHECKING:
    from gristmill.storage.tables.incoming import Fit

# native types of all vendors by what DuckDB casts to; precision and length are looked at below
_FAMILIES = {
    "TINYINT": "tinyint",
    "SMALLINT": "smallint,smallserial",
    "INTEGER": "int,integer,serial,mediumint,int4",
    "BIGINT": "bigint,bigserial,int64,int8",
    "DOUBLE": "double,double precision,float64,float8,real,float,float4,binary_double,binary_float,money",
    "DECIMAL": "decimal,numeric,dec,number,bignumeric",
    "BOOLEAN": "bool,boolean,bit",
    "TIMESTAMP": "timestamp,datetime,datetime2,smalldatetime,timestamp with time zone,timestamp_ntz,timestamp_ltz",
    "DATE": "date",
    "TIME": "time",
    "JSON": "json,jsonb",
}
_CASTS = {name: cast for cast, names in _FAMILIES.items() for name in names.split(",")}
_MEDIUM = (-8_388_608, 8_388_607)
_KEPT = {"BIGINT": "BIGINT", "DOUBLE": "DOUBLE", "BOOLEAN": "BOOLEAN", "TIMESTAMP": "TIMESTAMP"}


def fitted(fit: Fit, *, as_text: bool) -> exp.Expr:
    """The value for the table's column; `as_text` for bulk formats that are text."""
    cell = exp.column(fit.incoming.name, quoted=True)
    kind = cast_of(fit.native)
    value = _as_text(fit, cell) if kind is None else _as_kind(fit, cell, kind)
    if as_text and kind == "BOOLEAN" and fit.vendor.ways.are_numbers:
        return exp.cast(value, "TINYINT")
    return value


def cast_of(native: str) -> str | None:
    """DuckDB's type for a native one; None for texts."""
    return _CASTS.get(plain(native))


def may_lose(fit: Fit) -> bool:
    """Whether the column of the table cannot hold every value that the result's column may have."""
    kind, physical = cast_of(fit.native), fit.incoming.physical
    if kind is None:
        return physical == "VARCHAR" and (_length(fit.native) is not None or not fit.vendor.can.nul_in_text)
    if kind == "TIMESTAMP" and _ends(fit):
        return True
    if kind == "DECIMAL" and not _precision(fit.native):
        return physical == "VARCHAR"
    return physical != kind


def _as_text(fit: Fit, cell: exp.Expr) -> exp.Expr:
    text = _printed(fit, cell)
    tests: list[exp.Expr] = []
    length = _length(fit.native)
    if length is not None:
        tests.append(exp.Length(this=text.copy()) <= length)
    if not fit.vendor.can.nul_in_text and fit.incoming.physical == "VARCHAR":
        nul = exp.Anonymous(this="chr", expressions=[exp.Literal.number(0)])
        tests.append(exp.Not(this=exp.Anonymous(this="contains", expressions=[text.copy(), nul])))
    return _when(tests, text)


def _printed(fit: Fit, cell: exp.Expr) -> exp.Expr:
    physical = fit.incoming.physical
    if physical == "VARCHAR":
        return cell
    text = exp.cast(cell, "VARCHAR")
    if physical == "DOUBLE":
        return _without_zero(text)
    if physical.startswith("TIMESTAMP"):
        return exp.cast(exp.cast(cell, "TIMESTAMP"), "VARCHAR")
    return text


def _without_zero(text: exp.Expr) -> exp.Expr:
    """`1.0` → `1`: numbers print without a fraction that is none."""
    pattern, nothing = exp.Literal.string(r"\.0$"), exp.Literal.string("")
    return exp.Anonymous(this="regexp_replace", expressions=[text, pattern, nothing])


def _as_kind(fit: Fit, cell: exp.Expr, kind: str) -> exp.Expr:
    match kind:
        case "DECIMAL":
            return _decimal(fit, cell)
        case "TIMESTAMP":
            return _moment(fit, cell)
        case "JSON":
            return _when([exp.Anonymous(this="json_valid", expressions=[cell.copy()])], cell)
        case "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" if fit.incoming.physical in ("DOUBLE", "VARCHAR"):
            return _whole(cell, kind)
    value: exp.Expr = cell if _KEPT.get(kind) == fit.incoming.physical else exp.TryCast(this=cell, to=_type(kind))
    if plain(fit.native) == "mediumint":
        low, high = _MEDIUM
        return _when([exp.Between(this=cell.copy(), low=_number(low), high=_number(high))], value)
    return value


def _whole(cell: exp.Expr, kind: str) -> exp.Expr:
    """A number without a fraction: casts would round."""
    number = exp.TryCast(this=cell, to=_type("DOUBLE"))
    is_whole = exp.EQ(this=number, expression=exp.Anonymous(this="trunc", expressions=[number.copy()]))
    return _when([is_whole], exp.TryCast(this=cell.copy(), to=_type(kind)))


def _decimal(fit: Fit, cell: exp.Expr) -> exp.Expr:
    """A number of fixed precision as the text that the database reads: no digit goes astray in doubles."""
    sizes = _precision(fit.native)
    if sizes is None:
        number = cell if fit.incoming.physical != "VARCHAR" else exp.TryCast(this=cell, to=_type("DOUBLE"))
        text = exp.cast(number, "VARCHAR")
        return _without_zero(text) if fit.incoming.physical != "BIGINT" else text
    precision, scale = min(sizes[0], 38), sizes[1]
    return exp.TryCast(this=cell, to=exp.DataType.build(f"DECIMAL({precision}, {min(scale, precision)})"))


def _moment(fit: Fit, cell: exp.Expr) -> exp.Expr:
    value: exp.Expr = cell
    if fit.incoming.physical != "TIMESTAMP":
        cast = exp.TryCast if fit.incoming.physical == "VARCHAR" else exp.Cast
        value = cast(this=cell, to=_type("TIMESTAMP"))
    if ends := _ends(fit):
        low, high = map(exp.Literal.string, ends)
        within = exp.Between(this=value.copy(), low=exp.cast(low, "TIMESTAMP"), high=exp.cast(high, "TIMESTAMP"))
        return _when([within], value)
    return value


def _ends(fit: Fit) -> tuple[str, str] | None:
    """The first and the last moment that the column can hold, where it cannot hold all of ours."""
    return fit.vendor.ways.moments.get(plain(fit.native))


def _when(tests: list[exp.Expr], value: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=exp.and_(*tests), true=value)]) if tests else value


def _type(name: str) -> exp.DataType:
    return exp.DataType.build(name)


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _length(native: str) -> int | None:
    """The most characters of a text type; None where there is no limit."""
    found = re.search(r"\((\d+)\)", native)
    return int(found[1]) if found else None


def _precision(native: str) -> tuple[int, int] | None:
    found = re.search(r"\((\d+)\s*(?:,\s*(\d+))?\)", native)
    return (int(found[1]), int(found[2] or 0)) if found else None

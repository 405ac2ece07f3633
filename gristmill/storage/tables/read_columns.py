"""The columns of tables that are read (types 13.4).

Numbers, Booleans and moments stay what they are; everything else comes as the text that the database prints, so that
no digit is lost.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from gristmill.storage.formats.avro import CLOCK
from gristmill.storage.tables.statements import column
from gristmill.storage.tables.vendor import Vendor, plain
from gristmill.types.logical import DECIMAL, OBJECT, LogicalType

FLOATS = ("double precision", "double", "real", "float", "float4", "float8", "float64", "binary_double", "binary_float")
WIDE = ("hugeint", "ubigint", "bigint unsigned")
INSTANTS = ("timestamp with time zone", "timestamptz", "timestamp_tz", "timestamp_ltz")


@dataclass(frozen=True, slots=True)
class Read:
    """A column to read: `form` as in `recipe.job.SourceColumn`, `type` where a text's type is known all the same."""

    name: str
    native: str
    form: str
    type: LogicalType | None = None


def column_to_read(vendor: Vendor, name: str, native: str) -> Read:
    """How a column of a native type is read."""
    own, logical = plain(native), vendor.read(native)
    if native.lower() in vendor.ways.booleans:
        return Read(name, native, "boolean")
    match logical:
        case "Integer" if own not in WIDE and native.lower() not in WIDE:
            return Read(name, native, "integer")
        case "Float" if own in FLOATS:
            return Read(name, native, "decimal")
        case "Integer" | "Float":
            return Read(name, native, "text", DECIMAL)
        case "Bool":
            return Read(name, native, "boolean")
        case "Datetime" if own == "date":
            return Read(name, native, "day")
        case "Datetime" if own.startswith("time") and not own.startswith("timestamp"):
            return Read(name, native, "text", CLOCK)
        case "Datetime":
            return Read(name, native, "moment")
        case "Map" | "Array":
            return Read(name, native, "text", OBJECT if logical == "Map" else LogicalType("Array"))
        case _ if own == "bit":
            return Read(name, native, "bits")
        case _:
            return Read(name, native, "bytes" if _is_binary(own) else "text")


def _is_binary(native: str) -> bool:
    return native in ("bytea", "blob", "bytes", "image", "raw", "long raw") or native.endswith(("blob", "binary"))


def asked(vendor: Vendor, read: Read) -> exp.Expr:
    """The column as it is asked for: what is no basic type as text, instants in UTC, infinite dates as null."""
    cell: exp.Expr = column(read.name)
    if vendor.dialect == "postgres":
        cell = _of_postgres(read, cell)
    elif read.form == "text" and vendor.ways.text:
        cell = exp.cast(cell, vendor.ways.text)
    return exp.alias_(cell, read.name, quoted=True)


def _of_postgres(read: Read, cell: exp.Expr) -> exp.Expr:
    if read.form == "text" and plain(read.native) == "money":
        return exp.cast(exp.cast(cell, "NUMERIC"), "TEXT")
    if read.form in ("text", "bits"):
        return exp.cast(cell, "TEXT")
    if read.form in ("day", "moment"):
        if plain(read.native) in INSTANTS:
            cell = exp.AtTimeZone(this=cell, zone=exp.Literal.string("UTC"))
        kind = "DATE" if read.form == "day" else "TIMESTAMP"
        low, high = (exp.cast(exp.Literal.string(text), kind) for text in ("0001-01-01", "9999-12-31"))
        return exp.Case(ifs=[exp.If(this=exp.Between(this=cell.copy(), low=low, high=high), true=cell)])
    return cell

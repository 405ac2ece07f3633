"""Offsets from UTC that dates are written with (functions-b 3.2, types 6.7): hidden functions."""

from __future__ import annotations

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import Argument, Want, count, hidden, integer, moment, string, text
from gristmill.functions.reading import trimmed
from gristmill.plan.building import call, case, cast, coalesce
from gristmill.plan.expressions import Expr, Form
from gristmill.types.catalogue import formats_of
from gristmill.types.choosing import catalogue_formats
from gristmill.types.datetimes import read_notation
from gristmill.types.formats import notation_groups, notation_regex
from gristmill.types.logical import DATETIME, INTEGER
from gristmill.types.parsedate import parse_date


def _read_offset(s: Expr, format: str) -> Expr:
    """Minutes east of UTC of a text in a format with an offset; `Z`, `UTC` and `GMT` are 0."""
    names = notation_groups(format)
    parts = call("regexp_extract", trimmed(s), rf"^(?:{notation_regex(format)})$", call("list_value", *names))
    written = call("struct_extract", parts, "offset")
    digits = call("replace", written, ":", "")
    hours = cast(call("substr", digits, 2, 2), "BIGINT")
    minutes = coalesce(cast(call("substr", digits, 4, 2), "BIGINT"), 0)
    return case(
        (written.eq(""), None),
        (call("starts_with", written, "-"), 0 - (hours * 60 + minutes)),
        (call("starts_with", written, "+"), hours * 60 + minutes),
        otherwise=0,
    )


READ_OFFSET = hidden(
    "read_offset", takes=[text("s"), string("format")], returns=INTEGER,
    doc="The offset in minutes of a text in a Datetime type's format.", basis="types 6.7", tree=_read_offset,
)  # fmt: skip


@rowwise(Form.INTEGER)
def _read_any_offset(cell: str, category: str, year: int) -> int | None:
    formats = formats_of(category) if category else catalogue_formats(cell.strip(" \t\r\n"))
    found = (read_notation(cell, format, year) for format in formats)
    return next((item.offset_minutes for item in found if item is not None), None)


READ_ANY_OFFSET = hidden(
    "read_any_offset", takes=[text("s"), string("category"), count("reference_year")], returns=INTEGER,
    doc="The offset of a text in any format of a category, or of the whole catalogue.", batch=_read_any_offset,
)  # fmt: skip


@rowwise(Form.INTEGER)
def _parse_offset(cell: str, formats: tuple[str, ...], year: int) -> int | None:
    found = parse_date(cell, formats or None, year)
    return found.offset_minutes if found is not None else None


PARSE_OFFSET = hidden(
    "parse_offset", takes=[text("s"), Argument("formats", Want.TEXTS), count("reference_year")], returns=INTEGER,
    doc="The offset of a text by the first format that fits.", basis="functions-b 3.2", batch=_parse_offset,
)  # fmt: skip


def _without_offset(date: Expr, offset: Expr) -> Expr:
    return date - call("to_minutes", coalesce(offset, 0))


AS_INSTANT = hidden(
    "as_instant", takes=[moment("date"), integer("offset")], returns=DATETIME,
    doc="The UTC time of a local time with an offset; without one it counts as UTC.", tree=_without_offset,
)  # fmt: skip
BESIDE_OFFSET = hidden(
    "beside_offset", takes=[moment("date"), integer("own"), integer("other")], returns=DATETIME,
    doc="The UTC time where both dates of a comparison have an offset, else the local time.",
    basis="functions-b 3.5",
    tree=lambda date, own, other: case((~other.is_null(), _without_offset(date, own)), otherwise=date),
)  # fmt: skip
UNLESS_OFFSET = hidden(
    "unless_offset", takes=[moment("date"), integer("offset")], returns=DATETIME,
    doc="A local time, null where it has an offset.", basis="functions-b 4, CONVERT…",
    tree=lambda date, offset: case((offset.is_null(), date)),
)  # fmt: skip

"""Whether texts fit a type (types 5): hidden functions behind ISMISMATCHED, filters and outputs."""

from __future__ import annotations

import re

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import Argument, Want, hidden, text
from gristmill.functions.moments import ISO_FORMATS, is_iso
from gristmill.functions.reading import full_match
from gristmill.plan.building import case, coalesce
from gristmill.plan.expressions import Expr, Form
from gristmill.types.custom import Rule, is_custom_valid
from gristmill.types.formats import notation_regex
from gristmill.types.json_text import Json, compact, parse_json, read_array, read_object
from gristmill.types.logical import ARRAY, BOOLEAN, OBJECT, STRING, LogicalType
from gristmill.types.validation import PATTERNS, is_valid

TYPE = Argument("type", Want.TEXTS)


def plain_notation(format: str) -> str:
    """The expression of a Datetime format without groups: matching is several times faster so."""
    return re.sub(r"\?P<\w+>", "?:", notation_regex(format))


def _fits(s: Expr, parts: tuple[str, ...]) -> Expr:
    """For every type but numbers and Booleans, whose texts fit where they can be read (`plan/views.py`)."""
    name = parts[0]
    if name == "Datetime":
        matches = full_match(s, plain_notation(parts[2]))
        # the usual spelling is looked for when such a date is read, too, and the engine computes it once
        return coalesce(
            case((is_iso(s, parts[2]), True), otherwise=matches) if parts[2] in ISO_FORMATS else matches, False
        )
    return coalesce(full_match(s, PATTERNS[name]), False)


FITS = hidden(
    "fits", takes=[text("s"), TYPE], returns=BOOLEAN, doc="Whether a text is valid for a type.", basis="types 5",
    tree=_fits,
)  # fmt: skip


@rowwise(Form.BOOLEAN, nulls=True)
def _fits_any(cell: str | None, parts: tuple[str, ...]) -> bool:
    return cell is not None and is_valid(cell, LogicalType(*parts))


FITS_ANY = hidden(
    "fits_any", takes=[text("s"), TYPE], returns=BOOLEAN, doc="Whether a text is valid, for types beyond SQL.",
    basis="types 5", batch=_fits_any,
)  # fmt: skip

RULE = Argument("rule", Want.TEXTS)


@rowwise(Form.BOOLEAN, nulls=True)
def _fits_custom(cell: str | None, rule: Rule) -> bool:
    return cell is not None and is_custom_valid(cell, rule)


@rowwise(Form.TEXT)
def _fitting_custom(cell: str, rule: Rule) -> str | None:
    return cell if is_custom_valid(cell, rule) else None


FITS_CUSTOM = hidden(
    "fits_custom", takes=[text("s"), RULE], returns=BOOLEAN, doc="Whether a text is valid for a declared type.",
    basis="types 12", batch=_fits_custom,
)  # fmt: skip
FITTING_CUSTOM = hidden(
    "fitting_custom", takes=[text("s"), RULE], returns=STRING, doc="A text where a declared type has it, else null.",
    basis="types 12", batch=_fitting_custom,
)  # fmt: skip

FITTING = hidden(
    "fitting", takes=[text("s"), TYPE], returns=STRING, doc="A text where it is valid for a type, else null.",
    basis="types 9", tree=lambda s, parts: case((_fits(s, parts), s)),
)  # fmt: skip


@rowwise(Form.JSON)
def _read_array(cell: str) -> str | None:
    found = read_array(cell)
    return None if found is None else compact(found)


READ_ARRAY = hidden(
    "read_array", takes=[text("s")], returns=ARRAY, doc="Compact JSON of a text that is a JSON array, else null.",
    basis="types 5.15", batch=_read_array,
)  # fmt: skip


@rowwise(Form.JSON)
def _read_object(cell: str) -> str | None:
    found = read_object(cell)
    return None if found is None else compact(found)


READ_OBJECT = hidden(
    "read_object", takes=[text("s")], returns=OBJECT, doc="Compact JSON of a text that is a JSON object, else null.",
    basis="types 5.16", batch=_read_object,
)  # fmt: skip


@rowwise(Form.TEXT)
def _json_canonical(cell: str) -> str:
    try:
        return compact(_sorted(parse_json(cell)))
    except ValueError:
        return cell


def _sorted(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value


JSON_CANONICAL = hidden(
    "json_canonical", takes=[text("s")], returns=STRING, doc="JSON with sorted keys; other texts as they are.",
    basis="language 4.5", batch=_json_canonical,
)  # fmt: skip


@rowwise(Form.TEXT)
def _json_compact(cell: str) -> str | None:
    try:
        return compact(parse_json(cell))
    except ValueError:
        return None


JSON_COMPACT = hidden(
    "json_compact", takes=[text("s")], returns=STRING, doc="Compact JSON of a JSON text, else null.",
    basis="language 4.9", batch=_json_compact,
)  # fmt: skip

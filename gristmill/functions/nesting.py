"""Objects and arrays taken apart by steps (transforms 7.19, 7.47): hidden functions."""

from __future__ import annotations

import re
from typing import TypeAlias

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import Argument, Want, hidden, string, text
from gristmill.functions.nested import printed
from gristmill.plan.building import call, concat
from gristmill.plan.expressions import Form
from gristmill.plan.values import SOFT
from gristmill.types.json_text import Json, Number, compact, parse_json, read_array
from gristmill.types.logical import ARRAY, OBJECT, STRING

INDEX = re.compile(r"-?[0-9]+")

# The steps of a path; a key as a whole comes first, in case it stands there literally.
Path = tuple[str, ...]
Place: TypeAlias = "tuple[dict[str, Json], str] | tuple[list[Json], int]"


def _cell(item: Json) -> str | None:
    """A part of a cell as a cell of its own: a number keeps its spelling, as on import (transforms 8.3)."""
    return item.spelling if isinstance(item, Number) else printed(item)


@rowwise(Form.TEXTS, nulls=True)
def _cell_elements(cell: str | None) -> list[str | None]:
    """At least one: an empty array is one null, a cell that is no array stays as it is."""
    found = None if cell is None else read_array(cell)
    if found is None:
        return [cell]
    return [_cell(item) for item in found] or [None]


CELL_ELEMENTS = hidden(
    "cell_elements", takes=[text("s")], returns=SOFT, doc="The elements of an array as cells, one null if it is empty.",
    basis="transforms 7.19", batch=_cell_elements,
)  # fmt: skip


def _read(cell: str) -> Json:
    try:
        return parse_json(cell)
    except ValueError:
        return None


def _step(found: Json, step: str) -> Place | None:
    """Where a step leads in an object (by key) or an array (by position, negative from its end)."""
    if isinstance(found, dict) and step in found:
        return found, step
    if isinstance(found, list) and INDEX.fullmatch(step) and -len(found) <= int(step) < len(found):
        return found, int(step) % len(found)
    return None


def _at(place: Place) -> Json:
    container, key = place
    return container[key]  # type: ignore[index]


def _place(found: Json, key: str, path: Path) -> Place | None:
    """Where a value stands: under the key as written, else at the end of the path."""
    literal = _step(found, key) if isinstance(found, dict) else None
    if literal is not None:
        return literal
    place = None
    for step in path:
        place = _step(found, step)
        if place is None:
            return None
        found = _at(place)
    return place


@rowwise(Form.TEXT)
def _json_at(cell: str, key: str, path: Path) -> str | None:
    place = _place(_read(cell), key, path)
    return None if place is None else _cell(_at(place))


JSON_AT = hidden(
    "json_at", takes=[text("s"), Argument("key", Want.STRING), Argument("path", Want.TEXTS)], returns=STRING,
    doc="The value at a path of an object or array, as a cell.", basis="transforms 7.47", batch=_json_at,
)  # fmt: skip


@rowwise(Form.TEXT)
def _json_without(cell: str, keys: tuple[tuple[str, Path], ...]) -> str:
    """All values are looked for before the first one goes, so that positions keep their meaning."""
    whole = _read(cell)
    places = [place for key, path in keys if (place := _place(whole, key, path)) is not None]
    if not places:
        return cell
    gone = {(id(place[0]), place[1]): place for place in places}
    for container, key in sorted(gone.values(), key=_position, reverse=True):
        del container[key]  # type: ignore[arg-type]
    return compact(whole)


def _position(place: Place) -> int:
    return place[1] if isinstance(place[1], int) else 0


JSON_WITHOUT = hidden(
    "json_without", takes=[text("s"), Argument("keys", Want.TEXTS)], returns=STRING,
    doc="An object or array without the values at some paths.", basis="transforms 7.47", batch=_json_without,
)  # fmt: skip

# -- putting together ------------------------------------------------------------------------------------

JSON_MEMBER_OF = hidden(
    "json_member_of", takes=[text("x"), string("key")], returns=OBJECT, doc="A key with its value; null without one.",
    basis="transforms 7.28", tree=lambda x, key: concat(key, x),
)  # fmt: skip
JSON_PUT_TOGETHER = hidden(
    "json_put_together", takes=[text("parts", many=True), string("opening"), string("closing")], returns=ARRAY,
    doc="Elements or members between brackets, nulls left out.", basis="transforms 7.28",
    tree=lambda parts, opening, closing: concat(opening, call("concat_ws", ",", *parts), closing),
)  # fmt: skip

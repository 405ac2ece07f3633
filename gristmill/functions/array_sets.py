"""Functions of several arrays (functions-b 7): put together, crossed, zipped, compared."""

from __future__ import annotations

from itertools import product, zip_longest
from math import prod

from gristmill.functions.arrays import equality_key, over_arrays
from gristmill.functions.batch import rowwise
from gristmill.plan.expressions import Form
from gristmill.types.json_text import Json, compact, read_array

LARGEST_CROSS = 1_000_000  # elements in a cell

Arrays = list[list[Json]]


def _read_all(cells: tuple[str, ...]) -> Arrays | None:
    """The elements of every cell; None if one is no array."""
    arrays = [read_array(cell) for cell in cells]
    known = [items for items in arrays if items is not None]
    return known if len(known) == len(arrays) else None


@rowwise(Form.JSON, nulls=True)
def _concat(*cells: str | None) -> str | None:
    """Arguments that are no array are skipped."""
    arrays = [items for cell in cells if cell is not None and (items := read_array(cell)) is not None]
    return compact([item for items in arrays for item in items]) if arrays else None


@rowwise(Form.JSON)
def _cross(*cells: str) -> str | None:
    arrays = _read_all(cells)
    if arrays is None or prod(map(len, arrays)) > LARGEST_CROSS:
        return None
    return compact([list(row) for row in product(*arrays)])


@rowwise(Form.JSON)
def _zip(*cells: str) -> str | None:
    arrays = _read_all(cells)
    return None if arrays is None else compact([list(row) for row in zip_longest(*arrays)])


@rowwise(Form.JSON)
def _intersect(*cells: str) -> str | None:
    arrays = _read_all(cells)
    if arrays is None:
        return None
    others = [{equality_key(item) for item in items} for items in arrays[1:]]
    return compact([item for item in distinct(arrays[0]) if all(equality_key(item) in keys for keys in others)])


@rowwise(Form.JSON)
def _unique(*cells: str) -> str | None:
    arrays = _read_all(cells)
    return None if arrays is None else compact(distinct([item for items in arrays for item in items]))


def distinct(items: list[Json]) -> list[Json]:
    """The first of equal elements, in their order."""
    first: dict[object, Json] = {}
    for item in items:
        first.setdefault(equality_key(item), item)
    return list(first.values())


ARRAYCONCAT, ARRAYCONCAT_OF = over_arrays(
    "ARRAYCONCAT", _concat, "The elements of all arrays, one after the other.", "functions-b 7 [recall]",
    {"ARRAYCONCAT([['A', 'B'], ['1', '2']])": '["A","B","1","2"]'},
)  # fmt: skip
ARRAYCROSS, ARRAYCROSS_OF = over_arrays(
    "ARRAYCROSS", _cross, "All combinations of the elements, the first array varying slowest.", "functions-b 7 [doc]",
    {"ARRAYCROSS([['A', 'B'], ['1', '2']])": '[["A","1"],["A","2"],["B","1"],["B","2"]]'},
)  # fmt: skip
ARRAYZIP, ARRAYZIP_OF = over_arrays(
    "ARRAYZIP", _zip, "The elements of equal places together; shorter arrays are filled up with null.",
    "functions-b 7 [recall]", {"ARRAYZIP([['A', 'B'], ['1']])": '[["A","1"],["B",null]]'},
)  # fmt: skip
ARRAYINTERSECT, ARRAYINTERSECT_OF = over_arrays(
    "ARRAYINTERSECT", _intersect, "The elements that every array has, each once.", "functions-b 7 [recall]",
    {"ARRAYINTERSECT([['A', 'B', 'A'], ['A', 'C']])": '["A"]'},
)  # fmt: skip
ARRAYUNIQUE, ARRAYUNIQUE_OF = over_arrays(
    "ARRAYUNIQUE", _unique, "The different elements of the arrays, each once.", "functions-b 7 [recall]",
    {"ARRAYUNIQUE([['A', 'B', 'A'], ['C']])": '["A","B","C"]'},
)  # fmt: skip

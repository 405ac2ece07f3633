"""Names of generated columns (transforms 6.3)."""

from __future__ import annotations

import itertools
import re

from gristmill.functions.declare import Want
from gristmill.functions.registry import FUNCTIONS
from gristmill.language import tree
from gristmill.language.printer import INFIX
from gristmill.plan.rows import Rows, name_key

MAX_NAME = 128
OPERATORS = frozenset({*INFIX, "NOT", "NEGATE"})


def numbered(base: str, rows: Rows, how_many: int) -> list[str]:
    """Rule N1: the source's name without its last digits, and the next free numbers."""
    stem = re.sub(r"[0-9]+$", "", base) or base
    taken = {name_key(name) for name in rows.names}
    free = (name for n in itertools.count(1) if name_key(name := f"{stem}{n}") not in taken)
    return list(itertools.islice(free, how_many))


def plain(rows: Rows) -> str:
    """Rule N2: `column` and the next free number."""
    return numbered("column", rows, 1)[0]


def formula(node: tree.Value, rows: Rows) -> str:
    """Rule N1 for a bare column, N3 for a function of one column, else N2; made free."""
    if isinstance(node, tree.Name):
        return numbered(stored(node.name, rows), rows, 1)[0]
    named = function_column(node, rows)
    return rows.free_name(named) if named else plain(rows)


def stored(name: str, rows: Rows) -> str:
    """The name as the column bears it, in whatever case a recipe writes it (language 3.1)."""
    place = rows.position(name)
    return name if place is None else rows.fields[place].name


def function_column(node: tree.Value, rows: Rows) -> str | None:
    """`year_OrderDate` for a call, no operator, whose first argument is a column and that reads no other."""
    if not isinstance(node, tree.Call) or not node.args or node.function in OPERATORS:
        return None
    first = _first_column(node)
    if first is None or column_names(node) != {name_key(first.name)}:
        return None
    return f"{node.function.lower()}_{stored(first.name, rows)}"


def _first_column(node: tree.Call) -> tree.Name | None:
    """The first argument where it is a column, `x` or `[x]`."""
    first = node.args[0] if node.args else None
    if isinstance(first, tree.Array) and len(first.items) == 1:
        first = first.items[0]
    return first if isinstance(first, tree.Name) else None


def aggregate(node: tree.Value, rows: Rows) -> str:
    """Rule N4: `sum_Sales`, `row_count` for COUNT(), else the function's name."""
    if isinstance(node, tree.Call):
        if node.function == "COUNT" and not node.args:
            return "row_count"
        first = _first_column(node)
        return node.function.lower() if first is None else f"{node.function.lower()}_{stored(first.name, rows)}"
    return "value"


def column_names(node: tree.Value) -> set[str]:
    """The folded names of all columns in an expression."""
    found: set[str] = set()
    stack: list[tree.Value] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, tree.Name):
            found.add(name_key(part.name))
        elif isinstance(part, tree.Call):
            stack.extend(_read(part))
        elif isinstance(part, tree.Array):
            stack.extend(part.items)
    return found


def _read(call: tree.Call) -> list[tree.Value]:
    """The arguments that may read columns: not the words of a function, such as units."""
    takes = FUNCTIONS[call.function].takes if call.function in FUNCTIONS else ()
    words = {place for place, argument in enumerate(takes) if argument.want is Want.WORD}
    return [argument for place, argument in enumerate(call.args) if place not in words]


def clean(name: str) -> str:
    """A legal name: no control characters, no byte-order mark, no white space in front (transforms 6.4)."""
    return re.sub(r"[\x00-\x1f\x7f\ufeff]", "", name).lstrip()


def sanitized(name: str, place: int) -> str:
    """Letters, digits and `_` only (transforms 6.4); `place` counts from 1."""
    result = re.sub(r"[^\w]", "_", name)
    if not result:
        return f"column{place}"
    return f"_{result}" if result[0].isdigit() else result

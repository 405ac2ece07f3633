"""The aggregates of an array's numbers (functions-b 7): LISTSUM, LISTAVERAGE, LISTMAX and their like."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from gristmill.functions.arrays import array_text
from gristmill.functions.batch import rowwise
from gristmill.functions.declare import Function, array, hidden, nested, scalar
from gristmill.plan.expressions import Apply, Form
from gristmill.plan.values import Value, computed
from gristmill.plan.views import Context
from gristmill.types.json_text import Json, Number, read_array
from gristmill.types.logical import DECIMAL
from gristmill.types.numbers import read_number

LARGEST = 2**63 - 1
SMALLEST = -(2**63)

Numbers = Sequence[int | float]


def numbers_of(items: Sequence[Json]) -> list[int | float]:
    """The numeric elements; numeric texts count."""
    found = (
        item.value if isinstance(item, Number) else read_number(item) if isinstance(item, str) else None
        for item in items
    )
    return [number for number in found if number is not None]


def mean(numbers: Numbers) -> float:
    """The arithmetic mean."""
    return math.fsum(numbers) / len(numbers)


def variance(numbers: Numbers) -> float:
    """The population variance."""
    middle = mean(numbers)
    return math.fsum((number - middle) ** 2 for number in numbers) / len(numbers)


def most_frequent(numbers: Numbers) -> int | float:
    """The most frequent number, of several the lowest."""
    counts = Counter(numbers)
    most = max(counts.values())
    return min(number for number, count in counts.items() if count == most)


def total(numbers: Numbers) -> int | float | None:
    """The sum: exact for integers, None outside 64 bits."""
    if any(isinstance(number, float) for number in numbers):
        return math.fsum(numbers)
    whole = sum(numbers)
    return whole if SMALLEST <= whole <= LARGEST else None


def _statistic(name: str, compute: Callable[[Numbers], int | float | None], doc: str, example: dict[str, Any]) -> Any:
    """The function and the hidden one that computes it; without a numeric element the result is null."""
    inner = f"{name.lower()}_of"

    @rowwise(Form.DECIMAL)
    def routine(cell: str) -> float | None:
        numbers = numbers_of(read_array(cell) or ())
        try:
            result = compute(numbers) if numbers else None
            return float(result) if result is not None and math.isfinite(result) else None
        except OverflowError:
            return None

    def plan(context: Context, a: Value) -> Value:
        return computed(Apply(inner, (array_text(a),), Form.DECIMAL))

    shown: Function = scalar(
        name,
        takes=[nested("array", "an array of numbers")],
        returns=DECIMAL,
        doc=doc,
        basis="functions-b 7 [doc]",
        examples=example,
        plan=plan,
        group="nested",
    )
    return shown, hidden(inner, takes=[array("a")], returns=DECIMAL, doc=doc, batch=routine)


LISTAVERAGE, LISTAVERAGE_OF = _statistic(
    "LISTAVERAGE", mean, "The mean of an array's numbers; null where there is none.", {"LISTAVERAGE([1, 2, 6])": 3}
)
LISTMAX, LISTMAX_OF = _statistic("LISTMAX", max, "The largest number of an array.", {"LISTMAX([9, 10])": 10})
LISTMIN, LISTMIN_OF = _statistic("LISTMIN", min, "The smallest number of an array.", {"LISTMIN([9, 10])": 9})
LISTMODE, LISTMODE_OF = _statistic(
    "LISTMODE", most_frequent, "The most frequent number of an array, of several the lowest.", {"LISTMODE([2, 1])": 1}
)
LISTSTDEV, LISTSTDEV_OF = _statistic(
    "LISTSTDEV", lambda numbers: math.sqrt(variance(numbers)), "The population standard deviation of an array.",
    {"LISTSTDEV([1, 3])": 1},
)  # fmt: skip
LISTSUM, LISTSUM_OF = _statistic("LISTSUM", total, "The sum of an array's numbers.", {'LISTSUM(\'[1,"2","x"]\')': 3})
LISTVAR, LISTVAR_OF = _statistic("LISTVAR", variance, "The population variance of an array.", {"LISTVAR([1, 3])": 1})

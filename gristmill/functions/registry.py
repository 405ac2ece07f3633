"""All declared functions by name, read from the modules of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from gristmill.functions.declare import Function

MODULES = (
    "reading",
    "printing",
    "moments",
    "fitting",
    "ordering",
    "arithmetic",
    "rounding",
    "comparisons",
    "branching",
    "states",
    "aggregates",
    "extremes",
    "statistics",
    "lists",
    "date_aggregates",
    "nested",
    "arrays",
    "array_sets",
    "objects",
    "list_statistics",
    "patterns",
    "splitting",
    "extracting",
    "areas",
    "filling",
    "scaling",
    "nesting",
    "reshaping",
    "lines",
    "texts",
    "folding",
    "finding",
    "contents",
    "substituting",
    "cleaning",
    "encoding",
    "transliteration",
    "phonetics",
    "collating",
    "urls",
    "addresses",
    "powers",
    "trigonometry",
    "number_formats",
    "parsing",
    "chance",
    "lineage",
    "date_arithmetic",
    "date_formats",
    "date_parts",
    "dates",
    "offsets",
    "time_zones",
    "working_days",
    "windows",
    "rolling",
    "rolling_cells",
)

# Names that users of other products try (functions-a 14, functions-b 2 and 2.2): what to write instead.
ABSENT: Mapping[str, str] = MappingProxyType(
    {
        "DATEDIFF": "Write DATEDIF(date1, date2, unit).",
        "AVG": "Write AVERAGE(col).",
        "STDDEV": "Write STDEV(col).",
        "DAYNAME": "Write WEEKDAYNAME(date).",
        "QUARTER": "Write FLOOR((MONTH(d) - 1) / 3) + 1.",
        "DAYOFYEAR": "Write DATEFORMAT(d, 'D').",
        "WEEKOFYEAR": "Write WEEKNUM(date).",
        "DATEVALUE": "Write SERIALNUMBER(date) or PARSEDATE(value).",
        "TIMEVALUE": "Write PARSEDATE(value) or TIME(hour, minute, second).",
        "MEDIANIF": "Write MEDIAN(IF(test, col, NULL())).",
        "PERCENTILEIF": "Write PERCENTILE(IF(test, col, NULL()), p, linear).",
        "ROLLINGMEDIAN": "There is no rolling median; ROLLINGAVERAGE(col, before, after) is near.",
        "ARRAYTOMAP": "Write ARRAYSTOMAP(keys, values).",
        "ARRAYMERGETOOBJECT": "Write ARRAYSTOMAP(keys, values).",
        "XOR": "Write a != b.",
        "BETWEEN": "Write x >= low && x <= high.",
        "REVERSE": "There is no function that turns a text round.",
    }
)


def _collect() -> dict[str, Function]:
    """Every Function that stands in a module under a name of its own. A name declared twice is a mistake."""
    found: dict[str, Function] = {}
    for module_name in MODULES:
        module = import_module(f"gristmill.functions.{module_name}")
        for value in vars(module).values():
            if isinstance(value, Function) and found.setdefault(value.name, value) is not value:
                raise ValueError(f"function {value.name} is declared twice, again in {module_name}")
    return found


FUNCTIONS: Mapping[str, Function] = MappingProxyType(_collect())

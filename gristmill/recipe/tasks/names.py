"""How task trees spell transforms, functions and the parameters of functions (language 9.2, 9.3, 13.1)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from gristmill.functions.declare import Argument, Want
from gristmill.functions.registry import FUNCTIONS

# Names of more than one word; the others have a capital first letter.
_TASK_TYPES = """
    ColumnByExample ConvertPattern CountBetweenDelimiters CountPattern DateFormat ExtractBetweenDelimiters ExtractKv
    ExtractList ExtractPatterns GroupBy NumFormat OneHotEncode ReplaceBetweenDelimiters ReplaceMismatched
    ReplaceMissing ReplacePatterns ScaleMinMax ScaleStandardize SetType SplitPatterns SplitPositions SplitRows
    TextFormat ValuesToCols
"""
_FUNCTION_TYPES = """
    AnyIf ApproximateMedian ApproximatePercentile ApproximateQuartile ArrayConcat ArrayCross ArrayElementAt
    ArrayIndexOf ArrayIntersect ArrayLen ArrayMergeElements ArrayRightIndexOf ArraySlice ArraySort ArrayUnique ArrayZip
    ArraysToMap AverageIf Base64Decode Base64Encode ConvertFromUtc ConvertTimeZone ConvertToUtc CountA CountAIf
    CountDistinct CountDistinctIf CountIf CovarSamp DateAdd DateDif DateFormat DateTime DenseRank DoubleMetaphone
    DoubleMetaphoneEquals EndsWith EoMonth FilePath FilterObject FindNth GreaterThan GreaterThanEqual IfMismatched
    IfMissing IfNull IfValid IpFromInt IpToInt IsEven IsMismatched IsMissing IsNull IsOdd IsValid KthLargest
    KthLargestDate KthLargestDateIf KthLargestIf KthLargestUnique KthLargestUniqueDate KthLargestUniqueDateIf
    KthLargestUniqueIf LessThan LessThanEqual ListAverage ListIf ListMax ListMin ListMode ListStdev ListSum ListVar
    MaxDate MaxDateIf MaxIf MinDate MinDateIf MinIf ModeDate ModeDateIf ModeIf MonthName NetworkDays NetworkDaysIntl
    NotEqual NumFormat NumValue ParseArray ParseBool ParseDate ParseFloat ParseInt ParseObject ParseString RandBetween
    RemoveSymbols RemoveWhitespace RightFind RollingAverage RollingCountA RollingKthLargest RollingKthLargestUnique
    RollingList RollingMax RollingMaxDate RollingMin RollingMinDate RollingMode RollingModeDate RollingStdev
    RollingStdevSamp RollingSum RollingVar RollingVarSamp RowNumber SerialNumber SourceRowNumber StartsWith StdevIf
    StdevSamp StdevSampIf StringGreaterThan StringGreaterThanEqual StringLessThan StringLessThanEqual SumIf TrimQuotes
    UnixTime UnixTimeFormat UrlParams VarIf VarSamp VarSampIf WeekNum WeekdayName WorkDay WorkDayIntl
"""
TASK_TYPES = {name.lower(): name for name in _TASK_TYPES.split()}
FUNCTION_TYPES = {name.upper(): name for name in _FUNCTION_TYPES.split()}

# Functions whose parameters are known from packages, or whose first parameter is no cell.
PARAMETERS = {
    "IF": "predicate true_expression false_expression", "IFMISSING": "col true_expression",
    "IFNULL": "col true_expression", "IFMISMATCHED": "col type true_expression", "IFVALID": "col type true_expression",
    "CASE": "predicateValuePairs", "IN": "lhs rhs", "NOT": "operand", "NEGATE": "operand", "ROUND": "operand digits",
    "COUNTIF": "row", "ARRAYSTOMAP": "keyArray valueArray defaultKey", "DATE": "year month date",
    "DATETIME": "year month date hour minute second", "TIME": "hour minute second", "DATEDIF": "lhs rhs measure",
    "NOW": "timezone", "TODAY": "timezone", "PARSEDATE": "col inputFormats", "RANGE": "start stop step",
    "RAND": "seed", "RANDBETWEEN": "lhs rhs", "POW": "lhs rhs",
    "FIND": "col pattern ignoreCase startPosition", "RIGHTFIND": "col pattern ignoreCase startPosition",
    "SUBSTITUTE": "col on with ignoreCase before after", "STARTSWITH": "lhs rhs ignore_case",
    "ENDSWITH": "lhs rhs ignore_case",
}  # fmt: skip
# By the pattern of most functions, read too.
_ALSO = {
    "SUBSTITUTE": {"pattern": "on", "replacement": "with"},
    "STARTSWITH": {"col": "lhs", "pattern": "rhs", "ignoreCase": "ignore_case"},
    "ENDSWITH": {"col": "lhs", "pattern": "rhs", "ignoreCase": "ignore_case"},
}
# What the product calls an argument that we call so.
_ARGUMENTS = {
    "a": "lhs", "b": "rhs", "s1": "lhs", "s2": "rhs", "date1": "lhs", "date2": "rhs", "col1": "lhs", "col2": "rhs",
    "k": "intParam", "test": "row", "unit": "measure", "before": "rowsBefore", "after": "rowsAfter",
}  # fmt: skip


def task_type(transform: str) -> str:
    """`groupby` → `GroupBy`."""
    return TASK_TYPES.get(transform, transform.capitalize())


def function_type(function: str) -> str:
    """`DATEDIF` → `DateDif`."""
    return FUNCTION_TYPES.get(function, function.capitalize())


@cache
def parameter_names(function: str) -> tuple[str, ...]:
    """The names of a function's parameters in the order of its arguments; none for a function we do not know."""
    if function in PARAMETERS:
        return tuple(PARAMETERS[function].split())
    declared = FUNCTIONS.get(function)
    return () if declared is None else tuple(map(_parameter_name, declared.takes, range(len(declared.takes))))


def by_name(function: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters under the names of `parameter_names`."""
    also = _ALSO.get(function, {})
    return {also.get(key, key): value for key, value in parameters.items()}


def _parameter_name(argument: Argument, place: int) -> str:
    known = _ARGUMENTS.get(argument.name)
    if known is not None:
        return known
    if place == 0:
        return "col"
    return re.sub(r"_(\w)", lambda match: match[1].upper(), argument.name)


def argument(function: str, place: int) -> Argument | None:
    """The declaration of one argument of a function, where there is one."""
    declared = FUNCTIONS.get(function)
    return declared.takes[place] if declared is not None and place < len(declared.takes) else None


def takes_list(function: str, place: int) -> bool:
    """Whether the argument is a list even where a single column stands there (language 9.2, 6)."""
    declared = argument(function, place)
    return declared is not None and (declared.many or declared.want is Want.TEXTS)

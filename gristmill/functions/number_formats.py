"""Numbers as formatted text and back (functions-a 4, 12): NUMFORMAT and NUMVALUE."""

from __future__ import annotations

import re

from gristmill.functions.batch import rowwise
from gristmill.functions.decimal_format import Symbols, read_format
from gristmill.functions.declare import hidden, integer, number, scalar, string, text
from gristmill.plan.expressions import Apply, Form
from gristmill.plan.values import Value, computed
from gristmill.plan.views import Context, number_view, text_view
from gristmill.types.blanks import WHITE_SPACE
from gristmill.types.logical import DECIMAL, STRING
from gristmill.types.numbers import read_number

CURRENCY_MARKS = ("NT$", "R$", "Kr", "Rs", "$", "€", "£", "¥", "₩", "₹", "R")
"""The marks that NUMVALUE takes off, longer ones first."""


@rowwise(Form.TEXT)
def _format_number(value: int | float, grouping: str, decimal: str, pattern: str) -> str:
    return read_format(pattern).format(value, Symbols(grouping, decimal))


FORMAT_NUMBER = hidden(
    "format_number", takes=[number("x"), text("grouping"), text("decimal"), string("format")], returns=STRING,
    doc="A double by a number pattern.", basis="functions-a 12", batch=_format_number,
)  # fmt: skip
FORMAT_INTEGER = hidden(
    "format_integer", takes=[integer("x"), text("grouping"), text("decimal"), string("format")], returns=STRING,
    doc="An integer by a number pattern.", basis="functions-a 12", batch=_format_number,
)  # fmt: skip


def format_number(x: Value, pattern: str, grouping: Value, decimal: Value, context: Context) -> Value:
    """The number of a cell by a pattern. Raises RecipeError where the pattern is none."""
    read_format(pattern)
    viewed = number_view(x)
    name = "format_integer" if viewed.form is Form.INTEGER else "format_number"
    args = (viewed, text_view(grouping, context), text_view(decimal, context))
    return computed(Apply(name, args, Form.TEXT, (pattern,)))


NUMFORMAT = scalar(
    "NUMFORMAT",
    takes=[
        number("x", "a number"),
        string("format", "a pattern of `0`, `#`, `,`, `.`, `%` and other text"),
        text("grouping", "what stands between groups of digits", required=False, default=","),
        text("decimal", "what stands before the decimals", required=False, default="."),
    ],
    returns=STRING,
    doc="A number as text by a pattern.",
    basis="functions-a 12 [doc]",
    examples={
        "NUMFORMAT(1234.5, '$#,##0.00')": "$1,234.50",
        "NUMFORMAT(0.2, '##.## %')": "20 %",
        "NUMFORMAT(-5, '#,##0;(#,##0)')": "(5)",
        "NUMFORMAT(1234567.891, '#,##0.00', '.', ',')": "1.234.567,89",
        "NUMFORMAT(12345, '0.###E0')": "1.234E4",
    },
    plan=lambda context, x, format, grouping, decimal: format_number(x, format, grouping, decimal, context),
    group="math",
)

# -- NUMVALUE ------------------------------------------------------------------------------------------

_FRONT = re.compile(rf"([+-]?)\s*({'|'.join(map(re.escape, CURRENCY_MARKS))})?\s*([+-]?)")


@rowwise(Form.DECIMAL)
def _number_value(cell: str, grouping: str, decimal: str) -> float | None:
    """Blanks, one currency mark and percent signs come off, then the separators."""
    if not grouping and not decimal:
        return None
    decimal = decimal or ("," if grouping == "." else ".")
    body = cell.strip(WHITE_SPACE)
    body, percents = _without_percents(body)
    sign, body = _without_mark(body)
    whole, point, fraction = body.partition(decimal)
    if grouping:
        whole = whole.replace(grouping, "")
    if "." in whole + fraction:
        return None
    value = read_number(f"{sign}{whole}{'.' if point else ''}{fraction}")
    return None if value is None else _divided(float(value), percents)


def _without_percents(body: str) -> tuple[str, int]:
    found = 0
    while body.endswith("%"):
        body = body[:-1].rstrip(WHITE_SPACE)
        found += 1
    return body, found


def _without_mark(body: str) -> tuple[str, str]:
    """The sign, and what stands behind it and a currency mark."""
    front = _FRONT.match(body)
    assert front is not None
    before, mark, after = front.groups()
    if mark is None:
        return "", body
    return before + after, body[front.end() :]


def _divided(value: float, percents: int) -> float:
    for _ in range(percents):
        value /= 100
    return value


NUMVALUE = scalar(
    "NUMVALUE",
    takes=[
        text("s", "a formatted number"),
        text("grouping", "what stands between groups of digits", required=False, default=""),
        text("decimal", "what stands before the decimals", required=False, default=""),
    ],
    returns=DECIMAL,
    doc="The number that a formatted text stands for: separators, currency mark and percent signs taken off.",
    basis="functions-a 4 [doc]",
    examples={
        "NUMVALUE('1,234.5', ',', '.')": 1234.5,
        "NUMVALUE('1.234,5', '.', ',')": 1234.5,
        "NUMVALUE('10%', ',', '.')": 0.1,
        "NUMVALUE('-$3', ',', '.')": -3,
        "NUMVALUE('1.234,5', ',', '.')": None,
        "NUMVALUE('5')": None,
    },
    batch=_number_value,
    group="math",
)

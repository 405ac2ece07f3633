"""Lists of texts that steps make rows of, and keys of columns-to-be (transforms 7.31, 7.43, 7.48): hidden functions."""

from __future__ import annotations

import re

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import anything, hidden, integer, string, text
from gristmill.plan.building import call, case, coalesce
from gristmill.plan.expressions import Expr, Form
from gristmill.plan.values import SOFT
from gristmill.types.logical import STRING

TEXT_LIST = hidden(
    "text_list", takes=[text("items", many=True)], returns=SOFT, doc="A list of texts.",
    tree=lambda items: call("list_value", *items),
)  # fmt: skip
CONSTANT_LIST = hidden(
    "constant_list", takes=[string("items")], returns=SOFT, doc="A list of texts that the recipe knows.",
    tree=lambda items: call("list_value", *items),
)  # fmt: skip
PIECE_AT = hidden(
    "piece_at", takes=[anything("pieces"), integer("at")], returns=STRING, doc="A piece of a list, by a position.",
    tree=lambda pieces, at: call("list_extract", pieces, at),
)  # fmt: skip


def _row_pieces(s: Expr, on: str) -> Expr:
    parts = call("string_split_regex", s, "\r?\n") if on == "\n" else call("string_split", s, on)
    return case(
        (coalesce(s.eq(""), True), call("list_value", s)),
        (call("list_extract", parts, -1).eq(""), call("list_slice", parts, 1, call("len", parts) - 1)),
        otherwise=parts,
    )


ROW_PIECES = hidden(
    "row_pieces", takes=[text("s"), string("on")], returns=SOFT, doc="The pieces of a text; an empty last one goes.",
    basis="transforms 7.43", tree=_row_pieces,
)  # fmt: skip


@rowwise(Form.TEXTS, nulls=True)
def _quoted_pieces(cell: str | None, on: str, quote: str, escapes: str) -> list[str | None]:
    if not cell:
        return [cell]
    result: list[str | None] = []
    begin = 0
    for at in _cuts(cell, on, quote, escapes):
        end = at - 1 if on == "\n" and cell[begin:at].endswith("\r") else at
        result.append(cell[begin:end])
        begin = at + len(on)
    if begin < len(cell):
        result.append(cell[begin:])
    return result or [""]


def _cuts(cell: str, on: str, quote: str, escapes: str) -> list[int]:
    """Where delimiters stand outside of quotes; a quote that is never closed protects nothing.

    A doubled quote closes and opens at once, so it needs no care of its own.
    """
    cuts: list[int] = []
    either = re.compile(f"{re.escape(on)}|{re.escape(quote)}")
    escaped = r"(?:\\.|[^\\])*?" if "\\" in escapes else r".*?"
    closing = re.compile(escaped + re.escape(quote), re.DOTALL)
    at = 0
    while match := either.search(cell, at):
        at = match.end()
        if match.group() == on:
            cuts.append(match.start())
        elif closed := closing.match(cell, at):
            at = closed.end()
    return cuts


QUOTED_PIECES = hidden(
    "quoted_pieces", takes=[text("s"), string("on"), string("quote"), string("escapes")], returns=SOFT,
    doc="The pieces of a text, not cut within quotes; an empty last one goes.", basis="transforms 7.43",
    batch=_quoted_pieces,
)  # fmt: skip

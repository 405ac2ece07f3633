"""Texts without the difference of upper and lower case: Unicode simple case folding (functions-a 1.6)."""

from __future__ import annotations

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import hidden, text
from gristmill.functions.ordering import is_ascii
from gristmill.plan.building import call, case
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.types.logical import STRING


def fold(cell: str) -> str:
    """The text folded one character for one, so that positions stay: `ẞ` is `ß`, never `ss`."""
    return cell.lower() if cell.isascii() else "".join(map(_folded, cell))


def _folded(char: str) -> str:
    return next((form for form in (char.casefold(), char.lower()) if len(form) == 1), char)


@rowwise(Form.TEXT)
def _fold_any(cell: str) -> str:
    return fold(cell)


FOLDED_ANY = hidden(
    "folded_any", takes=[text("s")], returns=STRING, doc="Any text without the difference of case.", batch=_fold_any
)
FOLDED = hidden(
    "folded", takes=[text("s")], returns=STRING, doc="A text without the difference of case.", basis="functions-a 1.6",
    tree=lambda s: case((is_ascii(s), call("lower", s)), otherwise=Apply("folded_any", (s,), Form.TEXT)),
)  # fmt: skip


def folded(s: Expr) -> Expr:
    """The text folded, a constant at once."""
    if isinstance(s, Literal) and isinstance(s.value, str):
        return Literal(fold(s.value))
    return Apply("folded", (s,), Form.TEXT)

"""Sort keys of texts (language 1.6): hidden functions. ASCII in SQL, everything else by one routine."""

from __future__ import annotations

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import hidden, text
from gristmill.plan.building import call, case, coalesce
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.types.collation import FOLD_FROM, FOLD_TO, fold
from gristmill.types.logical import STRING


def is_ascii(s: Expr) -> Expr:
    """Whether a text is plain ASCII: as many bytes as characters. A null is, too: routines are not called for it."""
    return coalesce(call("strlen", s).eq(call("length", s)), Literal(True))


@rowwise(Form.TEXT)
def _folded(cell: str) -> str:
    return fold(cell)[0]


FOLDED_ANY = hidden(
    "order_folded_any", takes=[text("s")], returns=STRING, doc="The third sort key of any text.", batch=_folded
)
FOLDED = hidden(
    "order_folded",
    takes=[text("s")],
    returns=STRING,
    doc="A text without case and accents: digits, then blanks, then specials, then letters.",
    basis="language 1.6, t1",
    tree=lambda s: case(
        (is_ascii(s), call("translate", call("lower", s), FOLD_FROM, FOLD_TO)),
        otherwise=Apply("order_folded_any", (s,), Form.TEXT),
    ),
)
LOWERED = hidden(
    "order_lower",
    takes=[text("s")],
    returns=STRING,
    doc="A text in lower case, one character for one.",
    basis="language 1.6, t2",
    tree=lambda s: call("lower", s),
)

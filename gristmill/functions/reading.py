"""How raw text becomes typed values (language 4.3, types 5): the hidden functions behind the typed views."""

from __future__ import annotations

from gristmill.functions.declare import boolean, hidden, integer, number, text
from gristmill.plan.building import call, case, cast, coalesce
from gristmill.plan.expressions import Apply, Binary, Expr, Form
from gristmill.types.logical import BOOLEAN, DECIMAL, INTEGER
from gristmill.types.patterns import FALSE_WORDS, PATTERNS, TRUE_WORDS

BLANKS = " \t\r\n"


def trimmed(s: Expr) -> Expr:
    """Without the outer blanks that types ignore (types 4)."""
    return call("trim", s, BLANKS)


OUTER_BLANKS = r"[ \t\r\n]*"


def full_match(s: Expr, pattern: str) -> Expr:
    """Whether a regular expression (RE2) matches the whole text but for outer blanks; cheaper than trimming first."""
    return call("regexp_full_match", s, f"{OUTER_BLANKS}(?:{pattern}){OUTER_BLANKS}")


def _read_integer(s: Expr) -> Expr:
    """The engine's cast takes more than the type does: believe it only where printing gives the text back."""
    number_ = cast(s, Form.INTEGER)
    slow = case((full_match(s, PATTERNS["Integer"]), cast(trimmed(s), Form.INTEGER)))
    return case((cast(number_, Form.TEXT).eq(s), number_), otherwise=slow)


def _read_decimal(s: Expr) -> Expr:
    """DuckDB's cast also takes `1_000`, `+-5`, `inf` and `nan`."""
    number_ = cast(s, Form.DECIMAL)
    odd = call("contains", s, "_") | call("contains", s, "+-")
    return case((odd, None), (call("isfinite", number_), number_))


def _read_boolean(s: Expr) -> Expr:
    word = call("lower", trimmed(s))
    return case((_one_of(word, TRUE_WORDS), True), (_one_of(word, FALSE_WORDS), False))


def _one_of(s: Expr, words: tuple[str, ...]) -> Expr:
    """An OR chain: DuckDB makes a join of a longer IN, which loses the row order."""
    result: Expr = s.eq(words[0])
    for word in words[1:]:
        result = Binary("or", result, s.eq(word))
    return result


READ_INTEGER = hidden(
    "read_integer", takes=[text("s")], returns=INTEGER, doc="The value of a valid Integer text, else null.",
    basis="types 5.2", tree=_read_integer,
)  # fmt: skip

READ_DECIMAL = hidden(
    "read_decimal", takes=[text("s")], returns=DECIMAL, doc="The value of a valid Decimal text, else null.",
    basis="types 5.3", tree=_read_decimal,
)  # fmt: skip

READ_BOOLEAN = hidden(
    "read_boolean", takes=[text("s")], returns=BOOLEAN, doc="The value of a Boolean word, else null.",
    basis="types 5.4", tree=_read_boolean,
)  # fmt: skip

BOOLEAN_NUMBER = hidden(
    "boolean_number", takes=[boolean("x")], returns=INTEGER, doc="1 for true, 0 for false.",
    basis="language 4.3", tree=lambda x: cast(x, Form.INTEGER),
)  # fmt: skip

NUMBER_BOOLEAN = hidden(
    "number_boolean", takes=[number("x")], returns=BOOLEAN, doc="True for 1, false for 0, else null.",
    basis="language 4.3", tree=lambda x: case((x.eq(1), True), (x.eq(0), False)),
)  # fmt: skip

NUMBER_CONDITION = hidden(
    "number_condition", takes=[number("x")], returns=BOOLEAN, doc="Whether a number is other than 0.",
    basis="language 4.3, logical positions", tree=lambda x: x.ne(0),
)  # fmt: skip

INTEGRAL = hidden(
    "integral", takes=[number("x")], returns=INTEGER, doc="A number without fraction as an integer, else null.",
    basis="language 4.3",
    tree=lambda x: case((x.eq(call("trunc", x)), cast(x, Form.INTEGER))),
)  # fmt: skip

READ_INTEGRAL = hidden(
    "read_integral", takes=[text("s")], returns=INTEGER, doc="The integer that a text stands for, else null.",
    basis="language 4.3",
    tree=lambda s: coalesce(
        Apply("read_integer", (s,), Form.INTEGER),
        Apply("integral", (Apply("read_decimal", (s,), Form.DECIMAL),), Form.INTEGER),
    ),
)  # fmt: skip

AS_DECIMAL = hidden(
    "as_decimal", takes=[integer("x")], returns=DECIMAL, doc="An integer as a double.",
    tree=lambda x: cast(x, Form.DECIMAL),
)  # fmt: skip

FINITE = hidden(
    "finite", takes=[number("x")], returns=DECIMAL, doc="A double, null where it is infinite or not a number.",
    basis="language 1.3", tree=lambda x: case((call("isfinite", x), x)),
)  # fmt: skip

PRESENT = hidden(
    "present", takes=[text("s")], returns=BOOLEAN, doc="Whether a text is neither null nor empty.",
    tree=lambda s: call("coalesce", s.ne(""), False),
)  # fmt: skip

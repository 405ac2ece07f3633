"""String functions (functions-a 3). Lengths and positions are in code points, positions from 0."""

from __future__ import annotations

from gristmill.functions.declare import anything, integer, scalar, text
from gristmill.plan.building import call, case, coalesce, concat
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.values import Value, computed
from gristmill.plan.views import Context, text_view
from gristmill.types.logical import INTEGER, STRING

LONGEST = 2**31 - 1  # the engines take no longer lengths


def _short(n: Expr) -> Expr:
    return call("least", n, LONGEST)


LEFT = scalar(
    "LEFT",
    takes=[text("s", "the text"), integer("n", "how many characters")],
    returns=STRING,
    doc="The first n characters; all of a shorter text, none for n of 0 or less.",
    basis="functions-a 3 [doc]",
    examples={"LEFT('Hello, World', 5)": "Hello", "LEFT('ab', 5)": "ab", "LEFT('ab', -1)": ""},
    tree=lambda s, n: case((n > 0, call("left", s, _short(n))), (n <= 0, call("left", s, 0))),
    group="string",
)
RIGHT = scalar(
    "RIGHT",
    takes=[text("s", "the text"), integer("n", "how many characters")],
    returns=STRING,
    doc="The last n characters; all of a shorter text, none for n of 0 or less.",
    basis="functions-a 3 [index]",
    examples={"RIGHT('Hello, World', 5)": "World"},
    tree=lambda s, n: case((n > 0, call("right", s, _short(n))), (n <= 0, call("left", s, 0))),
    group="string",
)
LEN = scalar(
    "LEN",
    takes=[text("s", "the text")],
    returns=INTEGER,
    doc="The number of characters; 0 for an empty cell.",
    basis="functions-a 3 [index]",
    examples={"LEN('Hello, World')": 12, "LEN('')": 0, "LEN('naïve')": 5},
    tree=lambda s: call("length", s),
    group="string",
)


def _substring(s: Expr, start: Expr, end: Expr) -> Expr:
    """Negative positions count as 0; `greatest` would make 0 of a null."""
    begin = case((start > 0, _short(start)), (start <= 0, 0))
    stop = case((end > 0, _short(end)), (end <= 0, 0))
    return call("substring", s, begin + 1, case((stop > begin, stop - begin), (stop <= begin, 0)))


SUBSTRING = scalar(
    "SUBSTRING",
    takes=[
        text("s", "the text"),
        integer("start", "the first character, from 0"),
        integer("end", "the character to stop before; by default the end", required=False, default=LONGEST),
    ],
    returns=STRING,
    doc="The characters from start up to, not including, end.",
    basis="functions-a 3 [doc]",
    examples={"SUBSTRING('Hello, World', 0, 5)": "Hello", "SUBSTRING('Hello, World', 7)": "World"},
    tree=_substring,
    group="string",
)


# Two characters that no text holds, in the place of a capital ẞ while ß is kept from becoming one.
_CAPITAL_SHARP_S = "\ufffe\uffff"


def _upper(s: Expr) -> Expr:
    """DuckDB knows an upper case of ß, the product does not."""
    kept = call("replace", call("upper", call("replace", s, "ẞ", _CAPITAL_SHARP_S)), "ẞ", "ß")
    return case((call("contains", s, "ß"), call("replace", kept, _CAPITAL_SHARP_S, "ẞ")), otherwise=call("upper", s))


UPPER = scalar(
    "UPPER",
    takes=[text("s", "the text")],
    returns=STRING,
    doc="The text in upper case, one character for one.",
    basis="functions-a 3 [doc]",
    examples={"UPPER('Hello, World')": "HELLO, WORLD", "UPPER('straße')": "STRAßE"},
    tree=_upper,
    group="string",
)
LOWER = scalar(
    "LOWER",
    takes=[text("s", "the text")],
    returns=STRING,
    doc="The text in lower case, one character for one.",
    basis="functions-a 3 [doc]",
    examples={"LOWER('Hello, World')": "hello, world"},
    tree=lambda s: call("lower", s),
    group="string",
)


def _plan_merge(context: Context, items: tuple[Value, ...], delimiter: Value) -> Value:
    written = delimiter.literal
    between = written if isinstance(written, str) else text_view(delimiter, context)
    return computed(join_texts([text_view(item, context) for item in items], between))


def join_texts(texts: list[Expr], delimiter: Expr | str) -> Expr:
    """The texts with a delimiter between them; null counts as empty text, its delimiter stays."""
    parts: list[Expr | str] = []
    for item in texts:
        if parts and delimiter != "":
            parts.append(delimiter)
        parts.append(coalesce(item, ""))
    first, *rest = parts
    return Apply("as_text", (concat(first, *rest),), Form.TEXT)


AS_TEXT = scalar("as_text", takes=[text("s")], returns=STRING, doc="A text as it is.", hidden=True, tree=lambda s: s)
MERGE = scalar(
    "MERGE",
    takes=[
        anything("texts", "columns or texts", many=True),
        text("delimiter", "what stands between", required=False, default=""),
    ],
    returns=STRING,
    doc="The texts one after the other, with a delimiter between them; empty ones keep theirs.",
    basis="functions-a 3 [doc]",
    examples={"MERGE(['Hello,', 'World'], ' ')": "Hello, World", "MERGE(['a', '', 'b'], '-')": "a--b"},
    plan=_plan_merge,
    group="string",
)
FILE_NAME = scalar(
    "file_name", takes=[text("path")], returns=STRING, doc="The last part of a path.", hidden=True,
    tree=lambda path: call("regexp_extract", path, "[^/]*$"),
)  # fmt: skip

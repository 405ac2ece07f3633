"""Texts tidied up (functions-a 3, transforms 7.45): white space, quotes, symbols, accents, case, padding."""

from __future__ import annotations

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import hidden, integer, scalar, text, word
from gristmill.functions.ordering import is_ascii
from gristmill.language.tokens import SPACE_CLASS
from gristmill.plan.building import call, case, cast
from gristmill.plan.expressions import Expr, Form, Literal
from gristmill.types.blanks import WHITE_SPACE
from gristmill.types.collation import simple_lower
from gristmill.types.logical import STRING

LARGEST_TEXT = 1 << 20
"""The longest text that REPEAT and PAD make; beyond it null (functions-a 3)."""


ASCII_SPACE = "".join(char for char in WHITE_SPACE if char.isascii())


def without(s: Expr, characters: str) -> Expr:
    """The text without every character of a class (RE2 syntax)."""
    return call("regexp_replace", s, f"[{characters}]+", "", "g")


TRIM = scalar(
    "TRIM",
    takes=[text("s", "the text")],
    returns=STRING,
    doc="The text without white space at its ends.",
    basis="functions-a 3 [doc]",
    examples={"TRIM(' Hello, World ')": "Hello, World", "LEN(TRIM('  '))": 0},
    tree=lambda s: case((is_ascii(s), call("trim", s, ASCII_SPACE)), otherwise=call("trim", s, WHITE_SPACE)),
    group="string",
)
TRIMQUOTES = scalar(
    "TRIMQUOTES",
    takes=[text("s", "the text")],
    returns=STRING,
    doc="The text without single and double quotes at its ends; they need not pair.",
    basis="functions-a 3 [index]",
    examples={"""TRIMQUOTES('"Hello"')""": "Hello", r"TRIMQUOTES('it\'s')": "it's"},
    tree=lambda s: call("trim", s, "\"'"),
    group="string",
)
REMOVEWHITESPACE = scalar(
    "REMOVEWHITESPACE",
    takes=[text("s", "the text")],
    returns=STRING,
    doc="The text without any white space.",
    basis="functions-a 3 [doc]",
    examples={"REMOVEWHITESPACE(' Hello, World ')": "Hello,World"},
    tree=lambda s: case(
        (is_ascii(s), call("translate", s, ASCII_SPACE, "")), otherwise=call("translate", s, WHITE_SPACE, "")
    ),
    group="string",
)
REMOVESYMBOLS = scalar(
    "REMOVESYMBOLS",
    takes=[text("s", "the text")],
    returns=STRING,
    doc="Only the Latin letters, accented ones too, the digits and the white space of a text.",
    basis="functions-a 3 [doc]",
    examples={"REMOVESYMBOLS('Héllõ, Wõrlds!?!?')": "Héllõ Wõrlds", "REMOVESYMBOLS('a_б-1')": "a1"},
    tree=lambda s: without(s, rf"^\p{{Latin}}0-9\x{{300}}-\x{{36F}}{SPACE_CLASS}"),
    group="string",
)
LETTERS_ONLY = hidden(
    "remove_symbols",
    takes=[text("s")],
    returns=STRING,
    doc="Letters of every script with their marks, digits and white space of a text.",
    basis="transforms 7.45, removesymbols",
    tree=lambda s: without(s, rf"^\p{{L}}\p{{M}}\p{{Nd}}{SPACE_CLASS}"),
)
PLAIN_LETTERS = hidden(
    "remove_accents",
    takes=[text("s")],
    returns=STRING,
    doc="A text whose letters have lost their combining marks.",
    basis="transforms 7.45, removeaccents",
    tree=lambda s: call("strip_accents", s),
)


@rowwise(Form.TEXT)
def _proper(cell: str) -> str:
    if cell.isascii() and cell.isprintable():
        return " ".join([piece.capitalize() for piece in cell.split(" ")])
    result = []
    begins = True
    for char in cell:
        if char in WHITE_SPACE:
            result.append(char)
        elif begins and char.isalpha():
            title = char.title()
            result.append(title if len(title) == 1 else char)
        else:
            result.append(char if begins else simple_lower(char))
        begins = char in WHITE_SPACE
    return "".join(result)


PROPER = scalar(
    "PROPER",
    takes=[text("s", "the text")],
    returns=STRING,
    doc="The text with the first letter of each word, as white space parts them, in upper case, the rest in lower.",
    basis="functions-a 3 [doc]",
    examples={"PROPER('Hello, world')": "Hello, World", "PROPER('BOSTON, MA 02115')": "Boston, Ma 02115"},
    batch=_proper,
    group="string",
)


def _repeat(s: Expr, n: Expr) -> Expr:
    """Nothing is repeated beyond the limit: null there."""
    return case(
        ((n <= 0) | s.eq(""), call("left", s, 0)),
        (n <= Literal(float(LARGEST_TEXT)) / call("strlen", s), call("repeat", cast(s, Form.TEXT), n)),
    )


REPEAT = scalar(
    "REPEAT",
    takes=[text("s", "the text"), integer("n", "how many copies")],
    returns=STRING,
    doc="Copies of a text one after the other; null beyond 1 MiB.",
    basis="functions-a 3 [index]",
    examples={"REPEAT('ha', 3)": "hahaha", "REPEAT('ha', -1)": "", "REPEAT('ha', 1000000)": None},
    tree=_repeat,
    group="string",
)


def _pad(s: Expr, length: Expr, pad: Expr, side: str) -> Expr:
    """Never cuts: the engine's own function only sees texts that are too short."""
    long_enough = (length <= call("length", s)) | (pad.eq("") & ~length.is_null())
    fill = call("lpad" if side == "left" else "rpad", s, cast(length, "INTEGER"), pad)
    return case((pad.is_null(), None), (long_enough, s), (length <= LARGEST_TEXT, fill))


PAD = scalar(
    "PAD",
    takes=[
        text("s", "the text"),
        integer("len", "the least number of characters"),
        text("pad", "what to fill with", required=False, default=" "),
        word("side", ("left", "right"), "where to fill", required=False, default="left"),
    ],
    returns=STRING,
    doc="The text filled up to a length on one side; a longer text stays as it is.",
    basis="functions-a 3 [doc]",
    examples={
        "PAD('My Name', 10, '!', right)": "My Name!!!",
        "PAD('42', 6, '0', left)": "000042",
        "PAD('ab', 5, 'xyz')": "xyzab",
        "PAD('long', 2)": "long",
    },
    tree=_pad,
    group="string",
)

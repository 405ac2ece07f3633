"""Characters and their codes (functions-a 3): code points and base64."""

from __future__ import annotations

from gristmill.functions.declare import boolean, number, scalar, text
from gristmill.functions.reading import full_match
from gristmill.plan.building import call, case, cast
from gristmill.plan.expressions import Expr
from gristmill.types.logical import INTEGER, STRING

SURROGATES = (0xD800, 0xDFFF)
LAST_CODE_POINT = 0x10FFFF


def _char(n: Expr) -> Expr:
    """A fraction gives a missing text; a number that is no character null."""
    first, last = SURROGATES
    known = (n >= 1) & (n <= LAST_CODE_POINT) & ((n < first) | (n > last))
    return case((n.ne(call("trunc", n)), ""), (known, call("try", call("chr", cast(n, "INTEGER")))))


CHAR = scalar(
    "CHAR",
    takes=[number("n", "a Unicode code point")],
    returns=STRING,
    doc="The character of a code point; empty for a fraction, null for what is no character.",
    basis="functions-a 3 [doc]",
    examples={"CHAR(65)": "A", "CHAR(233)": "é", "CHAR(128512)": "😀", "CHAR(0)": None, "CHAR(55296)": None},
    tree=_char,
    group="string",
)
UNICODE = scalar(
    "UNICODE",
    takes=[text("s", "the text")],
    returns=INTEGER,
    doc="The code point of the first character; null for an empty text.",
    basis="functions-a 3 [doc]",
    examples={"UNICODE('Hello')": 72, "UNICODE('é')": 233, "UNICODE('')": None},
    tree=lambda s: case((s.ne(""), call("unicode", s))),
    group="string",
)


def _encode(s: Expr, padding: Expr) -> Expr:
    encoded = call("to_base64", call("encode", s))
    return case((padding, encoded), (~padding, call("rtrim", encoded, "=")))


BASE64ENCODE = scalar(
    "BASE64ENCODE",
    takes=[
        text("s", "the text"),
        boolean("padding", "whether to fill up with `=`", required=False, default=True),
    ],
    returns=STRING,
    doc="The UTF-8 bytes of a text in base64.",
    basis="functions-a 3 [doc]",
    examples={
        "BASE64ENCODE('Hello, World. ', true)": "SGVsbG8sIFdvcmxkLiA=",
        "BASE64ENCODE('Hello, World. ', false)": "SGVsbG8sIFdvcmxkLiA",
    },
    tree=_encode,
    group="string",
)


def _decode(s: Expr) -> Expr:
    """Base64 with its filling or without any."""
    bare = call("rtrim", s, "=")
    rest = call("length", bare) % 4
    whole = s.eq(bare) | (call("length", s) % 4).eq(0)
    filled = call("concat", bare, case((rest.eq(2), "=="), (rest.eq(3), "="), otherwise=""))
    valid = full_match(s, "[A-Za-z0-9+/]*={0,2}") & rest.ne(1) & whole
    return case((valid, call("try", call("decode", call("from_base64", filled)))))


BASE64DECODE = scalar(
    "BASE64DECODE",
    takes=[text("s", "base64, with or without `=` at the end")],
    returns=STRING,
    doc="The text that is written in base64; null where it is none or its bytes are not UTF-8.",
    basis="functions-a 3 [doc]",
    examples={"BASE64DECODE('SGVsbG8=')": "Hello", "BASE64DECODE('SGVsbG8')": "Hello", "BASE64DECODE('a b')": None},
    tree=_decode,
    group="string",
)

SHA256 = scalar(
    "SHA256",
    takes=[text("s", "the text")],
    returns=STRING,
    doc="The SHA-256 digest of a text's UTF-8 bytes, 64 hexadecimal digits: equal texts stay equal, unreadable.",
    basis="own: FIPS 180-4",
    examples={"SHA256('abc')": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    tree=lambda s: call("sha256", s),
    group="string",
)

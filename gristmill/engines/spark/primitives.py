"""What Spark calls the primitives of numbers, texts and lists: one builder per name, exact or not there at all.

A name that is missing here, or a builder that raises NotNativeError, sends the whole function to a vectorised
routine that computes it as photon does (`routines`). Integers never raise: arithmetic is `try_…` throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

from sqlglot import exp

from gristmill.engines.spark.patterns import java_pattern
from gristmill.engines.spark.trees import (
    NotNativeError,
    Tree,
    binary,
    call,
    cast,
    double,
    number,
    text,
    when,
)
from gristmill.engines.sql.kinds import kind_of
from gristmill.plan.expressions import Expr, Form, Literal

LONGEST = 2**31 - 1
# simple case mapping, one character for one; the JVM's own maps these to several or by their neighbours
LOWER_FROM, LOWER_TO = "İΣ", "iσ"
ESCAPED = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Write(Protocol):
    """Writes an argument."""

    def __call__(self, node: Expr) -> Tree: ...


Args = tuple[Expr, ...]
Builder = Callable[[Write, Args], Tree]


def plain(name: str) -> Builder:
    """The same function by another name."""
    return lambda write, args: call(name, *map(write, args))


def constant(node: Expr) -> str | int:
    """A text or whole number that stands in the recipe. Raises NotNativeError for what is computed."""
    if isinstance(node, Literal) and isinstance(node.value, str | int) and not isinstance(node.value, bool):
        return node.value
    raise NotNativeError


def size(write: Write, node: Expr) -> Tree:
    """A length or position as the 32 bits that Spark's functions take."""
    if isinstance(node, Literal) and isinstance(node.value, int):
        return number(min(node.value, LONGEST))
    return cast(call("least", write(node), number(LONGEST)), "INT")


# -- numbers -----------------------------------------------------------------------------------------


def _abs(write: Write, args: Args) -> Tree:
    x = write(args[0])
    if kind_of(args[0]) is Form.DECIMAL:
        return call("abs", x)
    return when(binary(exp.LT, x, number(0)), call("try_subtract", cast(number(0), "BIGINT"), x.copy()), x.copy())


def _whole(nudge: type[exp.Expr] | None, beyond: type[exp.Expr]) -> Builder:
    """Doubles without fraction stay doubles: Spark's own FLOOR and CEIL make 64-bit integers of them."""

    def build(write: Write, args: Args) -> Tree:
        if kind_of(args[0]) is Form.INTEGER:
            return write(args[0])
        x, near = write(args[0]), call("rint", write(args[0]))
        if nudge is None:
            off = binary(beyond, call("abs", near), call("abs", x))
            return when(off, binary(exp.Sub, near.copy(), call("sign", x.copy())), near.copy())
        return when(binary(beyond, near, x), binary(nudge, near.copy(), double(1.0)), near.copy())

    return build


def _round(write: Write, args: Args) -> Tree:
    return write(args[0]) if kind_of(args[0]) is Form.INTEGER else call("round", write(args[0]), number(0))


def _isfinite(write: Write, args: Args) -> Tree:
    return binary(exp.LT, call("abs", write(args[0])), double(float("inf")))


def _divide(write: Write, args: Args) -> Tree:
    quotient = exp.IntDiv(this=write(args[0]), expression=call("nullif", write(args[1]), number(0)))
    return exp.Paren(this=quotient)


def _printf(write: Write, args: Args) -> Tree:
    """`%.2f` of a number that was rounded to as many decimals: its digits are certain up to 15."""
    pattern = constant(args[0])
    if kind_of(args[1]) is Form.INTEGER:
        return call("format_string", write(args[0]), write(args[1]))
    digits = int(str(pattern).removeprefix("%.").removesuffix("f"))
    x = write(args[1])
    usual = cast(cast(x, f"DECIMAL(38, {digits})"), "STRING")
    whole = call("concat", cast(cast(x.copy(), "BIGINT"), "STRING"), text(f".{'0' * digits}"))
    huge = call("concat", cast(_exact(x), "STRING"), text(f".{'0' * digits}"))
    wide = when(binary(exp.LT, call("abs", x.copy()), double(2.0**63)), whole, huge)
    return when(binary(exp.LT, call("abs", x.copy()), double(10.0 ** (15 - min(digits, 14)))), usual, wide)


def _exact(x: Tree) -> Tree:
    """All digits of a double from 2^63 on, in two parts of 60 bits."""
    unit = double(2.0**60)
    high = call("rint", binary(exp.Div, x.copy(), unit))
    low = binary(exp.Sub, x.copy(), binary(exp.Mul, high.copy(), unit.copy()))
    wide = binary(exp.Mul, cast(cast(high, "BIGINT"), "DECIMAL(19, 0)"), cast(text(str(2**60)), "DECIMAL(19, 0)"))
    return call("try_add", wide, cast(cast(low, "BIGINT"), "DECIMAL(19, 0)"))


# -- texts -------------------------------------------------------------------------------------------


def _left(write: Write, args: Args) -> Tree:
    return call("left", write(args[0]), size(write, args[1]))


def _substr(write: Write, args: Args) -> Tree:
    return call("substr", write(args[0]), *(size(write, arg) for arg in args[1:]))


def _pad(name: str) -> Builder:
    return lambda write, args: call(name, write(args[0]), size(write, args[1]), write(args[2]))


def _lower(write: Write, args: Args) -> Tree:
    return call("lower", call("translate", write(args[0]), text(LOWER_FROM), text(LOWER_TO)))


def _trim(position: str) -> Builder:
    def build(write: Write, args: Args) -> Tree:
        blanks = write(args[1]) if len(args) > 1 else text(" ")
        return exp.Trim(this=write(args[0]), expression=blanks, position=position)

    return build


def _concat(write: Write, args: Args) -> Tree:
    """Nulls are skipped."""
    return call("concat_ws", text(""), *map(write, args))


def _json_quoted(write: Write, args: Args) -> Tree:
    if kind_of(args[0]) not in (Form.TEXT, Form.JSON):
        raise NotNativeError
    cell = write(args[0])
    usual = _replaced(cell, {mark: ESCAPED[mark] for mark in '\\"'})
    controls = {chr(code): f"\\u{code:04X}" for code in range(32) if chr(code) not in ESCAPED}
    special = _replaced(cell.copy(), ESCAPED | controls)
    has_controls = call("rlike", cell.copy(), text(r"[\x00-\x1F]"))
    return call("concat", text('"'), when(has_controls, special, usual), text('"'))


def _replaced(cell: Tree, marks: Mapping[str, str]) -> Tree:
    for mark, written in marks.items():
        cell = call("replace", cell, text(mark), text(written))
    return cell


# -- regular expressions -----------------------------------------------------------------------------


def _pattern(node: Expr) -> str:
    written = java_pattern(str(constant(node)))
    if written is None:
        raise NotNativeError
    return written


def _full_match(write: Write, args: Args) -> Tree:
    return call("rlike", write(args[0]), text(rf"\A(?:{_pattern(args[1])})\z"))


def _matches(write: Write, args: Args) -> Tree:
    return call("rlike", write(args[0]), text(_pattern(args[1])))


def _extract(write: Write, args: Args) -> Tree:
    group = constant(args[2]) if len(args) > 2 else 0
    return call("regexp_extract", write(args[0]), text(_pattern(args[1])), number(int(group)))


def _replace_every(write: Write, args: Args) -> Tree:
    """Only replacements without groups, at every match."""
    put = str(constant(args[2]))
    if len(args) < 4 or constant(args[3]) != "g" or "\\" in put or "$" in put:
        raise NotNativeError
    return call("regexp_replace", write(args[0]), text(_pattern(args[1])), text(put))


# -- lists -------------------------------------------------------------------------------------------


def _split(write: Write, args: Args) -> Tree:
    separator = str(constant(args[1]))
    if not separator or "\\E" in separator:
        raise NotNativeError
    return call("split", write(args[0]), text(rf"\Q{separator}\E"), number(-1))


def _element(write: Write, args: Args) -> Tree:
    place = args[1]
    if isinstance(place, Literal) and isinstance(place.value, int) and place.value < 0:
        return call("try_element_at", write(args[0]), number(place.value))
    index = cast(call("least", write(place), number(LONGEST)), "INT")
    return call("get", write(args[0]), binary(exp.Sub, index, number(1)))


def _slice(write: Write, args: Args) -> Tree:
    first, last = int(constant(args[1])), int(constant(args[2]))
    if first < 1 or last < first:
        raise NotNativeError
    return call("slice", write(args[0]), number(first), number(min(last, LONGEST) - first + 1))


def _position(write: Write, args: Args) -> Tree:
    """Of texts among constants, or of moments; null where there is none."""
    return call("nullif", call("array_position", write(args[0]), write(args[1])), number(0))


def _attempt(write: Write, args: Args) -> Tree:
    """Whatever stands in a `try` is written so that it cannot fail."""
    return write(args[0])


def _row(write: Write, args: Args) -> Tree:
    return call("struct", *map(write, args))


NATIVES: Mapping[str, Builder] = MappingProxyType(
    {
        "abs": _abs, "floor": _whole(exp.Sub, exp.GT), "ceil": _whole(exp.Add, exp.LT), "trunc": _whole(None, exp.GT),
        "round": _round, "isfinite": _isfinite, "divide": _divide, "printf": _printf, "least": plain("least"),
        "greatest": plain("greatest"), "coalesce": plain("coalesce"), "try": _attempt, "conv": plain("conv"),
        "length": plain("char_length"), "strlen": plain("octet_length"), "left": _left, "right": lambda write, args:
        call("right", write(args[0]), size(write, args[1])), "substr": _substr, "substring": _substr,
        "contains": plain("contains"), "starts_with": plain("startswith"), "ends_with": plain("endswith"),
        "strpos": plain("instr"), "replace": plain("replace"), "translate": plain("translate"), "lower": _lower,
        "trim": _trim("BOTH"), "rtrim": _trim("TRAILING"), "ltrim": _trim("LEADING"), "lpad": _pad("lpad"),
        "rpad": _pad("rpad"), "repeat": lambda write, args: call("repeat", write(args[0]), size(write, args[1])),
        "concat": _concat, "concat_ws": plain("concat_ws"), "to_json": _json_quoted, "md5": plain("md5"),
        "sha256": lambda write, args: call("sha2", write(args[0]), number(256)),
        "split_part": lambda write, args: call("split_part", write(args[0]), write(args[1]), size(write, args[2])),
        "regexp_full_match": _full_match, "regexp_matches": _matches, "regexp_extract": _extract,
        "regexp_replace": _replace_every, "string_split": _split, "list_value": plain("array"),
        "list_extract": _element, "list_slice": _slice, "list_position": _position, "len": plain("array_size"),
        "array_to_string": plain("array_join"), "row": _row,
    }
)  # fmt: skip

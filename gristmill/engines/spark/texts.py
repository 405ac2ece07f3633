"""What Spark calls the primitives of texts and regular expressions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlglot import exp

from gristmill.engines.spark.arguments import Args, Builder, Write, constant, plain, size
from gristmill.engines.spark.patterns import can_be_empty, java_pattern, java_rewrite
from gristmill.engines.spark.trees import NotNativeError, Tree, call, number, text, when
from gristmill.engines.sql.kinds import kind_of
from gristmill.plan.expressions import Expr, Form, Literal
from gristmill.plan.primitives import Native

# simple case mapping, one character for one; the JVM's own maps these to several or by their neighbours
LOWER_FROM, LOWER_TO = "İΣ", "iσ"
NEWER = "\u019b\u0264\ua7d3\ua7d5"  # had no upper case yet when Unicode was 15
_SEVERAL = (char for char in map(chr, range(0x10000)) if not 0xD800 <= ord(char) < 0xE000 and len(char.upper()) > 1)
UPPER_FROM = NEWER + "".join(_SEVERAL)
UPPER_TO = "".join("ẞ" if char == "ß" else char.title() if len(char.title()) == 1 else char for char in UPPER_FROM)
DISGUISES = "".join(chr(0x10FE00 + place) for place in range(len(UPPER_FROM)))  # of a private plane
ESCAPED = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _left(write: Write, args: Args) -> Tree:
    return call("left", write(args[0]), size(write, args[1]))


def _substr(write: Write, args: Args) -> Tree:
    return call("substr", write(args[0]), *(size(write, arg) for arg in args[1:]))


def _pad(name: str) -> Builder:
    return lambda write, args: call(name, write(args[0]), size(write, args[1]), write(args[2]))


def _lower(write: Write, args: Args) -> Tree:
    return call("lower", call("translate", write(args[0]), text(LOWER_FROM), text(LOWER_TO)))


def _upper(write: Write, args: Args) -> Tree:
    """Letters that the JVM makes several of go through it in disguise."""
    disguised = call("translate", write(args[0]), text(UPPER_FROM), text(DISGUISES))
    return call("translate", call("upper", disguised), text(DISGUISES), text(UPPER_TO))


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
    """The text of a group; with a list of names, all groups by these."""
    pattern = text(_pattern(args[1]))
    names = args[2] if len(args) > 2 else Literal(0)
    if not isinstance(names, Native):
        return call("regexp_extract", write(args[0]), pattern, number(int(constant(names))))
    fields: list[Tree] = []
    for place, name in enumerate(names.args, 1):
        fields += [write(name), call("regexp_extract", write(args[0]), pattern.copy(), number(place))]
    return call("named_struct", *fields)


def _field(write: Write, args: Args) -> Tree:
    return exp.Dot(this=write(args[0]), expression=exp.to_identifier(str(constant(args[1])), quoted=True))


def _replaced_matches(write: Write, args: Args) -> Tree:
    """Every match, or the first one with what stands before it."""
    source, put = str(constant(args[1])), str(constant(args[2]))
    pattern = _pattern(args[1])
    if can_be_empty(source):
        raise NotNativeError
    if len(args) > 3 and constant(args[3]) == "g":
        return call("regexp_replace", write(args[0]), text(pattern), text(java_rewrite(put)))
    if r"\0" in put or "(" in pattern.replace("(?:", "").replace(r"\(", ""):
        raise NotNativeError
    first = text(rf"\A([\s\S]*?)(?:{pattern})")
    return call("regexp_replace", write(args[0]), first, text(f"$1{java_rewrite(put)}"))


def _all_matches(write: Write, args: Args) -> Tree:
    pattern = _pattern(args[1])
    if can_be_empty(str(constant(args[1]))) or (len(args) > 2 and not isinstance(args[2], Literal)):
        raise NotNativeError
    group = int(constant(args[2])) if len(args) > 2 else 0
    return call("regexp_extract_all", write(args[0]), text(pattern), number(group))


TEXTS: Mapping[str, Builder] = MappingProxyType(
    {
        "length": plain("char_length"), "strlen": plain("octet_length"), "left": _left, "substr": _substr,
        "right": lambda write, args: call("right", write(args[0]), size(write, args[1])), "substring": _substr,
        "contains": plain("contains"), "starts_with": plain("startswith"), "ends_with": plain("endswith"),
        "strpos": plain("instr"), "replace": plain("replace"), "translate": plain("translate"), "lower": _lower,
        "upper": _upper, "trim": _trim("BOTH"), "rtrim": _trim("TRAILING"), "ltrim": _trim("LEADING"),
        "lpad": _pad("lpad"), "rpad": _pad("rpad"), "concat": _concat, "concat_ws": plain("concat_ws"),
        "repeat": lambda write, args: call("repeat", write(args[0]), size(write, args[1])), "md5": plain("md5"),
        "sha256": lambda write, args: call("sha2", write(args[0]), number(256)), "to_json": _json_quoted,
        "split_part": lambda write, args: call("split_part", write(args[0]), write(args[1]), size(write, args[2])),
        "regexp_full_match": _full_match, "regexp_matches": _matches, "regexp_extract": _extract,
        "regexp_replace": _replaced_matches, "regexp_extract_all": _all_matches, "struct_extract": _field,
    }
)  # fmt: skip

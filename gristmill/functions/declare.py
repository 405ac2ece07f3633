"""The vocabulary in which functions are declared, once each.

Checking, documentation, completion, the engines and the tests all read the declaration:

    LEFT = scalar(
        "LEFT",
        takes=[text("s", "the text"), integer("n", "how many characters")],
        returns=STRING,
        doc="First n characters of a text; all of it where it is shorter, none for n of 0 or less.",
        basis="functions-a 3 [doc]",
        examples={"LEFT('Hello, World', 5)": "Hello", "LEFT('ab', 5)": "ab"},
        tree=lambda s, n: case((n <= 0, ""), otherwise=call("left", s, n)),
    )

`tree` answers primitives (`plan.primitives`); `spark` does so where Spark's differ. What SQL cannot say is a
`batch` function: Arrow arrays in, an Arrow array out, written once for all engines. Both see the typed view of
their arguments: null where the cell does not fit. A function whose arguments need more than that (branches,
comparisons, types) has `plan`, which works on whole values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from gristmill.plan.expressions import Constant, Expr, Form, Scalar
from gristmill.plan.values import FORMS, SOFT, Typing, Value, static
from gristmill.types.logical import DECIMAL, INTEGER, Family, LogicalType


class Want(Enum):
    """What a parameter makes of the cell that it gets (language 1.3), or which constant it takes."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    MOMENT = "date"
    ARRAY = "array"
    OBJECT = "object"
    ANY = "any"  # the cell as it is, state included
    PATTERN = "pattern"  # a text, or a literal pattern or regular expression
    FLAG = "true or false"  # constants from here on
    COUNT = "whole number"
    WORD = "word"
    STRING = "literal text"
    TEXTS = "list of literal texts"
    TYPE = "type name"


CONSTANTS = frozenset({Want.FLAG, Want.COUNT, Want.WORD, Want.STRING, Want.TEXTS, Want.TYPE, Want.PATTERN})


@dataclass(frozen=True, slots=True)
class Argument:
    """One parameter of a function. `many` takes a list of columns or values, written `[a, b]`,
    and where it `may_be_empty` also `[]`."""

    name: str
    want: Want
    doc: str = ""
    required: bool = True
    default: Scalar | tuple[Scalar, ...] = None
    many: bool = False
    may_be_empty: bool = False
    words: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    what: str = ""
    bracketed: bool = False
    """Whether `[col]` is the column itself where that holds arrays or objects, not an array of it."""

    @property
    def is_constant(self) -> bool:
        return self.want in CONSTANTS

    @property
    def form(self) -> Form:
        """The form in which a routine gets the argument; ANY for cells that are passed as they are."""
        return WANTED_FORMS.get(self.want, Form.ANY)


WANTED_FORMS = {
    Want.TEXT: Form.TEXT,
    Want.NUMBER: Form.DECIMAL,
    Want.INTEGER: Form.INTEGER,
    Want.BOOLEAN: Form.BOOLEAN,
    Want.MOMENT: Form.MOMENT,
    Want.ARRAY: Form.JSON,
    Want.OBJECT: Form.JSON,
}


def text(name: str, doc: str = "", **more: Any) -> Argument:
    return Argument(name, Want.TEXT, doc, **more)


def number(name: str, doc: str = "", **more: Any) -> Argument:
    return Argument(name, Want.NUMBER, doc, **more)


def integer(name: str, doc: str = "", **more: Any) -> Argument:
    return Argument(name, Want.INTEGER, doc, **more)


def boolean(name: str, doc: str = "", **more: Any) -> Argument:
    return Argument(name, Want.BOOLEAN, doc, **more)


def moment(name: str, doc: str = "", **more: Any) -> Argument:
    return Argument(name, Want.MOMENT, doc, **more)


def array(name: str, doc: str = "", **more: Any) -> Argument:
    return Argument(name, Want.ARRAY, doc, **more)


def obj(name: str, doc: str = "", **more: Any) -> Argument:
    return Argument(name, Want.OBJECT, doc, **more)


def anything(name: str, doc: str = "", **more: Any) -> Argument:
    return Argument(name, Want.ANY, doc, **more)


def nested(name: str, doc: str = "", **more: Any) -> Argument:
    """A cell that holds an array or an object; a column may stand in brackets, as in the product's examples."""
    return Argument(name, Want.ANY, doc, bracketed=True, **more)


def pattern(name: str, doc: str = "", **more: Any) -> Argument:
    return Argument(name, Want.PATTERN, doc, **more)


def flag(name: str, doc: str = "", *, default: bool = False) -> Argument:
    """A literal true or false."""
    return Argument(name, Want.FLAG, doc, required=False, default=default)


def count(name: str, doc: str = "", **more: Any) -> Argument:
    """A literal whole number between `low` and `high`."""
    return Argument(name, Want.COUNT, doc, **more)


def word(name: str, words: Sequence[str], doc: str = "", *, what: str = "", **more: Any) -> Argument:
    """A bare (or quoted) word out of a list; `what` names the kind of word in messages: `unit`."""
    return Argument(name, Want.WORD, doc, words=tuple(words), what=what or name, **more)


def string(name: str, doc: str = "", **more: Any) -> Argument:
    """A literal text."""
    return Argument(name, Want.STRING, doc, **more)


def type_name(name: str, doc: str = "", **more: Any) -> Argument:
    return Argument(name, Want.TYPE, doc, **more)


class FunctionKind(Enum):
    SCALAR = "scalar"
    AGGREGATE = "aggregate"
    WINDOW = "window"


class Batch(Protocol):
    """A vectorised routine: Arrow arrays of equal length and the bound constants in, an Arrow array out."""

    def __call__(self, arrays: Sequence[Any], constants: Sequence[Any]) -> Any: ...


Returns = Callable[[Sequence[Value]], Typing]
Tree = Callable[..., Expr]
Planner = Callable[..., Value]


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A declared function. See the module's docstring for the parts."""

    name: str
    kind: FunctionKind
    takes: tuple[Argument, ...]
    returns: Returns
    doc: str
    basis: str = ""
    examples: Mapping[str, Scalar] = field(default_factory=dict)
    tree: Tree | None = None
    spark: Tree | None = None
    batch: Batch | None = None
    plan: Planner | None = None
    ordered: bool = False
    hidden: bool = False
    group: str = ""

    @property
    def least(self) -> int:
        return sum(argument.required for argument in self.takes)

    @property
    def most(self) -> int:
        return len(self.takes)

    @property
    def signature(self) -> str:
        """`LEFT(s, n)`; optional arguments in brackets, lists as `[a, …]`."""
        parts = []
        for argument in self.takes:
            name = f"[{argument.name}, …]" if argument.many else argument.name
            parts.append(name if argument.required else f"[{name}]")
        return f"{self.name}({', '.join(parts)})"

    def expand(self, args: Sequence[Expr], constants: Sequence[Constant], dialect: str, **more: object) -> Expr:
        """The tree for an engine's dialect (`duckdb`, `spark`), arguments in the declared order."""
        build = self.spark if dialect == "spark" and self.spark is not None else self.tree
        assert build is not None, f"{self.name} has no tree"
        return build(*self.ordered_arguments(args, constants), **more)

    def ordered_arguments(self, args: Sequence[Expr], constants: Sequence[Constant]) -> list[Any]:
        """Expressions and constants put together in the order of the declaration; a list is one tuple."""
        rest, bound = list(args), list(constants)
        lists = sum(argument.many and not argument.is_constant for argument in self.takes)
        singles = sum(not argument.many and not argument.is_constant for argument in self.takes)
        result: list[Any] = []
        for argument in self.takes:
            if argument.is_constant:
                result.append(bound.pop(0))
            elif argument.many:
                assert lists == 1
                length = len(args) - singles
                result.append(tuple(rest[:length]))
                del rest[:length]
            else:
                result.append(rest.pop(0))
        return result


def always(typing: Typing | LogicalType) -> Returns:
    """The same type whatever the arguments; a text-like type is soft."""
    if isinstance(typing, LogicalType):
        typing = static(typing) if typing.family is not Family.TEXT else SOFT
    fixed = typing
    return lambda _: fixed


def numeric(values: Sequence[Value]) -> Typing:
    """Integer if all arguments are integers, else Decimal (language 4.4); texts count as Decimal."""
    return static(INTEGER if all(is_integer(value) for value in values) else DECIMAL)


def is_integer(value: Value) -> bool:
    """Whether a value counts as Integer in arithmetic."""
    if value.form in (Form.INTEGER, Form.BOOLEAN):
        return True
    return value.is_text and value.typing.family in (Family.NUMBER, Family.BOOLEAN) and value.typing.logical != DECIMAL


def form_of(typing: Typing) -> Form:
    """The physical form of a computed value of that typing."""
    if typing.family is Family.NUMBER:
        return Form.INTEGER if typing.logical == INTEGER else Form.DECIMAL
    return FORMS[typing.family]


def _declare(kind: FunctionKind, name: str, takes: Sequence[Argument], returns: Any, more: dict[str, Any]) -> Function:
    rule = returns if callable(returns) and not isinstance(returns, LogicalType | Typing) else always(returns)
    return Function(name, kind, tuple(takes), rule, **more)


def scalar(name: str, *, takes: Sequence[Argument] = (), returns: Any, **more: Any) -> Function:
    """A function of one row. `returns` is a logical type, a typing, or a rule over the argument values."""
    return _declare(FunctionKind.SCALAR, name, takes, returns, more)


def aggregate(name: str, *, takes: Sequence[Argument] = (), returns: Any, **more: Any) -> Function:
    """A function of the rows of a group. With `ordered`, its tree also gets `order`, the row-order keys."""
    return _declare(FunctionKind.AGGREGATE, name, takes, returns, more)


def window(name: str, *, takes: Sequence[Argument] = (), returns: Any, **more: Any) -> Function:
    """A function of the rows around, in their order."""
    return _declare(FunctionKind.WINDOW, name, takes, returns, more)


def hidden(name: str, *, takes: Sequence[Argument] = (), returns: Any, doc: str, **more: Any) -> Function:
    """A scalar that recipes cannot name: views, printing, keys."""
    return _declare(FunctionKind.SCALAR, name, takes, returns, {"hidden": True, "doc": doc, **more})

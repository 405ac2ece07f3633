"""The expressions of a plan: frozen nodes of our own that no engine has had a hand in.

Three layers meet here. A plan holds `Column`, `Literal`, `Apply` (a declared function) and little else. A
function's declaration answers a tree of operators and primitives (`Binary`; `Native`, `Case`, … of
`plan/primitives.py`) for an engine. The engine's lowering turns these into its SQL tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum


class Form(Enum):
    """The physical form of a value."""

    TEXT = "text"
    INTEGER = "integer"  # 64 bit
    DECIMAL = "decimal"  # IEEE double
    BOOLEAN = "boolean"
    MOMENT = "moment"  # local date and time without zone, microseconds
    JSON = "json"  # compact JSON text of an array or object
    TEXTS = "texts"  # a list of texts; never a column that users see
    ANY = "any"  # inside a function's tree, where nobody asks


Scalar = str | int | float | bool | None
Constant = Scalar | tuple["Constant", ...]


@dataclass(frozen=True, slots=True)
class Expr:
    """Any expression. Python's operators build trees; equality stays Python's, use `eq`."""

    @property
    def form(self) -> Form:
        return Form.ANY

    def children(self) -> tuple[Expr, ...]:
        return ()

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        return self

    def __add__(self, other: Expr | Scalar) -> Expr:
        return Binary("+", self, expr(other))

    def __radd__(self, other: Scalar) -> Expr:
        return Binary("+", expr(other), self)

    def __sub__(self, other: Expr | Scalar) -> Expr:
        return Binary("-", self, expr(other))

    def __rsub__(self, other: Scalar) -> Expr:
        return Binary("-", expr(other), self)

    def __mul__(self, other: Expr | Scalar) -> Expr:
        return Binary("*", self, expr(other))

    def __rmul__(self, other: Scalar) -> Expr:
        return Binary("*", expr(other), self)

    def __truediv__(self, other: Expr | Scalar) -> Expr:
        return Binary("/", self, expr(other))

    def __rtruediv__(self, other: Scalar) -> Expr:
        return Binary("/", expr(other), self)

    def __mod__(self, other: Expr | Scalar) -> Expr:
        return Binary("%", self, expr(other))

    def __neg__(self) -> Expr:
        return Binary("-", Literal(0), self)

    def __lt__(self, other: Expr | Scalar) -> Expr:
        return Binary("<", self, expr(other))

    def __le__(self, other: Expr | Scalar) -> Expr:
        return Binary("<=", self, expr(other))

    def __gt__(self, other: Expr | Scalar) -> Expr:
        return Binary(">", self, expr(other))

    def __ge__(self, other: Expr | Scalar) -> Expr:
        return Binary(">=", self, expr(other))

    def __and__(self, other: Expr | bool) -> Expr:
        return Binary("and", self, expr(other))

    def __or__(self, other: Expr | bool) -> Expr:
        return Binary("or", self, expr(other))

    def __invert__(self) -> Expr:
        return Not(self)

    def eq(self, other: Expr | Scalar) -> Expr:
        return Binary("=", self, expr(other))

    def ne(self, other: Expr | Scalar) -> Expr:
        return Binary("<>", self, expr(other))

    def is_null(self) -> Expr:
        return IsNull(self)


@dataclass(frozen=True, slots=True)
class Column(Expr):
    """A column of the input relation, by its number; every computed value has a number of its own."""

    id: int
    kind: Form

    @property
    def form(self) -> Form:
        return self.kind


@dataclass(frozen=True, slots=True)
class Literal(Expr):
    """A constant. None is the null of `kind`."""

    value: Scalar
    kind: Form | None = None

    @property
    def form(self) -> Form:
        return self.kind or _LITERAL_FORMS.get(type(self.value), Form.ANY)


_LITERAL_FORMS: dict[type, Form] = {
    str: Form.TEXT,
    bool: Form.BOOLEAN,
    int: Form.INTEGER,
    float: Form.DECIMAL,
}


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key; where the nulls go is always said."""

    expr: Expr
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows of a window around the current one; None = to the edge, negative `start` = behind the current row."""

    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Where a window or aggregate function looks: its group, the order in it, the rows around."""

    partition: tuple[Expr, ...] = ()
    order: tuple[Key, ...] = ()
    frame: Frame | None = None

    @property
    def exprs(self) -> tuple[Expr, ...]:
        return self.partition + tuple(key.expr for key in self.order)

    def with_exprs(self, exprs: Iterator[Expr]) -> Window:
        """The window over other expressions, taken from the iterator in the order of `exprs`."""
        partition = tuple(next(exprs) for _ in self.partition)
        return Window(partition, tuple(replace(key, expr=next(exprs)) for key in self.order), self.frame)


@dataclass(frozen=True, slots=True)
class Apply(Expr):
    """A declared function on typed arguments. `constants` are literals that its declaration wants bound.

    `window` is set for an aggregate or window function that is computed beside the rows, not over a group;
    `order` are the row-order keys for functions that depend on it.
    """

    function: str
    args: tuple[Expr, ...]
    kind: Form
    constants: tuple[Constant, ...] = ()
    window: Window | None = None
    order: tuple[Key, ...] = ()

    @property
    def form(self) -> Form:
        return self.kind

    def children(self) -> tuple[Expr, ...]:
        if self.window is None and not self.order:
            return self.args
        keys = tuple(key.expr for key in self.order)
        return self.args + keys + (() if self.window is None else self.window.exprs)

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        rest = iter(children)
        args = tuple(next(rest) for _ in self.args)
        order = tuple(replace(key, expr=next(rest)) for key in self.order)
        window = None if self.window is None else self.window.with_exprs(rest)
        return replace(self, args=args, order=order, window=window)


@dataclass(frozen=True, slots=True)
class Binary(Expr):
    """`left op right`; op is one of + - * / % = <> < <= > >= and or ||."""

    op: str
    left: Expr
    right: Expr

    @property
    def form(self) -> Form:
        if self.op == "||":
            return Form.TEXT
        return Form.ANY if self.op in ARITHMETIC else Form.BOOLEAN

    def children(self) -> tuple[Expr, ...]:
        return (self.left, self.right)

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        return Binary(self.op, *children)


ARITHMETIC = frozenset("+-*/%")


@dataclass(frozen=True, slots=True)
class Not(Expr):
    operand: Expr

    @property
    def form(self) -> Form:
        return Form.BOOLEAN

    def children(self) -> tuple[Expr, ...]:
        return (self.operand,)

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        return Not(*children)


@dataclass(frozen=True, slots=True)
class IsNull(Expr):
    operand: Expr

    @property
    def form(self) -> Form:
        return Form.BOOLEAN

    def children(self) -> tuple[Expr, ...]:
        return (self.operand,)

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        return IsNull(*children)


def expr(value: Expr | Scalar) -> Expr:
    """The expression itself, or a literal of the Python value."""
    return value if isinstance(value, Expr) else Literal(value)

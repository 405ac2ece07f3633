"""The expressions of a plan: frozen nodes of our own that no engine has had a hand in.

Three layers meet here. A plan holds `Column`, `Literal`, `Apply` (a declared function) and little else. A
function's declaration answers a tree of primitives (`Native`, `Binary`, `Case`, …) for an engine. The engine's
lowering turns primitives into its SQL tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
Operand = "Expr | Scalar"


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


# -- primitives: what the trees of declarations are made of ------------------------------------------


@dataclass(frozen=True, slots=True)
class Native(Expr):
    """A function of the engine, by its name in DuckDB; other engines have a table of what they call it."""

    name: str
    args: tuple[Expr, ...]
    kind: Form = Form.ANY

    @property
    def form(self) -> Form:
        return self.kind

    def children(self) -> tuple[Expr, ...]:
        return self.args

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        return Native(self.name, children, self.kind)


@dataclass(frozen=True, slots=True)
class Aggregated(Expr):
    """An aggregate or window function of the engine."""

    name: str
    args: tuple[Expr, ...] = ()
    distinct: bool = False
    order: tuple[Key, ...] = ()
    where: Expr | None = None
    ignore_nulls: bool = False
    over: Window | None = None

    def children(self) -> tuple[Expr, ...]:
        keys = tuple(key.expr for key in self.order)
        inner = self.args + keys + (() if self.where is None else (self.where,))
        return inner if self.over is None else inner + self.over.exprs

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        rest = iter(children)
        args = tuple(next(rest) for _ in self.args)
        order = tuple(replace(key, expr=next(rest)) for key in self.order)
        where = None if self.where is None else next(rest)
        over = None if self.over is None else self.over.with_exprs(rest)
        return replace(self, args=args, order=order, where=where, over=over)


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


@dataclass(frozen=True, slots=True)
class Case(Expr):
    """`CASE WHEN test THEN value … ELSE otherwise END`."""

    whens: tuple[tuple[Expr, Expr], ...]
    otherwise: Expr
    kind: Form = Form.ANY

    @property
    def form(self) -> Form:
        if self.kind is not Form.ANY:
            return self.kind
        values = (*(value for _, value in self.whens), self.otherwise)
        return next((value.form for value in values if value.form is not Form.ANY), Form.ANY)

    def children(self) -> tuple[Expr, ...]:
        return (*(part for when in self.whens for part in when), self.otherwise)

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        pairs = tuple(zip(children[:-1:2], children[1:-1:2], strict=True))
        return Case(pairs, children[-1], self.kind)


@dataclass(frozen=True, slots=True)
class Cast(Expr):
    """A cast to the engine's type of a form, null where it does not succeed unless `strict`."""

    operand: Expr
    target: Form | str
    strict: bool = False

    @property
    def form(self) -> Form:
        return self.target if isinstance(self.target, Form) else Form.ANY

    def children(self) -> tuple[Expr, ...]:
        return (self.operand,)

    def with_children(self, children: tuple[Expr, ...]) -> Expr:
        return Cast(children[0], self.target, self.strict)


# -- builders ----------------------------------------------------------------------------------------


def expr(value: Expr | Scalar) -> Expr:
    """The expression itself, or a literal of the Python value."""
    return value if isinstance(value, Expr) else Literal(value)


def call(name: str, *args: Expr | Scalar) -> Expr:
    """A function of the engine: `call("isodow", date)`."""
    return Native(name, tuple(expr(arg) for arg in args))


def case(*whens: tuple[Expr, Expr | Scalar], otherwise: Expr | Scalar = None, form: Form = Form.ANY) -> Expr:
    """The value of the first test that is true."""
    return Case(tuple((test, expr(value)) for test, value in whens), expr(otherwise), form)


def cast(operand: Expr | Scalar, target: Form | str) -> Expr:
    """A cast that gives null where it does not succeed; a string names an engine type."""
    operand = expr(operand)
    if target is Form.DECIMAL and isinstance(operand, Literal) and isinstance(operand.value, int):
        return Literal(float(operand.value), Form.DECIMAL)
    return Cast(operand, target)


def coalesce(*args: Expr | Scalar) -> Expr:
    return call("coalesce", *args)


def concat(first: Expr | Scalar, *others: Expr | Scalar) -> Expr:
    """Texts one after the other; null if one is null."""
    result = expr(first)
    for other in others:
        result = Binary("||", result, expr(other))
    return result


def null(form: Form = Form.ANY) -> Expr:
    return Literal(None, form)


# -- walking -----------------------------------------------------------------------------------------


def walk(root: Expr) -> Iterator[Expr]:
    """Every node, parents before children."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.children())


def columns_of(root: Expr) -> set[int]:
    """The numbers of all columns that an expression reads."""
    return {node.id for node in walk(root) if isinstance(node, Column)}


def rewrite(root: Expr, replace: Callable[[Expr], Expr | None]) -> Expr:
    """The tree with every node for which `replace` answers something replaced; parents are asked first."""
    found = replace(root)
    if found is not None:
        return found
    children = root.children()
    if not children:
        return root
    changed = tuple(rewrite(child, replace) for child in children)
    if all(new is old for new, old in zip(changed, children, strict=True)):
        return root
    return root.with_children(changed)


def is_windowed(root: Expr) -> bool:
    """Whether the expression holds a function that looks at other rows."""
    return any(isinstance(node, Apply) and node.window is not None for node in walk(root))

"""The syntax tree of a recipe: frozen values that know their place in the text but compare without it."""

from __future__ import annotations

from dataclasses import dataclass, field

from gristmill.problems import Span


@dataclass(frozen=True, slots=True)
class Node:
    """Anything in the tree. `span` is None for nodes that were not read from text."""

    span: Span | None = field(default=None, kw_only=True, compare=False, repr=False)


# -- expressions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A bare or braced word in an expression: a column, or an enum word where a function wants one.

    `braced` tells `{day}` (always a column) from `day`; it does not take part in comparisons.
    """

    name: str
    braced: bool = field(default=False, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Qualified(Node):
    """`dataset.column`; only in join, lookup and union."""

    dataset: str
    name: str


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string literal, decoded."""

    value: str


@dataclass(frozen=True, slots=True)
class Pattern(Node):
    """A Trifacta pattern: the text between the back-ticks, as written."""

    value: str


@dataclass(frozen=True, slots=True)
class Regex(Node):
    """A regular expression: the text between the slashes, with `\\/` already read as `/`."""

    value: str


@dataclass(frozen=True, slots=True)
class Integer(Node):
    """An integer literal, sign included."""

    value: int


@dataclass(frozen=True, slots=True)
class Decimal(Node):
    """A literal with a point or an exponent, as written (`5.0`, `1.5e-8`)."""

    text: str


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """`$name`: a built-in variable (`$col`, `$sourcerownumber`, …) or a run parameter."""

    name: str


@dataclass(frozen=True, slots=True)
class Array(Node):
    """`[a, b]`: list argument, pair, or array literal."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function call. Operators are calls of their functions: `a + b` is `ADD(a, b)` (language 9.3).

    `function` is in upper case, in the product's main spelling as far as the reader knows it.
    """

    function: str
    args: tuple[Expression, ...]


# -- parts of parameters -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Range(Node):
    """`first~last`: the columns from one to the other in the present order; among expressions only in lists."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Everything(Node):
    """`*`: all columns."""


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A bare word out of a closed list, as in `action: Keep`."""

    word: str


@dataclass(frozen=True, slots=True)
class OrderItem(Node):
    """One key of `order:`; `-` before it means descending."""

    key: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Dataset(Node):
    """A dataset named in `with:`. The word MISSING stands for an input that no longer exists."""

    name: str


@dataclass(frozen=True, slots=True)
class OutputColumn(Node):
    """`out = dataset.column` in the `col:` of a join."""

    name: str
    source: Qualified | Name


@dataclass(frozen=True, slots=True)
class MappedColumn(Node):
    """`{'as': 'Company', 'sources': a.x,b.y}` in the `mapping:` of a union."""

    name: str
    sources: tuple[Qualified | Name, ...]


Expression = Name | Qualified | Text | Pattern | Regex | Integer | Decimal | Boolean | Variable | Array | Call | Range
Value = Expression | Everything | Word | OrderItem | Dataset | OutputColumn | MappedColumn


# -- steps ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """`name: value, value, …`; a parameter with one value holds a tuple of one."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Step(Node):
    """A transform with its parameters, in the order written."""

    transform: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Comment(Node):
    """`//text`: a step without effect; the text is everything behind the slashes."""

    text: str


@dataclass(frozen=True, slots=True)
class Unreadable(Node):
    """A step that cannot be read; its text is kept as it stands (language 12.4)."""

    text: str


AnyStep = Step | Comment | Unreadable


@dataclass(frozen=True, slots=True)
class Recipe(Node):
    steps: tuple[AnyStep, ...]

"""The relations of a plan. Every column has a number that no other column of the plan has.

So a step that changes a column makes a new number and the old one falls away by itself when nobody reads it;
renaming, moving and dropping columns happen in the field list of `rows.Rows` and cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from gristmill.plan.expressions import Expr, Form, Key

Definition = tuple[int, Expr]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A dataset as read: `columns` are the numbers of its fields, all TEXT unless `forms` says otherwise.

    `row` numbers the rows from 1 in reading order; `record` is the number of the record in its file, header
    included; `path` is the file's path.
    """

    index: int
    columns: tuple[int, ...]
    forms: tuple[Form, ...]
    row: int
    record: int
    path: int

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return ()


@dataclass(frozen=True, slots=True, eq=False)
class Extend:
    """More columns, each computed from its row alone."""

    input: Relation
    columns: tuple[Definition, ...]

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return (self.input,)


@dataclass(frozen=True, slots=True, eq=False)
class Windowed:
    """More columns that look at other rows too."""

    input: Relation
    columns: tuple[Definition, ...]

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return (self.input,)


@dataclass(frozen=True, slots=True, eq=False)
class Filter:
    """The rows for which the predicate is true."""

    input: Relation
    predicate: Expr

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return (self.input,)


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate:
    """One row per group of equal keys; without keys exactly one row."""

    input: Relation
    keys: tuple[Definition, ...]
    columns: tuple[Definition, ...]

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return (self.input,)


class JoinKind(Enum):
    INNER = "inner"
    LEFT = "left"
    RIGHT = "right"
    OUTER = "outer"
    CROSS = "cross"


@dataclass(frozen=True, slots=True, eq=False)
class Join:
    """Pairs of rows for which the condition is true; the two sides have no column number in common."""

    left: Relation
    right: Relation
    kind: JoinKind
    condition: Expr | None

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, slots=True, eq=False)
class Renumbered:
    """The same rows under new numbers, for a relation that is used twice."""

    input: Relation
    columns: tuple[Definition, ...]

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return (self.input,)


@dataclass(frozen=True, slots=True, eq=False)
class Union:
    """The rows of all inputs, one input after the other; `columns` holds one expression per input."""

    branches: tuple[Relation, ...]
    columns: tuple[tuple[int, tuple[Expr, ...]], ...]

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return self.branches


@dataclass(frozen=True, slots=True, eq=False)
class Explode:
    """One row per element of a list of texts (at least one, null for an empty list), with its position from 1."""

    input: Relation
    items: Expr
    element: int
    position: int

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return (self.input,)


Relation = Source | Extend | Windowed | Filter | Aggregate | Join | Renumbered | Union | Explode


@dataclass(frozen=True, slots=True)
class Plan:
    """A relation with what is wanted of it: columns by name, in the order of `order`."""

    relation: Relation
    columns: tuple[tuple[str, Expr], ...]
    order: tuple[Key, ...] = ()

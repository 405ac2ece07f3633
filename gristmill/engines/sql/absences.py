"""Characters that no text of a column holds: nobody has to look for them.

The look at a file tells them of the columns that are read (`storage.regular.absent`); those of other columns follow
from what they are made of. Over plans in primitives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce

from gristmill.engines.sql.kinds import DATE, HUGE, Kind, kind_of
from gristmill.plan.expressions import Binary, Column, Expr, Form, Literal
from gristmill.plan.passes.graph import keys_over, rebuild
from gristmill.plan.primitives import Aggregated, Case, Cast, Native
from gristmill.plan.relations import (
    Aggregate,
    Definition,
    Explode,
    Extend,
    Filter,
    Join,
    Plan,
    Relation,
    Renumbered,
    Union,
    Windowed,
)

Absent = frozenset[str]
WATCHED: Absent = frozenset(',"\r\n\t;|_+')
"""What is looked for: by the writer of CSV usual delimiters, quotes and line ends; by readers of numbers `_`, `+`."""
NONE: Absent = frozenset()
PRINTED = WATCHED - {"+"}
"""Absent where the engine prints a number, a Boolean or a moment."""

_PRINTABLE: frozenset[Kind] = frozenset({Form.INTEGER, Form.DECIMAL, Form.BOOLEAN, Form.MOMENT, DATE, HUGE})
# The arguments that a function's text is made of; none named: all of them.
_MADE_OF: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("concat", "concat_ws", "coalesce", "greatest", "least"), ()),
    **dict.fromkeys(("left", "right", "lower", "upper", "reverse", "substr", "substring", "trim", "rtrim"), (0,)),
    **dict.fromkeys(("repeat", "regexp_extract", "split_part", "try"), (0,)),
    **dict.fromkeys(("replace", "regexp_replace", "lpad", "rpad", "translate"), (0, 2)),
}
# Aggregates and window functions that give a cell of one of the rows.
_OF_ROWS = frozenset({"arg_min", "first", "first_value", "lag", "last_value", "lead", "max", "min", "mode"})


def spare_looks(plan: Plan, read: Mapping[int, Absent]) -> tuple[Plan, tuple[Absent, ...]]:
    """The plan without tests for characters that are not there; and what is absent of each column that it gives.

    `read`: of the columns of sources, by their numbers.
    """
    # only of watched characters it is known what functions make of a text: `lower` makes a `k` of a `K`
    sparing = _Sparing({number: absent & WATCHED for number, absent in read.items()})
    spared = rebuild(plan, lambda _, node: sparing.relation(node))
    columns = tuple((name, sparing.expr(item)) for name, item in spared.columns)
    order = keys_over(spared.order, [sparing.expr(key.expr) for key in spared.order])
    return Plan(spared.relation, columns, order), tuple(sparing.absent(item) for _, item in columns)


def common_absences(parts: Sequence[tuple[Absent, ...]]) -> tuple[Absent, ...]:
    """What is absent of each column in all parts of a dataset; nothing is where it is not known of one."""
    return tuple(reduce(frozenset.__and__, column) for column in zip(*parts, strict=True)) if all(parts) else ()


class _Sparing:
    """Goes through relations, inputs first; `known` is what is absent of each column."""

    def __init__(self, known: dict[int, Absent]) -> None:
        self.known = known

    def relation(self, node: Relation) -> Relation:
        match node:
            case Extend() | Windowed() | Renumbered():
                return replace(node, columns=self._definitions(node.columns))
            case Aggregate():
                return replace(node, keys=self._definitions(node.keys), columns=self._definitions(node.columns))
            case Filter():
                return replace(node, predicate=self._test(node.predicate))
            case Join() if node.condition is not None:
                return replace(node, condition=self._test(node.condition))
            case Explode():
                return replace(node, items=self.expr(node.items))
            case Union():
                for number, exprs in node.columns:
                    self.known[number] = self._common(exprs)
        return node

    def _definitions(self, columns: tuple[Definition, ...]) -> tuple[Definition, ...]:
        changed = tuple((number, self.expr(item)) for number, item in columns)
        self.known.update((number, self.absent(item)) for number, item in changed)
        return changed

    # -- tests -----------------------------------------------------------------------------------

    def expr(self, node: Expr) -> Expr:
        """The expression without vain tests."""
        if isinstance(node, Case):
            return self._case(node)
        children = node.children()
        changed = tuple(self.expr(child) for child in children)
        return node if all(map(_is, children, changed)) else node.with_children(changed)

    def _case(self, node: Case) -> Expr:
        whens = tuple((self._test(test), self.expr(value)) for test, value in node.whens)
        left = tuple(when for when in whens if not _is_false(when[0]))
        otherwise = self.expr(node.otherwise)
        return Case(left, otherwise, node.kind) if left else otherwise

    def _test(self, node: Expr) -> Expr:
        """A condition of which only matters whether it is true: null is as good as false."""
        if isinstance(node, Binary) and node.op in ("and", "or"):
            sides = [self._test(node.left), self._test(node.right)]
            false = [side for side in sides if _is_false(side)]
            if node.op == "and":
                return false[0] if false else Binary("and", *sides)
            return Binary("or", *sides) if not false else sides[0] if _is_false(sides[1]) else sides[1]
        return Literal(False) if self._is_vain(node) else self.expr(node)

    def _is_vain(self, node: Expr) -> bool:
        if not isinstance(node, Native) or node.name != "contains" or not isinstance(node.args[1], Literal):
            return False
        return not self.absent(node.args[0]).isdisjoint(str(node.args[1].value))

    # -- texts -----------------------------------------------------------------------------------

    def absent(self, node: Expr) -> Absent:
        """Of the watched characters those that no text of an expression holds."""
        match node:
            case Column():
                return self.known.get(node.id, NONE)
            case Literal():
                return PRINTED if isinstance(node.value, int | float) else WATCHED - set(node.value or "")
            case Case():
                return self._common([*(value for _, value in node.whens), node.otherwise])
            case Cast():
                return self._printed(node.operand) if node.target in (Form.TEXT, "VARCHAR") else NONE
            case Binary() if node.op == "||":
                return self._common([node.left, node.right])
            case Native():
                return self._called(node)
            case Aggregated() if node.name in _OF_ROWS:
                return self.absent(node.args[0])
            case _:
                return NONE

    def _printed(self, node: Expr) -> Absent:
        kind = kind_of(node)
        return PRINTED if kind in _PRINTABLE else self.absent(node) if kind is Form.TEXT else NONE

    def _called(self, node: Native) -> Absent:
        if node.name in ("printf", "strftime"):
            pattern = node.args[0 if node.name == "printf" else 1]
            others = [arg for arg in node.args if arg is not pattern]
            if not isinstance(pattern, Literal) or any(kind_of(arg) not in _PRINTABLE for arg in others):
                return NONE
            return self.absent(pattern) & PRINTED
        places = _MADE_OF.get(node.name)
        if places is None:
            return NONE
        return self._common([node.args[at] for at in places if at < len(node.args)] if places else node.args)

    def _common(self, nodes: Iterable[Expr]) -> Absent:
        return reduce(frozenset.__and__, map(self.absent, nodes), WATCHED)


def _is(one: Expr, other: Expr) -> bool:
    return one is other


def _is_false(node: Expr) -> bool:
    return isinstance(node, Literal) and node.value is False

"""What several steps read in the same text is read once.

Without this a text that is a number for one step, for the next one, and for the output's test whether it fits would
be parsed three times: engines find equal expressions within one SELECT only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from gristmill.plan.building import case
from gristmill.plan.expressions import Apply, Column, Expr, Form
from gristmill.plan.passes.graph import expressions_of, inputs_first, keys_over, rebuild
from gristmill.plan.relations import Aggregate, Definition, Extend, Filter, Plan, Relation, Windowed
from gristmill.plan.walking import rewrite, walk

READERS = frozenset({"read_integer", "read_decimal", "read_boolean", "read_integral", "read_moment"})

_STEPS = Extend | Windowed | Filter | Aggregate
_Reading = Apply  # of a column
_Known = dict[_Reading, int]  # to the identity of the relation that reads it first


def share_readings(plan: Plan, ids: Iterator[int]) -> Plan:
    """The plan with hidden columns for what more than one step reads, made under the first of them."""
    known, shared = _first_readers(plan)
    if not shared:
        return plan
    sharing = _Sharing(known, {place: next(ids) for place in shared})
    changed = rebuild(plan, sharing.changed)
    top = _above(plan.relation, known)
    wanted = tuple((name, sharing.shared(item, top)) for name, item in plan.columns)
    order = keys_over(plan.order, [sharing.shared(key.expr, top) for key in plan.order])
    return Plan(changed.relation, wanted, order)


class _Sharing:
    """Puts shared columns in the place of readings, and under a step those that it reads first."""

    def __init__(self, known: dict[int, _Known], columns: dict[tuple[int, _Reading], int]) -> None:
        self._known = known
        self._columns = columns
        self._made: defaultdict[int, list[Definition]] = defaultdict(list)

    def changed(self, old: Relation, node: Relation) -> Relation:
        """A step with what is shared; `old` is the one that it comes of."""
        if not isinstance(node, _STEPS):
            return node
        here = self._known[id(old)]
        if isinstance(node, Filter):
            node = replace(node, predicate=self.shared(node.predicate, here))
        else:
            node = replace(node, columns=self._definitions(node.columns, here))
        if isinstance(node, Aggregate):
            node = replace(node, keys=self._definitions(node.keys, here))
        made = self._made.get(id(old))
        return replace(node, input=Extend(node.input, tuple(made))) if made else node

    def shared(self, item: Expr, here: _Known) -> Expr:
        """An expression that reads what is known here from the columns for it."""
        return rewrite(item, lambda node: self._column(node, here))

    def _definitions(self, columns: tuple[Definition, ...], here: _Known) -> tuple[Definition, ...]:
        return tuple((number, self.shared(item, here)) for number, item in columns)

    def _column(self, node: Expr, here: _Known) -> Expr | None:
        reading = _reading(node)
        if reading is not None:
            return self._read(reading, here)
        read = _reading_of_fit(node, here)
        if read is None:
            return None
        # what can be read fits; only of other texts there is something left to find out
        there = self._read(read, here)
        return None if there is None else case((~there.is_null(), True), otherwise=node, form=Form.BOOLEAN)

    def _read(self, reading: _Reading, here: _Known) -> Expr | None:
        """The column for what is read, which is made where that is read first; None where it is not shared."""
        first = here.get(reading)
        if first is None or (first, reading) not in self._columns:
            return None
        number = self._columns[first, reading]
        definitions = self._made[first]
        if all(number != made for made, _ in definitions):
            definitions.append((number, reading))
        return Column(number, reading.form)


def _first_readers(plan: Plan) -> tuple[dict[int, _Known], dict[tuple[int, _Reading], None]]:
    """What each relation (by identity) can see of readings below and its own; and those of more than one step."""
    known: dict[int, _Known] = {}
    shared: dict[tuple[int, _Reading], None] = {}  # a set in the order of the plan
    for node in inputs_first(plan.relation):
        if not isinstance(node, _STEPS):
            continue
        here = known[id(node)] = dict(_above(node.input, known))
        exprs = expressions_of(node)
        for reading in _readings(exprs):
            first = here.setdefault(reading, id(node))
            if first != id(node):
                shared[first, reading] = None
        shared |= {(here[read], read): None for read in _readings(exprs, partial(_reading_of_fit, here=here))}
    top = _above(plan.relation, known)
    exprs = (*(item for _, item in plan.columns), *(key.expr for key in plan.order))
    shared |= {(top[reading], reading): None for reading in _readings(exprs) if reading in top}
    shared |= {(top[read], read): None for read in _readings(exprs, partial(_reading_of_fit, here=top))}
    return known, shared


def _above(node: Relation, known: dict[int, _Known]) -> _Known:
    """What the reader of a relation can see."""
    return known[id(node)] if isinstance(node, Extend | Windowed | Filter) else {}


def _reading(node: Expr) -> _Reading | None:
    if isinstance(node, Apply) and node.function in READERS and isinstance(node.args[0], Column):
        return node
    return None


def _readings(items: Iterable[Expr], find: Callable[[Expr], _Reading | None] = _reading) -> Iterator[_Reading]:
    return (found for item in items for node in walk(item) if (found := find(node)) is not None)


def _reading_of_fit(node: Expr, here: _Known) -> _Reading | None:
    """For the test whether a text fits a date's format: what reads it by that format, if something here does."""
    if not isinstance(node, Apply) or node.function != "fits":
        return None
    match node.constants:
        case (("Datetime", _, format),):
            readings = (item for item in here if item.function == "read_moment" and item.args == node.args)
            return next((item for item in readings if item.constants[0] == format), None)
    return None

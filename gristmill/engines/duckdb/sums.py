"""Sums of doubles that do not depend on the order of the rows, so that all threads may add.

A double is cut into whole numbers, of units 2^60, 1, 2^-60 and 2^-120. These are summed without error; the total is
rounded at the end. Spark does the same (`engines/spark/sums`), but for the first. Numbers that are smaller than 2^-60
or not below 2^123 are added as they come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gristmill.plan.building import call, case, cast, coalesce
from gristmill.plan.expressions import Column, Expr, Form, Literal, Window
from gristmill.plan.passes.graph import expressions_of, inputs_first, rebuild
from gristmill.plan.primitives import Aggregated
from gristmill.plan.relations import Aggregate, Definition, Extend, Plan, Relation, Windowed
from gristmill.plan.walking import rewrite, walk

UNIT = 2**60
TAIL = 2**10  # what a double does not hold of a part of a unit
LEAST, MOST, HUGE = 2.0**-60, 2.0**63, 2.0**123
WIDE = "HUGEINT"
SUMS = ("fsum", "favg")
ROUNDED = frozenset(
    ["fsum", "favg", "var_pop", "var_samp", "stddev_pop", "stddev_samp", "corr", "covar_pop", "covar_samp"]
)


def exact_sums(plan: Plan, ids: Iterator[int]) -> Plan:
    """The plan with every sum and mean of a group made of whole numbers; `ids` number the hidden columns.

    Those of moving frames are added as the engine does it: whole numbers would take several times as long.
    """
    return rebuild(plan, lambda _, node: _exact(node, ids) if isinstance(node, Aggregate | Windowed) else node)


def depends_on_order(plan: Plan) -> bool:
    """Whether an aggregate rounds on its way, so that the order in which rows come shows in its last digits."""
    nodes = inputs_first(plan.relation)
    exprs = [*(item for node in nodes for item in expressions_of(node)), *(item for _, item in plan.columns)]
    return any(
        isinstance(part, Aggregated) and part.name in ROUNDED and (part.over is None or not part.over.order)
        for item in exprs
        for part in walk(item)
    )


def _exact(node: Aggregate | Windowed, ids: Iterator[int]) -> Relation:
    summed = [(number, item) for number, item in node.columns if any(map(_is_sum, walk(item)))]
    if not summed:
        return node
    layers = _Layers(node.input, ids)
    above = tuple((number, rewrite(item, layers.aggregated)) for number, item in summed)
    kept = tuple(column for column in node.columns if column not in summed)
    result: Relation = replace(node, input=layers.below, columns=(*kept, *layers.aggregates))
    for layer in layers.above:
        result = Extend(result, tuple(layer))
    return Extend(result, above)


def _high(x: Expr) -> Expr:
    """Of a number whose whole part does not fit 64 bits the part in units of 2^60; null for all others."""
    is_large = (x >= Literal(MOST)) | (x < Literal(-MOST))
    return case((is_large & (call("abs", x) < Literal(HUGE)), call("trunc", x / Literal(float(UNIT)))))


def _of_high(total: Expr) -> Expr:
    near = cast(total, Form.DECIMAL)
    rest = cast(total - cast(near, WIDE), Form.DECIMAL)
    return rest * Literal(float(UNIT)) + near * Literal(float(UNIT))


def _is_tiny(x: Expr) -> Expr:
    return (call("abs", x) < Literal(LEAST)) & x.ne(Literal(0.0))


def _is_sum(part: Expr) -> bool:
    return isinstance(part, Aggregated) and part.name in SUMS and not (_is_moving(part) and part.name == "fsum")


def _is_moving(part: Aggregated) -> bool:
    return part.over is not None and bool(part.over.order)


class _Layers:
    """What stands below and above the aggregates of a group, and these themselves, as hidden columns."""

    def __init__(self, below: Relation, ids: Iterator[int]) -> None:
        self.below = below
        self.aggregates: list[Definition] = []
        self.above: tuple[list[Definition], ...] = ([], [], [], [])
        self._ids = ids
        self._sums: dict[Aggregated, Expr] = {}

    def aggregated(self, part: Expr) -> Expr | None:
        """What stands above for an aggregate; None for everything else."""
        if not isinstance(part, Aggregated):
            return None
        if not _is_sum(part):
            return self._column(part, Form.ANY)
        if part not in self._sums:
            self._sums[part] = self._moving_mean(part) if _is_moving(part) else self._sum(part)
        return self._sums[part]

    def _moving_mean(self, part: Aggregated) -> Expr:
        """The engine's own `favg` adds what its sum has lost with the wrong sign."""
        total = self._column(replace(part, name="fsum"), Form.DECIMAL)
        count = self._column(replace(part, name="count"), Form.INTEGER)
        return case((count > 0, total / cast(count, Form.DECIMAL)))

    def _sum(self, part: Aggregated) -> Expr:
        number = self._number(part)
        high = self._extended(_high(number))
        x = self._extended(case((high.is_null(), number), otherwise=number - high * Literal(float(UNIT))))
        low = self._extended((x - call("trunc", x)) * Literal(float(UNIT)))
        usual = call("abs", x) >= Literal(LEAST)
        lowest = case((usual, (low - call("trunc", low)) * Literal(float(UNIT))))
        odd = case(((call("abs", x) >= Literal(HUGE)) | _is_tiny(x), x))
        a, b, c, d = (self._total(item, part.over) for item in (x, low, lowest, high))
        added = coalesce(self._column(Aggregated("sum", (odd,), over=part.over), Form.DECIMAL), Literal(0.0))
        count = self._column(Aggregated("count", (x,), over=part.over), Form.INTEGER)
        total = self._rounded(a, b, c) + _of_high(d) + added
        # only numbers near the largest double add up to more than it
        total = coalesce(call("try", total), Literal(float("inf")))
        if part.name == "favg":
            total = total / cast(count, Form.DECIMAL)
        return case((count > 0, total))

    def _number(self, part: Aggregated) -> Expr:
        x = part.args[0] if part.where is None else case((part.where, part.args[0]))
        is_double = isinstance(x, Column) and x.kind is Form.DECIMAL
        return x if is_double else self._extended(cast(x, Form.DECIMAL))

    def _extended(self, item: Expr) -> Column:
        number = next(self._ids)
        self.below = Extend(self.below, ((number, item),))
        return Column(number, Form.DECIMAL)

    def _total(self, part: Expr, over: Window | None) -> Expr:
        whole = cast(call("trunc", part), Form.INTEGER)
        return coalesce(self._column(Aggregated("sum", (whole,), over=over), Form.ANY), Literal(0))

    def _column(self, item: Aggregated, form: Form) -> Column:
        known = next((number for number, made in self.aggregates if made == item), None)
        number = next(self._ids) if known is None else known
        if known is None:
            self.aggregates.append((number, item))
        return Column(number, form)

    def _rounded(self, a: Expr, b: Expr, c: Expr) -> Expr:
        """The nearest double of `a + b / UNIT + c / UNIT²`: what is carried first, then what each step lost."""
        unit = cast(Literal(UNIT), WIDE)
        middle = self._over(0, b + call("divide", c, unit))
        whole = self._over(1, a + call("divide", middle, unit))
        near = self._over(2, cast(whole, Form.DECIMAL))
        low = middle % unit
        tail = low % cast(Literal(TAIL), WIDE)
        head = cast(low - tail, Form.DECIMAL) / Literal(float(UNIT))
        total = self._over(3, near + head)
        lost = (near - (total - (total - near))) + (head - (total - near))
        small = cast(tail, Form.DECIMAL) / Literal(float(UNIT))
        smaller = cast(c % unit, Form.DECIMAL) / Literal(float(UNIT) ** 2)
        return total + (lost + (cast(whole - cast(near, WIDE), Form.DECIMAL) + (small + smaller)))

    def _over(self, layer: int, item: Expr) -> Column:
        number = next(self._ids)
        self.above[layer].append((number, item))
        return Column(number, Form.ANY)

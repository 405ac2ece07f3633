"""A text that several steps read as a number is parsed once."""

from __future__ import annotations

import itertools
from collections import Counter

from gristmill.plan.building import case
from gristmill.plan.expressions import Apply, Column, Expr, Form, IsNull, Key
from gristmill.plan.passes.graph import expressions_of, inputs_first
from gristmill.plan.passes.readings import share_readings
from gristmill.plan.relations import Aggregate, Extend, Filter, Plan, Relation, Source, Windowed
from gristmill.plan.walking import walk

SOURCE = Source(0, (1, 2), (Form.TEXT, Form.TEXT), 3, 4, 5)


def reading(number: int, function: str = "read_decimal") -> Expr:
    return Apply(function, (Column(number, Form.TEXT),), Form.DECIMAL)


def shared(relation: Relation, *wanted: Expr, order: tuple[Key, ...] = ()) -> Plan:
    return share_readings(Plan(relation, tuple((f"x{at}", item) for at, item in enumerate(wanted)), order), _ids())


def _ids() -> itertools.count[int]:
    return itertools.count(100)


def readings_of(plan: Plan) -> Counter[tuple[str, int]]:
    exprs = [item for _, item in plan.columns] + [key.expr for key in plan.order]
    for node in inputs_first(plan.relation):
        exprs.extend(expressions_of(node))
    found = (node for item in exprs for node in walk(item) if isinstance(node, Apply))
    return Counter((node.function, node.args[0].id) for node in found if isinstance(node.args[0], Column))


def test_what_two_steps_and_the_output_read_is_read_once() -> None:
    first = Extend(SOURCE, ((10, reading(1) * 2),))
    second = Filter(first, reading(1) > 5)
    plan = shared(second, Column(10, Form.DECIMAL), ~IsNull(reading(1)), order=(Key(reading(1)),))
    assert readings_of(plan) == {("read_decimal", 1): 1}
    hidden = inputs_first(plan.relation)[1]
    assert hidden.inputs == (SOURCE,) and isinstance(hidden, Extend) and hidden.columns == ((100, reading(1)),)


def test_nothing_is_moved_for_one_step() -> None:
    plan = Plan(Extend(SOURCE, ((10, reading(1) + reading(1)), (11, reading(1)))), (("x", Column(10, Form.DECIMAL)),))
    assert share_readings(plan, _ids()) is plan


def test_functions_and_columns_are_told_apart() -> None:
    step = Extend(SOURCE, ((10, reading(1)), (11, reading(2))))
    plan = shared(step, reading(1, "read_integer"), reading(2))
    assert readings_of(plan) == {("read_decimal", 1): 1, ("read_integer", 1): 1, ("read_decimal", 2): 1}


def test_hidden_columns_do_not_reach_beyond_a_group() -> None:
    below = Windowed(Filter(SOURCE, reading(1) > 5), ((10, reading(1)),))
    group = Aggregate(below, ((20, reading(1)),), ((21, Column(10, Form.DECIMAL)),))
    plan = shared(Extend(group, ((30, reading(1)),)), Column(30, Form.DECIMAL))
    assert readings_of(plan) == {("read_decimal", 1): 2}


def date(number: int, format: str = "yyyy*mm*dd") -> Expr:
    return Apply("read_moment", (Column(number, Form.TEXT),), Form.MOMENT, (format, 2026))


def fits(number: int, *parts: str) -> Expr:
    return Apply("fits", (Column(number, Form.TEXT),), Form.BOOLEAN, (parts,))


def test_a_date_that_could_be_read_fits() -> None:
    test = fits(1, "Datetime", "yy-mm-dd", "yyyy*mm*dd")
    for step in (Extend(SOURCE, ((10, IsNull(date(1))),)), Extend(SOURCE, ((10, IsNull(test)), (11, date(1))))):
        plan = shared(step, test)
        assert readings_of(plan)["read_moment", 1] == 1
        assert dict(plan.columns)["x0"] == case(
            (~IsNull(Column(100, Form.MOMENT)), True), otherwise=test, form=Form.BOOLEAN
        )


def test_other_columns_and_formats_do_not_help() -> None:
    step = Extend(SOURCE, ((10, IsNull(date(1))),))
    for test in (
        fits(2, "Datetime", "yy-mm-dd", "yyyy*mm*dd"), fits(1, "Datetime", "dd-mm-yy", "dd*mm*yyyy"),
        fits(1, "Datetime", "yy-mm-dd"), fits(1, "Zipcode"),
    ):  # fmt: skip
        assert dict(shared(step, test).columns)["x0"] == test

"""Every routine has a name of its own in SQL, constants included."""

from __future__ import annotations

from gristmill.engines.sql.batches import BatchCall, routine_name
from gristmill.functions.registry import FUNCTIONS
from gristmill.plan.expressions import Constant, Form

CONSTANTS: tuple[Constant, ...] = (-1, -2, 1, 1.0, True, "1", None, (), (None,), ("-1",))


def name(*constants: Constant, function: str = "text_at") -> str:
    return routine_name(BatchCall(FUNCTIONS[function], constants, (), Form.TEXTS))


def test_constants_that_differ_make_different_routines() -> None:
    assert len({name(constant, 2) for constant in CONSTANTS}) == len(CONSTANTS)


def test_equal_calls_are_one_routine() -> None:
    assert name(1, "a") == name(1, "a") != name(1, "a", function="pieces_at")

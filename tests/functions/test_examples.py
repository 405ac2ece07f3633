"""Every example in a function's declaration comes out as it says; they stand in the reference docs too."""

from __future__ import annotations

import pytest

from gristmill.engines.casework import run_case
from gristmill.functions.declare import FunctionKind
from gristmill.functions.registry import FUNCTIONS
from gristmill.plan.expressions import Scalar
from gristmill.types.numbers import print_boolean, print_number

PUBLIC = sorted(name for name, function in FUNCTIONS.items() if not function.hidden)


@pytest.mark.parametrize("name", PUBLIC)
def test_is_described(name: str) -> None:
    function = FUNCTIONS[name]
    assert function.doc.endswith(".") and function.group and function.basis
    assert function.examples or function.kind is not FunctionKind.SCALAR  # the others need rows: case files have them


@pytest.mark.parametrize("name", PUBLIC)
def test_examples(name: str) -> None:
    expected = {text: printed(value) for text, value in FUNCTIONS[name].examples.items()}
    steps = [f"derive type: single value: {text} as: 'r{at}'" for at, text in enumerate(expected)]
    _, rows = run_case(("one",), [("1",)], "\n".join(steps), types={"one": "Integer"})
    assert dict(zip(expected, (cell or "" for cell in rows[0][1:]), strict=True)) == expected


def printed(value: Scalar) -> str:
    """An expected value as a CSV file shows it; null is empty."""
    if isinstance(value, bool):
        return print_boolean(value)
    return print_number(value) if isinstance(value, int | float) else value or ""

"""Expressions computed on one row, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from gristmill.engines.casework import run_case

Evaluate = Callable[..., dict[str, str | None]]


@pytest.fixture
def evaluate() -> Evaluate:
    """The results of expressions as text; null and the empty text are told apart."""

    def run(expressions: Sequence[str], **cells: str | None) -> dict[str, str | None]:
        steps = []
        for at, expression in enumerate(expressions):
            steps.append(f"derive type: single value: {expression} as: 'r{at}'")
            steps.append(f"derive type: single value: ISNULL(r{at}) as: 'n{at}'")
        columns = cells or {"one": "1"}
        names, rows = run_case(tuple(columns), [tuple(columns.values())], "\n".join(steps))
        found = dict(zip(names, rows[0], strict=True))
        return {
            expression: None if found[f"n{at}"] == "true" else found[f"r{at}"] or ""
            for at, expression in enumerate(expressions)
        }

    return run


@pytest.fixture
def check(evaluate: Evaluate) -> Callable[..., None]:
    """Asserts that every expression gives its text; None is null."""

    def compare(expected: Mapping[str, str | None], **cells: str | None) -> None:
        assert evaluate(list(expected), **cells) == dict(expected)

    return compare

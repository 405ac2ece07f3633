"""Routines of one row: what was computed is remembered."""

from __future__ import annotations

import pyarrow as pa

from gristmill.functions import batch
from gristmill.functions.batch import Known, Rowwise
from gristmill.plan.expressions import Form


class Calls:
    def __init__(self) -> None:
        self.seen: list[str | None] = []

    def __call__(self, cell: str | None, suffix: str) -> str:
        self.seen.append(cell)
        return f"{cell}{suffix}"


def run(routine: Rowwise, cells: list[str | None], known: Known | None = None) -> list[str | None]:
    found: list[str | None] = routine([pa.array(cells, pa.string())], ("!",), known).to_pylist()
    return found


def test_equal_rows_are_computed_once_over_all_batches() -> None:
    calls, known = Calls(), Known()
    routine = Rowwise(calls, Form.TEXT)
    assert run(routine, ["a", "b", "a", None], known) == ["a!", "b!", "a!", None]
    assert run(routine, ["b", "c", None], known) == ["b!", "c!", None]
    assert calls.seen == ["a", "b", "c"]


def test_without_a_memory_every_batch_begins_anew() -> None:
    calls = Calls()
    routine = Rowwise(calls, Form.TEXT, nulls=True)
    assert run(routine, ["a", "a", None]) == run(routine, ["a", "a", None]) == ["a!", "a!", "None!"]
    assert calls.seen == ["a", None, "a", None]


def test_long_texts_are_not_remembered_beyond_their_batch() -> None:
    calls, known = Calls(), Known()
    routine = Rowwise(calls, Form.TEXT)
    long = "x" * (batch.LONGEST_KNOWN + 1)
    assert run(routine, [long, "a", long], known) == [f"{long}!", "a!", f"{long}!"]
    assert calls.seen == [long, "a"] and list(known) == [("a",)]
    assert run(routine, ["a", long], known) == ["a!", f"{long}!"]
    assert calls.seen == [long, "a", long]

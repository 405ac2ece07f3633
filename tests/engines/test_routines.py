"""Routines of a session remember what they have computed, all together within bounds."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from gristmill.engines.duckdb import routines
from gristmill.engines.duckdb.routines import Routines
from gristmill.engines.sql.batches import BatchCall
from gristmill.functions.batch import Rowwise
from gristmill.functions.registry import FUNCTIONS
from gristmill.plan.expressions import Column, Form

BATCH = 2048  # rows


class Calls:
    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, cell: str) -> str:
        self.seen += 1
        return cell.upper()


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("CREATE TABLE t AS SELECT n::VARCHAR AS own, (n % 7)::VARCHAR AS few FROM range(20000) AS r (n)")
    return connection


def registered(many: Routines, *names: str) -> list[Calls]:
    found = [Calls() for _ in names]
    for name, calls in zip(names, found, strict=True):
        function = replace(FUNCTIONS["DOUBLEMETAPHONE"], batch=Rowwise(calls, Form.TEXT))
        many.register(name, BatchCall(function, (), (Column(1, Form.TEXT),), Form.TEXT))
    return found


def test_results_are_remembered_from_batch_to_batch_and_query_to_query(connection: duckdb.DuckDBPyConnection) -> None:
    (calls,) = registered(Routines(connection), "first")
    for _ in range(2):
        assert connection.execute("SELECT count(DISTINCT first(few)) FROM t").fetchall() == [(7,)]
    assert calls.seen == 7


def test_cells_that_do_not_repeat_give_way(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routines, "MOST_KNOWN", BATCH)
    many = Routines(connection)
    own, few = registered(many, "one", "other")
    connection.execute("SELECT count(one(own)), count(other(few)) FROM t").fetchall()
    assert (own.seen, few.seen) == (20000, 7)
    assert sum(map(len, many._known.values())) <= BATCH

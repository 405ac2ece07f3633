"""Connections to DuckDB: what they may use, and how they reckon."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from gristmill.recipe.job import Limits


def connect(limits: Limits) -> duckdb.DuckDBPyConnection:
    """A connection within limits, with the arithmetic that recipes expect."""
    config: dict[str, Any] = {}
    if limits.threads:
        config["threads"] = limits.threads
    if limits.memory_bytes:
        config["memory_limit"] = f"{limits.memory_bytes // 1_000_000}MB"
    if limits.scratch:
        config["temp_directory"] = limits.scratch
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET ieee_floating_point_ops = false")  # a division by zero is null
    connection.execute("SET TimeZone = 'UTC'")
    return connection


@contextmanager
def one_thread(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """For what is small or must come in order: further threads would ask for work all the time and find none."""
    ((threads,),) = connection.execute("SELECT current_setting('threads')").fetchall()
    connection.execute("SET threads = 1")
    try:
        yield
    finally:
        connection.execute(f"SET threads = {threads}")

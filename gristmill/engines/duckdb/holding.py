"""Rows in memory: reading and writing them again costs far less than from a table, which keeps statistics."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

SHARE = 5
"""The engine's limit does not count these rows, so they may be one part of it out of so many."""
SECONDS_BETWEEN_LOOKS = 0.02
UNITS = {"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}


class TooManyError(Exception):
    """The rows do not fit into the memory for them."""


def held(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> duckdb.DuckDBPyRelation:
    """A view of that name over the rows of a query, in their order, as long as the relation lives.

    Raises TooManyError; then nothing is left of it.
    """
    connection.execute(f"PREPARE {name} AS {query}")
    try:
        with within(connection, memory_for_rows(connection)):
            # the engine keeps the answer of what is no SELECT as it is
            relation = connection.sql(f"EXECUTE {name}")
    finally:
        connection.execute(f"DEALLOCATE {name}")
    relation.create_view(name)
    return relation


def memory_for_rows(connection: duckdb.DuckDBPyConnection) -> int:
    """In bytes."""
    ((limit,),) = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    number, unit = str(limit).split()
    return int(float(number) * UNITS[unit]) // SHARE


@contextmanager
def within(connection: duckdb.DuckDBPyConnection, most: int) -> Iterator[None]:
    """Stops the query inside when the process has grown by more than so many bytes. Raises TooManyError."""
    first = _resident()
    if first is None:
        raise TooManyError
    done, grown = threading.Event(), threading.Event()

    def watch() -> None:
        while not done.wait(SECONDS_BETWEEN_LOOKS):
            if (_resident() or 0) - first > most:
                grown.set()
                connection.interrupt()
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except duckdb.InterruptException:
        if grown.is_set():
            raise TooManyError from None
        raise
    finally:
        done.set()
        watcher.join()


def _resident() -> int | None:
    """Bytes of this process in memory; None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")

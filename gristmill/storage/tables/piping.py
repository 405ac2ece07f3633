"""A pipe in the file system between the engine that writes rows and a driver that reads a file: nothing is kept."""

from __future__ import annotations

import fcntl
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

import duckdb

from gristmill.problems import run_error

WIDTH = 1 << 20  # bytes in flight: each side works for a while before the other has to
PATIENCE_SECONDS = 2.0
_SET_PIPE_SIZE = getattr(fcntl, "F_SETPIPE_SZ", 1031)  # Linux; Python names it where it knows it


@contextmanager
def piped(connection: duckdb.DuckDBPyConnection, statement: Callable[[Path], str]) -> Iterator[Path]:
    """The pipe that `statement` writes to while the block reads from it.

    Raises RunError when the engine fails, at the latest when the block ends: what was read is then not all.
    """
    with tempfile.TemporaryDirectory(prefix="gristmill-") as folder:
        pipe = Path(folder) / "rows.csv"
        os.mkfifo(pipe, 0o600)
        writer = _Writer(connection, statement(pipe), pipe)
        writer.thread.start()
        try:
            yield pipe
        except BaseException:
            connection.interrupt()
            with suppress(OSError):  # a writer that still waits for its reader gets one, and its end
                os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
            writer.thread.join(PATIENCE_SECONDS)
            raise
        writer.thread.join()
        if writer.failed is not None:
            raise run_error(f"the staged rows cannot be read: {writer.failed}")


def opened(pipe: Path) -> BinaryIO:
    """The reading end, wide open."""
    file = cast(BinaryIO, pipe.open("rb", buffering=0))
    with suppress(OSError):  # not on this system, or not for us
        fcntl.fcntl(file.fileno(), _SET_PIPE_SIZE, WIDTH)
    return file


class _Writer:
    def __init__(self, connection: duckdb.DuckDBPyConnection, statement: str, pipe: Path) -> None:
        self.failed: duckdb.Error | None = None
        self._connection = connection
        self._statement = statement
        self._pipe = pipe
        self.thread = threading.Thread(target=self._write, daemon=True)

    def _write(self) -> None:
        try:
            self._connection.execute(self._statement)
        except duckdb.Error as error:
            self.failed = error
            with suppress(OSError):  # whoever waits for a writer must not wait for ever
                os.close(os.open(self._pipe, os.O_WRONLY | os.O_NONBLOCK))

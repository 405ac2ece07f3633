"""What a person at a terminal sees of a run: a bar, then one line. Anybody else sees nothing unless they ask."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gristmill.cli.complaints import say

if TYPE_CHECKING:
    from gristmill.engines.watch import RunResult


class Quiet:
    """Keeps the log to itself unless `verbose`."""

    def __init__(self, verbose: bool) -> None:
        self._verbose = verbose

    def progress(self, percent: int) -> None:
        pass

    def log(self, level: str, message: str) -> None:
        if self._verbose:
            say(f"{level}: {message}")

    def done(self, result: RunResult) -> None:
        """The run has ended well."""


class Bar(Quiet):
    """A progress bar, the log's warnings, and a closing line."""

    def __init__(self, verbose: bool, bar: Any) -> None:
        super().__init__(verbose)
        self._bar = bar
        self._task = bar.add_task("running", total=100)

    def progress(self, percent: int) -> None:
        self._bar.update(self._task, completed=percent)

    def log(self, level: str, message: str) -> None:
        if self._verbose or level != "info":
            self._bar.console.print(f"{level}: {message}", markup=False, highlight=False)

    def done(self, result: RunResult) -> None:
        self._bar.stop()
        for sink in result.sinks:
            nulled = sum(sink.nulled.values())
            left_out = f", {nulled:,} cells left out that do not fit their type" if nulled else ""
            say(f"{sink.rows:,} rows, {len(sink.columns)} columns in {result.seconds:.1f} s{left_out}")


@contextmanager
def watching(verbose: bool) -> Iterator[Quiet]:
    """A watch for the run: with a bar where stderr is a terminal."""
    if not sys.stderr.isatty():
        yield Quiet(verbose)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        yield Bar(verbose, bar)

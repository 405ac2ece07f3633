"""What a run on DuckDB tells: what the compiler has found, how far it is, and what went wrong, in words for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

from gristmill.engines.duckdb.session import Session
from gristmill.engines.watch import Watch, looking
from gristmill.problems import ProblemError, RunError, run_error
from gristmill.recipe.compile import Compiled


def report(compiled: Compiled, watch: Watch) -> None:
    """Tell the watch what the compiler has found."""
    for problem in compiled.problems:
        skipped = "skipped: " if problem.severity == "error" else ""
        watch.log("warning", f"{skipped}{problem.text()}")


@contextmanager
def watched(session: Session, watch: Watch, most: int = 99) -> Iterator[None]:
    """Tells the watch how far the query is, now and then; at its end the job is at `most` percent."""

    def look() -> None:
        percent = session.connection.query_progress()
        if percent > 0:
            watch.progress(min(int(percent * most / 100), most))

    with looking(look):
        yield


@contextmanager
def readable_errors() -> Iterator[None]:
    """The engine's errors in words for people; never SQL or class names."""
    try:
        yield
    except ProblemError:
        raise
    except duckdb.OutOfMemoryException:
        raise run_error("out of memory: the run needs more than it may use", hint=MEMORY_HINT) from None
    except duckdb.Error as error:
        raise translated(error) from error


def in_words(error: Exception) -> Exception:
    """Why something cannot be written, in one sentence."""
    if isinstance(error, duckdb.Error):
        return translated(error)
    return run_error(f"cannot write: {(getattr(error, 'strerror', None) or str(error)).lower()}")


MEMORY_HINT = "Raise jobs.photon.memoryPercent or run fewer jobs at a time."


def translated(error: Exception) -> RunError:
    """What went wrong, in one sentence; a routine's own problem comes out as it was raised."""
    text = str(error).split("\n", 1)[0]
    for pattern, sentence in SENTENCES:
        found = re.search(pattern, str(error))
        if found:
            return run_error(sentence(found))
    return run_error(f"the engine stopped: {re.sub(r'^[A-Za-z ]+Error: ', '', text)}")


SENTENCES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"regular expression too slow", lambda _: "regular expression too slow"),
    (r"No space left on device", lambda _: "the disk is full"),
    (r"(?:Cannot open file|No files found that match the pattern) \"([^\"]*)\"", lambda m: f"file not found: {m[1]}"),
)

"""Photon: a job on DuckDB, in this process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import duckdb

from gristmill.engines.duckdb.keeping import kept
from gristmill.engines.duckdb.session import Session
from gristmill.engines.duckdb.sinks import write
from gristmill.engines.duckdb.sources import Sources
from gristmill.engines.watch import SinkResult, Watch, looking
from gristmill.problems import ProblemError, RunError, run_error
from gristmill.recipe.compile import Compiled, compile_job
from gristmill.recipe.job import Job, Sink
from gristmill.storage.formats.parquet import glob_escaped
from gristmill.transforms.environment import Environment


def run_job(job: Job, watch: Watch) -> tuple[SinkResult, ...]:
    """Compile the job on its data and write every sink."""
    sources = Sources(job, watch)
    job = sources.detected()
    with Session(job) as session, readable_errors(), closing(sources):
        session.confine(
            [*sources.files(), *(sink.path for sink in job.sinks)], [*sources.folders(), *output_folders(job)]
        )
        sources.open(session)
        return sources.retried(session, lambda: _run(job, session, watch))


def output_folders(job: Job) -> list[str]:
    """Where the engine may write, and read what it has written: directories of parts."""
    folders = [f"{sink.path}/" for sink in job.sinks if not sink.options.get("asSingleFile")]
    return list(dict.fromkeys([*folders, *map(glob_escaped, folders)]))


def _run(job: Job, session: Session, watch: Watch) -> tuple[SinkResult, ...]:
    compiled = compile_job(job, session.ask)
    report(compiled, watch)
    env = Environment(ask=session.ask, parameters=job.parameters, seed=job.seed)
    with watched(session, watch):
        rows = kept(session, compiled.rows) if _is_read_often(job) else compiled.rows
        return _each(job, lambda sink: write(session, rows, env, sink))


def _each(job: Job, write_one: Callable[[Sink], SinkResult]) -> tuple[SinkResult, ...]:
    """Write every sink. One whose place cannot be written does not keep the others from theirs.

    Raises the error of the first one where none can be written.
    """
    results, failures = list[SinkResult](), list[Exception]()
    for sink in job.sinks:
        try:
            results.append(write_one(sink))
        except (duckdb.IOException, OSError) as error:
            failures.append(error)
            results.append(SinkResult(sink.path, 0, error=str(_in_words(error))))
    if failures and len(failures) == len(job.sinks):
        raise failures[0]
    return tuple(results)


def _in_words(error: Exception) -> Exception:
    if isinstance(error, duckdb.Error):
        return translated(error)
    return run_error(f"cannot write: {(getattr(error, 'strerror', None) or str(error)).lower()}")


def _is_read_often(job: Job) -> bool:
    return len(job.sinks) > 1 or any(sink.format == "profile" for sink in job.sinks)


def report(compiled: Compiled, watch: Watch) -> None:
    """Tell the watch what the compiler has found."""
    for problem in compiled.problems:
        skipped = "skipped: " if problem.severity == "error" else ""
        watch.log("warning", f"{skipped}{problem.text()}")


@contextmanager
def watched(session: Session, watch: Watch) -> Iterator[None]:
    """Tells the watch how far the query is, now and then."""

    def look() -> None:
        percent = session.connection.query_progress()
        if percent > 0:
            watch.progress(min(int(percent), 99))

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

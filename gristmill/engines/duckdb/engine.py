"""Photon: a job on DuckDB, in this process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import duckdb

from gristmill.engines.duckdb.handovers import Handovers, handover_files
from gristmill.engines.duckdb.keeping import kept
from gristmill.engines.duckdb.session import Session
from gristmill.engines.duckdb.sinks import write
from gristmill.engines.duckdb.sources import Sources
from gristmill.engines.duckdb.telling import in_words, readable_errors, report, watched
from gristmill.engines.watch import SinkResult, Watch
from gristmill.recipe.compile import compile_job
from gristmill.recipe.job import Job, Sink
from gristmill.storage.formats.parquet import glob_escaped
from gristmill.transforms.environment import Environment


def run_job(job: Job, watch: Watch) -> tuple[SinkResult, ...]:
    """Compile a job of known sources on its data and write every sink."""
    sources = Sources(job, watch)
    with Session(job) as session, readable_errors(), closing(sources):
        session.confine(
            [*sources.files(), *handover_files(job), *(sink.path for sink in job.sinks)],
            [*sources.folders(), *output_folders(job)],
        )
        sources.open(session)
        return sources.retried(session, lambda: _run(job, session, watch, sources))


def output_folders(job: Job) -> list[str]:
    """Where the engine may write, and read what it has written: directories of parts."""
    folders = [f"{sink.path}/" for sink in job.sinks if not sink.options.get("asSingleFile")]
    return list(dict.fromkeys([*folders, *map(glob_escaped, folders)]))


def _run(job: Job, session: Session, watch: Watch, sources: Sources) -> tuple[SinkResult, ...]:
    handovers = Handovers(job, session, watch, sources)
    compiled = compile_job(job, handovers.ask, handovers.made)
    report(compiled, watch)
    env = Environment(ask=handovers.ask, parameters=job.parameters, seed=job.seed)
    with watched(session, watch):
        rows = kept(session, compiled.rows) if _is_read_often(job) else compiled.rows
        return write_each(job, lambda sink: write(session, rows, env, sink))


def write_each(job: Job, write_one: Callable[[Sink], SinkResult]) -> tuple[SinkResult, ...]:
    """Write every sink, a profile first: then it is known in which columns all cells fit.

    One whose place cannot be written does not keep the others from theirs. Raises the error of the first one where none
    can be written.
    """
    results, failures = dict[int, SinkResult](), list[Exception]()
    for place, sink in sorted(enumerate(job.sinks), key=lambda item: item[1].format != "profile"):
        try:
            results[place] = write_one(sink)
        except (duckdb.IOException, OSError) as error:
            failures.append(error)
            results[place] = SinkResult(sink.path, 0, error=str(in_words(error)))
    if failures and len(failures) == len(job.sinks):
        raise failures[0]
    return tuple(results[place] for place in range(len(job.sinks)))


def _is_read_often(job: Job) -> bool:
    return len(job.sinks) > 1 or any(sink.format == "profile" for sink in job.sinks)

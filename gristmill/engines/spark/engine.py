"""Spark: a job on Spark's local mode, driven from this process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from gristmill.engines.duckdb.engine import output_folders, write_each
from gristmill.engines.duckdb.session import Session as Photon
from gristmill.engines.duckdb.sinks import write
from gristmill.engines.duckdb.sources import Sources
from gristmill.engines.duckdb.telling import readable_errors, report, translated
from gristmill.engines.spark.process import settings_within, stopped_after
from gristmill.engines.spark.session import Session
from gristmill.engines.spark.staging import read_staged, stage_rows, stage_sources
from gristmill.engines.watch import SinkResult, Watch, looking
from gristmill.plan.rows import Rows
from gristmill.problems import ProblemError
from gristmill.recipe.compile import compile_job
from gristmill.recipe.job import Job
from gristmill.transforms.environment import Environment

SOURCES_READ, ROWS_MADE = 10, 80  # percent


def run_job(job: Job, watch: Watch) -> tuple[SinkResult, ...]:
    """Compile a job of known sources on its data and write every sink."""
    sources = Sources(job, watch)
    with tempfile.TemporaryDirectory(prefix="spark-", dir=job.limits.scratch or None) as folder, closing(sources):
        return _run(job, sources, Path(folder), watch)


def _run(job: Job, sources: Sources, scratch: Path, watch: Watch) -> tuple[SinkResult, ...]:
    with Photon(job) as photon, readable_errors():
        folders = [*sources.folders(), *output_folders(job), f"{scratch}/"]
        photon.confine([*sources.files(), *(sink.path for sink in job.sinks)], folders)
        sources.open(photon)
        files = sources.retried(photon, lambda: stage_sources(photon, job, scratch))
        watch.progress(SOURCES_READ)
        rows, made = _make_rows(job, files, scratch, watch)
        watch.progress(ROWS_MADE)
        read_staged(photon, made)
        env = Environment(ask=photon.ask, parameters=job.parameters, seed=job.seed)
        return write_each(job, lambda sink: write(photon, rows, env, sink))


def _make_rows(job: Job, files: list[Path], scratch: Path, watch: Watch) -> tuple[Rows, list[Path]]:
    """The rows of the last recipe, computed by Spark into files."""
    settings = settings_within(job.limits, scratch)
    with spark_errors(), stopped_after(), Session(job, settings=settings) as session:
        session.open(files)
        compiled = compile_job(job, session.ask)
        report(compiled, watch)
        with watched(session, watch):
            return stage_rows(session, compiled.rows, scratch, compiled.ids)


@contextmanager
def watched(session: Session, watch: Watch) -> Iterator[None]:
    """Tells the watch how many of the tasks that are known are done, now and then."""
    tracker = session.spark.sparkContext.statusTracker()
    seen: dict[int, tuple[int, int]] = {}

    def look() -> None:
        for number in tracker.getActiveStageIds():
            if stage := tracker.getStageInfo(number):
                seen[number] = (stage.numCompletedTasks, stage.numTasks)
        tasks = sum(total for _, total in seen.values())
        if tasks:
            share = sum(finished for finished, _ in seen.values()) / tasks
            watch.progress(SOURCES_READ + int(share * (ROWS_MADE - SOURCES_READ)))

    with looking(look):
        yield


@contextmanager
def spark_errors() -> Iterator[None]:
    """Spark's errors in words for people; never SQL, class names or traces."""
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]
    from pyspark.errors import PySparkException

    try:
        yield
    except ProblemError:
        raise
    except (PySparkException, Py4JError) as error:
        raise translated(error) from error

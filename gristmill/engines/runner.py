"""Runs a job: the same steps on every engine. Look at the sources, compile, write the sinks."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from gristmill.engines.detecting import detected, proofs_begun
from gristmill.engines.watch import RunResult, Silent, SinkResult, Watch
from gristmill.problems import plural, run_error
from gristmill.recipe.job import Job
from gristmill.storage.proofs import MEMORY

# Engines that a job may name (platform 2.3), and what makes the ones available that are not built in.
CONFIGURABLE = {
    "spark": "set engines.spark.master",
    "emrSpark": "set the EMR cluster",
    "databricksSpark": "set the Databricks service URL and token",
    "dataflow": "set the Google project and credentials",
}
# Engines of later releases that clients may name (api 4.3); there is nothing to configure.
FOREIGN = ("amp", "xml-amp", "dataprocSpark", "bigquery", "databricksSql")


def run(job: Job, engine: str = "photon", watch: Watch | None = None) -> RunResult:
    """Run a job and write every sink.

    Raises RecipeError for errors in the recipes, RunError where an input, an output or a resource fails.
    """
    watch = watch or Silent()
    _refuse_unknown(engine)
    started = time.monotonic()
    job = detected(job)
    MEMORY.folder = Path(job.limits.proofs) if job.limits.proofs else None
    with proofs_begun(job):  # which goes on while the engine is loaded
        sinks: tuple[SinkResult, ...] = _engine(engine)(job, watch)
    seconds = time.monotonic() - started
    watch.progress(100)
    for sink in sinks:
        watch.log("info", f"wrote {plural(sink.rows, 'row')} of {plural(len(sink.columns), 'column')}")
    return RunResult(sinks, seconds)


def _refuse_unknown(engine: str) -> None:
    if engine not in ("photon", "spark"):
        raise run_error(not_configured(engine))


def _engine(name: str) -> Callable[[Job, Watch], tuple[SinkResult, ...]]:
    """What runs a job on an engine; heavy modules are loaded here."""
    if name == "spark":
        from gristmill.engines.spark.engine import run_job as run_on_spark

        return run_on_spark
    from gristmill.engines.duckdb.engine import run_job

    return run_job


def not_configured(engine: str) -> str:
    """Why a running environment cannot be used, and what to do about it (platform 2.3)."""
    if engine in CONFIGURABLE:
        return f"running environment {engine} is not configured: {CONFIGURABLE[engine]}, or run on photon"
    if engine in FOREIGN:
        return (
            f"not supported: running environment {engine} is not built; run on photon, or set engines.fallbackToLocal"
        )
    known = ", ".join(("photon", *CONFIGURABLE))
    return f"running environment '{engine}' is not known ({known})"


def now() -> str:
    """The present instant as a job's reference date."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

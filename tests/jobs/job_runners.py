"""Runners for engine processes that do without a real engine: they write known rows, wait at a moment, or misbehave.

What they do is in the job's parameters, so that a test can say it in one place.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from gristmill.engines.runner import run
from gristmill.engines.watch import RunResult, SinkResult, Watch
from gristmill.jobs.child import MOST_BYTES
from gristmill.problems import run_error
from gristmill.recipe.job import Job

HEADER = "number,square\n"


def whole_file(rows: int) -> str:
    """What `write_rows` writes."""
    return HEADER + "".join(f"{number},{number * number}\n" for number in range(rows))


def write_rows(job: Job, engine: str, watch: Watch) -> RunResult:
    """Write `rows` rows to every sink; stop for ever at the moment `wait_at` unless this is a later attempt."""
    rows = int(job.parameters.get("rows", "3"))
    moments = Moments(job)
    moments.reach("before the first row")
    watch.log("info", f"engine {engine}")
    for sink in job.sinks:
        with Path(sink.path).open("w") as file:
            text = whole_file(rows)
            file.write(text[: len(text) // 2])
            file.flush()
            watch.progress(50)
            moments.reach("half written")
            file.write(text[len(text) // 2 :])
    return RunResult(tuple(SinkResult(sink.path, rows, ("number", "square")) for sink in job.sinks), 0.5)


def write_what_can_be(job: Job, engine: str, watch: Watch) -> RunResult:
    """The same, but the sink that is called `broken` cannot be written."""
    good = [sink for sink in job.sinks if Path(sink.path).name != job.parameters["broken"]]
    written = {sink.path: sink for sink in write_rows(replace(job, sinks=tuple(good)), engine, watch).sinks}
    missing = {sink.path: SinkResult(sink.path, 0, error="the disk is full") for sink in job.sinks}
    return RunResult(tuple((missing | written).values()), 0.5)


def share_rows(job: Job, engine: str, watch: Watch) -> RunResult:
    """The real engine; it stops for ever before or after the rows of a shared recipe are kept."""
    moments = Moments(job)

    class Stopping:
        progress = staticmethod(watch.progress)

        @staticmethod
        def log(level: str, message: str) -> None:
            watch.log(level, message)
            if "rows kept" in message:
                moments.reach("rows kept")

    def slow_replace(path: Path, target: Path) -> Path:
        moments.reach("before the rows are kept")
        return replace_file(path, target)

    replace_file, Path.replace = Path.replace, slow_replace  # type: ignore[assignment,method-assign]
    try:
        return run(job, engine, Stopping())
    finally:
        Path.replace = replace_file  # type: ignore[method-assign]


class Moments:
    """Tells the test that a moment has come: the file `<moment>.pid` in the folder `moments` appears."""

    def __init__(self, job: Job) -> None:
        self._wanted = job.parameters.get("wait_at")
        self._folder = Path(job.parameters.get("moments", "/nowhere"))

    def reach(self, moment: str) -> None:
        if moment == self._wanted and self._folder.is_dir():
            wait_for_ever(self._folder, moment)


def wait_for_ever(folder: Path, moment: str) -> None:
    """Only the first to come waits."""
    try:
        mark = (folder / f"{moment}.pid").open("x")
    except FileExistsError:
        return
    with mark:
        mark.write(str(os.getpid()))
    while True:
        time.sleep(60)


def never_convert(document: dict[str, Any], watch: Watch) -> None:
    """Stands in for the conversion of a source; the folder of moments is among the options of its reading."""
    folder = document["job"]["sources"][document["source"]]["reading"]["options"]["moments"]
    wait_for_ever(Path(folder), "converting")


def tell_everything(job: Job, engine: str, watch: Watch) -> RunResult:
    watch.progress(10)
    watch.progress(60)
    watch.progress(40)
    watch.log("warning", "3 cells do not fit")
    return RunResult((SinkResult("/out/a.csv", 3, ("a", "b"), {"b": 3}),), 1.5)


def tell_from_threads(job: Job, engine: str, watch: Watch) -> RunResult:
    threads = [threading.Thread(target=lambda: [watch.log("info", "x" * 5000) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return RunResult(())


def tell_properties(job: Job, engine: str, watch: Watch) -> RunResult:
    """Where Spark would run and with what, in the log."""
    watch.log("info", f"{job.limits.master} {dict(job.limits.properties)}")
    return write_rows(job, engine, watch)


def complain(job: Job, engine: str, watch: Watch) -> RunResult:
    raise run_error("input file not found: 'a.csv'")


def divide_by_zero(job: Job, engine: str, watch: Watch) -> RunResult:
    return RunResult((), 1 / int("0"))


def crash(job: Job, engine: str, watch: Watch) -> RunResult:
    os.kill(os.getpid(), signal.SIGSEGV)
    return RunResult(())


def be_killed(job: Job, engine: str, watch: Watch) -> RunResult:
    os.kill(os.getpid(), signal.SIGKILL)
    return RunResult(())


def leave(job: Job, engine: str, watch: Watch) -> RunResult:
    os._exit(3)


def run_out_of_memory(job: Job, engine: str, watch: Watch) -> RunResult:
    raise MemoryError


def grow(job: Job, engine: str, watch: Watch) -> RunResult:
    """Keeps so much memory that its process should not be used again."""
    sys.modules["held"] = b"x" * MOST_BYTES  # type: ignore[assignment]
    return RunResult(())


def be_stubborn(job: Job, engine: str, watch: Watch) -> RunResult:
    """Does not end by being asked."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    watch.progress(1)
    while True:
        time.sleep(60)


def be_slow(job: Job, engine: str, watch: Watch) -> RunResult:
    time.sleep(float(job.parameters.get("seconds", "60")))
    return RunResult(())


def list_modules(job: Job, engine: str, watch: Watch) -> RunResult:
    """The modules of the process, as columns of a sink."""
    return RunResult((SinkResult("", 0, tuple(sorted(sys.modules))),))

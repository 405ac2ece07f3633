"""Runs over files: what a dataset's records are, and what a sink writes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from gristmill.engines.runner import run
from gristmill.engines.watch import SinkResult
from gristmill.recipe.job import Job, Limits, RecipeText, Sink, Source
from gristmill.storage.reading import Reading


class Log:
    """A watch that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def progress(self, percent: int) -> None:
        pass

    def log(self, level: str, message: str) -> None:
        if level == "warning":
            self.lines.append(message)


def write(
    source: Path | list[Path],
    target: Path,
    format: str,
    *,
    recipe: str = "",
    reading: dict[str, Any] | None = None,
    mismatches: bool = False,
    log: Log | None = None,
    engine: str = "photon",
    **options: Any,
) -> SinkResult:
    """Run a recipe over files; the job crosses a process boundary on its way, as JSON."""
    files = source if isinstance(source, list) else [source]
    document = Reading(tuple(map(str, files)), None, reading or {}).as_json()
    sink = Sink(str(target), format, {"asSingleFile": True, **options}, mismatches)
    with tempfile.TemporaryDirectory() as scratch:
        job = Job(
            (Source("s", document),), (RecipeText("r", recipe, "source:0"),), (sink,), limits=Limits(scratch=scratch)
        )
        result = run(Job.from_json(json.loads(json.dumps(job.as_json()))), engine, log)
    return result.sinks[0]


def records(source: Path | list[Path], **how: Any) -> list[dict[str, Any]]:
    """The rows of a dataset as objects."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.json"
        write(source, target, "json", **how)
        return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]


def csv_text(source: Path | list[Path], **how: Any) -> str:
    """The dataset as a CSV file."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.csv"
        write(source, target, "csv", **how)
        return target.read_bytes().decode()

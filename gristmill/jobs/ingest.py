"""The `ingest` job: a table or a query becomes a file in scratch that the recipe reads (platform 2.2, 3.8)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gristmill.jobs.brought import brought_once
from gristmill.jobs.databases import carry_out, login_for
from gristmill.jobs.leftovers import prepare
from gristmill.jobs.process import Task
from gristmill.jobs.running import Bench, Done, Running
from gristmill.jobs.stages import Ingest
from gristmill.model.job_tables import Job as JobRow
from gristmill.model.job_tables import JobType
from gristmill.recipe.job import Job, Source, SourceColumn

Json = dict[str, Any]
WORK = "gristmill.storage.tables.reading:work"
FILE = "source.parquet"


def ingest(bench: Bench, running: Running, stage: Ingest) -> Done:
    """Read the source. Raises JobError when that cannot be done, StoppedError when it was stopped."""
    claim = running.claim
    place = prepare(bench.settings.scratch, claim.job_id, claim.attempt, {})
    if stage.after:  # a script that goes before may have changed it
        return Done(_read(bench, running, stage, place.scratch))
    return Done(
        brought_once(bench, running, stage.relation, place.scratch, lambda: _read(bench, running, stage, place.scratch))
    )


def _read(bench: Bench, running: Running, stage: Ingest, scratch: Path) -> Json:
    login = replace(login_for(bench, running, stage.relation["connectionId"]), read_only=True)
    document = {
        "login": login.as_json(),
        "relation": stage.relation,
        "file": str(scratch / FILE),
        "options": stage.relation.get("options") or {},
    }
    return {"source": carry_out(bench, running, login, Task(WORK, document), lambda _: None)}


def with_ingested(bench: Bench, group_id: int, job: Job) -> Job:
    """The job with what its `ingest` jobs have brought in the place of its tables and queries."""
    wanted = select(JobRow.payload, JobRow.result).where(JobRow.job_group_id == group_id, JobRow.type == JobType.INGEST)
    with bench.sessions.read() as session:
        found = session.execute(wanted).all()
    sources = list(job.sources)
    for payload, result in found:
        if payload is not None and result is not None:
            sources[payload["source"]] = _source(sources[payload["source"]].name, result["source"])
    return replace(job, sources=tuple(sources))


def _source(name: str, brought: Json) -> Source:
    return Source(name, brought["reading"], tuple(SourceColumn.from_json(column) for column in brought["columns"]))

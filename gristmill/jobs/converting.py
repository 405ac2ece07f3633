"""The `fileconverter` job: a workbook or JSON document becomes files in scratch that the recipe's run reads."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from gristmill.jobs.arrivals import Arrivals
from gristmill.jobs.brought import brought_once
from gristmill.jobs.failures import JobError
from gristmill.jobs.leftovers import Workplace, prepare
from gristmill.jobs.process import Task
from gristmill.jobs.running import Bench, Done, Running
from gristmill.jobs.stages import Convert
from gristmill.model.job_tables import JobGroup
from gristmill.recipe.job import Job
from gristmill.recipe.structuring import own_structure

Json = dict[str, Any]
WORK = "gristmill.engines.duckdb.converter:convert"


def convert_source(bench: Bench, running: Running, stage: Convert) -> Done:
    """Convert one source; the result says under `source` how it is read now. Raises JobError, StoppedError."""
    settings, claim = bench.settings, running.claim
    with bench.sessions.read() as session:
        job = Job.from_json(session.get_one(JobGroup, claim.group_id).snapshot.definition)
    place = prepare(settings.scratch, claim.job_id, claim.attempt, {})
    facts = [job.as_json()["sources"][stage.source], own_structure(job, stage.source)]
    return Done(brought_once(bench, running, facts, place.scratch, lambda: _convert(bench, running, stage, job, place)))


def _convert(bench: Bench, running: Running, stage: Convert, job: Job, place: Workplace) -> Json:
    settings = bench.settings
    arrivals = Arrivals(settings, running, place.scratch, partial(brought_once, bench, running))
    (found,) = arrivals.arrived(replace(job, sources=(job.sources[stage.source],))).sources
    sources = tuple(found if number == stage.source else source for number, source in enumerate(job.sources))
    document = {
        "job": replace(job, sources=sources).as_json(),
        "source": stage.source,
        "folder": str(place.scratch),
    }
    timeout = settings.jobs_photon_timeout_minutes * 60 or None
    try:
        with running.engine(Task(WORK, document)) as process:
            source = process.carry_out(running.journal, _ask_nothing, timeout)
    except JobError as error:
        raise arrivals.told(error) from None
    running.journal.log("info", f"converted {source['name']}: {len(source['reading']['copies'])} parts")
    return {"source": source}


def _ask_nothing(question: Json) -> None:
    raise JobError("EngineFailed", "the conversion asked for something that it does not need")

"""A job compiled on its data, to be looked at: nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

from gristmill.engines.detecting import detected
from gristmill.engines.duckdb.session import Session
from gristmill.engines.duckdb.sources import Sources
from gristmill.engines.duckdb.telling import readable_errors
from gristmill.engines.watch import Silent
from gristmill.recipe.compile import Compiled, compile_job
from gristmill.recipe.job import Job

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Looked:
    """The job with the columns of its sources, compiled, in a session that has the sources open."""

    job: Job
    compiled: Compiled
    session: Session
    sources: Sources


def look_at(job: Job, work: Callable[[Looked], Result]) -> Result:
    """Compile a job on its data and do something with it. Raises RecipeError and RunError, as a run does."""
    job = detected(job)
    sources = Sources(job, Silent())
    with Session(job) as session, readable_errors(), closing(sources):
        session.confine(sources.files(), sources.folders())
        sources.open(session)
        return sources.retried(
            session, lambda: work(Looked(job, compile_job(job, session.ask, portable=True), session, sources))
        )

"""Profiles of runs as clients read them (api 5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.errors import InvalidError, MissingError
from gristmill.model.job_tables import FINAL, JobGroup, Profile

Json = dict[str, Any]
OWN = "gristmill"  # our own part of the document: strict clients trip over it


def document_of(session: Session, group: JobGroup, *, detail: bool = False) -> Json:
    """The profile of a run, columns in output order; `detail` adds what only we tell.

    Raises MissingError while there is none, and for a run without profiling.
    """
    document: Json = _profile(session, group).document
    return document if detail else {key: value for key, value in document.items() if key != OWN}


def pdf_of(session: Session, group: JobGroup) -> bytes:
    """The printed profile.

    Raises MissingError while it is not ready: clients ask again. Raises InvalidError where it will never be.
    """
    if not group.profiling_enabled:
        raise InvalidError(f"job group {group.id} ran without profiling: run it with overrides.profiler true")
    try:
        pdf = _profile(session, group).pdf
    except MissingError:
        if group.status in FINAL:
            raise InvalidError(f"job group {group.id} is {group.status} and has no profile") from None
        raise
    if pdf is None:
        raise MissingError(f"the profile of job group {group.id} is not printed")
    return pdf


def _profile(session: Session, group: JobGroup) -> Profile:
    found = session.scalar(select(Profile).where(Profile.job_group_id == group.id))
    if found is None:
        reason = "is not ready" if group.profiling_enabled else "was not asked for: run with overrides.profiler true"
        raise MissingError(f"the profile of job group {group.id} {reason}")
    return found

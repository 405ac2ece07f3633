"""Flows that a release has brought: they stay out of lists, and their recipes stay as they came (platform 9.2)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from gristmill.model.deployment_tables import ReleaseFlow
from gristmill.model.errors import ForbiddenError
from gristmill.model.tables import Flow


def outside_releases() -> ColumnElement[bool]:
    """The condition for flows that people have made themselves."""
    return Flow.id.not_in(select(ReleaseFlow.flow_id))


def refuse_released(session: Session, flow_id: int) -> None:
    """Raises ForbiddenError for a flow of a release; its outputs and parameters may be changed all the same."""
    release = session.scalar(select(ReleaseFlow.release_id).where(ReleaseFlow.flow_id == flow_id))
    if release is not None:
        raise ForbiddenError(f"flow {flow_id} belongs to release {release}: change a copy of it, import a new release")

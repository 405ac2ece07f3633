"""Who may see what: people see what they own and what lies in their flows, administrators see everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from gristmill.model.clock import now
from gristmill.model.deployment_tables import Deployment, Release, ReleaseFlow
from gristmill.model.errors import DeletedError, ForbiddenError, InvalidError, MissingError
from gristmill.model.job_tables import FlowRun, Job, JobGroup, ScriptResult
from gristmill.model.tables import (
    Connection,
    ConnectionPermission,
    EnvironmentParameter,
    Flow,
    FlowNode,
    FlowParameter,
    FlowRunParameterOverride,
    Folder,
    ImportedDataset,
    OutputObject,
    Person,
    Publication,
    SqlScript,
    Stamped,
    WebhookFlowTask,
    WriteSetting,
)

MAX_ID = 2**63 - 1
T = TypeVar("T", bound=Stamped)


@dataclass(frozen=True, slots=True)
class Caller:
    """The person on whose behalf something is done."""

    person_id: int
    email: str
    is_admin: bool
    workspace_id: int


def visible(table: type[Stamped], caller: Caller) -> ColumnElement[bool]:
    """The condition for rows of `table` that `caller` may see."""
    return true() if caller.is_admin else _VISIBLE[table](caller.person_id)


def find(session: Session, table: type[T], id: int, caller: Caller, *, include_deleted: bool = False) -> T:
    """The object that a path names.

    Raises MissingError for an unknown id, ForbiddenError for somebody else's object, DeletedError for a deleted one.
    """
    row = session.get(table, id) if id <= MAX_ID else None
    if row is None:
        raise MissingError(f"{name_of(table)} {id} not found")
    _allow(session, table, row, caller)
    if row.deleted_at is not None and not include_deleted:
        raise DeletedError(f"{name_of(table)} {id} was deleted")
    return row


def refer(session: Session, table: type[T], id: int, caller: Caller, field: str) -> T:
    """The object that a field of the body names.

    Raises InvalidError `flow: flow 7 not found` for an unknown or deleted one, ForbiddenError for somebody else's.
    """
    row = session.get(table, id) if id <= MAX_ID else None
    if row is None or row.deleted_at is not None:
        raise InvalidError(f"{field}: {name_of(table)} {id} not found")
    _allow(session, table, row, caller)
    return row


def made_by(caller: Caller) -> dict[str, Any]:
    """The columns of a new object that say who made it, and when."""
    moment = now()
    return {
        "created_at": moment,
        "updated_at": moment,
        "creator_id": caller.person_id,
        "updater_id": caller.person_id,
    }


def touch(row: Stamped, caller: Caller) -> None:
    """Note that `caller` has changed `row`."""
    row.updated_at = now()
    row.updater_id = caller.person_id


def hide(row: Stamped, caller: Caller) -> None:
    """Delete `row` softly."""
    touch(row, caller)
    row.deleted_at = row.updated_at


def name_of(table: type[Stamped]) -> str:
    """`output object` for OutputObject."""
    return _NAMES[table]


def _allow(session: Session, table: type[Stamped], row: Stamped, caller: Caller) -> None:
    if caller.is_admin:
        return
    if session.scalar(select(table.id).where(table.id == row.id, visible(table, caller))) is None:
        raise ForbiddenError(f"no right on {name_of(table)} {row.id}")


def _own_flows(person_id: int) -> ColumnElement[bool]:
    """Who owns a deployment owns what its releases bring, whoever imports them."""
    released = (
        select(ReleaseFlow.flow_id)
        .join(Release, Release.id == ReleaseFlow.release_id)
        .where(Release.deployment_id.in_(_deployments(person_id)))
    )
    return or_(Flow.creator_id == person_id, Flow.id.in_(released))


def _deployments(person_id: int) -> Any:
    return select(Deployment.id).where(Deployment.creator_id == person_id)


def _flows(person_id: int) -> Any:
    return select(Flow.id).where(_own_flows(person_id))


def _nodes(person_id: int) -> Any:
    return select(FlowNode.id).where(FlowNode.flow_id.in_(_flows(person_id)))


def _outputs(person_id: int) -> Any:
    return select(OutputObject.id).where(OutputObject.flow_node_id.in_(_nodes(person_id)))


def _groups(person_id: int) -> Any:
    owned = JobGroup.creator_id == person_id
    return select(JobGroup.id).where(or_(owned, JobGroup.flow_node_id.in_(_nodes(person_id))))


def _datasets(person_id: int) -> ColumnElement[bool]:
    in_flows = select(FlowNode.imported_dataset_id).where(
        FlowNode.flow_id.in_(_flows(person_id)), FlowNode.imported_dataset_id.is_not(None)
    )
    return or_(ImportedDataset.creator_id == person_id, ImportedDataset.id.in_(in_flows))


def _connections(person_id: int) -> ColumnElement[bool]:
    shared = select(ConnectionPermission.connection_id).where(
        ConnectionPermission.person_id == person_id, ConnectionPermission.deleted_at.is_(None)
    )
    return or_(Connection.creator_id == person_id, Connection.is_global, Connection.id.in_(shared))


_VISIBLE: dict[type[Stamped], Callable[[int], ColumnElement[bool]]] = {
    Person: lambda person: Person.id == person,
    Folder: lambda person: Folder.creator_id == person,
    Flow: _own_flows,
    FlowNode: lambda person: FlowNode.flow_id.in_(_flows(person)),
    FlowParameter: lambda person: FlowParameter.flow_id.in_(_flows(person)),
    EnvironmentParameter: lambda person: true(),
    FlowRunParameterOverride: lambda person: FlowRunParameterOverride.flow_id.in_(_flows(person)),
    ImportedDataset: _datasets,
    OutputObject: lambda person: OutputObject.flow_node_id.in_(_nodes(person)),
    WriteSetting: lambda person: WriteSetting.output_object_id.in_(_outputs(person)),
    FlowRun: lambda person: or_(FlowRun.creator_id == person, FlowRun.flow_id.in_(_flows(person))),
    WebhookFlowTask: lambda person: WebhookFlowTask.flow_id.in_(_flows(person)),
    Connection: _connections,
    Publication: lambda person: Publication.output_object_id.in_(_outputs(person)),
    SqlScript: lambda person: SqlScript.output_object_id.in_(_outputs(person)),
    JobGroup: lambda person: JobGroup.id.in_(_groups(person)),
    Job: lambda person: Job.job_group_id.in_(_groups(person)),
    ScriptResult: lambda person: ScriptResult.job_group_id.in_(_groups(person)),
    Deployment: lambda person: Deployment.creator_id == person,
    Release: lambda person: Release.deployment_id.in_(_deployments(person)),
}

_NAMES: dict[type[Stamped], str] = {
    Person: "person",
    Folder: "folder",
    Flow: "flow",
    FlowNode: "recipe or flow node",
    FlowParameter: "flow parameter",
    EnvironmentParameter: "environment parameter",
    FlowRunParameterOverride: "flow run parameter override",
    ImportedDataset: "imported dataset",
    OutputObject: "output object",
    WriteSetting: "write setting",
    FlowRun: "flow run",
    WebhookFlowTask: "webhook",
    Connection: "connection",
    Publication: "publication",
    SqlScript: "SQL script",
    JobGroup: "job group",
    Job: "job",
    ScriptResult: "script result",
    Deployment: "deployment",
    Release: "release",
}

"""`/v4/releases`: packages that deployments have taken in (api 3.13)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from gristmill.api.answers import changed, counted, listed, one, shown
from gristmill.api.deployment_bodies import ReleaseFields
from gristmill.api.embedding import Json
from gristmill.api.inputs import Id, Item, List, PathId
from gristmill.api.package_bodies import package_answer
from gristmill.api.resources.deployments import RELEASES
from gristmill.api.routing import DEPLOYING, FILE, Conf, CurrentUser, Db, v4_router
from gristmill.model import deployments
from gristmill.model.access import MAX_ID, Caller, find
from gristmill.model.deployment_tables import Release
from gristmill.model.package_exports import export_package

router = v4_router("releases", DEPLOYING)
DeploymentId = Annotated[Id | None, Query(alias="deploymentId", description="only releases of this deployment")]


@router.get("")
def list_releases(user: CurrentUser, db: Db, conf: Conf, query: List, deployment_id: DeploymentId = None) -> Json:
    """Releases of your deployments, newest first."""
    with db.read() as session:
        return listed(session, conf, user, RELEASES, query, *_where(deployment_id))


@router.get("/count")
def count_releases(user: CurrentUser, db: Db, query: List, deployment_id: DeploymentId = None) -> Json:
    """How many releases there are."""
    with db.read() as session:
        return counted(session, user, RELEASES, query, *_where(deployment_id))


@router.get("/{id}")
def get_release(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A release; `embed=flows` shows what it has brought."""
    with db.read() as session:
        return one(session, conf, user, RELEASES, id, query)


@router.patch("/{id}")
def change_release(id: PathId, body: ReleaseFields, user: CurrentUser, db: Db) -> Json:
    """Make a release the active one of its deployment, or let none be active; or change its notes."""
    with db.write() as session:
        return changed(_change(session, user, id, body))


@router.put("/{id}")
def replace_release(id: PathId, body: ReleaseFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The same as PATCH; answers the whole release."""
    with db.write() as session:
        return shown(session, conf, RELEASES, _change(session, user, id, body))


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_release(id: PathId, user: CurrentUser, db: Db) -> None:
    """Delete a release with its flows; job groups stay."""
    with db.write() as session:
        deployments.delete_release(session, user, find(session, Release, id, user))


@router.get("/{id}/package", openapi_extra=FILE, response_class=Response)
def export_release(id: PathId, user: CurrentUser, db: Db, conf: Conf, comment: str = "") -> Response:
    """The flows of a release as a package, as import rules have made them. Secrets and credentials are not in it."""
    with db.read() as session:
        flows = deployments.flows_of(session, find(session, Release, id, user), primary=True)
        exported = export_package(session, conf, user, flows, comment)
    return package_answer(exported, f"release_{id}")


def _change(session: Session, user: Caller, id: int, body: ReleaseFields) -> Release:
    release = find(session, Release, id, user)
    if "notes" in body.model_fields_set:
        release = deployments.describe_release(user, release, body.notes)
    if body.active is not None:
        deployments.set_active(session, user, release, active=body.active)
    return release


def _where(deployment_id: int | None) -> list[ColumnElement[bool]]:
    column: Any = Release.deployment_id
    return [] if deployment_id is None else [column == min(deployment_id, MAX_ID)]

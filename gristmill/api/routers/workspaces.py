"""`/v4/workspaces` and its configuration, and `/v4/awsConfigs` (api 3.3, 3.16, 6.14)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query

from gristmill.api.answers import shown
from gristmill.api.embedding import Json
from gristmill.api.errors import invalid, not_found
from gristmill.api.inputs import V4Body
from gristmill.api.resources.people import WORKSPACES
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.model import workspace
from gristmill.model.access import Caller
from gristmill.model.clock import iso
from gristmill.problems import quoted

router = v4_router("workspaces")
aws_router = v4_router("awsConfigs")

WorkspaceId = Annotated[str, Path(description="`current` or the id of the workspace")]


class Change(V4Body):
    """A switch and its new value."""

    key: str
    value: Any


class Changes(V4Body):
    """`{"configuration": [{"key": "apiAccessTokens.usersMayCreate", "value": false}]}`."""

    configuration: list[Change]


@router.get("/current")
def get_current_workspace(user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The workspace that you work in."""
    with db.read() as session:
        return shown(session, conf, WORKSPACES, workspace.ensure_workspace(session))


@router.get("/{id}/configuration")
def get_configuration(
    id: WorkspaceId,
    user: CurrentUser,
    db: Db,
    conf: Conf,
    key: Annotated[str | None, Query(description="only this setting")] = None,
) -> Json:
    """The settings in force, by key."""
    _refuse_other_workspace(user, id)
    with db.read() as session:
        found = workspace.configuration(session, conf, user.workspace_id)
    if key is None:
        return found
    if key not in found:
        raise invalid(f"key: unknown setting {quoted(key)}")
    return {key: found[key]}


@router.patch("/{id}/configuration")
def change_configuration(id: WorkspaceId, body: Changes, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Change switches of the workspace. Only administrators may; server settings cannot be changed here."""
    _refuse_other_workspace(user, id)
    with db.write() as session:
        changes = [(change.key, change.value) for change in body.configuration]
        workspace.change_configuration(session, user, changes)
        session.flush()
        return workspace.configuration(session, conf, user.workspace_id)


@aws_router.get("/current")
def get_aws_config(user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The buckets to write to, without any secret; 404 where there are none, which clients read as "no S3"."""
    if not conf.storage_default_bucket:
        raise not_found("no S3 storage is configured: set storage.defaultBucket")
    with db.read() as session:
        row = workspace.ensure_workspace(session)
        return {
            "id": row.id,
            "defaultBucket": conf.storage_default_bucket,
            "extraBuckets": [name for name in conf.storage_buckets if name != conf.storage_default_bucket],
            "credentialProvider": "default",
            "role": None,
            "externalId": None,
            "credential": None,
            "activeRoleId": None,
            "createdAt": iso(row.created_at),
            "updatedAt": iso(row.updated_at),
        }


def _refuse_other_workspace(user: Caller, id: str) -> None:
    if id.lower() not in ("current", str(user.workspace_id)):
        raise not_found(f"workspace {quoted(id)} not found")

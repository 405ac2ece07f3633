"""How people, workspaces and access tokens are shown (api 3.1, 3.2)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gristmill.api.embedding import Association, Json, Resource, Rows, View, declare
from gristmill.api.resources.common import moment, one_by, stamp_columns
from gristmill.model.clock import iso
from gristmill.model.people import output_home
from gristmill.model.tables import AccessToken, Person, Stamped, Workspace

UPLOADS = "/trifacta/uploads"
_OPERATIONS = ["read", "update", "delete", "create", "share", "execute", "export"]


def person_view(person: Person, view: View) -> Json:
    """A person. `outputHomeDir` is a real path, so that `file://` may be put before it."""
    uploads = person.upload_dir or UPLOADS
    return {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "ssoPrincipal": None,
        "hadoopPrincipal": None,
        "isAdmin": person.is_admin,
        "isDisabled": person.is_disabled,
        "forcePasswordChange": False,
        "state": person.state,
        "lastStateChange": None,
        "createdAt": iso(person.created_at),
        "updatedAt": iso(person.updated_at),
        "outputHomeDir": str(output_home(view.settings, person)).rstrip("/"),
        "uploadDir": uploads,
        "fileUploadPath": uploads,
        "lastLoginTime": moment(person.last_login_at),
        "awsConfig": None,
    }


def privileges(person: Person) -> list[Json]:
    """What a person may do: everyone is author of flows and datasets, administrators of people too."""
    types = ["flow", "importedDataset", *(["person", "workspace"] if person.is_admin else [])]
    return [{"operations": _OPERATIONS, "resourceType": name} for name in types]


def workspace_view(workspace: Workspace, view: View) -> Json:
    """The workspace and how many people it has."""
    people = select(func.count()).select_from(Person).where(Person.deleted_at.is_(None))
    return {
        "id": workspace.id,
        "name": workspace.name,
        "tier": "none",
        "state": "active",
        "userCount": view.session.scalar(people),
        "createdAt": iso(workspace.created_at),
        "updatedAt": iso(workspace.updated_at),
    }


def token_view(token: AccessToken) -> Json:
    """A token without its secret."""
    return {
        "tokenId": token.id,
        "description": token.description,
        "expiredAt": moment(token.expired_at),
        "lastUsed": moment(token.last_used_at),
        "createdAt": iso(token.created_at),
    }


def _workspaces(session: Session, rows: Rows) -> Mapping[int, Rows]:
    found = {workspace.id: workspace for workspace in session.scalars(select(Workspace))}
    return {row.id: [found[row.workspace_id]] for row in rows}


PEOPLE = declare(
    Resource(
        "people",
        Person,
        person_view,
        columns={**stamp_columns(Person), "name": Person.name, "email": Person.email, "state": Person.state},
    )
)
WORKSPACES = declare(Resource("workspaces", Stamped, workspace_view))

CREATOR = Association("creator", "people", one_by("creator_id", Person))
UPDATER = Association("updater", "people", one_by("updater_id", Person))
PERSONS = (CREATOR, UPDATER)
WORKSPACE = Association("workspace", "workspaces", _workspaces)

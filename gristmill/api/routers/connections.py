"""`/v4/connections` (api 3.4)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from fastapi import Query, Response
from pydantic import BeforeValidator, Field
from sqlalchemy import ColumnElement, select

from gristmill.api.answers import changed, counted, listed, many, one, shown
from gristmill.api.embedding import Json
from gristmill.api.errors import invalid
from gristmill.api.inputs import Id, Item, List, Name, PathId, V4Body
from gristmill.api.resources.connections import CONNECTION_PERMISSIONS, CONNECTIONS
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.model import connections
from gristmill.model.access import Caller, find
from gristmill.model.tables import Connection, ConnectionPermission
from gristmill.problems import ProblemError, quoted
from gristmill.settings import Settings
from gristmill.storage.tables.session import probe
from gristmill.storage.tables.vendors import VENDORS

router = v4_router("connections")

_FACTS = ("advanced_credential_type", "endpoints", "bucket")
_REFUSED = ("ssh_tunneling", "advanced_credentials", "oauth2_state_id")
MAX_PORT = 65_535


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, dict) else value


Credentials = Annotated[list[dict[str, Any]], BeforeValidator(_one_or_many)]
SharedRole = Annotated[str | None, Query(alias="sharedRole", description="`owner` or `readOnly`")]
Port = Annotated[Id, Field(le=MAX_PORT)]


class ConnectParams(V4Body):
    """The older place of some fields."""

    vendor: str | None = None
    vendor_name: str | None = None
    host: str | None = None
    port: Port | None = None
    database: str | None = None


class ConnectionFields(V4Body):
    """A connection; everything may be left out in a change."""

    vendor: Name | None = None
    vendor_name: Name | None = None
    type: str | None = None
    credential_type: str | None = None
    name: Name | None = None
    params: dict[str, Any] | None = None
    connect_params: ConnectParams | None = None
    host: str | None = None
    port: Port | None = None
    description: str | None = None
    credentials: Credentials | None = None
    is_global: bool | None = None
    credentials_shared: bool | None = None
    disable_type_inference: bool | None = None
    ssl: bool | None = None
    ssh_tunneling: bool | None = None
    advanced_credential_type: str | None = None
    advanced_credentials: Any | None = None
    oauth2_state_id: Any | None = None
    endpoints: Any | None = None
    bucket: str | None = None

    def columns(self) -> dict[str, Any]:
        """What the client has sent, by column names; `connectParams` fills what is missing."""
        for name in _REFUSED:
            if getattr(self, name):
                raise invalid(f"not supported: {type(self).model_fields[name].alias}; leave it out")
        sent = self.given("connect_params", *_FACTS, *_REFUSED)
        older = self.connect_params or ConnectParams()
        for key in ("vendor", "vendor_name", "host", "port"):
            if sent.get(key) is None and getattr(older, key) is not None:
                sent[key] = getattr(older, key)
        if older.database is not None and "database" not in (sent.get("params") or {}):
            sent["params"] = {**(sent.get("params") or {}), "database": older.database}
        facts = {
            type(self).model_fields[name].alias: value for name in _FACTS if (value := getattr(self, name)) is not None
        }
        kept = {
            key: value for key, value in sent.items() if value is not None or key in ("description", "host", "port")
        }
        return {**kept, "facts": facts} if facts else kept


class NewConnection(ConnectionFields):
    """A complete connection; `vendor` may stand in `connectParams`."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("vendor", "type", "credential_type", "name")

    def columns(self) -> dict[str, Any]:
        sent = super().columns()
        for name in self.REQUIRED:
            if not sent.get(name):
                raise invalid(f"{type(self).model_fields[name].alias}: missing")
        return {"vendor_name": sent["vendor"], **sent}


class Share(V4Body):
    """A person, by id or mail address, and what she may do."""

    REFERENCES = {"person": "personId"}  # noqa: RUF012 - a ClassVar of V4Body

    person_id: Id | None = None
    email: str | None = None
    role: str | None = None
    policy_tag: str | None = None


class Shares(V4Body):
    """`{"data": [{"person": {"id": 3}, "role": "readOnly"}]}`."""

    data: list[Share]


class NewCredentials(V4Body):
    """Credentials that take the place of the stored ones."""

    credentials: Credentials


@router.post("", status_code=201)
def create_connection(body: NewConnection, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Keep a connection. Its credentials are encrypted and never shown again; nothing is connected yet."""
    with db.write() as session:
        return shown(session, conf, CONNECTIONS, connections.create_connection(session, conf, user, body.columns()))


@router.post("/dryRun")
def try_connection(body: NewConnection, user: CurrentUser, conf: Conf) -> Json:
    """Connect with what the body says, keep nothing; answers as `status` does."""
    return _status(conf, connections.new_connection(conf, user, body.columns()))


@router.get("")
def list_connections(user: CurrentUser, db: Db, conf: Conf, query: List, shared_role: SharedRole = None) -> Json:
    """Your connections, those shared with you and those that everybody sees, newest first."""
    with db.read() as session:
        return listed(session, conf, user, CONNECTIONS, query, *_with_role(user, shared_role))


@router.get("/count")
def count_connections(user: CurrentUser, db: Db, query: List, shared_role: SharedRole = None) -> Json:
    """How many connections there are."""
    with db.read() as session:
        return counted(session, user, CONNECTIONS, query, *_with_role(user, shared_role))


@router.get("/vendors")
def list_vendors(user: CurrentUser) -> Json:
    """The databases that connections may lead to."""
    return {"data": [{"name": vendor.name, "displayName": vendor.title} for vendor in VENDORS.values()]}


@router.get("/credentialTypes")
def list_credential_types(user: CurrentUser) -> Json:
    """The words that `credentialType` may be."""
    return {"data": list(connections.CREDENTIAL_TYPES)}


@router.get("/{id}")
def get_connection(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A connection without its secrets."""
    with db.read() as session:
        return one(session, conf, user, CONNECTIONS, id, query)


@router.patch("/{id}")
def change_connection(id: PathId, body: ConnectionFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Change a connection; credentials that are not sent stay."""
    with db.write() as session:
        row = find(session, Connection, id, user)
        return changed(connections.change_connection(session, conf, user, row, body.columns()))


@router.put("/{id}")
def replace_connection(id: PathId, body: ConnectionFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The same as PATCH; answers the whole connection."""
    with db.write() as session:
        row = find(session, Connection, id, user)
        row = connections.change_connection(session, conf, user, row, body.columns())
        return shown(session, conf, CONNECTIONS, row)


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_connection(id: PathId, user: CurrentUser, db: Db) -> None:
    """Delete a connection. Jobs that need it fail from now on; tables stay."""
    with db.write() as session:
        connections.delete_connection(session, user, find(session, Connection, id, user))


@router.get("/{id}/status")
def test_connection(id: PathId, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Connect and say whether it worked: `{"result": "SUCCESS", "reason": null}`."""
    with db.read() as session:
        row = find(session, Connection, id, user)
    return _status(conf, row)


@router.get("/{id}/credentials")
def get_credentials(id: PathId, user: CurrentUser, db: Db) -> Json:
    """Whose the credentials are; never what they are."""
    with db.read() as session:
        return {"data": find(session, Connection, id, user).shown_credentials or []}


@router.put("/{id}/credentials")
def change_credentials(id: PathId, body: NewCredentials, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Put other credentials in the place of the stored ones."""
    with db.write() as session:
        row = find(session, Connection, id, user)
        return changed(connections.change_connection(session, conf, user, row, body.given()))


@router.get("/{id}/permissions")
def list_permissions(id: PathId, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """With whom the connection is shared."""
    with db.read() as session:
        row = find(session, Connection, id, user)
        return many(session, conf, CONNECTION_PERMISSIONS, connections.permissions_of(session, row))


@router.post("/{id}/permissions", status_code=201)
def share_connection(id: PathId, body: Shares, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Let other people use the connection."""
    with db.write() as session:
        row = find(session, Connection, id, user)
        shares = connections.share_connection(session, user, row, [share.given() for share in body.data])
        return many(session, conf, CONNECTION_PERMISSIONS, shares)


@router.delete("/{id}/permissions/{person_id}", status_code=204, response_class=Response)
def unshare_connection(id: PathId, person_id: PathId, user: CurrentUser, db: Db) -> None:
    """Take the connection from a person."""
    with db.write() as session:
        connections.unshare_connection(session, user, find(session, Connection, id, user), person_id)


def _status(conf: Settings, row: Connection) -> Json:
    """Never an HTTP error: a connection that does not work is an answer (api 3.4)."""
    try:
        probe(connections.login_of(conf, row, statement_seconds=conf.connectivity_query_timeout_seconds))
    except ProblemError as error:
        exception = {"name": "ConnectionFailed", "message": "Could not connect to host", "details": str(error)}
        return {"result": "FAILURE", "reason": {"exception": exception}}
    return {"result": "SUCCESS", "reason": None}


def _with_role(user: Caller, role: str | None) -> list[ColumnElement[bool]]:
    if role is None:
        return []
    if role not in connections.ROLES:
        raise invalid(f"sharedRole: invalid value {quoted(role)}, valid values are {', '.join(connections.ROLES)}")
    shared = select(ConnectionPermission.connection_id).where(
        ConnectionPermission.person_id == user.person_id,
        ConnectionPermission.role == role,
        ConnectionPermission.deleted_at.is_(None),
    )
    own = Connection.creator_id == user.person_id
    return [Connection.id.in_(shared) | own if role == "owner" else Connection.id.in_(shared)]

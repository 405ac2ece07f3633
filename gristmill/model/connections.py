"""Connections to databases: what people say of them, who may use them, how they are reached (api 3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, find, hide, made_by, touch
from gristmill.model.errors import ConflictError, ForbiddenError, InvalidError, MissingError
from gristmill.model.people import with_email
from gristmill.model.secrets import SecretError, decrypt, encrypt
from gristmill.model.tables import Connection, ConnectionPermission, Person
from gristmill.problems import ProblemError, quoted, run_error
from gristmill.settings import Settings
from gristmill.storage.locations import Roots
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.vendors import vendor_named

Json = dict[str, Any]
Changes = Mapping[str, Any]

TYPES = ("jdbc", "rest", "remotefile")
CREDENTIAL_TYPES = (
    "basic", "securityToken", "iamRoleArn", "iamDbUser", "oauth2", "keySecret", "apiKey", "awsKeySecret",
    "basicWithAppToken", "userWithApiToken", "basicApp", "transactionKey", "password", "apiKeyWithToken", "noAuth",
    "httpHeaderBasedAuth", "httpQueryBasedAuth", "privateApp", "accessToken", "personalAccessToken", "tokenAuth",
    "conf", "kerberosDelegate", "azureTokenSso", "custom", "aws",
)  # fmt: skip
ROLES = ("owner", "readOnly")
READ_ONLY_TAG = "connection_viewer"
# what answers may show of credentials: who, never with what
_SHOWN = ("username", "user", "email", "account", "iamRoleArn")


def create_connection(session: Session, settings: Settings, caller: Caller, fields: Changes) -> Connection:
    """Keep a connection; its credentials are encrypted. `fields` are keyed by column names.

    Raises InvalidError for words that do not exist, ConflictError for a name that the caller has used already.
    """
    _check_words(fields)
    _refuse_taken(session, caller, caller.person_id, fields["name"])
    row = new_connection(settings, caller, fields)
    session.add(row)
    session.flush()
    return row


def new_connection(settings: Settings, caller: Caller, fields: Changes) -> Connection:
    """A connection that is in no session, to be tried out (api 3.4, `dryRun`)."""
    _check_words(fields)
    row = Connection(
        uuid=str(uuid4()),
        **{"ssl": False, "is_global": False, "credentials_shared": True, "disable_type_inference": False},
        workspace_id=caller.workspace_id,
        **made_by(caller),
    )
    _fill(settings, row, fields)
    return row


def change_connection(
    session: Session, settings: Settings, caller: Caller, row: Connection, fields: Changes
) -> Connection:
    """Change what `fields` names; credentials that are not given stay. Only owners and administrators may."""
    refuse_stranger(session, caller, row)
    _check_words(fields)
    if row.is_global and fields.get("is_global") is False:
        raise InvalidError("isGlobal: a connection that everybody sees cannot be made private again")
    if fields.get("name") not in (None, row.name):
        _refuse_taken(session, caller, row.creator_id, fields["name"])
    _fill(settings, row, fields)
    touch(row, caller)
    session.flush()
    return row


def delete_connection(session: Session, caller: Caller, row: Connection) -> None:
    """Hide a connection; jobs that need it fail from now on."""
    refuse_stranger(session, caller, row)
    hide(row, caller)


def refuse_stranger(session: Session, caller: Caller, row: Connection) -> None:
    """Raises ForbiddenError for people who may use a connection but not change it."""
    owners = {row.creator_id, *(item.person_id for item in permissions_of(session, row) if item.role == "owner")}
    if not caller.is_admin and caller.person_id not in owners:
        raise ForbiddenError(f"connection {row.id} belongs to somebody else")


def permissions_of(session: Session, row: Connection) -> list[ConnectionPermission]:
    """With whom a connection is shared."""
    live = select(ConnectionPermission).where(
        ConnectionPermission.connection_id == row.id, ConnectionPermission.deleted_at.is_(None)
    )
    return list(session.scalars(live.order_by(ConnectionPermission.id)))


def share_connection(
    session: Session, caller: Caller, row: Connection, shares: Sequence[Json]
) -> list[ConnectionPermission]:
    """Let people use a connection: `[{"person_id" | "email", "role", "policy_tag"}]`; an earlier share is replaced."""
    refuse_stranger(session, caller, row)
    return [_share(session, caller, row, share) for share in shares]


def unshare_connection(session: Session, caller: Caller, row: Connection, person_id: int) -> None:
    """Take the right to use it from a person. Raises MissingError when there is none."""
    refuse_stranger(session, caller, row)
    for item in permissions_of(session, row):
        if item.person_id == person_id:
            hide(item, caller)
            return
    raise MissingError(f"connection {row.id} is not shared with person {person_id}")


def usable_connection(session: Session, caller: Caller, id: int | None) -> Connection:
    """The connection that a run names. Raises RunError for one that is gone, or that the caller may not use."""
    if id is None:
        raise run_error("connectionId: missing, say through which connection to reach the table")
    row = session.get(Connection, id)
    if row is None or row.deleted_at is not None:
        raise run_error(f"connection {id} not found")
    try:
        find(session, Connection, id, caller)
    except ForbiddenError:
        raise run_error(f"no right on connection {id}") from None
    if not row.credentials_shared and not caller.is_admin and row.creator_id != caller.person_id:
        raise run_error(f"the owner of connection {quoted(row.name)} does not share its credentials")
    return row


def login_of(settings: Settings, row: Connection, label: str = "gristmill", *, statement_seconds: int = 0) -> Login:
    """How to reach the database. Raises RunError for unknown vendors, unreadable secrets and files out of bounds."""
    vendor = vendor_named(row.vendor)
    params = row.params or {}
    database = params.get("database") or params.get("defaultDatabase")
    try:
        secrets: Json = {} if row.credentials is None else _merged(decrypt(settings, row.credentials))
    except SecretError as error:
        raise run_error(f"connection {quoted(row.name)}: {error}") from None
    file = None
    if vendor.is_file:
        if not database:
            raise run_error(f"connection {quoted(row.name)}: params.database is missing, the file of the database")
        file = str(Roots(settings.data, settings.storage_file_roots).locate(str(database)))
    return Login(
        vendor=vendor.name,
        host=row.host,
        port=row.port or vendor.port,
        database=None if database is None else str(database),
        file=file,
        ssl=row.ssl,
        params=params,
        secrets=secrets,
        label=label,
        connect_seconds=settings.connectivity_connect_timeout_seconds,
        lock_seconds=settings.connectivity_lock_timeout_seconds,
        statement_seconds=statement_seconds,
    )


def connect_string(row: Connection) -> str:
    """The address of the database as people know it: `jdbc:postgresql://pg:5432/prod_db`; no credentials in it."""
    params = row.params or {}
    database = params.get("database") or params.get("defaultDatabase") or ""
    try:
        vendor = vendor_named(row.vendor)
    except ProblemError:
        return f"jdbc:{row.vendor}://{row.host or ''}"
    if vendor.is_file:
        return f"jdbc:{vendor.name}:{database}"
    scheme = "postgresql" if vendor.name == "postgres" else vendor.name
    port = row.port or vendor.port
    return f"jdbc:{scheme}://{row.host or ''}{f':{port}' if port else ''}/{database}"


def _share(session: Session, caller: Caller, row: Connection, share: Json) -> ConnectionPermission:
    person = _person(session, share)
    role = share.get("role") or "readOnly"
    if role not in ROLES:
        raise InvalidError(f"role: invalid value {quoted(role)}, valid values are {', '.join(ROLES)}")
    for item in permissions_of(session, row):
        if item.person_id == person.id:
            item.role, item.policy_tag = role, share.get("policy_tag")
            touch(item, caller)
            return item
    tag = share.get("policy_tag") or (READ_ONLY_TAG if role == "readOnly" else None)
    made = ConnectionPermission(connection_id=row.id, person_id=person.id, role=role, policy_tag=tag, **made_by(caller))
    session.add(made)
    session.flush()
    return made


def _person(session: Session, share: Json) -> Person:
    if share.get("email") is not None:
        found = with_email(session, share["email"])
        if found is None:
            raise InvalidError(f"email: person {quoted(share['email'])} not found")
        return found
    id = share.get("person_id")
    person = session.get(Person, id) if id is not None and id < 2**63 else None
    if person is None or person.deleted_at is not None:
        raise InvalidError(f"person: person {id} not found")
    return person


def _fill(settings: Settings, row: Connection, fields: Changes) -> None:
    for column, value in fields.items():
        if column != "credentials":
            setattr(row, column, value)
    if fields.get("credentials") is not None:
        given = fields["credentials"]
        row.credentials = encrypt(settings, given)
        row.shown_credentials = [{key: item[key] for key in _SHOWN if key in item} for item in given]


def _check_words(fields: Changes) -> None:
    for column, wire, words in (
        ("type", "type", TYPES),
        ("credential_type", "credentialType", CREDENTIAL_TYPES),
    ):
        if column in fields and fields[column] not in words:
            raise InvalidError(f"{wire}: invalid value {quoted(fields[column])}, valid values are {', '.join(words)}")


def _refuse_taken(session: Session, caller: Caller, owner_id: int | None, name: str) -> None:
    taken = select(Connection.id).where(
        Connection.workspace_id == caller.workspace_id,
        Connection.creator_id == owner_id,
        Connection.name == name,
        Connection.deleted_at.is_(None),
    )
    found = session.scalars(taken).first()
    if found is not None:
        raise ConflictError(f"name: connection {found} is called {quoted(name)} already")


def _merged(credentials: Sequence[Json]) -> Json:
    merged: Json = {}
    for item in credentials:
        merged |= item
    return merged

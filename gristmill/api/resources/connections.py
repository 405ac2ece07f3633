"""How connections are shown (api 3.4): never with a secret."""

from __future__ import annotations

from gristmill.api.answers import reference
from gristmill.api.embedding import Association, Json, Resource, View, declare
from gristmill.api.resources.common import many_by, stamp_columns, stamps
from gristmill.api.resources.people import PERSONS, WORKSPACE
from gristmill.model.tables import Connection, ConnectionPermission


def connection_view(row: Connection, view: View) -> Json:
    """A connection; of its credentials only what tells whose they are."""
    params = row.params or {}
    return {
        "id": row.id,
        "uuid": row.uuid,
        "name": row.name,
        "description": row.description,
        "vendor": row.vendor,
        "vendorName": row.vendor_name,
        "type": row.type,
        "host": row.host,
        "port": row.port,
        "params": params,
        "connectParams": {
            "vendor": row.vendor,
            "vendorName": row.vendor_name,
            "host": row.host,
            "port": None if row.port is None else str(row.port),
            "database": params.get("database"),
        },
        "ssl": row.ssl,
        "sshTunneling": False,
        "isGlobal": row.is_global,
        "credentialType": row.credential_type,
        "credentialsShared": row.credentials_shared,
        "hasCredentials": row.credentials is not None,
        "disableTypeInference": row.disable_type_inference,
        "credentials": row.shown_credentials or [],
        **(row.facts or {}),
        **stamps(row),
        "workspace": reference(row.workspace_id),
    }


def permission_view(row: ConnectionPermission, view: View) -> Json:
    """A person who may use somebody else's connection."""
    return {
        "id": row.id,
        "role": row.role,
        "policyTag": row.policy_tag,
        "person": reference(row.person_id),
        "connection": reference(row.connection_id),
        **stamps(row),
    }


CONNECTION_PERMISSIONS = declare(Resource("connectionPermissions", ConnectionPermission, permission_view, PERSONS))
CONNECTIONS = declare(
    Resource(
        "connections",
        Connection,
        connection_view,
        (
            Association("permissions", "connectionPermissions", many_by(ConnectionPermission.connection_id), many=True),
            *PERSONS,
            WORKSPACE,
        ),
        columns={
            **stamp_columns(Connection),
            "name": Connection.name,
            "description": Connection.description,
            "vendor": Connection.vendor,
            "type": Connection.type,
            "host": Connection.host,
        },
    )
)

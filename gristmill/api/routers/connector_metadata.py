"""`/v4/connectorMetadata` (api 3.4): what is known of a kind of database."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from gristmill.api.embedding import Json
from gristmill.api.errors import not_found
from gristmill.api.routing import CurrentUser, v4_router
from gristmill.problems import ProblemError
from gristmill.storage.tables.vendor import Vendor
from gristmill.storage.tables.vendors import vendor_named

router = v4_router("connectorMetadata")
Connector = Annotated[str, Path(description="a vendor, as connections name it")]


@router.get("/{connector}")
def get_connector(connector: Connector, user: CurrentUser) -> Json:
    """A kind of database: how it is reached, which types it has."""
    return _described(connector)


@router.get("/{connector}/defaults")
def get_connector_defaults(connector: Connector, user: CurrentUser) -> Json:
    """The same: this server keeps no overrides."""
    return _described(connector)


def _described(connector: str) -> Json:
    try:
        vendor = vendor_named(connector)
    except ProblemError as error:
        raise not_found(str(error)) from None
    return {
        "connectionMetadata": {
            "name": vendor.name,
            "displayName": vendor.title,
            "type": "jdbc",
            "category": "relational",
            "status": "supported" if vendor.runs_in_tests else "preview",
            "credentialTypes": ["noAuth"] if vendor.is_file else ["basic"],
            "operation": "both",
            "connectionParameters": ["database"] if vendor.is_file else ["host", "port", "database", "schema"],
        },
        "runtimeMetadata": {"defaultPort": vendor.port, "driver": vendor.extra or vendor.driver},
        "publishMetadata": {"publishTypeMap": _types(vendor)},
    }


def _types(vendor: Vendor) -> list[Json]:
    """By logical type the types of columns: that of a new one first, then those that take it too."""
    return [
        {"trifactaType": name.upper(), "vendorTypeList": [native, *filter(None, vendor.also.get(name, "").split(","))]}
        for name, native in vendor.creates.items()
    ]

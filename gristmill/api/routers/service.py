"""`/v4/version` and `/v4/open-api-spec`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from gristmill.api.routing import CurrentUser, V4Route
from gristmill.api.versions import COMPATIBLE, versions

router = APIRouter(prefix="/v4", tags=["service"], route_class=V4Route)


@router.get("/version")
def get_version(user: CurrentUser) -> dict[str, Any]:
    """Which release of the API this server speaks, and what runs it."""
    return {"version": COMPATIBLE, "packages": versions()}


@router.get("/open-api-spec")
def get_open_api_spec(request: Request, user: CurrentUser) -> dict[str, Any]:
    """The OpenAPI document of this server."""
    document: dict[str, Any] = request.app.openapi()
    return document

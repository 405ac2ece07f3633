"""What happens before every handler: authentication, media types, characters that no database takes."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.params import Depends as DependsOn
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Message

from gristmill.api.authentication import Authenticator
from gristmill.api.errors import invalid, unsupported_media
from gristmill.model.access import Caller
from gristmill.model.database import Sessions
from gristmill.model.errors import ForbiddenError
from gristmill.settings import InstanceType, Settings

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
MULTIPART = "multipart/form-data"
MAX_JSON_BYTES = 32 << 20
FORM_BYTES = 64 << 10
UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
FILE: dict[str, Any] = {"x-answer": "file"}
_EXCEPTION: dict[str, Any] = {
    "type": "object",
    "required": ["name", "message"],
    "properties": {
        "name": {"type": "string"},
        "message": {"type": "string"},
        "details": {"anyOf": [{"type": "string"}, {"type": "array"}]},
    },
}
_ERROR: dict[str, Any] = {"type": "object", "required": ["exception"], "properties": {"exception": _EXCEPTION}}
ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"description": description, "content": {"application/json": {"schema": _ERROR}}}
    for code, description in {
        "4XX": "The request cannot be fulfilled; the details say why (api 1.4).",
        "503": "The server's database does not answer at the moment, or is not of this version.",
    }.items()
}
_JSON_RANGES = ("*/*", "application/*", "application/json")


class V4Route(APIRoute):
    """A route whose handler is reached only by known people with readable requests.

    A route whose `openapi_extra` has a `requestBody` takes bodies of its media types, one with `FILE` answers other
    things than JSON.
    """

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        extra = self.openapi_extra or {}
        media = tuple(extra["requestBody"]["content"]) if "requestBody" in extra else ("application/json",)
        answers_json = "x-answer" not in extra

        async def checked(request: Request) -> Response:
            authenticator: Authenticator = request.app.state.authenticator
            address = request.client.host if request.client else ""
            header = request.headers.get("authorization")
            request.state.caller = await run_in_threadpool(authenticator.caller, header, address)
            _check_characters(request)
            if answers_json:
                _check_accept(request.headers.get("accept"))
            _check_content(request, media)
            limit = MAX_JSON_BYTES
            if MULTIPART in media:
                limit = request.app.state.settings.upload_max_bytes + FORM_BYTES
            return await handle(_limited(request, limit))

        return checked


def v4_router(resource: str, *needs: DependsOn) -> APIRouter:
    """A router for `/v4/<resource>`; `needs` hold for each of its routes."""
    return APIRouter(
        prefix=f"/v4/{resource}", tags=[resource], route_class=V4Route, responses=ERRORS, dependencies=needs
    )


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


async def _sessions(request: Request) -> Sessions:
    sessions: Sessions = request.app.state.sessions
    return sessions


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


CurrentUser = Annotated[Caller, Depends(_caller)]
Db = Annotated[Sessions, Depends(_sessions)]
Conf = Annotated[Settings, Depends(_settings)]


async def _may_build(conf: Conf) -> None:
    if conf.deployment_instance_type is InstanceType.PROD:
        raise ForbiddenError("recipes are not changed on a server for production (deployment.instanceType)")


async def _may_deploy(conf: Conf) -> None:
    if conf.deployment_instance_type is InstanceType.DEV:
        raise ForbiddenError("there are no deployments on a server for development (deployment.instanceType)")


BUILDING = Depends(_may_build)  # what changes recipes
DEPLOYING = Depends(_may_deploy)


def _limited(request: Request, most: int) -> Request:
    """The same request, of which at most that many bytes can be read: then HTTPException 413."""
    length = request.headers.get("content-length", "0")
    left = most

    async def receive() -> Message:
        nonlocal left
        message = await request.receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        return message

    if length.isdigit() and int(length) > most:
        raise HTTPException(413)
    return Request(request.scope, receive)


def _check_characters(request: Request) -> None:
    if "\0" in unquote(request.url.path) or "\0" in unquote(request.url.query):
        raise invalid("the address holds a NUL character")


def _check_accept(header: str | None) -> None:
    wanted = [part.partition(";")[0].strip().lower() for part in (header or "*/*").split(",")]
    if not any(one in _JSON_RANGES or one.endswith("+json") for one in wanted if one) and any(wanted):
        raise unsupported_media(f"Accept: this address answers application/json, not {header}")


def _check_content(request: Request, media: tuple[str, ...]) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    if not has_body or not given or request.method in ("GET", "HEAD", "DELETE"):
        return
    is_json = given == "application/json" or given.endswith("+json")
    if given not in media and not (is_json and "application/json" in media):
        raise unsupported_media(f"Content-Type: this address takes {' or '.join(media)}, not {given}")

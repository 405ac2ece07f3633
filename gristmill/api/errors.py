"""The one shape of errors: `{"exception": {"name", "message", "details"}}` (api 1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gristmill.model.errors import (
    ConflictError,
    DeletedError,
    ForbiddenError,
    InvalidError,
    MissingError,
    ModelError,
)
from gristmill.model.schema import is_unlike
from gristmill.problems import MAX_REPORTED, ProblemError

Details = str | list[Any] | None
Headers = Mapping[str, str]

INVALID = "Input validation failed"
UNREADABLE = "malformed body: expected JSON in UTF-8, not nested too deeply"
_FRAMEWORK_UNREADABLE = "There was an error parsing the body"
CHALLENGE = {"WWW-Authenticate": 'Bearer, Basic realm="designer-cloud"'}


class ApiError(Exception):
    """A request that fails with this status and this body."""

    def __init__(
        self, status: int, name: str, message: str, details: Details = None, headers: Headers | None = None
    ) -> None:
        self.status = status
        self.name = name
        self.message = message
        self.details = details
        self.headers = headers
        super().__init__(message)

    def response(self) -> Response:
        """The answer that the client gets."""
        exception = {"name": self.name, "message": self.message}
        body: dict[str, Any] = {
            "exception": exception if self.details is None else {**exception, "details": self.details}
        }
        return JSONResponse(body, self.status, headers=dict(self.headers or {}))


def invalid(details: Details) -> ApiError:
    """400: something in the request does not fit."""
    return ApiError(400, "ValidationFailed", INVALID, details)


def not_found(details: str) -> ApiError:
    """404: there is no such object."""
    return ApiError(404, "NotFoundException", "Not found", details)


def no_route(method: str, path: str) -> ApiError:
    """404: there is no such address."""
    return ApiError(404, "RouteNotFoundException", "Route not found", f"no route for {method} {path}")


def unauthenticated(details: str | None = None) -> ApiError:
    """401: no credentials, or bad ones (api 1.3)."""
    return ApiError(401, "MissingPersonException", "Person is missing", details, CHALLENGE)


def unsupported_media(details: str) -> ApiError:
    """415: the content type or the wanted type cannot be served."""
    return ApiError(415, "UnsupportedMediaTypeException", "Unsupported media type", details)


def too_many(details: str, seconds: int) -> ApiError:
    """429: wait before asking again."""
    return ApiError(429, "TooManyRequestsException", "Too Many Requests", details, {"x-retry-after": str(seconds)})


def away() -> ApiError:
    """503: the database does not answer."""
    details = "the server's database does not answer at the moment, try again"
    return ApiError(503, "ServiceUnavailableException", "Service unavailable", details, {"x-retry-after": "1"})


def outdated() -> ApiError:
    """503: the tables are not those of this program; waiting does not help."""
    details = "the server's database has not the tables of this version: run 'gristmill db upgrade', start it again"
    return ApiError(503, "ServiceUnavailableException", "Service unavailable", details)


def server_fault() -> ApiError:
    """500: our fault; what happened is in the log under the request id."""
    return ApiError(500, "InternalServerError", "Internal server error", "see the server's log for this request id")


_MODEL: dict[type[ModelError], tuple[int, str, str]] = {
    MissingError: (404, "NotFoundException", "Not found"),
    DeletedError: (410, "GoneException", "Gone"),
    ForbiddenError: (403, "AccessControlException", "Access denied"),
    InvalidError: (400, "ValidationFailed", INVALID),
    ConflictError: (409, "ConflictException", "Conflict"),
}


def as_api_error(error: Exception, request: Request) -> ApiError:
    """The API's form of whatever was raised below."""
    match error:
        case ApiError():
            return error
        case ModelError():
            return ApiError(*_MODEL[type(error)], error.details)
        case ProblemError():
            return invalid([problem.as_json() for problem in error.problems[:MAX_REPORTED]])
        case RequestValidationError():
            return invalid("; ".join(_sentence(item) for item in error.errors()[:MAX_REPORTED]))
        case IntegrityError():
            return ApiError(409, "ConflictException", "Conflict", "somebody else was faster: this is taken already")
        case DBAPIError() if is_unlike(error):
            return outdated()
        case OperationalError() | InterfaceError():
            return away()
        case HTTPException():
            return _of_http(error, request)
        case _:
            return server_fault()


def add_handlers(app: FastAPI) -> None:
    """Let every expected failure of `app` answer in the shape of api 1.4."""

    async def answer(request: Request, error: Exception) -> Response:
        found = as_api_error(error, request)
        if found.status == 500:
            raise error  # the outermost layer logs it
        return found.response()

    databases = (IntegrityError, OperationalError, InterfaceError, ProgrammingError)
    for kind in (ApiError, ModelError, ProblemError, RequestValidationError, HTTPException, *databases):
        app.add_exception_handler(kind, answer)


def _of_http(error: HTTPException, request: Request) -> ApiError:
    if error.status_code == 404:
        return no_route(request.method, request.url.path)
    if error.status_code == 405:
        # the statuses of api 1.4 hold no 405
        missing, allowed = no_route(request.method, request.url.path), (error.headers or {}).get("Allow", "")
        return ApiError(404, missing.name, missing.message, f"{missing.details}, allowed: {allowed}", error.headers)
    if error.status_code == 413:
        return ApiError(413, "ValidationFailed", INVALID, "the request body is larger than this server permits")
    details = UNREADABLE if error.detail == _FRAMEWORK_UNREADABLE else str(error.detail)
    return ApiError(error.status_code, "ValidationFailed", INVALID, details, error.headers)


def _sentence(item: Mapping[str, Any]) -> str:
    if item["type"] == "json_invalid":
        return f"malformed JSON: {item['ctx']['error']} at character {item['loc'][-1]}"
    place = ".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0])
    message = item["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    return f"{place}: {message}" if place else message

"""The outermost layer: request ids, path spelling, the log line of a request, and the answer when we are at fault."""

from __future__ import annotations

import logging
import time
import uuid

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gristmill.api.errors import server_fault
from gristmill.api.paths import PathIndex

REQUEST_ID = "x-trifacta-request-id"
log = logging.getLogger("gristmill.api")


class Edge:
    """Wraps the application. Every answer carries a request id, which the log lines carry too (api 1.1)."""

    def __init__(self, app: ASGIApp, paths: PathIndex) -> None:
        self._app = app
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(send)
        scope = {**scope, "path": self._paths.canonical(scope["path"])}
        scope.setdefault("state", {})["request_id"] = exchange.request_id
        try:
            await self._app(scope, receive, exchange.send)
        except Exception:
            log.exception("request failed", extra={"request_id": exchange.request_id, "path": scope["path"]})
            if exchange.status == 0:
                await server_fault().response()(scope, receive, exchange.send)
            else:
                raise
        finally:
            log.info("request", extra=exchange.facts(scope))


class _Exchange:
    """One request and what was answered to it."""

    def __init__(self, send: Send) -> None:
        self.request_id = str(uuid.uuid4())
        self.status = 0
        self._send = send
        self._started = time.perf_counter()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", []), (REQUEST_ID.encode(), self.request_id.encode())]
            message = {**message, "headers": headers}
        await self._send(message)

    def facts(self, scope: Scope) -> dict[str, object]:
        milliseconds = round((time.perf_counter() - self._started) * 1000, 1)
        caller = scope.get("state", {}).get("caller")
        return {
            "request_id": self.request_id,
            "method": scope["method"],
            "path": scope["path"],
            "status": self.status,
            "milliseconds": milliseconds,
            "person_id": caller.person_id if caller is not None else None,
        }

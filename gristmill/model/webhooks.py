"""Webhooks: the tasks of a flow, and what a run will send at its end (api 3.14, 4.6)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, made_by, refer, touch
from gristmill.model.errors import ConflictError, ForbiddenError, InvalidError
from gristmill.model.secrets import encrypt
from gristmill.model.tables import Flow, FlowNode, WebhookFlowTask
from gristmill.model.workspace import switch
from gristmill.problems import quoted
from gristmill.settings import Settings

Json = dict[str, Any]
Changes = Mapping[str, Any]

METHODS = ("post", "put", "patch", "get", "delete")
TRIGGER_EVENTS = ("onJobFailure", "onJobSuccess", "onJobDone")
TRIGGER_OBJECTS = ("any", "some")
MAX_URL = 8192
MAX_BODY = 1 << 20
MAX_HEADERS = 100
HIDDEN = "***"
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,255}")
_SECRET_NAME = re.compile(r"auth|cookie|key|password|secret|signature|token", re.IGNORECASE)


def create_task(session: Session, settings: Settings, caller: Caller, flow: Flow, fields: Changes) -> WebhookFlowTask:
    """Let a flow send a message when its runs end; `fields` have the names of the API.

    Raises InvalidError for values that do not fit, ForbiddenError when webhooks are switched off, ConflictError when
    the flow has as many as an administrator permits.
    """
    _refuse_switched_off(session, settings, caller)
    most = switch(session, settings, caller.workspace_id, "webhooks.maxPerFlow")
    live = (WebhookFlowTask.flow_id == flow.id, WebhookFlowTask.deleted_at.is_(None))
    if (session.scalar(select(func.count(WebhookFlowTask.id)).where(*live)) or 0) >= most:
        raise ConflictError(f"flow {flow.id} has {most} webhooks already, as many as it may have")
    columns = _columns(settings, fields)
    columns["flow_node_ids"] = _node_ids(session, caller, flow, fields.get("triggerObject"), fields.get("flowNodeIds"))
    task = WebhookFlowTask(flow_id=flow.id, **columns, **made_by(caller))
    session.add(task)
    session.flush()
    return task


def change_task(
    session: Session, settings: Settings, caller: Caller, task: WebhookFlowTask, fields: Changes
) -> WebhookFlowTask:
    """Change what `fields` name. What answers hide stays when it comes back as they show it; an empty key goes."""
    for column, value in _columns(settings, _unhidden(task, fields)).items():
        setattr(task, column, value)
    if fields.get("triggerObject") is not None or fields.get("flowNodeIds") is not None:
        kind = fields.get("triggerObject") or ("any" if task.flow_node_ids is None else "some")
        nodes = task.flow_node_ids if fields.get("flowNodeIds") is None else fields["flowNodeIds"]
        task.flow_node_ids = _node_ids(session, caller, task.flow, kind, nodes)
    touch(task, caller)
    session.flush()
    return task


def tasks_of_flow(session: Session, flow: Flow) -> list[WebhookFlowTask]:
    """The webhooks of a flow, by id."""
    live = select(WebhookFlowTask).where(WebhookFlowTask.flow_id == flow.id, WebhookFlowTask.deleted_at.is_(None))
    return list(session.scalars(live.order_by(WebhookFlowTask.id)))


def webhooks_of_run(
    session: Session, settings: Settings, caller: Caller, node: FlowNode, given: Sequence[Json] | None
) -> tuple[Json, ...]:
    """What a run of the recipe `node` sends at its end, in the form of `RunRequest.webhooks`.

    `given` are the run's own, which stand in for those of the flow (api 4.6). Raises InvalidError for values that do
    not fit, ForbiddenError when there are some and webhooks are switched off.
    """
    if given:
        _refuse_switched_off(session, settings, caller)
    if given is not None:
        return tuple(resolve(settings, fields, f"overrides.webhooks[{at}].") for at, fields in enumerate(given))
    tasks = tasks_of_flow(session, node.flow)
    if not tasks or not switch(session, settings, caller.workspace_id, "webhooks.enabled"):
        return ()
    return tuple(_resolved(task) for task in tasks if task.flow_node_ids is None or node.id in task.flow_node_ids)


def resolve(settings: Settings, fields: Json, place: str = "") -> Json:
    """A webhook that belongs to no flow, with names of the API, as it is sent."""
    return _resolved(WebhookFlowTask(**{"trigger_event": "onJobDone", **_columns(settings, fields, place)}))


def resolve_test(session: Session, settings: Settings, caller: Caller, fields: Json) -> Json:
    """A webhook to try out. Raises ForbiddenError when webhooks are switched off."""
    _refuse_switched_off(session, settings, caller)
    return resolve(settings, {"name": "test", **fields})


def without_secrets(fields: Json) -> Json:
    """A webhook of a request as it may be shown and kept: no key, no values of headers that look like secrets."""
    kept = {name: value for name, value in fields.items() if name != "secretKey"}
    if kept.get("headers"):
        headers = kept["headers"].items()
        kept["headers"] = {name: HIDDEN if _SECRET_NAME.search(name) else value for name, value in headers}
    return {**kept, "url": without_password(kept["url"])}


def without_password(url: str) -> str:
    """A URL whose login is not readable: `https://***@example.com/in`."""
    return re.sub(r"^(\w+://)[^/?#]*@", rf"\1{HIDDEN}@", url)


def _unhidden(task: WebhookFlowTask, fields: Changes) -> Json:
    """`fields` with the stored values for those that `without_secrets` has hidden."""
    stored = task.headers or {}
    full = dict(fields)
    if full.get("url") == without_password(task.url):
        del full["url"]
    if full.get("headers"):
        headers = full["headers"].items()
        full["headers"] = {name: stored.get(name, value) if value == HIDDEN else value for name, value in headers}
    return full


def _resolved(task: WebhookFlowTask) -> Json:
    return {
        "taskId": task.id,
        "name": task.name,
        "url": task.url,
        "method": task.method,
        "triggerEvent": task.trigger_event,
        "body": task.body,
        "headers": task.headers or {},
        "sslVerification": task.ssl_verification is not False,
        "secret": task.secret,
        "retryOnFailure": bool(task.retry_on_failure),
    }


def _columns(settings: Settings, fields: Changes, place: str = "") -> Json:
    """The columns that `fields` set, checked."""
    columns: Json = {}
    for name, value in fields.items():
        match name:
            case "name" if value is not None:
                columns["name"] = value
            case "url" if value is not None:
                columns["url"] = _url(value, place)
            case "method" if value is not None:
                columns["method"] = _word(value, METHODS, f"{place}method")
            case "triggerEvent" if value is not None:
                columns["trigger_event"] = _word(value, TRIGGER_EVENTS, f"{place}triggerEvent")
            case "body":
                columns["body"] = _body(value, place)
            case "headers":
                columns["headers"] = _headers(value or {}, place)
            case "secretKey" if value is not None:
                columns["secret"] = encrypt(settings, value) if value else None
            case "sslVerification":
                columns["ssl_verification"] = value is not False
            case "retryOnFailure":
                columns["retry_on_failure"] = bool(value)
    return columns


def _url(url: str, place: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc or len(url) > MAX_URL:
        shown = quoted(without_password(url))
        raise InvalidError(
            f"{place}url: expected http:// or https://, a host, at most {MAX_URL} characters, got {shown}"
        )
    return url


def _word(value: str, words: Sequence[str], field: str) -> str:
    for word in words:
        if word.casefold() == value.casefold():
            return word
    raise InvalidError(f"{field}: invalid value {quoted(value)}, valid values are {', '.join(words)}")


def _body(body: object, place: str) -> str | None:
    text = (
        body if body is None or isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    )
    if text is not None and len(text) > MAX_BODY:
        raise InvalidError(f"{place}body: longer than {MAX_BODY} characters")
    return text


def _headers(headers: Mapping[str, Any], place: str) -> dict[str, str]:
    if len(headers) > MAX_HEADERS:
        raise InvalidError(f"{place}headers: more than {MAX_HEADERS}")
    for name, value in headers.items():
        if _HEADER_NAME.fullmatch(name) is None:
            raise InvalidError(f"{place}headers: {quoted(name)} is no name of a header")
        if isinstance(value, (dict, list)) or value is None:
            raise InvalidError(f"{place}headers: expected a text as value of {quoted(name)}")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in headers.items()}


def _node_ids(
    session: Session, caller: Caller, flow: Flow, kind: str | None, nodes: Iterable[int] | None
) -> list[int] | None:
    """The recipes whose runs count; None: all of the flow."""
    word = "any" if kind is None or kind.casefold() == "all" else _word(kind, TRIGGER_OBJECTS, "triggerObject")
    if word == "any":
        return None
    ids = list(dict.fromkeys(nodes or ()))
    if not ids:
        raise InvalidError("flowNodeIds: missing, triggerObject some needs at least one recipe")
    for id in ids:
        node = refer(session, FlowNode, id, caller, "flowNodeIds")
        if node.flow_id != flow.id or not node.wrangled:
            raise InvalidError(f"flowNodeIds: {id} is no recipe of flow {flow.id}")
    return ids


def _refuse_switched_off(session: Session, settings: Settings, caller: Caller) -> None:
    if not switch(session, settings, caller.workspace_id, "webhooks.enabled"):
        raise ForbiddenError("webhooks are switched off in this workspace (webhooks.enabled)")

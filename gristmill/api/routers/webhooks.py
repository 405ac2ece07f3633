"""`/v4/webhookFlowTasks` and `/v4/webhooks/test` (api 3.14)."""

from __future__ import annotations

import threading
from typing import Annotated, Any

from fastapi import Query, Response

from gristmill.api.answers import changed, counted, listed, one, shown
from gristmill.api.embedding import Json
from gristmill.api.errors import too_many
from gristmill.api.inputs import MAX_NUMBER, Id, Item, List, PathId
from gristmill.api.resources.webhooks import TASKS
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.api.webhook_bodies import NewTask, TaskFields, WebhookTest
from gristmill.jobs.webhooks.testing import try_out
from gristmill.model import webhooks
from gristmill.model.access import find, hide, refer
from gristmill.model.tables import Flow, WebhookFlowTask

router = v4_router("webhookFlowTasks")
test_router = v4_router("webhooks")
TURN_SECONDS = 30
_TURNS = threading.BoundedSemaphore(4)  # a slow receiver holds a thread that others need
FlowId = Annotated[Id | None, Query(alias="flowId", description="only webhooks of this flow")]


@router.post("", status_code=201)
def create_webhook(body: NewTask, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Let a flow send a message when its runs end."""
    with db.write() as session:
        flow = refer(session, Flow, body.flow_id, user, "flowId")
        return shown(session, conf, TASKS, webhooks.create_task(session, conf, user, flow, body.fields()))


@router.get("")
def list_webhooks(user: CurrentUser, db: Db, conf: Conf, query: List, flow_id: FlowId = None) -> Json:
    """Your webhooks, newest first."""
    with db.read() as session:
        return listed(session, conf, user, TASKS, query, *_of_flow(flow_id))


@router.get("/count")
def count_webhooks(user: CurrentUser, db: Db, query: List, flow_id: FlowId = None) -> Json:
    """How many webhooks there are."""
    with db.read() as session:
        return counted(session, user, TASKS, query, *_of_flow(flow_id))


@router.get("/{id}")
def get_webhook(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A webhook of a flow, without its secret."""
    with db.read() as session:
        return one(session, conf, user, TASKS, id, query)


@router.patch("/{id}")
def change_webhook(id: PathId, body: TaskFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Change a webhook; an empty `secretKey` removes the secret, null leaves it as it is."""
    with db.write() as session:
        task = find(session, WebhookFlowTask, id, user)
        return changed(webhooks.change_task(session, conf, user, task, body.fields()))


@router.put("/{id}")
def replace_webhook(id: PathId, body: TaskFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The same as PATCH; answers the whole webhook."""
    with db.write() as session:
        task = find(session, WebhookFlowTask, id, user)
        return shown(session, conf, TASKS, webhooks.change_task(session, conf, user, task, body.fields()))


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_webhook(id: PathId, user: CurrentUser, db: Db) -> None:
    """Remove a webhook from its flow; what is on its way is still sent."""
    with db.write() as session:
        hide(find(session, WebhookFlowTask, id, user), user)


@test_router.post("/test")
def test_webhook(body: WebhookTest, user: CurrentUser, conf: Conf, db: Db) -> Json:
    """Send a message at once, as if job 0 had completed; `statusCode` is the receiver's, or 500 without an answer."""
    with db.read() as session:
        webhook = webhooks.resolve_test(session, conf, user, body.fields())
    if not _TURNS.acquire(blocking=False):
        raise too_many("other webhooks are being tried out, wait a moment", TURN_SECONDS)
    try:
        return try_out(conf, webhook)
    finally:
        _TURNS.release()


def _of_flow(flow_id: int | None) -> list[Any]:
    return [] if flow_id is None else [WebhookFlowTask.flow_id == min(flow_id, MAX_NUMBER)]

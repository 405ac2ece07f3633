"""How webhooks and their deliveries are shown (api 3.14, platform 5.2)."""

from __future__ import annotations

from gristmill.api.answers import reference
from gristmill.api.embedding import Association, Json, Resource, View, declare
from gristmill.api.resources.common import moment, one_by, stamp_columns, stamps
from gristmill.api.resources.people import PERSONS
from gristmill.model.clock import iso
from gristmill.model.job_tables import DeliveryStatus, JobGroup, WebhookDelivery
from gristmill.model.tables import Flow, WebhookFlowTask
from gristmill.model.webhooks import without_password, without_secrets


def task_view(task: WebhookFlowTask, view: View) -> Json:
    """A webhook of a flow; its key, a login in its URL and headers that look like secrets are never shown."""
    return {
        "id": task.id,
        "name": task.name,
        "method": task.method,
        "triggerEvent": task.trigger_event,
        "triggerObject": "any" if task.flow_node_ids is None else "some",
        "flowNodeIds": task.flow_node_ids or [],
        "body": task.body,
        **without_secrets({"url": task.url, "headers": task.headers or {}}),
        "secretKey": None,
        "hasSecretKey": task.secret is not None,
        "sslVerification": task.ssl_verification,
        "retryOnFailure": task.retry_on_failure,
        "flowId": task.flow_id,
        "flow": reference(task.flow_id),
        **stamps(task),
    }


def delivery_view(delivery: WebhookDelivery, view: View) -> Json:
    """One message about the end of a run and what came of each attempt to send it."""
    webhook = delivery.request["webhook"]
    attempts = [{**entry, "at": iso(entry["at"])} for entry in delivery.attempts or ()]
    last = attempts[-1] if attempts else {}
    waits = delivery.status == DeliveryStatus.WAITING
    return {
        "id": delivery.id,
        "name": webhook["name"],
        "triggerEvent": webhook["triggerEvent"],
        "method": webhook["method"],
        "url": without_password(webhook["url"]),
        "status": delivery.status,
        "attempt": delivery.attempt,
        "statusCode": last.get("statusCode"),
        "milliseconds": last.get("milliseconds"),
        "answer": last.get("answer"),
        "errorMessage": last.get("error"),
        "attempts": attempts,
        "messageId": delivery.message_id,
        "nextAttemptAt": iso(delivery.due_at) if waits else None,
        "finishedAt": moment(delivery.finished_at),
        "createdAt": iso(delivery.created_at),
        "updatedAt": iso(delivery.updated_at),
        "webhookFlowTask": reference(delivery.webhook_flow_task_id),
        "jobGroup": reference(delivery.job_group_id),
    }


TASKS = declare(
    Resource(
        "webhookFlowTasks",
        WebhookFlowTask,
        task_view,
        (Association("flow", "flows", one_by("flow_id", Flow)), *PERSONS),
        columns={
            **stamp_columns(WebhookFlowTask),
            "name": WebhookFlowTask.name,
            "url": WebhookFlowTask.url,
            "triggerEvent": WebhookFlowTask.trigger_event,
        },
    )
)
DELIVERIES = declare(
    Resource(
        "webhookDeliveries",
        WebhookDelivery,
        delivery_view,
        (
            Association("webhookFlowTask", "webhookFlowTasks", one_by("webhook_flow_task_id", WebhookFlowTask)),
            Association("jobGroup", "jobGroups", one_by("job_group_id", JobGroup)),
        ),
    )
)

"""The end of a run becomes rows of messages, in the transaction that ends it (platform 5.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gristmill.jobs.webhooks.deliveries import DELIVERIES
from gristmill.model.clock import iso_second, now
from gristmill.model.job_tables import DeliveryStatus, Job, JobGroup, ScriptResult, Status
from gristmill.model.tables import Flow, FlowNode, Person, Recipe

Json = dict[str, Any]
# a canceled run sends nothing
TRIGGERS = {
    Status.COMPLETE: ("onJobSuccess", "onJobDone"),
    Status.FAILED: ("onJobFailure", "onJobDone"),
}


def announce(session: Session, group_id: int, status: Status, webhooks: Iterable[Json] | None) -> bool:
    """Make a row for each webhook that wants to hear of this end; answers whether there is any."""
    wanted = [webhook for webhook in webhooks or () if webhook["triggerEvent"] in TRIGGERS.get(status, ())]
    if not wanted:
        return False
    facts = facts_of(session, group_id, status)
    session.execute(insert(DELIVERIES), [_row(group_id, webhook, facts) for webhook in wanted])
    return True


def facts_of(session: Session, group_id: int, status: Status) -> dict[str, str]:
    """The values of the tokens of platform 5.3 but for `$jobUrl`, which only the server that sends knows."""
    group = session.get_one(JobGroup, group_id)
    node, flow, recipe = session.execute(
        select(FlowNode, Flow, Recipe)
        .join(Flow, Flow.id == FlowNode.flow_id)
        .join(Recipe, Recipe.id == FlowNode.recipe_id)
        .where(FlowNode.id == group.flow_node_id)
    ).one()
    results = select(ScriptResult.uri, ScriptResult.row_count).where(ScriptResult.job_group_id == group_id)
    written = session.execute(results.order_by(ScriptResult.id)).all()
    failures = select(Job.error_message).where(Job.job_group_id == group_id, Job.error_message.is_not(None))
    facts = {
        "jobId": group_id,
        "jobStatus": status.value,
        "flowId": flow.id,
        "flowName": flow.name,
        "flowRunId": group.flow_run_id,
        "recipeId": node.id,
        "recipeName": recipe.name,
        "outputUris": ",".join(uri for uri, _ in written),
        "startedAt": iso_second(group.created_at),
        "finishedAt": iso_second(now()),
        "runBy": session.scalar(select(Person.email).where(Person.id == group.creator_id)),
        "errorMessage": session.scalar(failures.order_by(Job.position).limit(1)),
        # every output holds the same rows
        "rowCount": next((count for _, count in written if count is not None), None),
    }
    return {name: "" if value is None else str(value) for name, value in facts.items()}


def _row(group_id: int, webhook: Json, facts: dict[str, str]) -> Json:
    moment = now()
    return {
        "job_group_id": group_id,
        "webhook_flow_task_id": webhook["taskId"],
        "message_id": f"msg_{uuid4().hex}",
        "request": {"webhook": webhook, "facts": facts},
        "status": DeliveryStatus.WAITING,
        "attempt": 0,
        "due_at": moment,
        "created_at": moment,
        "updated_at": moment,
    }

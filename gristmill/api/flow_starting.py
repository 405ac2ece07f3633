"""From the body of a flow's run to its resolved runs, and from what was queued to the answer (api 3.6)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from gristmill.api.embedding import Json
from gristmill.api.resources.jobs import started_view
from gristmill.api.run_bodies import NewFlowRun
from gristmill.model import flow_runs, job_groups
from gristmill.model.access import Caller
from gristmill.model.clock import now
from gristmill.model.graph import name_of_node
from gristmill.model.job_tables import JobGroup
from gristmill.model.tables import Flow
from gristmill.settings import Settings


def flow_request(
    session: Session, settings: Settings, caller: Caller, flow: Flow, asked: NewFlowRun
) -> flow_runs.FlowRequest:
    """What a body asks for; nothing is stored yet. Raises InvalidError where the flow has nothing to run."""
    manual = not asked.is_scheduled
    nodes = flow_runs.recipes_to_run(session, flow, ids=asked.recipe_ids, named=asked.named(), manual=manual)
    moment = now()
    orders = [asked.order(node.id, name_of_node(node), moment) for node in nodes]
    return flow_runs.prepare_flow(session, settings, caller, flow, orders, asked.schedule_execution_id)


def started_groups(session: Session, groups: Iterable[JobGroup]) -> list[Json]:
    """The job groups as the answer to a started run."""
    return [
        started_view(group, job_groups.jobs_of(session, group), job_groups.edges_of(session, group)) for group in groups
    ]

"""Flows: create, change, delete, and what goes in and comes out (api 3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, hide, made_by, refer, touch, visible
from gristmill.model.graph import Graph
from gristmill.model.outputs import delete_output_object, output_objects_of
from gristmill.model.parameters import parameters_of_flow
from gristmill.model.released import outside_releases, refuse_released
from gristmill.model.tables import Flow, FlowNode, Folder, OutputObject
from gristmill.model.webhooks import tasks_of_flow

Changes = Mapping[str, Any]


def create_flow(session: Session, caller: Caller, fields: Changes, *, increment_name: bool = False) -> Flow:
    """Make an empty flow; with `increment_name` a taken name gets a number.

    Raises InvalidError for a folder that is not there.
    """
    name = free_name(fields["name"], flow_names(session, caller)) if increment_name else fields["name"]
    _check_folder(session, caller, fields)
    flow = Flow(**{**fields, "name": name}, workspace_id=caller.workspace_id, **made_by(caller))
    session.add(flow)
    session.flush()
    return flow


def change_flow(session: Session, caller: Caller, flow: Flow, fields: Changes) -> Flow:
    """Change name, description, settings, folder. Raises ForbiddenError for a flow of a release."""
    refuse_released(session, flow.id)
    _check_folder(session, caller, fields)
    for column, value in fields.items():
        setattr(flow, column, value)
    touch(flow, caller)
    return flow


def _check_folder(session: Session, caller: Caller, fields: Changes) -> None:
    if fields.get("folder_id") is not None:
        refer(session, Folder, fields["folder_id"], caller, "folderId")


def delete_flow(session: Session, caller: Caller, flow: Flow) -> None:
    """Delete a flow as `hide_flow` does. Raises ForbiddenError for a flow of a release, which goes with it."""
    refuse_released(session, flow.id)
    hide_flow(session, caller, flow)


def hide_flow(session: Session, caller: Caller, flow: Flow) -> None:
    """Hide a flow with its nodes, outputs, parameters and webhooks; datasets and job groups stay (api 1.8)."""
    nodes = session.scalars(select(FlowNode).where(FlowNode.flow_id == flow.id, FlowNode.deleted_at.is_(None))).all()
    for output in output_objects_of(session, nodes):
        delete_output_object(session, caller, output)
    for node in nodes:
        hide(node, caller)
        if node.wrangled and node.recipe is not None:
            hide(node.recipe, caller)
    for row in (*parameters_of_flow(session, flow), *tasks_of_flow(session, flow)):
        hide(row, caller)
    hide(flow, caller)


def outputs_of_flow(session: Session, flow: Flow) -> list[OutputObject]:
    """The output objects of all recipes of a flow."""
    return output_objects_of(session, recipes_of_flow(session, flow))


def recipes_of_flow(session: Session, flow: Flow) -> list[FlowNode]:
    """The recipes of a flow, inputs before those who read them."""
    graph = Graph(session)
    order: dict[int, FlowNode] = {}
    for node in graph.nodes(flow.id):
        for above in graph.upstream(node):
            if above.wrangled and above.flow_id == flow.id:
                order.setdefault(above.id, above)
    return list(order.values())


def flow_names(session: Session, caller: Caller) -> set[str]:
    """The names of the flows that the caller sees in lists."""
    listed = (visible(Flow, caller), Flow.deleted_at.is_(None), outside_releases())
    return set(session.scalars(select(Flow.name).where(*listed)))


def free_name(name: str, taken: Iterable[str]) -> str:
    """`name`, or `name (2)`, `name (3)`, … when it is taken."""
    names = set(taken)
    if name not in names:
        return name
    stem = re.sub(r" \(\d+\)$", "", name)
    number = 2
    while f"{stem} ({number})" in names:
        number += 1
    return f"{stem} ({number})"

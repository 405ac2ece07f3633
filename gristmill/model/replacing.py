"""Another input in the place of one: everything in the flow that read the old one reads the new one (api 3.6)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, hide, touch
from gristmill.model.errors import InvalidError
from gristmill.model.graph import input_node, name_of_node, refuse_ring
from gristmill.model.recipes import Source, node_for
from gristmill.model.released import refuse_released
from gristmill.model.tables import Flow, FlowEdge, FlowNode, ImportedDataset
from gristmill.problems import quoted


@dataclass(frozen=True, slots=True)
class Replaced:
    """The node that now is the input, and the edges from it to its readers."""

    node: FlowNode
    edges: list[FlowEdge]


def input_of(session: Session, flow: Flow, dataset: ImportedDataset) -> FlowNode:
    """The node of a dataset in a flow. Raises InvalidError where the flow does not have it."""
    node = input_node(session, flow.id, dataset)
    if node is None:
        raise InvalidError(f"importedDatasetId: {quoted(dataset.name)} is no input of flow {flow.id}")
    return node


def replace_input(session: Session, caller: Caller, flow: Flow, old: FlowNode, source: Source) -> Replaced:
    """Let the readers of an input read a dataset or a recipe instead; texts keep their own name for it.

    The old input leaves the flow, its data stays. Raises InvalidError for a node that is no input of this flow, and
    when recipes would depend on each other.
    """
    refuse_released(session, flow.id)
    if old.flow_id != flow.id or old.deleted_at is not None:
        raise InvalidError(f"flowNodeId: node {old.id} is not part of flow {flow.id}")
    if old.wrangled:
        name = quoted(name_of_node(old))
        raise InvalidError(
            f"flowNodeId: {name} is a recipe of the flow; change primaryInputDataset of those who read it"
        )
    new = node_for(session, caller, flow.id, source)
    edges = list(session.scalars(select(FlowEdge).where(FlowEdge.input_node_id == old.id).order_by(FlowEdge.id)))
    if new.id == old.id:
        return Replaced(new, edges)
    for edge in edges:
        reader = session.get_one(FlowNode, edge.output_node_id)
        refuse_ring(session, reader, new)
        edge.input_node_id = new.id
        touch(reader, caller)
    hide(old, caller)
    session.flush()
    return Replaced(new, edges)

"""Copies of flows: recipes, outputs and parameters, over the same or over copied datasets (api 3.6)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, made_by
from gristmill.model.datasets import copy_dataset
from gristmill.model.flows import create_flow, flow_names, free_name
from gristmill.model.graph import Graph
from gristmill.model.outputs import output_objects_of, write_settings_of
from gristmill.model.parameters import parameters_of_flow
from gristmill.model.tables import (
    Flow,
    FlowEdge,
    FlowNode,
    OutputObject,
    Recipe,
    WriteSetting,
)

Twins = Mapping[int, FlowNode]


def copy_flow(
    session: Session,
    caller: Caller,
    flow: Flow,
    *,
    name: str | None = None,
    description: str | None = None,
    copy_datasources: bool = False,
) -> Flow:
    """An independent copy of a flow; `copy_datasources` makes new dataset objects over the same data."""
    title = name or free_name(f"{flow.name} (copy)", flow_names(session, caller))
    fields = {"name": title, "description": description or flow.description, "settings": flow.settings}
    copy = create_flow(session, caller, fields)
    nodes = Graph(session).nodes(flow.id)
    twins = {node.id: _copy_node(session, caller, node, copy, copy_datasources) for node in nodes}
    session.flush()
    _copy_edges(session, flow, copy, twins)
    _copy_outputs(session, caller, nodes, twins)
    _copy_parameters(session, caller, flow, copy)
    session.flush()
    return copy


def _copy_node(session: Session, caller: Caller, node: FlowNode, flow: Flow, copy_datasources: bool) -> FlowNode:
    twin = FlowNode(flow_id=flow.id, wrangled=node.wrangled, **made_by(caller))
    session.add(twin)
    if node.imported_dataset is not None:
        source = node.imported_dataset
        twin.imported_dataset = copy_dataset(session, caller, source, source.name) if copy_datasources else source
        twin.recipe_id = twin.imported_dataset.parsing_recipe_id
    elif node.recipe is not None:
        recipe = node.recipe
        twin.recipe = Recipe(name=recipe.name, description=recipe.description, script=recipe.script, **made_by(caller))
    else:
        twin.referenced_flow_node_id = node.referenced_flow_node_id
    return twin


def _copy_edges(session: Session, flow: Flow, copy: Flow, twins: Twins) -> None:
    for edge in session.scalars(select(FlowEdge).where(FlowEdge.flow_id == flow.id).order_by(FlowEdge.id)):
        if edge.input_node_id in twins and edge.output_node_id in twins:
            session.add(
                FlowEdge(
                    flow_id=copy.id,
                    input_node_id=twins[edge.input_node_id].id,
                    output_node_id=twins[edge.output_node_id].id,
                    is_primary=edge.is_primary,
                    alias=edge.alias,
                )
            )


def _copy_outputs(session: Session, caller: Caller, nodes: list[FlowNode], twins: Twins) -> None:
    facts_of = ("execution", "profiler", "is_adhoc", "ignore_recipe_errors", "name", "description")
    kept = (*facts_of, "spark_options", "databricks_options", "schema_drift_options")
    for output in output_objects_of(session, nodes):
        facts = {column: getattr(output, column) for column in kept}
        twin = OutputObject(flow_node=twins[output.flow_node_id], **facts, **made_by(caller))
        session.add(twin)
        for row in write_settings_of(session, output):
            session.add(WriteSetting(output_object=twin, **_settings(row), **made_by(caller)))


def _settings(row: WriteSetting) -> dict[str, object]:
    texts = ("path", "action", "format", "compression", "delim", "prefix", "suffix", "dynamic_path", "run_parameters")
    switches = ("header", "as_single_file", "has_quotes", "include_mismatches")
    return {column: getattr(row, column) for column in (*texts, *switches)}


def _copy_parameters(session: Session, caller: Caller, flow: Flow, copy: Flow) -> None:
    for row in parameters_of_flow(session, flow):
        session.add(type(row)(flow_id=copy.id, override_key=row.override_key, value=row.value, **made_by(caller)))

"""How flows, their nodes, edges, recipes and parameters are shown (api 3.6, 3.7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.api.answers import reference
from gristmill.api.embedding import Association, Json, Resource, Rows, View, declare
from gristmill.api.resources.common import absent, empty, many_by, one_by, stamp_columns, stamps
from gristmill.api.resources.people import PERSONS, WORKSPACE
from gristmill.model.graph import name_of_node
from gristmill.model.job_tables import JobGroup
from gristmill.model.tables import (
    EnvironmentParameter,
    Flow,
    FlowEdge,
    FlowNode,
    FlowParameter,
    FlowRunParameterOverride,
    Folder,
    OutputObject,
    Recipe,
    Stamped,
    WebhookFlowTask,
)


def flow_view(flow: Flow, view: View) -> Json:
    """A flow."""
    return {
        "id": flow.id,
        "name": flow.name,
        "description": flow.description,
        "folder": reference(flow.folder_id),
        "settings": flow.settings or {"optimize": "enabled"},
        "defaultOutputDir": flow.default_output_dir,
        **stamps(flow),
        "workspace": reference(flow.workspace_id),
    }


def folder_view(folder: Folder, view: View) -> Json:
    """A folder; `embed=flows` shows what is in it."""
    facts = {"id": folder.id, "name": folder.name, "description": folder.description}
    return {**facts, **stamps(folder), "workspace": reference(folder.workspace_id)}


def node_view(node: FlowNode, view: View) -> Json:
    """A node: `wrangled` for recipes; the recipe as a reference."""
    return {
        "id": node.id,
        "wrangled": node.wrangled,
        "name": name_of_node(node),
        "flow": reference(node.flow_id),
        "recipe": reference(node.recipe_id),
        "activeSample": None,
        "referenceInfo": None,
        "referencedFlowNode": reference(node.referenced_flow_node_id),
        **stamps(node),
    }


def recipe_view(recipe: Recipe, view: View) -> Json:
    """The recipe inside a node; `currentEdit` counts its changes."""
    return {
        "id": recipe.id,
        "name": recipe.name,
        "description": recipe.description,
        "active": True,
        "nextPortId": 1,
        "currentEdit": {"id": recipe.revision},
        "redoLeafEdit": {"id": recipe.revision},
        **stamps(recipe),
    }


def edge_view(edge: FlowEdge, view: View) -> Json:
    """An edge between two nodes."""
    return edge_facts(edge)


def edge_facts(edge: FlowEdge) -> Json:
    """What is told of an edge wherever it is shown."""
    return {
        "id": edge.id,
        "inPortId": None,
        "outPortId": None,
        "inputFlowNode": reference(edge.input_node_id),
        "outputFlowNode": reference(edge.output_node_id),
        "flow": reference(edge.flow_id),
    }


def parameter_view(row: FlowParameter | FlowRunParameterOverride, view: View) -> Json:
    """A flow parameter, or a flow-level override of one."""
    return {
        "id": row.id,
        "flowId": row.flow_id,
        "flow": reference(row.flow_id),
        "overrideKey": row.override_key,
        "value": row.value,
        **stamps(row),
    }


def environment_view(row: EnvironmentParameter, view: View) -> Json:
    """A parameter of the workspace."""
    return {
        "id": row.id,
        "overrideKey": row.override_key,
        "value": row.value,
        **stamps(row),
        "workspace": reference(row.workspace_id),
    }


def _edges(session: Session, rows: Rows) -> Mapping[int, Rows]:
    grouped: defaultdict[int, list[Any]] = defaultdict(list)
    ids = {row.id for row in rows}
    for edge in session.scalars(select(FlowEdge).where(FlowEdge.flow_id.in_(ids)).order_by(FlowEdge.id)):
        grouped[edge.flow_id].append(edge)
    return grouped


declare(Resource("recipes", Recipe, recipe_view, PERSONS))
EDGES = declare(Resource("flowEdges", Stamped, edge_view))
OVERRIDES = declare(
    Resource(
        "flowRunParameterOverrides",
        FlowRunParameterOverride,
        parameter_view,
        (*PERSONS, Association("flow", "flows", one_by("flow_id", Flow))),
        columns={**stamp_columns(FlowRunParameterOverride), "name": FlowRunParameterOverride.override_key},
    )
)
PARAMETERS = declare(Resource("flowParameters", FlowParameter, parameter_view))
ENVIRONMENT_PARAMETERS = declare(
    Resource(
        "environmentParameters",
        EnvironmentParameter,
        environment_view,
        PERSONS,
        columns={**stamp_columns(EnvironmentParameter), "name": EnvironmentParameter.override_key},
    )
)
NODES = declare(
    Resource(
        "flowNodes",
        FlowNode,
        node_view,
        (
            Association("flow", "flows", one_by("flow_id", Flow)),
            Association("recipe", "recipes", one_by("recipe_id", Recipe)),
            Association("outputObjects", "outputObjects", many_by(OutputObject.flow_node_id), many=True),
            *absent("activeSample", "referenceInfo"),
            Association("referencedFlowNode", "flowNodes", one_by("referenced_flow_node_id", FlowNode)),
            *PERSONS,
            Association("jobGroups", "jobGroups", many_by(JobGroup.flow_node_id), many=True),
        ),
        columns={**stamp_columns(FlowNode), "name": Recipe.name, "description": Recipe.description},
    )
)
FLOWS = declare(
    Resource(
        "flows",
        Flow,
        flow_view,
        (
            *PERSONS,
            WORKSPACE,
            Association("folder", "folders", one_by("folder_id", Folder)),
            Association("flowNodes", "flowNodes", many_by(FlowNode.flow_id), many=True),
            Association("flowEdges", "flowEdges", _edges, many=True),
            *empty("snapshots", "flowRuns"),
            Association("webhookFlowTasks", "webhookFlowTasks", many_by(WebhookFlowTask.flow_id), many=True),
            Association(
                "flowRunParameterOverrides",
                "flowRunParameterOverrides",
                many_by(FlowRunParameterOverride.flow_id),
                many=True,
            ),
            *empty("associatedPeople"),
        ),
        columns={**stamp_columns(Flow), "name": Flow.name, "description": Flow.description},
    )
)
FOLDERS = declare(
    Resource(
        "folders",
        Folder,
        folder_view,
        (*PERSONS, WORKSPACE, Association("flows", "flows", many_by(Flow.folder_id), many=True)),
        columns={**stamp_columns(Folder), "name": Folder.name, "description": Folder.description},
    )
)

"""`/v4/flows`: flows, what goes in and comes out, their parameters (api 3.6)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from sqlalchemy import ColumnElement, false

from gristmill.api.answers import changed, counted, listed, many, one, shown
from gristmill.api.bodies import ParameterValue
from gristmill.api.embedding import Json
from gristmill.api.flow_bodies import FlowCopy, FlowFields, FolderReference, NewFlow, Replacement
from gristmill.api.inputs import Id, Item, List, PathId
from gristmill.api.resources.datasets import IMPORTED_DATASETS
from gristmill.api.resources.flows import FLOWS, NODES, PARAMETERS
from gristmill.api.resources.outputs import OUTPUT_OBJECTS
from gristmill.api.routing import BUILDING, Conf, CurrentUser, Db, v4_router
from gristmill.model import copies, datasets, flows, parameters, recipes, replacing
from gristmill.model.access import MAX_ID, Caller, find
from gristmill.model.released import outside_releases
from gristmill.model.tables import Flow

router = v4_router("flows")
Scope = Annotated[str, Query(alias="flowsFilter", pattern="^(all|owned|shared)$", description="whose flows")]
FolderId = Annotated[Id | None, Query(alias="folderId", description="only flows of this folder")]


@router.post("", status_code=201)
def create_flow(body: NewFlow, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Make an empty flow."""
    with db.write() as session:
        flow = flows.create_flow(session, user, body.columns(), increment_name=bool(body.increment_name))
        return shown(session, conf, FLOWS, flow)


@router.get("")
def list_flows(
    user: CurrentUser, db: Db, conf: Conf, query: List, scope: Scope = "all", folder_id: FolderId = None
) -> Json:
    """Your flows, newest first; those of releases stand under their release."""
    with db.read() as session:
        return listed(session, conf, user, FLOWS, query, *flow_scope(user, scope, folder_id))


@router.get("/count")
def count_flows(user: CurrentUser, db: Db, query: List, scope: Scope = "all", folder_id: FolderId = None) -> Json:
    """How many flows there are."""
    with db.read() as session:
        return counted(session, user, FLOWS, query, *flow_scope(user, scope, folder_id))


@router.get("/{id}")
def get_flow(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A flow; `embed=flowNodes.recipe` shows its recipes."""
    with db.read() as session:
        return one(session, conf, user, FLOWS, id, query)


@router.patch("/{id}")
def change_flow(id: PathId, body: FlowFields, user: CurrentUser, db: Db) -> Json:
    """Rename or describe a flow, change its settings, or put it into a folder."""
    with db.write() as session:
        return changed(flows.change_flow(session, user, find(session, Flow, id, user), body.columns()))


@router.put("/{id}")
def replace_flow(id: PathId, body: FlowFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The same as PATCH; answers the whole flow."""
    with db.write() as session:
        return shown(
            session, conf, FLOWS, flows.change_flow(session, user, find(session, Flow, id, user), body.columns())
        )


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_flow(id: PathId, user: CurrentUser, db: Db) -> None:
    """Delete a flow with its recipes and outputs; datasets and job groups stay."""
    with db.write() as session:
        flows.delete_flow(session, user, find(session, Flow, id, user))


@router.post("/{id}/copy", status_code=201)
def copy_flow(id: PathId, user: CurrentUser, db: Db, conf: Conf, body: FlowCopy | None = None) -> Json:
    """Copy a flow with its recipes, outputs and parameters."""
    asked = body or FlowCopy()
    with db.write() as session:
        copy = copies.copy_flow(
            session,
            user,
            find(session, Flow, id, user),
            name=asked.name,
            description=asked.description,
            copy_datasources=bool(asked.copy_datasources),
        )
        return shown(session, conf, FLOWS, copy)


@router.post("/{id}/move")
def move_flow(id: PathId, body: FolderReference, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Put a flow into a folder, or with null out of it."""
    with db.write() as session:
        moved = flows.change_flow(session, user, find(session, Flow, id, user), {"folder_id": body.folder_id or None})
        return shown(session, conf, FLOWS, moved)


@router.get("/{id}/inputs")
def list_inputs(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """The datasets that feed a flow, also those that it reaches through references."""
    with db.read() as session:
        rows = datasets.inputs_of_flow(session, find(session, Flow, id, user))
        return many(session, conf, IMPORTED_DATASETS, rows, query.embed)


@router.patch("/{id}/replaceDataset", dependencies=[BUILDING])
def replace_dataset(id: PathId, body: Replacement, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Let all recipes that read an input of the flow read another dataset or recipe instead."""
    with db.write() as session:
        flow = find(session, Flow, id, user)
        old, source = body.input(session, user, flow), body.source(session, user)
        replaced = replacing.replace_input(session, user, flow, old, source)
        edges = [
            {"id": edge.id, "flowId": flow.id, "inFlowNodeId": edge.input_node_id, "outFlowNodeId": edge.output_node_id}
            for edge in replaced.edges
        ]
        return {"newInputNode": shown(session, conf, NODES, replaced.node), "outputNodeEdges": edges}


@router.get("/{id}/outputs")
def list_outputs(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """The output objects of a flow."""
    with db.read() as session:
        rows = flows.outputs_of_flow(session, find(session, Flow, id, user))
        return many(session, conf, OUTPUT_OBJECTS, rows, query.embed)


@router.get("/{id}/validate")
def validate_flow(id: PathId, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """What is wrong with each recipe of a flow, inputs before those who read them."""
    with db.read() as session:
        nodes = flows.recipes_of_flow(session, find(session, Flow, id, user))
        return {"data": recipes.validation_of(session, conf, nodes)}


@router.post("/{id}/parameters", status_code=201)
def create_parameter(id: PathId, body: ParameterValue, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Define a parameter that recipes of the flow read as `$name`."""
    with db.write() as session:
        flow = find(session, Flow, id, user)
        row = parameters.create_flow_parameter(session, user, flow, body.override_key, body.value)
        return shown(session, conf, PARAMETERS, row)


@router.get("/{id}/parameters")
def list_parameters(id: PathId, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The parameters that a flow defines."""
    with db.read() as session:
        return many(session, conf, PARAMETERS, parameters.flow_parameters(session, find(session, Flow, id, user)))


@router.get("/{id}/parameters/{key}")
def get_parameter(id: PathId, key: str, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """One parameter of a flow."""
    with db.read() as session:
        return shown(session, conf, PARAMETERS, parameters.flow_parameter(session, find(session, Flow, id, user), key))


@router.delete("/{id}/parameters/{key}", status_code=204, response_class=Response)
def delete_parameter(id: PathId, key: str, user: CurrentUser, db: Db) -> None:
    """Remove a parameter from a flow."""
    with db.write() as session:
        parameters.delete_flow_parameter(session, user, find(session, Flow, id, user), key)


def flow_scope(user: Caller, scope: str, folder_id: int | None) -> list[ColumnElement[bool]]:
    """The conditions for a list of flows."""
    where = [outside_releases()]
    if scope == "owned":
        where.append(Flow.creator_id == user.person_id)
    if scope == "shared":
        # nobody can share a flow
        where.append(false())
    if folder_id is not None:
        where.append(Flow.folder_id == min(folder_id, MAX_ID) if folder_id else Flow.folder_id.is_(None))
    return where

"""How the import of a flow package is answered (api 3.6)."""

from __future__ import annotations

from collections.abc import Sequence

from gristmill.api.answers import reference
from gristmill.api.embedding import Json
from gristmill.api.resources.flows import edge_facts
from gristmill.model.clock import iso
from gristmill.model.import_rules import CONNECTIONS
from gristmill.model.package_imports import Imported
from gristmill.model.tables import Flow, FlowNode, ImportedDataset, OutputObject, Recipe, Stamped
from gristmill.recipe.packages.flow import Package
from gristmill.recipe.packages.rules import Change


def imported_view(made: Imported, package: Package, changes: Sequence[Change] = ()) -> Json:
    """Everything that was made, in the flat form that importers know, and what import rules have changed before.

    `problems` is ours.
    """
    wanted = [number for number in package.primary if number in made.flows]
    recipes = {node.recipe.id: node.recipe for node in made.nodes.values() if node.recipe is not None}
    return {
        "importRuleChanges": {
            "object": [_change(change) for change in changes if change.type == CONNECTIONS],
            "value": [_change(change) for change in changes if change.type != CONNECTIONS],
        },
        "deletedObjects": {},
        "createdObjectMapping": {
            "flows": {str(number): flow.id for number, flow in made.flows.items()},
            "flownodes": {str(number): node.id for number, node in made.nodes.items()},
            "datasources": {str(number): dataset.id for number, dataset in made.datasets.items()},
            "outputobjects": {str(number): output.id for number, output in made.outputs.items()},
        },
        "primaryFlowIds": [made.flows[number].id for number in wanted or made.flows],
        "flows": list(map(_flow, made.flows.values())),
        "flownodes": list(map(_node, made.nodes.values())),
        "flowedges": list(map(edge_facts, made.edges)),
        "datasources": list(map(_dataset, made.datasets.values())),
        "recipes": list(map(_recipe, recipes.values())),
        "outputobjects": list(map(_output, made.outputs.values())),
        "webhookflowtasks": [{"id": task.id, "name": task.name} for task in made.webhooks.values()],
        "connectionsWithoutMapping": [
            {"id": row.id, "uuid": row.uuid, "name": row.name, "vendor": row.vendor} for row in made.unmapped
        ],
        "problems": made.problems,
    }


def _change(change: Change) -> Json:
    """`object` is named as in the package (platform 9.3)."""
    which = {"kind": change.kind, "id": change.id, "name": change.name}
    return {"type": change.type, "before": change.before, "after": change.after, "object": which}


def _stamps(row: Stamped) -> Json:
    return {
        "createdBy": row.creator_id,
        "updatedBy": row.updater_id,
        "createdAt": iso(row.created_at),
        "updatedAt": iso(row.updated_at),
    }


def _flow(flow: Flow) -> Json:
    facts = {"id": flow.id, "name": flow.name, "description": flow.description, "folderId": flow.folder_id}
    return {**facts, "workspaceId": flow.workspace_id, **_stamps(flow), "deleted_at": None, "cpProject": None}


def _node(node: FlowNode) -> Json:
    return {
        "id": node.id,
        "wrangled": node.wrangled,
        "recipe": reference(node.recipe_id),
        "flow": reference(node.flow_id),
        "referenceInfo": None,
        "activeSample": None,
        "referencedFlowNode": reference(node.referenced_flow_node_id),
        "creator": reference(node.creator_id),
        "updater": reference(node.updater_id),
        "createdAt": iso(node.created_at),
        "updatedAt": iso(node.updated_at),
    }


def _dataset(dataset: ImportedDataset) -> Json:
    return {
        "id": dataset.id,
        "dynamicPath": dataset.dynamic_path,
        "connectionId": dataset.connection_id,
        "isSchematized": True,
        "isDynamic": dataset.is_dynamic,
        "isConverted": False,
        "disableTypeInference": dataset.disable_type_inference,
        "hasStructuring": bool((dataset.options or {}).get("detectStructure")),
        "storageLocationId": dataset.id,
        "workspaceId": dataset.workspace_id,
        "createdBy": dataset.creator_id,
        "updatedBy": dataset.updater_id,
    }


def _recipe(recipe: Recipe) -> Json:
    facts = {"id": recipe.id, "name": recipe.name, "description": recipe.description}
    return {**facts, "active": True, "nextPortId": 1}


def _output(output: OutputObject) -> Json:
    facts = {"id": output.id, "execution": output.execution, "profiler": output.profiler, "isAdhoc": output.is_adhoc}
    return {**facts, "flownode": reference(output.flow_node_id)}

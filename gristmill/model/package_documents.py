"""Rows of ours as a package's document has them (language 10.3). Secrets stay here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gristmill.model.graph import name_of_node
from gristmill.model.outputs import file_facts
from gristmill.model.tables import Connection, FlowNode, WebhookFlowTask, WriteSetting
from gristmill.model.webhooks import without_secrets
from gristmill.recipe.packages.places import in_package
from gristmill.recipe.tasks.writing import WrittenRecipe

Json = dict[str, Any]
_CONNECTION = ("id", "uuid", "name", "description", "type", "vendor")


def node_document(node: FlowNode) -> Json:
    """A node; its recipe has the same id, since a dataset of two flows has a recipe in each."""
    uses = node.referenced_flow_node_id
    return {"id": node.id, "scriptId": node.id, "flowNodeId": uses, "wrangled": node.wrangled, "referenceId": None}


def recipe_document(node: FlowNode, written: WrittenRecipe) -> Json:
    """A recipe with its steps."""
    return {
        "id": node.id,
        "name": name_of_node(node),
        "description": node.recipe.description if node.recipe is not None else None,
        "active": True,
        "nextPortId": len(written.datasets) + 1,
        "steps": list(written.steps),
        "dqScriptRules": [],
    }


def table_document(relation: Mapping[str, Any] | None) -> Json:
    """Which table or query a dataset reads; empty for a file."""
    if relation is None:
        return {}
    return {
        "relationalPath": relation.get("path"),
        "tableName": relation.get("table"),
        "columns": relation.get("columns"),
        "filter": relation.get("filter"),
        "raw": [relation["sql"]] if "sql" in relation else None,
    }


def parameter_documents(parameters: Sequence[Json] | None) -> list[Json]:
    """The parameters of a path, a query or a table's name."""
    return list(map(parameter_document, parameters or ()))


def parameter_document(item: Json) -> Json:
    """One parameter: name, value and places stand in its edit."""
    edit = {key: item[key] for key in ("overrideKey", "value", "insertionIndices")}
    return {"type": item.get("type", "path"), "runParameterEdit": edit}


def file_document(row: WriteSetting) -> Json:
    """A file output; a path with parameters is the template."""
    template = row.dynamic_path or row.path
    return {
        "id": row.id,
        "path": template,
        **file_facts(row),
        "runParameters": [one for item in row.run_parameters or () for one in _in_address(template, item)],
    }


def _in_address(template: str, item: Json) -> list[Json]:
    """A parameter of an output, once for each type of place that it has."""
    places = [(place["index"], place.get("order", 0)) for place in item["insertionIndices"]]
    return [
        parameter_document(
            {**item, "type": kind, "insertionIndices": [{"index": index, "order": order} for index, order in found]}
        )
        for kind, found in in_package(template, places).items()
    ]


def connection_document(row: Connection) -> Json:
    """A connection without host and credentials: whoever imports it has one of their own."""
    facts = {key: getattr(row, key) for key in _CONNECTION}
    switches = {"isGlobal": row.is_global, "disableTypeInference": row.disable_type_inference}
    credentials = {"credentialType": row.credential_type, "credentialsShared": row.credentials_shared}
    return {**facts, **switches, **credentials}


def webhook_document(task: WebhookFlowTask) -> Json:
    """A webhook without what may be secret in its headers and address."""
    some = task.flow_node_ids
    return {
        "id": task.id,
        **without_secrets({"url": task.url, "headers": task.headers or {}}),
        "name": task.name,
        "method": task.method,
        "body": task.body,
        "secretKey": None,
        "sslVerification": task.ssl_verification,
        "retryOnFailure": task.retry_on_failure,
        "triggerEvent": task.trigger_event,
        "triggerObject": "all" if some is None else "some",
        "flownodes": [{"id": number} for number in some or ()],
    }

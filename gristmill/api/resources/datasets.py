"""How imported datasets are shown (api 3.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.api.answers import reference
from gristmill.api.embedding import Association, Json, Resource, Rows, View, declare
from gristmill.api.resources.common import facts_of, one_by, stamp_columns, stamps
from gristmill.api.resources.people import PERSONS
from gristmill.model.clock import iso
from gristmill.model.tables import Connection, Flow, FlowNode, ImportedDataset, Recipe

UNKNOWN_SIZE = "-1"


def dataset_view(dataset: ImportedDataset, view: View) -> Json:
    """An imported dataset; `size` is a text, `-1` while unknown."""
    options = dataset.options or {}
    return {
        "id": dataset.id,
        "name": dataset.name,
        "description": dataset.description,
        "path": dataset.path or None,
        "bucket": dataset.bucket,
        "container": dataset.container,
        "blobHost": None,
        "type": dataset.type,
        "size": _size(dataset),
        "dynamicPath": dataset.dynamic_path,
        "isDynamic": dataset.is_dynamic,
        "isDynamicOrConverted": dataset.is_dynamic,
        "isConverted": False,
        "isSchematized": dataset.detected is not None,
        "hasStructuring": bool(options.get("detectStructure")),
        "disableTypeInference": dataset.disable_type_inference,
        "runParameters": {"data": dataset.run_parameters or []},
        "storageLocation": location_of(dataset),
        "parsingRecipe": reference(dataset.parsing_recipe_id),
        "parsingScript": reference(dataset.parsing_recipe_id),
        "connection": reference(dataset.connection_id),
        "relationalSource": relation_of(dataset),
        **_jdbc(dataset),
        **stamps(dataset),
        "workspace": reference(dataset.workspace_id),
    }


def relation_of(dataset: ImportedDataset) -> Json | None:
    """The table or query that a dataset is; null for files."""
    relation = dataset.relation
    if relation is None:
        return None
    known = (dataset.detected or {}).get("columns") or []
    is_query = "sql" in relation
    return {
        "id": dataset.id,
        "relationalPath": None if is_query else relation.get("path"),
        "tableName": relation.get("table"),
        "columns": None if is_query else relation.get("columns") or [column["name"] for column in known],
        "filter": relation.get("filter"),
        "raw": [relation["sql"]] if is_query else None,
        "datasourceId": dataset.id,
        "createdAt": iso(dataset.created_at),
        "updatedAt": iso(dataset.updated_at),
    }


def _jdbc(dataset: ImportedDataset) -> Json:
    if dataset.relation is None or "sql" in dataset.relation:
        return {}
    return {"jdbcPath": dataset.relation.get("path"), "jdbcTable": dataset.relation.get("table")}


def _relations(dataset: Any) -> list[Json]:
    found = relation_of(dataset)
    return [] if found is None else [found]


def location_of(dataset: ImportedDataset) -> Json:
    """Where the data of a dataset lies."""
    return {
        "id": dataset.id,
        "fullUri": dataset.uri,
        "path": dataset.path,
        "size": _size(dataset),
        "type": dataset.type,
        "bucket": dataset.bucket,
        "container": dataset.container,
        "blobHost": None,
        "host": dataset.host,
        "userinfo": dataset.userinfo,
        "hash": None,
        "workspaceId": dataset.workspace_id,
    }


def _size(dataset: ImportedDataset) -> str:
    return UNKNOWN_SIZE if dataset.size is None else str(dataset.size)


def _flows(session: Session, rows: Rows) -> Mapping[int, Rows]:
    nodes = select(FlowNode.imported_dataset_id, Flow).join(Flow, Flow.id == FlowNode.flow_id)
    ids = {row.id for row in rows}
    found = nodes.where(FlowNode.imported_dataset_id.in_(ids), FlowNode.deleted_at.is_(None)).order_by(Flow.id)
    grouped: defaultdict[int, list[Any]] = defaultdict(list)
    for dataset_id, flow in session.execute(found):
        grouped[dataset_id or 0].append(flow)
    return grouped


IMPORTED_DATASETS = declare(
    Resource(
        "importedDatasets",
        ImportedDataset,
        dataset_view,
        (
            Association("connection", "connections", one_by("connection_id", Connection)),
            Association("parsingRecipe", "recipes", one_by("parsing_recipe_id", Recipe)),
            Association("relationalSource", "facts", facts_of(_relations)),
            Association("runParameters", "facts", facts_of(lambda row: row.run_parameters or []), many=True),
            Association("storageLocation", "facts", facts_of(lambda row: [location_of(row)])),
            *PERSONS,
            Association("flows", "flows", _flows, many=True),
        ),
        columns={
            **stamp_columns(ImportedDataset),
            "name": ImportedDataset.name,
            "description": ImportedDataset.description,
            "path": ImportedDataset.path,
            "size": ImportedDataset.size,
            "type": ImportedDataset.type,
        },
    )
)

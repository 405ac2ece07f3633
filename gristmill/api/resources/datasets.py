"""How imported datasets are shown (api 3.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.api.answers import reference
from gristmill.api.embedding import Association, Json, Resource, Rows, View, declare
from gristmill.api.resources.common import absent, facts_of, one_by, stamp_columns, stamps
from gristmill.api.resources.people import PERSONS
from gristmill.model.tables import Flow, FlowNode, ImportedDataset, Recipe

UNKNOWN_SIZE = "-1"


def dataset_view(dataset: ImportedDataset, view: View) -> Json:
    """An imported dataset; `size` is a text, `-1` while unknown."""
    options = dataset.options or {}
    return {
        "id": dataset.id,
        "name": dataset.name,
        "description": dataset.description,
        "path": dataset.path,
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
        "disableTypeInference": False,
        "runParameters": {"data": dataset.run_parameters or []},
        "storageLocation": location_of(dataset),
        "parsingRecipe": reference(dataset.parsing_recipe_id),
        "parsingScript": reference(dataset.parsing_recipe_id),
        "connection": None,
        "relationalSource": None,
        **stamps(dataset),
        "workspace": reference(dataset.workspace_id),
    }


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
            *absent("connection"),
            Association("parsingRecipe", "recipes", one_by("parsing_recipe_id", Recipe)),
            *absent("relationalSource"),
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

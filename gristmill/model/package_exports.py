"""A flow of ours becomes a flow package of the nested dialect (language 10.3, 10.7). Secrets stay here."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.language.parser import parse
from gristmill.model.access import Caller, find
from gristmill.model.clock import iso, now
from gristmill.model.graph import Graph
from gristmill.model.outputs import output_objects_of, write_settings_of
from gristmill.model.package_documents import (
    connection_document,
    file_document,
    node_document,
    parameter_document,
    parameter_documents,
    recipe_document,
    table_document,
    webhook_document,
)
from gristmill.model.parameters import parameters_of_flow
from gristmill.model.tables import (
    Connection,
    Flow,
    FlowNode,
    FlowParameter,
    ImportedDataset,
    OutputObject,
    Publication,
)
from gristmill.model.webhooks import tasks_of_flow
from gristmill.model.workspace import require_switch
from gristmill.recipe.tasks.nodes import load
from gristmill.recipe.tasks.writing import WrittenRecipe, write_recipe
from gristmill.settings import Settings
from gristmill.transforms.registry import TRANSFORMS

Json = dict[str, Any]
VERSION = "7.9.0+0"  # of the dialect that is written


@dataclass(frozen=True, slots=True)
class Exported:
    """A package's document, and the lines of its data files by storage id."""

    document: Json
    artifacts: Mapping[int, str]


def export_package(
    session: Session, settings: Settings, caller: Caller, flows: Sequence[Flow], comment: str = ""
) -> Exported:
    """Flows with everything that they need, flows that they refer to included.

    Raises ForbiddenError where they refer to a flow that the caller may not see, and where export is switched off.
    """
    require_switch(session, settings, caller.workspace_id, "packages.export", "the export of packages")
    return _Export(session, caller).export(flows, comment)


class _Export:
    def __init__(self, session: Session, caller: Caller) -> None:
        self.session = session
        self.caller = caller
        self.graph = Graph(session)
        self.artifacts: dict[int, str] = {}
        self.connections: dict[int, Connection] = {}

    def export(self, primary: Sequence[Flow], comment: str) -> Exported:
        flows = [self._flow(item) for item in self._needed(primary)]
        data: Json = {
            "artifacts": [
                {"id": number, "artifactStorageId": number, "type": "targetmapping"} for number in self.artifacts
            ],
            "connections": [connection_document(row) for _, row in sorted(self.connections.items())],
            "flows": flows,
        }
        metadata = {
            "trifactaVersion": VERSION,
            "exportedAt": iso(now()),
            "exportedBy": self.caller.person_id,
            "uuid": str(uuid4()),
            "comment": comment,
            "primaryFlowIds": [flow.id for flow in primary],
            "edition": "Enterprise",
        }
        digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).digest()
        seal = base64.b64encode(digest).decode()[:32]
        document = {"type": "flow", "kind": "artifact", "metadata": metadata, "data": data, "hash": seal}
        return Exported(document, self.artifacts)

    def _needed(self, flows: Sequence[Flow]) -> list[Flow]:
        """The flows and those that they refer to, however far away."""
        found = {flow.id: flow for flow in flows}
        open_ = list(flows)
        while open_:
            for node in self.graph.nodes(open_.pop().id):
                origin = self.graph.origin(node)
                if origin is not None and origin.flow_id not in found:
                    other = find(self.session, Flow, origin.flow_id, self.caller)
                    found[other.id] = other
                    open_.append(other)
        return list(found.values())

    def _flow(self, flow: Flow) -> Json:
        nodes = self.graph.nodes(flow.id)
        written = {node.id: self._written(node) for node in nodes}
        parameters = parameters_of_flow(self.session, flow)
        return {
            "id": flow.id,
            "name": flow.name,
            "description": flow.description,
            "settings": flow.settings,
            "defaultOutputDir": flow.default_output_dir,
            "flownodes": [node_document(node) for node in nodes],
            "flowedges": [edge for node in nodes for edge in self._edges(node, written[node.id])],
            "references": [],
            "flowrunparameteroverrides": [
                {"overrideKey": row.override_key, "value": row.value}
                for row in parameters
                if not isinstance(row, FlowParameter)
            ],
            "runparameters": [
                parameter_document({"overrideKey": row.override_key, "value": row.value, "insertionIndices": []})
                for row in parameters
                if isinstance(row, FlowParameter)
            ],
            "recipes": [recipe_document(node, written[node.id]) for node in nodes],
            "outputobjects": [self._output(output) for output in output_objects_of(self.session, nodes)],
            "datasources": [self._source(node, node.imported_dataset) for node in nodes if node.imported_dataset],
            "webhookflowtasks": [webhook_document(task) for task in tasks_of_flow(self.session, flow)],
            "notes": [],
            "flowgraphvertices": [],
        }

    # -- recipes ---------------------------------------------------------------------------------

    def _written(self, node: FlowNode) -> WrittenRecipe:
        text = node.recipe.script if node.recipe is not None else ""
        aliases = [edge.alias for edge, _ in self.graph.inputs(node) if edge.alias is not None]
        recipe, _ = parse(text, TRANSFORMS, aliases)
        source = node.imported_dataset
        first = None if source is None else load(f"id://{source.id}", f"original_datasource_{source.id}")
        written = write_recipe(recipe, node.id, first, first_artifact=len(self.artifacts) + 1)
        for number, pairs in written.artifacts.items():
            self.artifacts[number] = "".join(f"{json.dumps({'input': old, 'output': new})}\n" for old, new in pairs)
        return written

    def _edges(self, node: FlowNode, written: WrittenRecipe) -> list[Json]:
        """The main input, and an edge for each port whose dataset the text names."""
        found = []
        for edge, source in self.graph.inputs(node):
            ports = [port for port, name in written.datasets.items() if name is not None and name == edge.alias]
            both = {"id": edge.id, "inFlowNodeId": source.id, "inPortId": None, "outFlowNodeId": node.id}
            found += [{**both, "outPortId": port} for port in ([None] if edge.is_primary else ports)]
        return found

    # -- sources and outputs ---------------------------------------------------------------------

    def _connected(self, row: Connection | None) -> int | None:
        if row is None:
            return None
        self.connections[row.id] = row
        return row.id

    def _source(self, node: FlowNode, dataset: ImportedDataset) -> Json:
        place = {key: getattr(dataset, key) for key in ("path", "type", "bucket", "container", "host", "userinfo")}
        table = table_document(dataset.relation)
        return {
            "id": dataset.id,
            **place,
            "parsingScriptId": node.id,
            "connectionId": self._connected(dataset.connection),
            "isSchematized": True,
            "isDynamic": dataset.is_dynamic,
            "isConverted": False,
            "isDynamicOrConverted": dataset.is_dynamic,
            "dynamicPath": dataset.dynamic_path,
            "dynamicBucket": dataset.dynamic_bucket,
            "disableTypeInference": dataset.disable_type_inference,
            "hasStructuring": bool((dataset.options or {}).get("detectStructure")),
            "storageLocation": {"id": dataset.id, "fullUri": _portable(dataset), "size": dataset.size, **place},
            **({"relationalsource": table} if table else {}),
            "runParameters": parameter_documents(dataset.run_parameters),
        }

    def _output(self, output: OutputObject) -> Json:
        live = select(Publication).where(Publication.output_object_id == output.id, Publication.deleted_at.is_(None))
        tables = self.session.scalars(live.order_by(Publication.id))
        return {
            "id": output.id,
            "flowNodeId": output.flow_node_id,
            "execution": output.execution,
            "profiler": output.profiler,
            "isAdhoc": output.is_adhoc,
            "ignoreRecipeErrors": output.ignore_recipe_errors,
            "writesettings": [file_document(row) for row in write_settings_of(self.session, output)],
            "publications": [self._publication(row) for row in tables],
        }

    def _publication(self, row: Publication) -> Json:
        return {
            "id": row.id,
            "path": row.path,
            "tableName": row.table_name,
            "targetType": row.target_type,
            "action": row.action,
            "connectionId": self._connected(row.connection),
            "parameters": row.parameters or {},
            "runParameters": parameter_documents(row.run_parameters),
        }


def _portable(dataset: ImportedDataset) -> str:
    """The address of a dataset; base storage is named as `/trifacta`, which lies elsewhere on another server."""
    return f"file://{dataset.path}" if dataset.uri.startswith("file://") else dataset.uri

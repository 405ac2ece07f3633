"""What clients send about flows (api 3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from gristmill.api.errors import invalid
from gristmill.api.inputs import Id, Name, V4Body
from gristmill.model import recipes, replacing
from gristmill.model.access import Caller, refer
from gristmill.model.tables import Flow, FlowNode, ImportedDataset


class FolderReference(V4Body):
    """`{"folderId": 5}` or `{"folder": {"id": 5}}`; null and 0 stand for no folder."""

    REFERENCES: ClassVar[Mapping[str, str]] = {"folder": "folderId"}

    folder_id: Id | None = None


class FlowFields(FolderReference):
    """A flow; everything may be left out in a change."""

    name: Name | None = None
    description: str | None = None
    settings: dict[str, Any] | None = None

    def columns(self) -> dict[str, Any]:
        """What the client has sent, by column names."""
        sent = self.given("increment_name")
        if "folder_id" in sent:
            sent["folder_id"] = self.folder_id or None
        return {key: value for key, value in sent.items() if value is not None or key != "name"}


class NewFlow(FlowFields):
    """A new flow; with `incrementName` a taken name gets a number."""

    name: Name
    increment_name: bool | None = None


class FlowCopy(V4Body):
    """How a copy is called, and whether it gets dataset objects of its own."""

    name: str | None = None
    description: str | None = None
    copy_datasources: bool | None = None


class Replacement(V4Body):
    """Which input of a flow is replaced, and by what: one of each pair."""

    flow_node_id: Id | None = None
    imported_dataset_id: Id | None = None
    new_imported_dataset_id: Id | None = None
    new_wrangled_dataset_id: Id | None = None

    def input(self, session: Session, user: Caller, flow: Flow) -> FlowNode:
        """The node that is replaced. Raises ApiError 400 unless exactly one is named."""
        if (self.flow_node_id is None) == (self.imported_dataset_id is None):
            raise invalid("give exactly one of flowNodeId and importedDatasetId")
        if self.flow_node_id is not None:
            return refer(session, FlowNode, self.flow_node_id, user, "flowNodeId")
        dataset = refer(session, ImportedDataset, self.imported_dataset_id or 0, user, "importedDatasetId")
        return replacing.input_of(session, flow, dataset)

    def source(self, session: Session, user: Caller) -> recipes.Source:
        """What stands in its place. Raises ApiError 400 unless exactly one is named."""
        if (self.new_imported_dataset_id is None) == (self.new_wrangled_dataset_id is None):
            raise invalid("give exactly one of newImportedDatasetId and newWrangledDatasetId")
        if self.new_imported_dataset_id is not None:
            return refer(session, ImportedDataset, self.new_imported_dataset_id, user, "newImportedDatasetId")
        node = refer(session, FlowNode, self.new_wrangled_dataset_id or 0, user, "newWrangledDatasetId")
        if not node.wrangled:
            raise invalid(f"newWrangledDatasetId: node {node.id} is no recipe")
        return node

"""The graph of a flow: which node reads which, also across flows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from gristmill.model.access import Caller, made_by
from gristmill.model.errors import InvalidError
from gristmill.model.released import refuse_released
from gristmill.model.tables import FlowEdge, FlowNode, ImportedDataset
from gristmill.problems import quoted


class Graph:
    """The live nodes and edges of all flows that a question touches, each flow read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._nodes: dict[int, FlowNode] = {}
        self._edges: dict[int, list[FlowEdge]] = {}
        self._loaded: set[int] = set()

    def nodes(self, flow_id: int) -> list[FlowNode]:
        """The nodes of a flow, by id."""
        self._load(flow_id)
        return [node for node in self._nodes.values() if node.flow_id == flow_id]

    def inputs(self, node: FlowNode) -> list[tuple[FlowEdge, FlowNode]]:
        """What `node` reads: its main input first, then the others in the order in which they were added.

        Inputs that were deleted are left out.
        """
        self._load(node.flow_id)
        edges = self._edges.get(node.id, [])
        return [(edge, self._nodes[edge.input_node_id]) for edge in edges if edge.input_node_id in self._nodes]

    def main_input(self, node: FlowNode) -> FlowNode | None:
        """The main input of a recipe; None where it was deleted."""
        return next((source for edge, source in self.inputs(node) if edge.is_primary), None)

    def origin(self, node: FlowNode) -> FlowNode | None:
        """The node itself, or for a reference the recipe that it stands for; None where that was deleted."""
        if node.referenced_flow_node_id is None:
            return node
        target = self._session.get(FlowNode, node.referenced_flow_node_id)
        if target is None or target.deleted_at is not None:
            return None
        self._load(target.flow_id)
        return self.origin(self._nodes[target.id]) if target.id in self._nodes else None

    def upstream(self, node: FlowNode) -> list[FlowNode]:
        """Everything that `node` needs and the node itself, inputs before those who read them; references resolved.

        A ring is followed once, so that it can be told apart later.
        """
        start = self.origin(node)
        found: dict[int, FlowNode] = {}
        open_: list[tuple[FlowNode, Iterator[FlowNode]]] = [] if start is None else [(start, self.sources(start))]
        entered = {at.id for at, _ in open_}
        while open_:
            at, rest = open_[-1]
            source = next(rest, None)
            if source is None:
                found[at.id] = at
                open_.pop()
            elif source.id not in entered:
                entered.add(source.id)
                open_.append((source, self.sources(source)))
        return list(found.values())

    def sources(self, node: FlowNode) -> Iterator[FlowNode]:
        """The nodes that `node` reads, references resolved."""
        for _, source in self.inputs(node):
            origin = self.origin(source)
            if origin is not None:
                yield origin

    def readers(self, node: FlowNode) -> list[FlowNode]:
        """The live nodes that read `node`, also through references in other flows."""
        direct = select(FlowNode).join(FlowEdge, FlowEdge.output_node_id == FlowNode.id)
        references = select(FlowNode).where(FlowNode.referenced_flow_node_id == node.id)
        statements = (direct.where(FlowEdge.input_node_id == node.id), references)
        return [
            row for chosen in statements for row in self._session.scalars(chosen.where(FlowNode.deleted_at.is_(None)))
        ]

    def depends(self, node: FlowNode, on: FlowNode) -> bool:
        """Whether `node` is `on` or reads it, however far away."""
        return any(above.id == on.id for above in self.upstream(node))

    def _load(self, flow_id: int) -> None:
        if flow_id in self._loaded:
            return
        self._loaded.add(flow_id)
        live = (
            select(FlowNode)
            .where(FlowNode.flow_id == flow_id, FlowNode.deleted_at.is_(None))
            .options(joinedload(FlowNode.recipe), joinedload(FlowNode.imported_dataset))
            .order_by(FlowNode.id)
        )
        for node in self._session.scalars(live):
            if node.imported_dataset is None or node.imported_dataset.deleted_at is None:
                self._nodes[node.id] = node
        edges = select(FlowEdge).where(FlowEdge.flow_id == flow_id)
        for edge in self._session.scalars(edges.order_by(FlowEdge.is_primary.desc(), FlowEdge.id)):
            self._edges.setdefault(edge.output_node_id, []).append(edge)


def name_of_node(node: FlowNode) -> str:
    """What people call the node: the name of its dataset or recipe, or of what it refers to."""
    if node.imported_dataset is not None:
        return node.imported_dataset.name
    if node.recipe is not None:
        return node.recipe.name
    return name_of_node(node.referenced_flow_node) if node.referenced_flow_node is not None else ""


def input_node(session: Session, flow_id: int, dataset: ImportedDataset) -> FlowNode | None:
    """The node of `dataset` in the flow, if it is there."""
    nodes = select(FlowNode).where(FlowNode.flow_id == flow_id, FlowNode.deleted_at.is_(None))
    return session.scalars(nodes.where(FlowNode.imported_dataset_id == dataset.id)).first()


def ensure_input_node(session: Session, caller: Caller, flow_id: int, dataset: ImportedDataset) -> FlowNode:
    """The node of `dataset` in the flow; it is added when it is not there (api 3.5)."""
    existing = input_node(session, flow_id, dataset)
    if existing is not None:
        return existing
    refuse_released(session, flow_id)
    node = FlowNode(
        flow_id=flow_id,
        imported_dataset=dataset,
        recipe_id=dataset.parsing_recipe_id,
        **made_by(caller),
    )
    session.add(node)
    session.flush()
    return node


def ensure_reference_node(session: Session, caller: Caller, flow_id: int, target: FlowNode) -> FlowNode:
    """The node that stands in the flow for a recipe of another flow; it is added when it is not there (api 3.7)."""
    existing = session.scalars(
        select(FlowNode).where(
            FlowNode.flow_id == flow_id,
            FlowNode.referenced_flow_node_id == target.id,
            FlowNode.deleted_at.is_(None),
        )
    ).first()
    if existing is not None:
        return existing
    refuse_released(session, flow_id)
    node = FlowNode(flow_id=flow_id, referenced_flow_node=target, **made_by(caller))
    session.add(node)
    session.flush()
    return node


def refuse_ring(session: Session, reader: FlowNode, source: FlowNode) -> None:
    """Raises InvalidError `recipes 'A' and 'B' depend on each other` when `source` reads `reader` already."""
    if Graph(session).depends(source, reader):
        names = f"{quoted(name_of_node(reader))} and {quoted(name_of_node(source))}"
        raise InvalidError(f"recipes {names} depend on each other")

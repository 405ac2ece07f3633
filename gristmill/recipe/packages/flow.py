"""What a package holds: flows with nodes, edges, datasets, outputs, parameters, webhooks (language 10.2-10.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunParameter:
    """A value that a run may override.

    `insertions` are the (index, order) of its places in a template, before any insertion; none for a flow parameter.
    """

    name: str
    kind: str
    value: Json
    insertions: tuple[tuple[int, int], ...] = ()

    @property
    def default(self) -> str | None:
        """Its text; None for values of other kinds than a variable (date ranges, patterns), kept in `value`."""
        variable = self.value.get("variable")
        text = variable.get("value") if isinstance(variable, dict) else None
        return text if isinstance(text, str) else None


def filled_in(template: str, parameters: tuple[RunParameter, ...]) -> str | None:
    """A template with the parameters' values at their places (language 10.4); None where a value is no text."""
    pieces = [(index, order, one.default) for one in parameters for index, order in one.insertions]
    for index, _, value in sorted(pieces, key=lambda piece: piece[:2], reverse=True):
        if value is None:
            return None
        template = template[:index] + value + template[index:]
    return template


@dataclass(frozen=True, slots=True)
class Datasource:
    """Where an imported dataset comes from.

    `path` is that of a file; where it has parameters, they and `template` make it. Of a table: `schema` and `table`, or
    the `query`.
    """

    id: int
    kind: str
    path: str
    uri: str
    connection: int | None
    template: str | None = None
    parameters: tuple[RunParameter, ...] = ()
    schema: tuple[str, ...] = ()
    table: str = ""
    columns: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    structured: bool = False
    infers_types: bool = True
    document: Json = field(default_factory=dict)

    @property
    def location(self) -> str:
        """The file's URI with the parameters' values, the table's name, or the query, for people."""
        if self.table:
            return ".".join((*self.schema, self.table))
        template = self.query[0] if self.query else self.template
        made = filled_in(template, self.parameters) if template is not None else None
        return made or template or self.uri or self.path


@dataclass(frozen=True, slots=True)
class Node:
    """A recipe or an imported dataset; `tasks` are its steps, for a dataset those that give it structure.

    `reference` is set where others may use its result; `uses` is the node of another flow that stands behind it.
    """

    id: int
    name: str
    wrangled: bool
    tasks: tuple[Any, ...]
    description: str = ""
    recipe_id: int | None = None
    datasource: Datasource | None = None
    reference: int | None = None
    uses: int | None = None
    rules: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """Rows go from `source` to `target`; `port` None is the target's main input."""

    source: int
    target: int
    port: int | None


@dataclass(frozen=True, slots=True)
class WriteSetting:
    """A file that an output writes."""

    path: str
    format: str
    action: str
    parameters: tuple[RunParameter, ...] = ()
    document: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Publication:
    """A table that an output writes."""

    path: tuple[str, ...]
    table: str
    action: str
    target: str
    connection: int | None
    parameters: tuple[RunParameter, ...] = ()
    document: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Output:
    """Where and how a node's result is written."""

    id: int
    node: int
    engine: str
    profiles: bool
    files: tuple[WriteSetting, ...] = ()
    tables: tuple[Publication, ...] = ()
    document: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection as the package knows it: never with secrets or a host."""

    id: int
    name: str
    vendor: str
    uuid: str
    document: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Webhook:
    """What is called when a job ends. Address and headers may hold secrets: nothing shows them as they are."""

    id: int
    name: str
    method: str
    event: str
    nodes: tuple[int, ...]
    url: str = field(default="", repr=False)
    document: Json = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow with everything in it; `document` is its part of the package in the nested shape."""

    id: int
    name: str
    description: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    outputs: tuple[Output, ...]
    parameters: tuple[RunParameter, ...]
    overrides: tuple[RunParameter, ...]
    webhooks: tuple[Webhook, ...]
    notes: tuple[str, ...]
    document: Json = field(default_factory=dict, repr=False)

    def node(self, number: int) -> Node | None:
        """The node with that id."""
        return next((node for node in self.nodes if node.id == number), None)

    def inputs(self, node: Node) -> Mapping[int | None, Node]:
        """The nodes that feed a node, by port; ports without edge are absent."""
        found = {edge.port: self.node(edge.source) for edge in self.edges if edge.target == node.id}
        return {port: source for port, source in found.items() if source is not None}


@dataclass(frozen=True, slots=True)
class Package:
    """A package. `primary` are the flows that somebody asked for; the others are those that they need.

    `artifacts` are the value mappings of its files by artifact id; `lost` are the ids of those without a file.
    """

    dialect: str
    version: str
    metadata: Json
    flows: tuple[Flow, ...]
    connections: tuple[Connection, ...]
    primary: tuple[int, ...] = ()
    artifacts: Mapping[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    lost: tuple[int, ...] = ()

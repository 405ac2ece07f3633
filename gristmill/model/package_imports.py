"""A flow package becomes flows of ours, with recipes, datasets, outputs, parameters, webhooks (language 10.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, made_by, visible
from gristmill.model.addresses import Address, address_of_uri
from gristmill.model.errors import InvalidError
from gristmill.model.flows import create_flow, flow_names, free_name
from gristmill.model.outputs import create_output_object
from gristmill.model.parameter_values import IN_OUTPUTS, IN_SOURCES, check_run_parameters
from gristmill.model.parameters import create_flow_parameter, override_in_flow
from gristmill.model.recipes import MAX_SCRIPT
from gristmill.model.tables import (
    Connection,
    Flow,
    FlowEdge,
    FlowNode,
    ImportedDataset,
    OutputObject,
    Publication,
    Recipe,
    WebhookFlowTask,
)
from gristmill.model.webhooks import create_task
from gristmill.model.workspace import require_switch, switch
from gristmill.problems import quoted
from gristmill.recipe.packages import flow as packaged
from gristmill.recipe.packages.recipes import FlowRecipe, flow_recipes
from gristmill.settings import Settings

Json = dict[str, Any]
FILE_OPTIONS = {"detectStructure": True}
_SETTINGS = {
    "compression": "compression", "header": "header", "asSingleFile": "as_single_file", "delim": "delim",
    "hasQuotes": "has_quotes", "prefix": "prefix", "suffix": "suffix", "includeMismatches": "include_mismatches",
}  # fmt: skip


@dataclass(slots=True)
class Imported:
    """What an import has made, by the ids of the package; `problems` say what could not be carried over."""

    flows: dict[int, Flow] = field(default_factory=dict)
    nodes: dict[int, FlowNode] = field(default_factory=dict)
    edges: list[FlowEdge] = field(default_factory=list)
    datasets: dict[int, ImportedDataset] = field(default_factory=dict)
    outputs: dict[int, OutputObject] = field(default_factory=dict)
    webhooks: dict[int, WebhookFlowTask] = field(default_factory=dict)
    connections: dict[int, Connection] = field(default_factory=dict)
    unmapped: list[packaged.Connection] = field(default_factory=list)
    problems: list[Json] = field(default_factory=list)


def import_package(
    session: Session,
    settings: Settings,
    caller: Caller,
    package: packaged.Package,
    connections: Mapping[str, str] | None = None,
    *,
    keep_names: bool = False,
) -> Imported:
    """Make everything that a package holds. `connections` gives the uuid of a connection of ours for one of its own.

    Connections are matched by their uuid, else by name and vendor; what needs an unknown one is made without. Flows
    whose name is taken get another unless `keep_names` says that they live apart. Raises InvalidError, a RecipeError or
    ForbiddenError for what cannot be made; whoever calls must then roll back.
    """
    require_switch(session, settings, caller.workspace_id, "packages.import", "the import of packages")
    return _Import(session, settings, caller, package, keep_names).run(connections or {})


class _Import:
    def __init__(
        self, session: Session, settings: Settings, caller: Caller, package: packaged.Package, keep_names: bool
    ) -> None:
        self.session = session
        self.settings = settings
        self.caller = caller
        self.package = package
        self.keep_names = keep_names
        self.made = Imported()

    def run(self, connections: Mapping[str, str]) -> Imported:
        self._match(connections)
        recipes = {flow.id: flow_recipes(self.package, flow) for flow in self.package.flows}
        for flow in self.package.flows:
            self.made.flows[flow.id] = self._flow(flow)
            for recipe in recipes[flow.id]:
                self._node(flow, recipe)
        self.session.flush()
        for flow in self.package.flows:
            self._refer(flow)
            self._edges(flow, recipes[flow.id])
            self._rest(flow)
        self.session.flush()
        return self.made

    def _match(self, given: Mapping[str, str]) -> None:
        live = select(Connection).where(visible(Connection, self.caller), Connection.deleted_at.is_(None))
        ours = list(self.session.scalars(live.order_by(Connection.id)))
        for theirs in self.package.connections:
            wanted = given.get(theirs.uuid, theirs.uuid)
            found = [row for row in ours if row.uuid == wanted]
            found += [row for row in ours if (row.name, row.vendor) == (theirs.name, theirs.vendor)]
            if found:
                self.made.connections[theirs.id] = found[0]
            else:
                self.made.unmapped.append(theirs)

    def _flow(self, flow: packaged.Flow) -> Flow:
        """The empty flow. A taken name gets the beginning of the package's uuid, as older releases did (api 3.6)."""
        taken = set() if self.keep_names else flow_names(self.session, self.caller)
        uuid = str(self.package.metadata.get("uuid") or "")[:8]
        name = f"[{uuid}] {flow.name}" if uuid and flow.name in taken else flow.name
        settings = flow.document.get("settings")
        fields = {"description": flow.description or None, "settings": settings if isinstance(settings, dict) else None}
        return create_flow(self.session, self.caller, {"name": free_name(name or "flow", taken), **fields})

    # -- nodes -----------------------------------------------------------------------------------

    def _node(self, flow: packaged.Flow, recipe: FlowRecipe) -> None:
        source = recipe.node
        if len(recipe.text) > MAX_SCRIPT:
            raise InvalidError(f"recipe {quoted(source.name)}: at most {MAX_SCRIPT} characters are permitted")
        node = FlowNode(flow=self.made.flows[flow.id], wrangled=source.wrangled, **made_by(self.caller))
        if source.wrangled:
            node.recipe = self._recipe(recipe)
        elif source.datasource is not None:
            node.imported_dataset = self._dataset(recipe, source.datasource)
            node.recipe = node.imported_dataset.parsing_recipe
        self.session.add(node)
        self.made.nodes[source.id] = node
        self.made.problems += [problem.as_json() for problem in recipe.problems]

    def _recipe(self, recipe: FlowRecipe) -> Recipe:
        """The steps as text; those of a dataset say how the product reads it."""
        description = recipe.node.description or None
        return Recipe(name=recipe.node.name, description=description, script=recipe.text, **made_by(self.caller))

    def _dataset(self, recipe: FlowRecipe, source: packaged.Datasource) -> ImportedDataset:
        address = self._address(source)
        bucket = source.document.get("dynamicBucket")
        templates = {"path": source.template, "bucket": bucket, "sql": source.query[0] if source.query else None}
        parameters = check_run_parameters(_wire(source.parameters), templates, IN_SOURCES)
        dataset = ImportedDataset(
            name=recipe.node.name,
            **asdict(address),
            options=FILE_OPTIONS if source.structured else {},
            is_dynamic=bool(parameters),
            dynamic_path=source.template if parameters else None,
            dynamic_bucket=bucket if parameters else None,
            run_parameters=parameters,
            connection_id=self._connection(source.connection),
            relation=_relation(source),
            disable_type_inference=not source.infers_types,
            workspace_id=self.caller.workspace_id,
            parsing_recipe=self._recipe(recipe),
            **made_by(self.caller),
        )
        self.session.add(dataset)
        self.made.datasets[source.id] = dataset
        return dataset

    def _address(self, source: packaged.Datasource) -> Address:
        """Where the data lies. An address in storage that this server does not know is kept; runs say so."""
        uri = source.uri or source.path
        try:
            return address_of_uri(self.settings, uri)
        except InvalidError:
            store = {key: source.document.get(key) for key in ("bucket", "container", "host", "userinfo")}
            return Address(uri, source.kind or "file", source.path, **store)

    def _connection(self, number: int | None) -> int | None:
        row = self.made.connections.get(number) if number is not None else None
        return None if row is None else row.id

    # -- what joins them -------------------------------------------------------------------------

    def _refer(self, flow: packaged.Flow) -> None:
        """Nodes that stand for a recipe of another flow."""
        for source in flow.nodes:
            node = self.made.nodes[source.id]
            if source.uses is not None and source.uses in self.made.nodes:
                node.referenced_flow_node = self.made.nodes[source.uses]

    def _edges(self, flow: packaged.Flow, recipes: tuple[FlowRecipe, ...]) -> None:
        for recipe in recipes:
            inputs = [(None, recipe.main)] if recipe.main is not None else []
            for alias, source in (*inputs, *recipe.inputs.items()):
                edge = FlowEdge(
                    flow_id=self.made.flows[flow.id].id,
                    input_node_id=self.made.nodes[source.id].id,
                    output_node_id=self.made.nodes[recipe.node.id].id,
                    is_primary=alias is None,
                    alias=alias,
                )
                self.session.add(edge)
                self.made.edges.append(edge)

    def _rest(self, flow: packaged.Flow) -> None:
        ours = self.made.flows[flow.id]
        for output in flow.outputs:
            self._output(output)
        for parameter in flow.parameters:
            create_flow_parameter(self.session, self.caller, ours, parameter.name, parameter.value)
        for override in flow.overrides:
            override_in_flow(self.session, self.caller, ours, override.name, override.value)
        for webhook in flow.webhooks:
            self._webhook(ours, webhook)

    def _output(self, output: packaged.Output) -> None:
        node = self.made.nodes.get(output.node)
        if node is None:
            raise InvalidError(f"outputobjects: {output.id} belongs to node {output.node}, which is not in the package")
        facts = {
            "execution": output.engine or "photon",
            "profiler": output.profiles,
            "is_adhoc": output.document.get("isAdhoc") is not False,
            "ignore_recipe_errors": output.document.get("ignoreRecipeErrors") is True,
        }
        files = [_write_setting(setting) for setting in output.files]
        made = create_output_object(self.session, self.caller, node, facts, files)
        for table in output.tables:
            self.session.add(self._publication(made, table))
        self.made.outputs[output.id] = made

    def _publication(self, output: OutputObject, table: packaged.Publication) -> Publication:
        parameters = table.document.get("parameters")
        return Publication(
            output_object=output,
            connection_id=self._connection(table.connection),
            path=list(table.path),
            table_name=table.table,
            target_type=table.target,
            action=table.action,
            parameters=parameters if isinstance(parameters, dict) else None,
            run_parameters=check_run_parameters(_wire(table.parameters), table.table, IN_OUTPUTS),
            **made_by(self.caller),
        )

    def _webhook(self, flow: Flow, webhook: packaged.Webhook) -> None:
        """The message with its headers and secret; left out, and told, where webhooks are switched off."""
        if not switch(self.session, self.settings, self.caller.workspace_id, "webhooks.enabled"):
            message = f"webhook {quoted(webhook.name)} is left out: webhooks are switched off in this workspace"
            self.made.problems.append({"code": "webhook", "message": message, "severity": "warning"})
            return
        kept = ("name", "url", "method", "headers", "body", "secretKey", "sslVerification", "retryOnFailure")
        fields = {key: webhook.document.get(key) for key in (*kept, "triggerEvent", "triggerObject")}
        fields["flowNodeIds"] = [self.made.nodes[node].id for node in webhook.nodes if node in self.made.nodes]
        self.made.webhooks[webhook.id] = create_task(self.session, self.settings, self.caller, flow, fields)


def _relation(source: packaged.Datasource) -> Json | None:
    if source.query:
        return {"sql": source.query[0]}
    if not source.table:
        return None
    columns = list(source.columns) or None
    return {"path": list(source.schema), "table": source.table, "columns": columns, "filter": None}


def _write_setting(setting: packaged.WriteSetting) -> Json:
    options = {
        column: setting.document[key] for key, column in _SETTINGS.items() if setting.document.get(key) is not None
    }
    path = packaged.filled_in(setting.path, setting.parameters)
    fields = {"path": path or setting.path, "format": setting.format, "action": setting.action, **options}
    if setting.parameters:
        fields |= {"dynamic_path": setting.path, "run_parameters": _wire(setting.parameters)}
    return fields


def _wire(parameters: tuple[packaged.RunParameter, ...]) -> list[Json]:
    return [
        {
            "type": parameter.kind or "path",
            "overrideKey": parameter.name or None,
            "value": dict(parameter.value),
            "insertionIndices": [{"index": index, "order": order} for index, order in parameter.insertions],
        }
        for parameter in parameters
    ]

"""The database tables: what people define (flows, recipes, outputs). What runs is in `job_tables`.

Times are milliseconds since 1970 in UTC. Nothing that a person made is ever removed: `deleted_at` hides it. Ids are
never used twice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, MetaData, String, Text, text
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, mapped_column, relationship

from gristmill.model.clock import now

Json = Any
Id = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """What all tables share: names of constraints that migrations can rely on, JSON null as SQL NULL."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {int: BigInteger, Json: JSON(none_as_null=True)}  # noqa: RUF012 - read by SQLAlchemy
    __table_args__: Any = {"sqlite_autoincrement": True}  # noqa: RUF012 - read by SQLAlchemy


class Identified:
    id: Mapped[int] = mapped_column(Id, primary_key=True)


class Stamped(Identified):
    """An object of the API: who made it and when, and whether it was deleted."""

    created_at: Mapped[int] = mapped_column(default=now)
    updated_at: Mapped[int] = mapped_column(default=now)
    deleted_at: Mapped[int | None]
    creator_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    updater_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Workspace(Identified, Base):
    __tablename__ = "workspaces"

    name: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[int] = mapped_column(default=now)
    updated_at: Mapped[int] = mapped_column(default=now)


class WorkspaceSwitch(Base):
    """A workspace switch that an administrator has changed (platform 11.5)."""

    __tablename__ = "workspace_switches"

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    value: Mapped[Json]


class Person(Stamped, Base):
    """A person who may log in. `email_key` is the address in lower case; `password_hash` is argon2id."""

    __tablename__ = "people"

    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_disabled: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default="active")
    output_home_dir: Mapped[str | None] = mapped_column(Text)
    upload_dir: Mapped[str | None] = mapped_column(Text)
    last_login_at: Mapped[int | None]


class AccessToken(Base):
    """An access token; only the SHA-256 of its secret is kept (api 3.1)."""

    __tablename__ = "access_tokens"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[int] = mapped_column(default=now)
    expired_at: Mapped[int | None]
    last_used_at: Mapped[int | None]
    deleted_at: Mapped[int | None]

    person: Mapped[Person] = relationship()


class Folder(Stamped, Base):
    """What people keep their flows in."""

    __tablename__ = "folders"

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))


class Flow(Stamped, Base):
    __tablename__ = "flows"

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    settings: Mapped[Json | None]
    default_output_dir: Mapped[str | None] = mapped_column(Text)
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"), index=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))


class Recipe(Stamped, Base):
    """The steps of a node as Wrangle text. The recipe of an input node is the dataset's parsing recipe, empty."""

    __tablename__ = "recipes"

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    script: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)


class ImportedDataset(Stamped, Base):
    """A source of data and where it lies: a file, or what `relation` says of a database (with `connection_id`).

    `relation` is `{"path": ["public"], "table": "customers", "columns": null, "filter": null}` for a table or view, and
    `{"sql": "SELECT …"}` for a query.

    `detected` is what structure detection found, `{"reading": …, "columns": …}`; it holds while `detected_key`
    (address, size, time of change) fits the file.
    """

    __tablename__ = "imported_datasets"

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    uri: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(String(20))
    bucket: Mapped[str | None] = mapped_column(Text)
    container: Mapped[str | None] = mapped_column(Text)
    host: Mapped[str | None] = mapped_column(Text)
    userinfo: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int | None]
    options: Mapped[Json | None]
    is_dynamic: Mapped[bool] = mapped_column(default=False)
    dynamic_path: Mapped[str | None] = mapped_column(Text)
    dynamic_bucket: Mapped[str | None] = mapped_column(Text)
    run_parameters: Mapped[Json | None]
    is_upload: Mapped[bool] = mapped_column(default=False)
    connection_id: Mapped[int | None] = mapped_column(ForeignKey("connections.id"), index=True)
    relation: Mapped[Json | None]
    disable_type_inference: Mapped[bool] = mapped_column(default=False)
    detected_key: Mapped[str | None] = mapped_column(Text)
    detected: Mapped[Json | None]
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    parsing_recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"))

    parsing_recipe: Mapped[Recipe] = relationship()
    connection: Mapped[Connection | None] = relationship()


class FlowNode(Stamped, Base):
    """A node of a flow: a recipe (`wrangled`), an imported dataset, or a reference to a recipe of another flow."""

    __tablename__ = "flow_nodes"

    flow_id: Mapped[int] = mapped_column(ForeignKey("flows.id"), index=True)
    wrangled: Mapped[bool] = mapped_column(default=False)
    recipe_id: Mapped[int | None] = mapped_column(ForeignKey("recipes.id"))
    imported_dataset_id: Mapped[int | None] = mapped_column(ForeignKey("imported_datasets.id"), index=True)
    referenced_flow_node_id: Mapped[int | None] = mapped_column(ForeignKey("flow_nodes.id"), index=True)

    flow: Mapped[Flow] = relationship()
    recipe: Mapped[Recipe | None] = relationship()
    imported_dataset: Mapped[ImportedDataset | None] = relationship()
    referenced_flow_node: Mapped[FlowNode | None] = relationship(remote_side="FlowNode.id")


class FlowEdge(Identified, Base):
    """`output_node` reads `input_node`: as its main input, or as the dataset that its text calls `alias`."""

    __tablename__ = "flow_edges"

    flow_id: Mapped[int] = mapped_column(ForeignKey("flows.id"), index=True)
    input_node_id: Mapped[int] = mapped_column(ForeignKey("flow_nodes.id"), index=True)
    output_node_id: Mapped[int] = mapped_column(ForeignKey("flow_nodes.id"), index=True)
    is_primary: Mapped[bool] = mapped_column(default=False)
    alias: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[int] = mapped_column(default=now)


class FlowParameter(Stamped, Base):
    """A parameter that recipes of the flow read as `$name`; `value` is `{"variable": {"value": "01"}}`."""

    __tablename__ = "flow_parameters"

    flow_id: Mapped[int] = mapped_column(ForeignKey("flows.id"), index=True)
    override_key: Mapped[str] = mapped_column(String(255))
    value: Mapped[Json]


class FlowRunParameterOverride(Stamped, Base):
    """A value that stands in for a parameter's default in every run of the flow (platform 1.6)."""

    __tablename__ = "flow_run_parameter_overrides"

    flow_id: Mapped[int] = mapped_column(ForeignKey("flows.id"), index=True)
    override_key: Mapped[str] = mapped_column(String(255))
    value: Mapped[Json]


class OutputObject(Stamped, Base):
    """What a run of a recipe produces: manual (`is_adhoc`) or scheduled, at most one of each (api 3.8)."""

    __tablename__ = "output_objects"

    flow_node_id: Mapped[int] = mapped_column(ForeignKey("flow_nodes.id"), index=True)
    execution: Mapped[str] = mapped_column(Text)
    profiler: Mapped[bool] = mapped_column(default=False)
    is_adhoc: Mapped[bool] = mapped_column(default=True)
    ignore_recipe_errors: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    spark_options: Mapped[Json | None]
    databricks_options: Mapped[Json | None]
    schema_drift_options: Mapped[Json | None]

    flow_node: Mapped[FlowNode] = relationship()


class WriteSetting(Stamped, Base):
    """One file output of an output object (api 3.9)."""

    __tablename__ = "write_settings"

    output_object_id: Mapped[int] = mapped_column(ForeignKey("output_objects.id"), index=True)
    path: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text)
    compression: Mapped[str] = mapped_column(Text, default="none")
    header: Mapped[bool] = mapped_column(default=False)
    as_single_file: Mapped[bool] = mapped_column(default=False)
    delim: Mapped[str] = mapped_column(Text, default=",")
    has_quotes: Mapped[bool] = mapped_column(default=False)
    include_mismatches: Mapped[bool] = mapped_column(default=False)
    prefix: Mapped[str | None] = mapped_column(Text)
    suffix: Mapped[str | None] = mapped_column(Text)
    dynamic_path: Mapped[str | None] = mapped_column(Text)
    run_parameters: Mapped[Json | None]

    output_object: Mapped[OutputObject] = relationship()


class Connection(Stamped, Base):
    """A database or store that flows read and write (api 3.4).

    `credentials` is what the client gave, encrypted as JSON by `model.secrets`; `shown_credentials` what answers may
    show of it. `facts` are the remaining fields of the API that nothing computes with, by wire names.
    """

    __tablename__ = "connections"

    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    vendor: Mapped[str] = mapped_column(String(64))
    vendor_name: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(20))
    host: Mapped[str | None] = mapped_column(Text)
    port: Mapped[int | None]
    params: Mapped[Json | None]
    ssl: Mapped[bool] = mapped_column(default=False)
    is_global: Mapped[bool] = mapped_column(default=False)
    credential_type: Mapped[str] = mapped_column(String(40))
    credentials: Mapped[str | None] = mapped_column(Text)
    shown_credentials: Mapped[Json | None]
    credentials_shared: Mapped[bool] = mapped_column(default=False)
    disable_type_inference: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[Json | None]
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))


class ConnectionPermission(Stamped, Base):
    """A person who may use somebody else's connection; `role` is `owner` or `readOnly`."""

    __tablename__ = "connection_permissions"

    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    policy_tag: Mapped[str | None] = mapped_column(String(64))


class Publication(Stamped, Base):
    """One table output of an output object (api 3.10)."""

    __tablename__ = "publications"

    output_object_id: Mapped[int] = mapped_column(ForeignKey("output_objects.id"), index=True)
    connection_id: Mapped[int | None] = mapped_column(ForeignKey("connections.id"), index=True)
    path: Mapped[Json]
    table_name: Mapped[str] = mapped_column(Text)
    target_type: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(20))
    parameters: Mapped[Json | None]
    run_parameters: Mapped[Json | None]

    output_object: Mapped[OutputObject] = relationship()
    connection: Mapped[Connection | None] = relationship()


class SqlScript(Stamped, Base):
    """Statements that run before (`pre`) or after (`post`) a run (api 3.11)."""

    __tablename__ = "sql_scripts"

    output_object_id: Mapped[int] = mapped_column(ForeignKey("output_objects.id"), index=True)
    connection_id: Mapped[int | None] = mapped_column(ForeignKey("connections.id"), index=True)
    sql_script: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(String(10))
    vendor: Mapped[str] = mapped_column(String(64))
    run_parameters: Mapped[Json | None]

    output_object: Mapped[OutputObject] = relationship()
    connection: Mapped[Connection | None] = relationship()


class WebhookFlowTask(Stamped, Base):
    """A message that a flow sends when its runs end (api 3.14). `secret` is encrypted by `model.secrets`.

    `flow_node_ids` are the recipes whose runs count; None: all of the flow.
    """

    __tablename__ = "webhook_flow_tasks"

    flow_id: Mapped[int] = mapped_column(ForeignKey("flows.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(String(10))
    trigger_event: Mapped[str] = mapped_column(String(20))
    flow_node_ids: Mapped[Json | None]
    body: Mapped[str | None] = mapped_column(Text)
    headers: Mapped[Json | None]
    secret: Mapped[str | None] = mapped_column(Text)
    ssl_verification: Mapped[bool] = mapped_column(default=True)
    retry_on_failure: Mapped[bool] = mapped_column(default=False)

    flow: Mapped[Flow] = relationship()


class EnvironmentParameter(Stamped, Base):
    """A parameter of the workspace, `env.…`, that administrators set (platform 1.1)."""

    __tablename__ = "environment_parameters"

    override_key: Mapped[str] = mapped_column(String(255))
    value: Mapped[Json]
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))


def _one_live(name: str, *columns: InstrumentedAttribute[Any]) -> None:
    """At most one row that is not deleted may have these values."""
    live = text("deleted_at IS NULL")
    Index(name, *columns, unique=True, sqlite_where=live, postgresql_where=live)


_one_live("uq_flow_parameters_key", FlowParameter.flow_id, FlowParameter.override_key)
_one_live(
    "uq_flow_run_parameter_overrides_key", FlowRunParameterOverride.flow_id, FlowRunParameterOverride.override_key
)
_one_live("uq_environment_parameters_key", EnvironmentParameter.workspace_id, EnvironmentParameter.override_key)
_one_live("uq_output_objects_kind", OutputObject.flow_node_id, OutputObject.is_adhoc)

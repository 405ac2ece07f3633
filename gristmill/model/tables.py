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


class Flow(Stamped, Base):
    __tablename__ = "flows"

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    settings: Mapped[Json | None]
    default_output_dir: Mapped[str | None] = mapped_column(Text)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))


class Recipe(Stamped, Base):
    """The steps of a node as Wrangle text. The recipe of an input node is the dataset's parsing recipe, empty."""

    __tablename__ = "recipes"

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    script: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)


class ImportedDataset(Stamped, Base):
    """A source of data and where it lies.

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
    run_parameters: Mapped[Json | None]
    is_upload: Mapped[bool] = mapped_column(default=False)
    detected_key: Mapped[str | None] = mapped_column(Text)
    detected: Mapped[Json | None]
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    parsing_recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"))

    parsing_recipe: Mapped[Recipe] = relationship()


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


def _one_live(name: str, *columns: InstrumentedAttribute[Any]) -> None:
    """At most one row that is not deleted may have these values."""
    live = text("deleted_at IS NULL")
    Index(name, *columns, unique=True, sqlite_where=live, postgresql_where=live)


_one_live("uq_flow_parameters_key", FlowParameter.flow_id, FlowParameter.override_key)
_one_live(
    "uq_flow_run_parameter_overrides_key", FlowRunParameterOverride.flow_id, FlowRunParameterOverride.override_key
)
_one_live("uq_output_objects_kind", OutputObject.flow_node_id, OutputObject.is_adhoc)

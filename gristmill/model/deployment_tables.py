"""The tables of the Deployment Manager: deployments, their releases, and the rules for what comes in (platform 9.2)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gristmill.model.tables import Base, Flow, Identified, Json, Stamped


class Deployment(Stamped, Base):
    """A place for the releases of one flow."""

    __tablename__ = "deployments"

    name: Mapped[str] = mapped_column(Text)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))


class Release(Stamped, Base):
    """One imported package; at most one release of a deployment is active."""

    __tablename__ = "releases"

    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"), index=True)
    notes: Mapped[str | None] = mapped_column(Text)
    package_uuid: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=False)


class ReleaseFlow(Identified, Base):
    """A flow that a release has brought; `is_primary` ones were exported for their own sake, the others are needed."""

    __tablename__ = "release_flows"

    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id"), index=True)
    flow_id: Mapped[int] = mapped_column(ForeignKey("flows.id"), unique=True)
    is_primary: Mapped[bool] = mapped_column(default=False)

    flow: Mapped[Flow] = relationship()


class ObjectImportRule(Stamped, Base):
    """`on_condition` tells an object of a package, `with_condition` the one of ours that takes its place (api 3.13)."""

    __tablename__ = "object_import_rules"

    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(64))
    on_condition: Mapped[Json]
    with_condition: Mapped[Json]


class ValueImportRule(Stamped, Base):
    """What is replaced in buckets, paths and names of a package; rules run in the order of their ids (api 3.13)."""

    __tablename__ = "value_import_rules"

    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"), index=True)
    type: Mapped[str] = mapped_column(String(64))
    on_value: Mapped[str] = mapped_column(Text)
    with_value: Mapped[str] = mapped_column(Text)


_ACTIVE = text("active AND deleted_at IS NULL")
Index("uq_releases_active", Release.deployment_id, unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE)

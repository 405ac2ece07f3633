"""The Deployment Manager: deployments, releases and their flows, import rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deployments",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_deployments_creator_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_deployments_updater_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_deployments_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployments")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "object_import_rules",
        sa.Column("deployment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("table_name", sa.String(length=64), nullable=False),
        sa.Column("on_condition", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("with_condition", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_object_import_rules_creator_id")),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployments.id"], name=op.f("fk_object_import_rules_deployment_id")
        ),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_object_import_rules_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_object_import_rules")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("object_import_rules") as batch_op:
        batch_op.create_index(batch_op.f("ix_object_import_rules_deployment_id"), ["deployment_id"], unique=False)

    op.create_table(
        "releases",
        sa.Column("deployment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("package_uuid", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_releases_creator_id")),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployments.id"], name=op.f("fk_releases_deployment_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_releases_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("releases") as batch_op:
        batch_op.create_index(batch_op.f("ix_releases_deployment_id"), ["deployment_id"], unique=False)
        batch_op.create_index(
            "uq_releases_active",
            ["deployment_id"],
            unique=True,
            sqlite_where=sa.text("active AND deleted_at IS NULL"),
            postgresql_where=sa.text("active AND deleted_at IS NULL"),
        )

    op.create_table(
        "value_import_rules",
        sa.Column("deployment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("on_value", sa.Text(), nullable=False),
        sa.Column("with_value", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_value_import_rules_creator_id")),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployments.id"], name=op.f("fk_value_import_rules_deployment_id")
        ),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_value_import_rules_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_import_rules")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("value_import_rules") as batch_op:
        batch_op.create_index(batch_op.f("ix_value_import_rules_deployment_id"), ["deployment_id"], unique=False)

    op.create_table(
        "release_flows",
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("flow_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["flow_id"], ["flows.id"], name=op.f("fk_release_flows_flow_id")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_release_flows_release_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_flows")),
        sa.UniqueConstraint("flow_id", name=op.f("uq_release_flows_flow_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("release_flows") as batch_op:
        batch_op.create_index(batch_op.f("ix_release_flows_release_id"), ["release_id"], unique=False)

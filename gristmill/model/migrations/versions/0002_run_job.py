"""Run Job in full: connections, table outputs, SQL scripts, webhooks, flow runs, profiles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
KEPT = {"sqlite_autoincrement": True}  # SQLite makes a changed table anew


def upgrade() -> None:
    op.create_table(
        "connections",
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("vendor", sa.String(length=64), nullable=False),
        sa.Column("vendor_name", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("port", sa.BigInteger(), nullable=True),
        sa.Column("params", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("ssl", sa.Boolean(), nullable=False),
        sa.Column("is_global", sa.Boolean(), nullable=False),
        sa.Column("credential_type", sa.String(length=40), nullable=False),
        sa.Column("credentials", sa.Text(), nullable=True),
        sa.Column("shown_credentials", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("credentials_shared", sa.Boolean(), nullable=False),
        sa.Column("disable_type_inference", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("workspace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_connections_creator_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_connections_updater_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_connections_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
        sa.UniqueConstraint("uuid", name=op.f("uq_connections_uuid")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "environment_parameters",
        sa.Column("override_key", sa.String(length=255), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("workspace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_environment_parameters_creator_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_environment_parameters_updater_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_environment_parameters_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_environment_parameters")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("environment_parameters") as batch_op:
        batch_op.create_index(
            "uq_environment_parameters_key",
            ["workspace_id", "override_key"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "connection_permissions",
        sa.Column("connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("policy_tag", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_connection_permissions_connection_id")
        ),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_connection_permissions_creator_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_connection_permissions_person_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_connection_permissions_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection_permissions")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("connection_permissions") as batch_op:
        batch_op.create_index(batch_op.f("ix_connection_permissions_connection_id"), ["connection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_connection_permissions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "flow_runs",
        sa.Column("flow_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("schedule_execution_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_flow_runs_creator_id")),
        sa.ForeignKeyConstraint(["flow_id"], ["flows.id"], name=op.f("fk_flow_runs_flow_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_flow_runs_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_runs")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("flow_runs") as batch_op:
        batch_op.create_index(batch_op.f("ix_flow_runs_flow_id"), ["flow_id"], unique=False)

    op.create_table(
        "job_group_waits",
        sa.Column("job_group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["job_group_id"], ["job_groups.id"], name=op.f("fk_job_group_waits_job_group_id")),
        sa.ForeignKeyConstraint(
            ["source_group_id"], ["job_groups.id"], name=op.f("fk_job_group_waits_source_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_group_waits")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("job_group_waits") as batch_op:
        batch_op.create_index(batch_op.f("ix_job_group_waits_job_group_id"), ["job_group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_group_waits_source_group_id"), ["source_group_id"], unique=False)

    op.create_table(
        "webhook_flow_tasks",
        sa.Column("flow_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("trigger_event", sa.String(length=20), nullable=False),
        sa.Column("flow_node_ids", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("headers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("ssl_verification", sa.Boolean(), nullable=False),
        sa.Column("retry_on_failure", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_webhook_flow_tasks_creator_id")),
        sa.ForeignKeyConstraint(["flow_id"], ["flows.id"], name=op.f("fk_webhook_flow_tasks_flow_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_webhook_flow_tasks_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_flow_tasks")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("webhook_flow_tasks") as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_flow_tasks_flow_id"), ["flow_id"], unique=False)

    op.create_table(
        "profiles",
        sa.Column("job_group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_profiles_creator_id")),
        sa.ForeignKeyConstraint(["job_group_id"], ["job_groups.id"], name=op.f("fk_profiles_job_group_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_profiles_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profiles")),
        sa.UniqueConstraint("job_group_id", name=op.f("uq_profiles_job_group_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "publications",
        sa.Column("output_object_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("path", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("target_type", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("parameters", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("run_parameters", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_publications_connection_id")),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_publications_creator_id")),
        sa.ForeignKeyConstraint(
            ["output_object_id"], ["output_objects.id"], name=op.f("fk_publications_output_object_id")
        ),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_publications_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("publications") as batch_op:
        batch_op.create_index(batch_op.f("ix_publications_connection_id"), ["connection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_publications_output_object_id"), ["output_object_id"], unique=False)

    op.create_table(
        "sql_scripts",
        sa.Column("output_object_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sql_script", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("vendor", sa.String(length=64), nullable=False),
        sa.Column("run_parameters", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_sql_scripts_connection_id")),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_sql_scripts_creator_id")),
        sa.ForeignKeyConstraint(
            ["output_object_id"], ["output_objects.id"], name=op.f("fk_sql_scripts_output_object_id")
        ),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_sql_scripts_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sql_scripts")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sql_scripts") as batch_op:
        batch_op.create_index(batch_op.f("ix_sql_scripts_connection_id"), ["connection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sql_scripts_output_object_id"), ["output_object_id"], unique=False)

    op.create_table(
        "webhook_deliveries",
        sa.Column("job_group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("webhook_flow_task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("request", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("heartbeat_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_webhook_deliveries_creator_id")),
        sa.ForeignKeyConstraint(["job_group_id"], ["job_groups.id"], name=op.f("fk_webhook_deliveries_job_group_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_webhook_deliveries_updater_id")),
        sa.ForeignKeyConstraint(
            ["webhook_flow_task_id"], ["webhook_flow_tasks.id"], name=op.f("fk_webhook_deliveries_webhook_flow_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_webhook_deliveries_message_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("webhook_deliveries") as batch_op:
        batch_op.create_index("ix_webhook_deliveries_due", ["status", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_webhook_deliveries_job_group_id"), ["job_group_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_webhook_deliveries_webhook_flow_task_id"), ["webhook_flow_task_id"], unique=False
        )

    with op.batch_alter_table("imported_datasets", table_kwargs=KEPT) as batch_op:
        batch_op.add_column(
            sa.Column("connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("relation", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("dynamic_bucket", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("disable_type_inference", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_index(batch_op.f("ix_imported_datasets_connection_id"), ["connection_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_imported_datasets_connection_id"), "connections", ["connection_id"], ["id"]
        )

    with op.batch_alter_table("job_groups", table_kwargs=KEPT) as batch_op:
        batch_op.add_column(sa.Column("publications", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("webhooks", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("options", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("forgotten_at", sa.BigInteger(), nullable=True))
        batch_op.alter_column(
            "flow_run_id",
            existing_type=sa.BIGINT(),
            type_=sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            existing_nullable=True,
        )
        batch_op.create_index(batch_op.f("ix_job_groups_flow_run_id"), ["flow_run_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_job_groups_flow_run_id"), "flow_runs", ["flow_run_id"], ["id"])

    with op.batch_alter_table("output_objects") as batch_op:
        batch_op.add_column(sa.Column("spark_options", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("databricks_options", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("schema_drift_options", sa.JSON(none_as_null=True), nullable=True))

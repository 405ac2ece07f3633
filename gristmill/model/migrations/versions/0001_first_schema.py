"""First schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("output_home_dir", sa.Text(), nullable=True),
        sa.Column("upload_dir", sa.Text(), nullable=True),
        sa.Column("last_login_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_people_creator_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_people_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email_key", name=op.f("uq_people_email_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "workspaces",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "access_tokens",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expired_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_access_tokens_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_tokens")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_tokens_person_id"), ["person_id"], unique=False)

    op.create_table(
        "flows",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("settings", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("default_output_dir", sa.Text(), nullable=True),
        sa.Column("workspace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_flows_creator_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_flows_updater_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_flows_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flows")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "recipes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_recipes_creator_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_recipes_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipes")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "snapshots",
        sa.Column("definition", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_snapshots_creator_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_snapshots_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "workspace_switches",
        sa.Column("workspace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_workspace_switches_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "key", name=op.f("pk_workspace_switches")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "flow_parameters",
        sa.Column("flow_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("override_key", sa.String(length=255), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_flow_parameters_creator_id")),
        sa.ForeignKeyConstraint(["flow_id"], ["flows.id"], name=op.f("fk_flow_parameters_flow_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_flow_parameters_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_parameters")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("flow_parameters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flow_parameters_flow_id"), ["flow_id"], unique=False)
        batch_op.create_index(
            "uq_flow_parameters_key",
            ["flow_id", "override_key"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "flow_run_parameter_overrides",
        sa.Column("flow_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("override_key", sa.String(length=255), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_flow_run_parameter_overrides_creator_id")),
        sa.ForeignKeyConstraint(["flow_id"], ["flows.id"], name=op.f("fk_flow_run_parameter_overrides_flow_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_flow_run_parameter_overrides_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_run_parameter_overrides")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("flow_run_parameter_overrides", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flow_run_parameter_overrides_flow_id"), ["flow_id"], unique=False)
        batch_op.create_index(
            "uq_flow_run_parameter_overrides_key",
            ["flow_id", "override_key"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "imported_datasets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=True),
        sa.Column("container", sa.Text(), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("userinfo", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("options", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("is_dynamic", sa.Boolean(), nullable=False),
        sa.Column("dynamic_path", sa.Text(), nullable=True),
        sa.Column("run_parameters", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("is_upload", sa.Boolean(), nullable=False),
        sa.Column("detected_key", sa.Text(), nullable=True),
        sa.Column("detected", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("workspace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parsing_recipe_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_imported_datasets_creator_id")),
        sa.ForeignKeyConstraint(
            ["parsing_recipe_id"], ["recipes.id"], name=op.f("fk_imported_datasets_parsing_recipe_id")
        ),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_imported_datasets_updater_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_imported_datasets_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_datasets")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "flow_nodes",
        sa.Column("flow_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wrangled", sa.Boolean(), nullable=False),
        sa.Column("recipe_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("imported_dataset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("referenced_flow_node_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_flow_nodes_creator_id")),
        sa.ForeignKeyConstraint(["flow_id"], ["flows.id"], name=op.f("fk_flow_nodes_flow_id")),
        sa.ForeignKeyConstraint(
            ["imported_dataset_id"], ["imported_datasets.id"], name=op.f("fk_flow_nodes_imported_dataset_id")
        ),
        sa.ForeignKeyConstraint(["recipe_id"], ["recipes.id"], name=op.f("fk_flow_nodes_recipe_id")),
        sa.ForeignKeyConstraint(
            ["referenced_flow_node_id"], ["flow_nodes.id"], name=op.f("fk_flow_nodes_referenced_flow_node_id")
        ),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_flow_nodes_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_nodes")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("flow_nodes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flow_nodes_flow_id"), ["flow_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flow_nodes_imported_dataset_id"), ["imported_dataset_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_flow_nodes_referenced_flow_node_id"), ["referenced_flow_node_id"], unique=False
        )

    op.create_table(
        "flow_edges",
        sa.Column("flow_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("input_node_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("output_node_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["flow_id"], ["flows.id"], name=op.f("fk_flow_edges_flow_id")),
        sa.ForeignKeyConstraint(["input_node_id"], ["flow_nodes.id"], name=op.f("fk_flow_edges_input_node_id")),
        sa.ForeignKeyConstraint(["output_node_id"], ["flow_nodes.id"], name=op.f("fk_flow_edges_output_node_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_edges")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("flow_edges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flow_edges_flow_id"), ["flow_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flow_edges_input_node_id"), ["input_node_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flow_edges_output_node_id"), ["output_node_id"], unique=False)

    op.create_table(
        "job_groups",
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("ranfrom", sa.String(length=20), nullable=False),
        sa.Column("ranfor", sa.String(length=20), nullable=False),
        sa.Column("execution", sa.Text(), nullable=False),
        sa.Column("profiling_enabled", sa.Boolean(), nullable=False),
        sa.Column("ignore_recipe_errors", sa.Boolean(), nullable=False),
        sa.Column("reference_date", sa.BigInteger(), nullable=False),
        sa.Column("parameters", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("overrides", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("outputs", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("flow_node_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("flow_run_id", sa.BigInteger(), nullable=True),
        sa.Column("workspace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_job_groups_creator_id")),
        sa.ForeignKeyConstraint(["flow_node_id"], ["flow_nodes.id"], name=op.f("fk_job_groups_flow_node_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name=op.f("fk_job_groups_snapshot_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_job_groups_updater_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_job_groups_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_groups")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("job_groups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_groups_flow_node_id"), ["flow_node_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_groups_status"), ["status"], unique=False)

    op.create_table(
        "output_objects",
        sa.Column("flow_node_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("execution", sa.Text(), nullable=False),
        sa.Column("profiler", sa.Boolean(), nullable=False),
        sa.Column("is_adhoc", sa.Boolean(), nullable=False),
        sa.Column("ignore_recipe_errors", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_output_objects_creator_id")),
        sa.ForeignKeyConstraint(["flow_node_id"], ["flow_nodes.id"], name=op.f("fk_output_objects_flow_node_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_output_objects_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_output_objects")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("output_objects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_output_objects_flow_node_id"), ["flow_node_id"], unique=False)
        batch_op.create_index(
            "uq_output_objects_kind",
            ["flow_node_id", "is_adhoc"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "script_results",
        sa.Column("job_group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("compression", sa.String(length=20), nullable=False),
        sa.Column("is_primary_output", sa.Boolean(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("schema", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("parts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("table_name", sa.Text(), nullable=True),
        sa.Column("session_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_script_results_creator_id")),
        sa.ForeignKeyConstraint(["job_group_id"], ["job_groups.id"], name=op.f("fk_script_results_job_group_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_script_results_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_results")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("script_results", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_script_results_job_group_id"), ["job_group_id"], unique=False)

    op.create_table(
        "write_settings",
        sa.Column("output_object_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("compression", sa.Text(), nullable=False),
        sa.Column("header", sa.Boolean(), nullable=False),
        sa.Column("as_single_file", sa.Boolean(), nullable=False),
        sa.Column("delim", sa.Text(), nullable=False),
        sa.Column("has_quotes", sa.Boolean(), nullable=False),
        sa.Column("include_mismatches", sa.Boolean(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=True),
        sa.Column("suffix", sa.Text(), nullable=True),
        sa.Column("dynamic_path", sa.Text(), nullable=True),
        sa.Column("run_parameters", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_write_settings_creator_id")),
        sa.ForeignKeyConstraint(
            ["output_object_id"], ["output_objects.id"], name=op.f("fk_write_settings_output_object_id")
        ),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_write_settings_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_settings")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("write_settings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_write_settings_output_object_id"), ["output_object_id"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("job_group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("percent_complete", sa.BigInteger(), nullable=False),
        sa.Column("execution_language", sa.Text(), nullable=True),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("heartbeat_at", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("error_name", sa.String(length=255), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("write_setting", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("script_result_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updater_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["people.id"], name=op.f("fk_jobs_creator_id")),
        sa.ForeignKeyConstraint(["job_group_id"], ["job_groups.id"], name=op.f("fk_jobs_job_group_id")),
        sa.ForeignKeyConstraint(["script_result_id"], ["script_results.id"], name=op.f("fk_jobs_script_result_id")),
        sa.ForeignKeyConstraint(["updater_id"], ["people.id"], name=op.f("fk_jobs_updater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_job_group_id"), ["job_group_id"], unique=False)
        batch_op.create_index("ix_jobs_status_type", ["status", "type"], unique=False)

    op.create_table(
        "job_edges",
        sa.Column("job_group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target_job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["job_group_id"], ["job_groups.id"], name=op.f("fk_job_edges_job_group_id")),
        sa.ForeignKeyConstraint(["source_job_id"], ["jobs.id"], name=op.f("fk_job_edges_source_job_id")),
        sa.ForeignKeyConstraint(["target_job_id"], ["jobs.id"], name=op.f("fk_job_edges_target_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_edges")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("job_edges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_edges_job_group_id"), ["job_group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_edges_target_job_id"), ["target_job_id"], unique=False)

    op.create_table(
        "job_logs",
        sa.Column("job_group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["job_group_id"], ["job_groups.id"], name=op.f("fk_job_logs_job_group_id")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_logs_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_logs")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("job_logs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_logs_job_group_id"), ["job_group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_logs_job_id"), ["job_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("job_logs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_logs_job_id"))
        batch_op.drop_index(batch_op.f("ix_job_logs_job_group_id"))

    op.drop_table("job_logs")
    with op.batch_alter_table("job_edges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_edges_target_job_id"))
        batch_op.drop_index(batch_op.f("ix_job_edges_job_group_id"))

    op.drop_table("job_edges")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_status_type")
        batch_op.drop_index(batch_op.f("ix_jobs_job_group_id"))

    op.drop_table("jobs")
    with op.batch_alter_table("write_settings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_write_settings_output_object_id"))

    op.drop_table("write_settings")
    with op.batch_alter_table("script_results", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_script_results_job_group_id"))

    op.drop_table("script_results")
    with op.batch_alter_table("output_objects", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_output_objects_kind",
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_output_objects_flow_node_id"))

    op.drop_table("output_objects")
    with op.batch_alter_table("job_groups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_groups_status"))
        batch_op.drop_index(batch_op.f("ix_job_groups_flow_node_id"))

    op.drop_table("job_groups")
    with op.batch_alter_table("flow_edges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flow_edges_output_node_id"))
        batch_op.drop_index(batch_op.f("ix_flow_edges_input_node_id"))
        batch_op.drop_index(batch_op.f("ix_flow_edges_flow_id"))

    op.drop_table("flow_edges")
    with op.batch_alter_table("flow_nodes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flow_nodes_referenced_flow_node_id"))
        batch_op.drop_index(batch_op.f("ix_flow_nodes_imported_dataset_id"))
        batch_op.drop_index(batch_op.f("ix_flow_nodes_flow_id"))

    op.drop_table("flow_nodes")
    op.drop_table("imported_datasets")
    with op.batch_alter_table("flow_run_parameter_overrides", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_flow_run_parameter_overrides_key",
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_flow_run_parameter_overrides_flow_id"))

    op.drop_table("flow_run_parameter_overrides")
    with op.batch_alter_table("flow_parameters", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_flow_parameters_key",
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_flow_parameters_flow_id"))

    op.drop_table("flow_parameters")
    op.drop_table("workspace_switches")
    op.drop_table("snapshots")
    op.drop_table("recipes")
    op.drop_table("flows")
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_tokens_person_id"))

    op.drop_table("access_tokens")
    op.drop_table("workspaces")
    op.drop_table("people")

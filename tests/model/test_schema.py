"""Migrations: they make exactly the tables that the program uses, and say when somebody must act."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from gristmill.model.database import Sessions, open_database
from gristmill.model.schema import HEAD, SchemaError, configuration, current_revision, ensure_schema, upgrade
from gristmill.model.tables import Base


@pytest.fixture
def empty(settings) -> Sessions:
    return open_database(settings)


def test_migrations_make_the_tables_of_the_program(empty):
    upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, Base.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*Base.metadata.tables, "alembic_version"} | _sequence(
            connection
        )


def _sequence(connection) -> set[str]:
    return {name for name in inspect(connection).get_table_names() if name == "sqlite_sequence"}


def test_the_head_is_the_last_revision(empty):
    with empty.engine.connect() as connection:
        assert ScriptDirectory.from_config(configuration(connection)).get_heads() == [HEAD]


def test_sqlite_is_brought_up_to_date_by_the_server(empty):
    assert current_revision(empty) is None
    ensure_schema(empty)
    assert current_revision(empty) == HEAD
    ensure_schema(empty)


def test_other_databases_are_left_to_the_administrator(empty, monkeypatch):
    monkeypatch.setattr(Sessions, "is_sqlite", property(lambda _: False))
    with pytest.raises(SchemaError, match=r"is empty.*run 'gristmill db upgrade'"):
        ensure_schema(empty)
    assert current_revision(empty) is None


def test_a_newer_database_is_not_touched(empty):
    upgrade(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="revision 9999, this program knows"):
        ensure_schema(empty)


def test_every_table_never_uses_an_id_twice(empty):
    upgrade(empty)
    with empty.engine.connect() as connection:
        made = dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
    numbered = [table.name for table in Base.metadata.tables.values() if table.columns.get("id") is not None]
    assert [name for name in numbered if "AUTOINCREMENT" not in made[name]] == ["access_tokens"]


def test_rows_of_an_older_database_stay(empty):
    with empty.engine.begin() as connection:
        command.upgrade(configuration(connection), "0001")
        for statement in OLD_ROWS:
            connection.execute(text(statement))
    upgrade(empty)
    with empty.engine.connect() as connection:
        dataset = connection.execute(text("SELECT name, disable_type_inference FROM imported_datasets")).one()
        assert tuple(dataset) == ("flights", 0)
        assert connection.scalar(text("SELECT imported_dataset_id FROM flow_nodes")) == 7
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


OLD_ROWS = (
    "INSERT INTO workspaces (id, name, created_at, updated_at) VALUES (1, 'default', 0, 0)",
    "INSERT INTO recipes (id, name, script, revision, created_at, updated_at) VALUES (3, 'r', '', 1, 0, 0)",
    "INSERT INTO flows (id, name, workspace_id, created_at, updated_at) VALUES (5, 'f', 1, 0, 0)",
    "INSERT INTO imported_datasets (id, name, uri, path, type, is_dynamic, is_upload, workspace_id, parsing_recipe_id,"
    " created_at, updated_at) VALUES (7, 'flights', 'file:///f.csv', '/f.csv', 'file', 0, 0, 1, 3, 0, 0)",
    "INSERT INTO flow_nodes (id, flow_id, wrangled, imported_dataset_id, created_at, updated_at)"
    " VALUES (9, 5, 0, 7, 0, 0)",
)

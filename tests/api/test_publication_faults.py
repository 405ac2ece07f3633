"""Publications that are stopped, cut off or killed: whole or absent, never twice, nobody left behind."""

from __future__ import annotations

import time

import psycopg
import pytest

from gristmill.jobs import databases, publish

from .table_scenes import connect, errors, postgres_place, recipe_over, running_server, start, table, wait
from .table_scenes import publish as published

pytestmark = pytest.mark.slow
ROWS = b"id,name\n1,a\n2,b\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("running"), jobs_poll_seconds=0.2) as client:
        yield client


@pytest.fixture(scope="module")
def recipe(client):
    return recipe_over(client, ROWS)


@pytest.fixture
def database(postgres):
    with psycopg.connect(postgres.fresh(), autocommit=True) as session:
        yield session


@pytest.fixture
def schema(database):
    return database.execute("SELECT current_schema()").fetchone()[0]


@pytest.fixture
def connection(client, postgres):
    return connect(client, postgres_place(postgres.url))


@pytest.fixture
def quick_retries(monkeypatch):
    monkeypatch.setattr(databases, "PAUSES", [0.2, 0.2, 0.2])


def until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited for too long"
        time.sleep(0.02)


def sessions(database):
    """What our jobs do in the database right now."""
    found = database.execute("SELECT query FROM pg_stat_activity WHERE application_name LIKE 'gristmill job %'")
    return [row[0] for row in found.fetchall()]


def test_cancel_ends_the_session_in_the_database(client, recipe, connection, database, schema, postgres):
    database.execute("CREATE TABLE t (id bigint, name varchar)")
    with psycopg.connect(postgres.url) as other:
        other.execute(f"LOCK TABLE {schema}.t IN ACCESS EXCLUSIVE MODE")
        group = start(client, recipe, publications=[table(connection, "t", "load", schema)])
        until(lambda: any("COPY" in query for query in sessions(database)))
        asked = time.monotonic()
        assert client.post(f"/v4/jobGroups/{group}/cancel").status_code == 200
        until(lambda: not sessions(database), 2.0)
        assert time.monotonic() - asked < 2.0
        assert wait(client, group) == "Canceled"
    assert database.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_cancel_ends_the_session_in_mariadb(client, recipe, mariadb):
    name = mariadb.fresh()
    place = {"vendor": "mariadb", "host": mariadb.socket, "params": {"database": name}}
    connection = connect(client, place, credentials=[{"username": "root", "password": ""}])
    with mariadb.session(name) as ours, mariadb.session(name) as other:
        look = ours.cursor()

        def sessions_there():
            look.execute("SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'LOAD DATA%'")
            return look.fetchone()[0]

        look.execute("CREATE TABLE t (id bigint, name text)")
        other.cursor().execute("LOCK TABLES t WRITE")
        group = start(client, recipe, publications=[table(connection, "t", "load")])
        until(sessions_there)
        client.post(f"/v4/jobGroups/{group}/cancel")
        until(lambda: not sessions_there(), 2.0)
        other.cursor().execute("UNLOCK TABLES")
        look.execute("SELECT count(*) FROM t")
        assert look.fetchone() == (0,)


def test_a_process_that_dies_while_it_commits_leaves_the_state_unknown(
    client, recipe, connection, database, schema, monkeypatch
):
    monkeypatch.setattr(publish, "WORK", "tests.api.dying_work:die_at_commit")
    group = start(client, recipe, publications=[table(connection, "t", "create", schema)])
    assert wait(client, group) == "Failed"
    assert f"state unknown, check table {schema}.t" in errors(client, group)
    assert database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").fetchone() == (0,)


def test_a_cut_connection_is_tried_again_and_nothing_is_doubled(
    client, recipe, connection, database, schema, quick_retries, postgres
):
    database.execute("CREATE TABLE t (id bigint, name varchar)")
    with psycopg.connect(postgres.url) as other:
        other.execute(f"LOCK TABLE {schema}.t IN ACCESS EXCLUSIVE MODE")
        group = start(client, recipe, publications=[table(connection, "t", "load", schema)])
        until(lambda: any("COPY" in query for query in sessions(database)))
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'gristmill job %'"
        )
    assert wait(client, group) == "Complete", errors(client, group)
    assert database.execute("SELECT count(*) FROM t").fetchone() == (2,)
    job = client.get(f"/v4/jobGroups/{group}/jobs").json()["data"][1]
    assert "another try in" in client.get(f"/v4/jobs/{job['id']}/logs").text


def test_a_database_that_is_away_fails_the_run_after_all_tries(client, recipe, quick_retries):
    place = {"vendor": "postgres", "host": "127.0.0.1", "port": 1, "params": {"database": "x"}}
    away = connect(client, place, credentials=[{"username": "u", "password": "s3cret words"}])
    group = start(client, recipe, publications=[table(away, "t", "create", "public")])
    assert wait(client, group) == "Failed"
    job = client.get(f"/v4/jobGroups/{group}/jobs").json()["data"][1]
    log = client.get(f"/v4/jobs/{job['id']}/logs").text
    assert log.count("another try in") == 3
    assert "s3cret" not in log + errors(client, group)


def test_what_an_earlier_attempt_left_beside_a_table_goes(client, recipe, mariadb):
    name = mariadb.fresh()
    place = {"vendor": "mariadb", "host": mariadb.socket, "params": {"database": name}}
    connection = connect(client, place, credentials=[{"username": "root", "password": ""}])
    group = published(client, recipe, table(connection, "t", "create"))
    following = max(job["id"] for job in client.get(f"/v4/jobGroups/{group}/jobs").json()["data"]) + 2
    with mariadb.session(name) as session:
        look = session.cursor()
        mark = databases.mark_of(client.app.state.settings)
        look.execute(f"CREATE TABLE gristmill_{mark}_{following}_new (x int)")
        published(client, recipe, table(connection, "t", "dropAndLoad"))
        look.execute("SHOW TABLES")
        assert look.fetchall() == (("t",),)

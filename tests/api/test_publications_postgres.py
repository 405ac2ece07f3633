"""Table outputs on a real PostgreSQL server: each action twice in a row, with rows and types."""

from __future__ import annotations

from decimal import Decimal

import psycopg
import pytest

from .table_scenes import connect, errors, postgres_place, publish, recipe_over, running_server, start, table, wait

pytestmark = pytest.mark.slow

ORDERS = b'id,name,price,paid,day\n1,Ann,1.50,true,2024-02-29\n2,"Bob, ""B""",2,false,2024-03-01\n3,,,,\n'
TYPES = [
    ("id", "bigint"),
    ("name", "character varying"),
    ("price", "numeric"),
    ("paid", "boolean"),
    ("day", "timestamp without time zone"),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("running")) as client:
        yield client


@pytest.fixture(scope="module")
def recipe(client):
    return recipe_over(client, ORDERS)


@pytest.fixture
def database(postgres):
    """An open session of our own, in a schema that nobody else uses."""
    url = postgres.fresh()
    with psycopg.connect(url, autocommit=True) as session:
        yield session


@pytest.fixture
def schema(database):
    return database.execute("SELECT current_schema()").fetchone()[0]


@pytest.fixture(scope="module")
def connection(client, postgres):
    return connect(client, postgres_place(postgres.url))


def rows(database, name):
    return database.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall()


def types(database, name):
    statement = (
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position"
    )
    return database.execute(statement, [name]).fetchall()


def tables(database):
    found = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
    return [row[0] for row in found]


@pytest.mark.parametrize(
    ("action", "before", "counts"),
    [
        ("create", "", [3, 3]),
        ("createAndLoad", "", [3, 6]),
        ("load", "(id bigint, name varchar, price numeric, paid bool, day timestamp)", [3, 6]),
        ("truncateAndLoad", "(id bigint, name varchar, price numeric, paid bool, day timestamp)", [3, 3]),
        ("dropAndLoad", "(something int)", [3, 3]),
        ("upsert", "(id bigint PRIMARY KEY, name varchar, price numeric, paid bool, day timestamp)", [3, 3]),
    ],
)
@pytest.mark.page("each table action does what its row of the list says: create, append, truncate, drop and load")
def test_every_action_twice(client, recipe, connection, database, schema, action, before, counts):
    if before:
        database.execute(f'CREATE TABLE "Orders" {before}')
    found = []
    for _ in counts:
        publish(client, recipe, table(connection, "Orders", action, schema))
        found.append(len(rows(database, "Orders")))
    assert found == counts
    assert types(database, "Orders") == TYPES
    names = tables(database)
    assert len(names) == (2 if action == "create" else 1)
    assert all(len(rows(database, name)) in counts for name in names)


def test_values_arrive_as_they_are(client, recipe, connection, database, schema):
    publish(client, recipe, table(connection, "t", "create", schema))
    first, second, third = rows(database, "t")
    assert first[:4] == (1, "Ann", Decimal("1.5"), True)
    assert second[1:4] == ('Bob, "B"', Decimal("2"), False)
    assert third == (3, "", None, None, None)
    assert str(first[4]) == "2024-02-29 00:00:00"


@pytest.mark.page("a run may name database, table, action, type and connection of a table output, and ignores attached")
def test_the_sample_of_the_page(client, postgres, database):
    """The page's body; its path names the database, so the default schema is meant."""
    recipe = recipe_over(client, ORDERS)
    connection = connect(client, postgres_place(postgres.url), params={"database": "postgres", "schema": "prod"})
    database.execute("CREATE SCHEMA IF NOT EXISTS prod")
    output = {"flowNodeId": recipe, "execution": "photon", "profiler": False}
    attached = [table(connection, "attached", "create", "prod")]
    client.post("/v4/outputObjects", json={**output, "publications": attached})
    body = {
        "wrangledDataset": {"id": recipe},
        "overrides": {
            "publications": [
                {
                    "path": ["postgres"],
                    "tableName": "Table_CaseFctn2",
                    "action": "createAndLoad",
                    "targetType": "postgres",
                    "connectionId": connection,
                }
            ]
        },
        "ranfrom": None,
    }
    answer = client.post("/v4/jobGroups", json=body)
    assert answer.status_code == 201
    assert answer.json()["reason"] == "JobStarted"
    assert len(answer.json()["jobs"]["data"]) == 2
    assert wait(client, answer.json()["id"]) == "Complete"
    found = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'prod'").fetchall()
    assert found == [("Table_CaseFctn2",)]
    database.execute("DROP SCHEMA prod CASCADE")


def test_a_failure_half_way_leaves_the_old_table(client, recipe, connection, database, schema):
    """The second row breaks the rule of the table when it is loaded already."""
    database.execute('CREATE TABLE "t" (id bigint CHECK (id <> 2), name varchar, price numeric, paid bool, day date)')
    database.execute("""INSERT INTO "t" VALUES (9, 'old')""")
    for action in ("truncateAndLoad", "load", "createAndLoad"):
        group = start(client, recipe, publications=[table(connection, "t", action, schema)])
        assert wait(client, group) == "Failed"
        assert "check constraint" in errors(client, group)
        assert [row[:2] for row in rows(database, "t")] == [(9, "old")]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("id bigint, name varchar, price numeric, paid bool", "schema mismatch: table {0}.t has no column 'day'"),
        (
            "id date, name varchar, price numeric, paid bool, day date",
            "column 'id' is Integer, column 'id' of {0}.t is date",
        ),
        ("id int, name text, price numeric, paid bool, day date, x int NOT NULL", "needs a value for its column 'x'"),
    ],
)
def test_a_schema_that_does_not_fit_is_named(client, recipe, connection, database, schema, columns, words):
    database.execute(f'CREATE TABLE "t" ({columns})')
    group = start(client, recipe, publications=[table(connection, "t", "load", schema)])
    assert wait(client, group) == "Failed"
    assert words.format(schema) in errors(client, group)


def test_names_match_in_any_case_and_values_become_the_types_of_the_table(client, connection, database, schema):
    recipe = recipe_over(client, b"id,name,price\n1,abcdef,1.25\n40000,abc,70000\n")
    database.execute(
        'CREATE TABLE "t" ("ID" smallint, "Name" varchar(3), price numeric(4,1), extra text DEFAULT \'d\')'
    )
    group = publish(client, recipe, table(connection, "t", "load", schema))
    assert rows(database, "t") == [(1, None, Decimal("1.3"), "d"), (None, "abc", None, "d")]
    job = client.get(f"/v4/jobGroups/{group}/jobs").json()["data"][1]
    log = client.get(f"/v4/jobs/{job['id']}/logs").text
    assert all(f"column {name}: 1 values written as null" in log for name in ("id", "name", "price"))


def test_upsert_updates_what_is_there_and_keeps_other_columns(client, connection, database, schema):
    recipe = recipe_over(client, b"id,name\n1,new\n2,also new\n")
    database.execute("CREATE TABLE t (id bigint PRIMARY KEY, name varchar, extra int DEFAULT 7)")
    database.execute("INSERT INTO t VALUES (1, 'old', 1), (5, 'kept', 5)")
    publish(client, recipe, table(connection, "t", "upsert", schema))
    assert rows(database, "t") == [(1, "new", 1), (2, "also new", 7), (5, "kept", 5)]


def test_upsert_needs_keys_that_tell_rows_apart(client, connection, database, schema):
    recipe = recipe_over(client, b"id,name\n1,a\n1,b\n")
    database.execute("CREATE TABLE t (id bigint, name varchar)")
    for parameters, words in (({}, "has no primary key"), ({"upsertKeys": ["id"]}, "2 rows of the result share")):
        group = start(client, recipe, publications=[table(connection, "t", "upsert", schema, parameters=parameters)])
        assert wait(client, group) == "Failed"
        assert words in errors(client, group)


def test_one_failed_output_does_not_lose_the_others(client, recipe, connection, database, schema):
    good, bad = table(connection, "good", "create", schema), table(connection, "bad", "load", schema)
    setting = {"path": "/trifacta/queryResults/kept.csv", "format": "csv", "action": "overwrite", "asSingleFile": True}
    group = start(client, recipe, publications=[bad, good], writesettings=[setting])
    assert wait(client, group) == "Failed"
    assert "table not found" in errors(client, group)
    assert len(rows(database, "good")) == 3
    outputs = client.get(f"/v4/jobGroups/{group}/outputs").json()
    assert [file["fileType"] for file in outputs["files"]] == ["FILE"]
    assert [(found["vendor"], found["relationalPath"], found["table"]) for found in outputs["tables"]] == [
        ("postgres", [schema], "good")
    ]
    (done,) = client.get(f"/v4/jobGroups/{group}/publications").json()["data"]
    assert (done["tableName"], done["action"], done["connection"]) == ("good", "create", {"id": connection})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"action": "smash"}, "action: invalid value 'smash'"),
        ({"connectionId": 999}, "connection 999 not found"),
        ({"connectionId": None}, "connectionId: missing"),
        ({"path": ["elsewhere", "public"]}, "leads to database 'postgres', not to 'elsewhere'"),
        ({"path": ["nowhere"]}, 'schema "nowhere" does not exist'),
    ],
)
@pytest.mark.page("override values are not checked when the run is asked for; bad ones make it fail")
def test_bad_values_fail_the_run_and_say_why(client, recipe, connection, change, words):
    group = start(client, recipe, publications=[table(connection, "t", "create") | change])
    assert wait(client, group) == "Failed"
    assert words in errors(client, group)


def test_odd_names_are_quoted(client, connection, database, schema):
    recipe = recipe_over(client, b'id,"a ""b"" c"\n1,x\n')
    name = 'or"der;-- DROP'
    publish(client, recipe, table(connection, name, "create", schema))
    assert tables(database) == [name]
    assert [column for column, _ in types(database, name)] == ["id", 'a "b" c']


def test_scripts_run_before_and_after_everything(client, connection, database, schema):
    recipe = recipe_over(client, ORDERS)
    output = {"flowNodeId": recipe, "execution": "photon", "profiler": False}
    pre = f"CREATE TABLE {schema}.log (what text, n int); INSERT INTO {schema}.log VALUES ('before; all', 0);"
    post = f"INSERT INTO {schema}.log SELECT 'after', count(*) FROM {schema}.t"
    scripts = [
        {"sqlScript": text, "type": type, "vendor": "postgres", "connectionId": connection}
        for text, type in ((pre, "pre"), (post, "post"))
    ]
    tables_ = [table(connection, "t", "create", schema)]
    made = client.post("/v4/outputObjects", json={**output, "publications": tables_, "sqlScripts": scripts})
    assert made.status_code == 201, made.text
    group = start(client, recipe)
    assert wait(client, group) == "Complete", errors(client, group)
    kinds = [job["jobType"] for job in client.get(f"/v4/jobGroups/{group}/jobs").json()["data"]]
    assert kinds == ["sqlexecution", "wrangle", "publish", "sqlexecution"]
    assert rows(database, "log") == [("after", 3), ("before; all", 0)]


def test_a_script_that_fails_changes_nothing_and_stops_the_run(client, connection, database, schema):
    recipe = recipe_over(client, ORDERS)
    database.execute("CREATE TABLE log (what text)")
    script = {"sqlScript": f"INSERT INTO {schema}.log VALUES ('x'); SELECT nothing FROM nowhere", "type": "pre"}
    body = {"flowNodeId": recipe, "execution": "photon", "profiler": False}
    script |= {"vendor": "postgres", "connection_id": connection}
    tables_ = [table(connection, "t", "create", schema)]
    made = client.post("/v4/outputObjects", json={**body, "publications": tables_, "sqlScripts": {"data": [script]}})
    assert made.status_code == 201, made.text
    group = start(client, recipe)
    assert wait(client, group) == "Failed"
    assert 'relation "nowhere" does not exist' in errors(client, group)
    assert (rows(database, "log"), tables(database)) == ([], ["log"])


def test_a_finished_run_is_published_later(client, connection, database, schema):
    recipe = recipe_over(client, ORDERS)
    files = [
        {"path": f"/trifacta/queryResults/adhoc-{schema}.{format}", "format": format, "asSingleFile": True, **more}
        for format, more in (("csv", {"header": True, "delim": ";"}), ("pqt", {}))
    ]
    group = start(client, recipe, writesettings=files)
    assert wait(client, group) == "Complete"
    body = {"connection": {"id": connection}, "path": [schema], "table": "later", "action": "createAndLoad"}
    for count, format in enumerate(("csv", "pqt"), 1):
        answer = client.put(f"/v4/jobGroups/{group}/publish", json={**body, "inputFormat": format})
        assert answer.status_code == 200, answer.text
        assert answer.json()["reason"] == "JobStarted"
        assert wait(client, group) == "Complete", errors(client, group)
        assert len(rows(database, "later")) == 3 * count
    assert types(database, "later") == TYPES
    job = client.get(f"/v4/jobs/{answer.json()['jobIds'][0]}").json()
    assert (job["jobType"], job["adhoc"]) == ("publish", True)
    refused = client.put(f"/v4/jobGroups/{group}/publish", json={**body, "inputFormat": "avro"})
    assert refused.status_code == 400
    assert "has no result of format 'avro'" in refused.text

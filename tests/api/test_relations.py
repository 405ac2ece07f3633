"""Imported datasets that are tables and queries of a real PostgreSQL server."""

from __future__ import annotations

import psycopg
import pytest

from .asserts import assert_invalid
from .table_scenes import connect, errors, postgres_place, running_server, start, wait

pytestmark = pytest.mark.slow
SCRIPT = "derive type: single value: YEAR(since) as: 'y'\nfilter type: custom rowType: single row: id == 1 action: Keep"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("running")) as client:
        yield client


@pytest.fixture
def database(postgres):
    with psycopg.connect(postgres.fresh(), autocommit=True) as session:
        session.execute("CREATE TABLE customers (id int, name text, since date, size numeric(9,2))")
        session.execute("INSERT INTO customers VALUES (1, 'Ann', '2024-02-29', 1.50), (2, 'Bob', NULL, 20)")
        yield session


@pytest.fixture
def schema(database):
    return database.execute("SELECT current_schema()").fetchone()[0]


@pytest.fixture
def connection(client, postgres):
    return connect(client, postgres_place(postgres.url))


def imported(client, connection, **body):
    answer = client.post(
        "/v4/importedDatasets", json={"connectionId": connection, "name": "cust", "type": "jdbc", **body}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def run(client, dataset, script=""):
    """The text of the file that a recipe over the dataset writes."""
    flow = client.post("/v4/flows", json={"name": "relations"}).json()["id"]
    body = {"importedDataset": {"id": dataset}, "flow": {"id": flow}, "name": "clean"}
    recipe = client.post("/v4/wrangledDatasets", json=body).json()["id"]
    if script:
        assert client.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": script}).status_code == 200
    setting = {"path": f"/trifacta/queryResults/r{dataset}.csv", "header": True, "asSingleFile": True}
    group = start(client, recipe, writesettings=[setting])
    status = wait(client, group)
    return group, status


def downloaded(client, group):
    (result,) = client.get(f"/v4/jobGroups/{group}/scriptResults").json()["data"]
    return client.get(f"/v4/scriptResults/{result['id']}/download").text


def test_a_table_is_shown_and_run(client, connection, database, schema):
    dataset = imported(client, connection, jdbcType="TABLE", jdbcPath=[schema], jdbcTable="customers")
    assert (dataset["type"], dataset["path"], dataset["size"]) == ("jdbc", None, "-1")
    assert (dataset["connection"], dataset["jdbcPath"], dataset["jdbcTable"]) == (
        {"id": connection},
        [schema],
        "customers",
    )
    source = dataset["relationalSource"]
    assert (source["tableName"], source["columns"], source["raw"]) == (
        "customers",
        ["id", "name", "since", "size"],
        None,
    )
    group, status = run(
        client,
        dataset["id"],
        "derive type: single value: YEAR(since) as: 'y'\nfilter type: custom rowType: single row: id == 1 action: Keep",
    )
    assert status == "Complete", errors(client, group)
    assert downloaded(client, group) == "id,name,since,y,size\n1,Ann,2024-02-29,2024,1.50\n"
    kinds = [job["jobType"] for job in client.get(f"/v4/jobGroups/{group}/jobs").json()["data"]]
    assert kinds == ["ingest", "wrangle", "filewriter"]
    ((found,),) = [item["inputs"] for item in client.get(f"/v4/jobGroups/{group}/inputs").json()["data"]]
    assert (found["vendor"], found["relationalPath"], found["table"], found["action"]) == (
        "postgres",
        [schema],
        "customers",
        "read",
    )
    assert found["databaseConnectString"].startswith("jdbc:postgresql://")


def test_a_query_is_shown_and_run(client, connection, database, schema):
    sql = f"SELECT id AS n, upper(name) AS name FROM {schema}.customers ORDER BY 1 DESC"
    dataset = imported(client, connection, raw=[sql])
    assert dataset["relationalSource"]["raw"] == [sql]
    assert dataset["relationalSource"]["tableName"] is None
    group, status = run(client, dataset["id"])
    assert status == "Complete", errors(client, group)
    assert downloaded(client, group) == "n,name\n2,BOB\n1,ANN\n"
    ((found,),) = [item["inputs"] for item in client.get(f"/v4/jobGroups/{group}/inputs").json()["data"]]
    assert (found["query"], found["relationalPath"], found["table"]) == ([sql], [], None)


def test_a_run_sees_the_table_as_it_is_then(client, connection, database, schema):
    dataset = imported(client, connection, jdbcPath=[schema], jdbcTable="customers", columns=["id", "name"])
    database.execute("INSERT INTO customers VALUES (3, 'Cy')")
    group, _ = run(client, dataset["id"])
    assert downloaded(client, group) == "id,name\n1,Ann\n2,Bob\n3,Cy\n"
    database.execute("ALTER TABLE customers DROP COLUMN name")
    group, status = run(client, dataset["id"])
    assert status == "Failed"
    assert "has no column 'name' any more" in errors(client, group)


def test_a_dataset_may_be_made_before_its_table(client, connection, database, schema):
    dataset = imported(client, connection, jdbcPath=[schema], jdbcTable="later")
    assert (dataset["isSchematized"], dataset["relationalSource"]["columns"]) == (False, [])
    refresh = f"/v4/importedDatasets/{dataset['id']}/asyncRefreshSchema"
    assert_invalid(client.post(refresh), "does not tell the columns")
    database.execute("CREATE TABLE later AS SELECT 5 AS five")
    assert client.post(refresh).status_code == 200
    assert client.get(f"/v4/importedDatasets/{dataset['id']}").json()["isSchematized"] is True
    group, status = run(client, dataset["id"])
    assert status == "Complete", errors(client, group)
    assert downloaded(client, group) == "five\n5\n"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "jdbcTable: a dataset of a connection needs jdbcTable, or raw with a SELECT"),
        ({"raw": "DROP TABLE customers"}, "begins with SELECT or WITH"),
        ({"connectionId": 999, "jdbcTable": "t"}, "connectionId: connection 999 not found"),
    ],
)
def test_a_bad_relation_is_refused(client, connection, body, words):
    answer = client.post("/v4/importedDatasets", json={"connectionId": connection, "name": "x", **body})
    assert answer.status_code == 400
    assert words in str(answer.json())


def test_a_flow_run_reads_a_table_once(client, connection, database, schema):
    dataset = imported(client, connection, jdbcType="TABLE", jdbcPath=[schema], jdbcTable="customers")["id"]
    flow = client.post("/v4/flows", json={"name": "once"}).json()["id"]
    for name in ("one", "two"):
        body = {"importedDataset": {"id": dataset}, "flow": {"id": flow}, "name": name}
        recipe = client.post("/v4/wrangledDatasets", json=body).json()["id"]
        setting = {"path": f"/trifacta/queryResults/{name}.csv", "action": "overwrite", "format": "csv", "header": True}
        body = {
            "flowNodeId": recipe,
            "execution": "photon",
            "profiler": False,
            "writeSettings": [setting | {"asSingleFile": True}],
        }
        assert client.post("/v4/outputObjects", json=body).status_code == 201
    groups = [item["id"] for item in client.post(f"/v4/flows/{flow}/run").json()["data"]]
    assert [wait(client, group) for group in groups] == ["Complete", "Complete"]
    first, second = (downloaded(client, group) for group in groups)
    assert first == second and "Ann" in first
    jobs = [job for group in groups for job in client.get(f"/v4/jobGroups/{group}/jobs").json()["data"]]
    logs = "".join(client.get(f"/v4/jobs/{job['id']}/logs").text for job in jobs)
    assert (logs.count("read 2 rows"), logs.count("taken over from another output")) == (1, 1)

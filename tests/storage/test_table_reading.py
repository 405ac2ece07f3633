"""Tables, views and queries of real databases become files that the engine reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from gristmill.problems import RunError
from gristmill.storage.tables.reading import checked_sql, read_relation

from .bases import KINDS, Base

VALUES = (
    "(1, 'Ann', 1.50, '2024-02-29', '2024-02-29 13:14:15'), (-2, '', NULL, NULL, NULL), (3, NULL, 0.25, NULL, NULL)"
)
TYPES = [("id", "Integer", "integer"), ("name", "String", "text"), ("price", "Float", "text"),
         ("day", "Datetime", "moment"), ("seen", "Datetime", "moment")]  # fmt: skip


@pytest.fixture(params=KINDS)
def base(request) -> Iterator[Base]:
    with KINDS[request.param](request) as base:
        base.run(
            "CREATE TABLE orders (id INTEGER, name VARCHAR(20), price DECIMAL(9,2), day DATE, seen TIMESTAMP NULL)"
        )
        base.run(f"INSERT INTO orders VALUES {VALUES}")
        yield base


def read(base: Base, tmp_path, relation, **options):
    """The answer, and the rows of the file."""
    file = tmp_path / "rows.parquet"
    answer = read_relation(replace(base.login, read_only=True), relation, file, options)
    with duckdb.connect() as connection:
        return answer, connection.execute(f"SELECT * FROM '{file}'").fetchall()


@pytest.mark.slow
def test_a_table_comes_with_its_types(base, tmp_path):
    answer, rows = read(base, tmp_path, {"path": base.path, "table": "orders"})
    found = [(column["name"], column["type"][0], column["form"]) for column in answer["columns"]]
    expected = [
        item if item[0] != "price" or base.login.vendor != "sqlite" else ("price", "Float", "text") for item in TYPES
    ]
    assert found == expected
    assert answer["rows"] == 3
    assert [row[0] for row in rows] == [1, -2, 3]
    assert [row[1] for row in rows] == ["Ann", "", None]
    assert rows[0][2] == ("1.5" if base.login.vendor == "sqlite" else "1.50")
    assert [str(cell) for cell in rows[0][3:]] == ["2024-02-29", "2024-02-29 13:14:15"]


@pytest.mark.slow
def test_columns_and_rows_are_chosen_in_the_database(base, tmp_path):
    relation = {
        "path": base.path,
        "table": "orders",
        "columns": ["price", "id"],
        "filter": "id > 0 AND price IS NOT NULL",
    }
    answer, rows = read(base, tmp_path, relation)
    assert [column["name"] for column in answer["columns"]] == ["price", "id"]
    assert [row[1] for row in rows] == [1, 3]
    with pytest.raises(RunError, match="has no column 'gone' any more"):
        read(base, tmp_path, {**relation, "columns": ["gone"]})


@pytest.mark.slow
def test_a_query_is_run_as_it_is_written(base, tmp_path):
    sql = (
        "WITH big AS (SELECT id, name FROM orders WHERE id > 0) SELECT id AS n, name FROM big ORDER BY id DESC; -- all"
    )
    answer, rows = read(base, tmp_path, {"sql": sql if base.login.vendor != "postgres" else _in_schema(base, sql)})
    assert [column["name"] for column in answer["columns"]] == ["n", "name"]
    assert rows == [(3, None), (1, "Ann")]


@pytest.mark.slow
def test_a_query_changes_nothing(base, tmp_path):
    place = f"{base.path[0]}.orders" if base.path else "orders"
    if base.login.vendor == "postgres":
        base.run(f"CREATE FUNCTION {base.path[0]}.gone() RETURNS int LANGUAGE sql AS 'DELETE FROM {place}; SELECT 1'")
        with pytest.raises(RunError, match="read-only"):
            read(base, tmp_path, {"sql": f"SELECT {base.path[0]}.gone() AS n"})
    with pytest.raises(RunError):
        read(base, tmp_path, {"sql": f"SELECT 1; DELETE FROM {place}"})
    assert base.run("SELECT count(*) FROM orders") == [(3,)]


@pytest.mark.slow
def test_what_is_not_there_is_named(base, tmp_path):
    with pytest.raises(RunError, match=r"table not found: .*nothing"):
        read(base, tmp_path, {"path": base.path, "table": "nothing"})


@pytest.mark.slow
def test_texts_get_their_types_from_their_values_unless_that_is_switched_off(base, tmp_path):
    base.run("CREATE TABLE texts (n VARCHAR(9))")
    base.run("INSERT INTO texts VALUES ('1'), ('2')")
    relation = {"path": base.path, "table": "texts"}
    assert read(base, tmp_path, relation)[0]["columns"][0]["type"] == ["Integer"]
    assert read(base, tmp_path, relation, disableTypeInference=True)[0]["columns"][0]["type"] == ["String"]


def _in_schema(base: Base, sql: str) -> str:
    return sql.replace("orders", f"{base.path[0]}.orders")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("DELETE FROM t", "begins with SELECT or WITH, got 'DELETE'"),
        ("SELECT 1; SELECT 2", "expected one SELECT, found 2 statements"),
        (" -- nothing", "expected one SELECT, found 0 statements"),
    ],
)
def test_one_select_only(text, words):
    with pytest.raises(RunError, match=words):
        checked_sql(text, "postgres")


def test_comments_behind_a_query_do_not_hide_what_follows():
    assert checked_sql("SELECT 1 -- one\n ; -- end", "postgres") == "SELECT 1"

"""Publications on real databases: each action twice in a row, values, types, failures that change nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from gristmill.problems import RunError
from gristmill.storage.tables.incoming import TYPES_KEY

from .bases import COLUMNS, KINDS, Base

pytestmark = pytest.mark.slow
ROWS = [
    (1, "Ann", 1.5, True, "2024-02-29"),
    (2, 'B "q", \\ \n\r NULL\tü', -0.1, False, "2000-01-01"),
    (3, "", None, None, None),
    (None, None, 1e20, True, None),
]


@pytest.fixture(params=KINDS)
def base(request) -> Iterator[Base]:
    with KINDS[request.param](request) as base:
        yield base


def staged(path: Path, rows: list[tuple], columns: dict[str, tuple[str, list[str]]] = COLUMNS, soft: str = "") -> Path:
    """A file as the recipe's run leaves it."""
    types = json.dumps([{"type": type_, "soft": name == soft} for name, (_, type_) in columns.items()])
    names = ", ".join(f'"{name}" {physical}' for name, (physical, _) in columns.items())
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({names})")
        if rows:
            connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", rows)
        note = f"KV_METADATA {{'{TYPES_KEY}': '{types}'}}"
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet, {note})")
    return path


@pytest.fixture
def result(tmp_path: Path) -> Path:
    return staged(tmp_path / "result.parquet", ROWS)


def count(base: Base, table: str) -> int:
    return base.run(f'SELECT count(*) FROM "{table}"')[0][0]


def types_of(base: Base, table: str) -> dict[str, str]:
    if base.login.vendor == "sqlite":
        return dict(base.run(f"SELECT name, type FROM pragma_table_info('{table}')"))
    where = f"table_schema = '{base.path[0]}' AND table_name = '{table}'"
    found = base.run(
        f"SELECT column_name, data_type FROM information_schema.columns WHERE {where} ORDER BY ordinal_position"
    )
    return dict(found)


@pytest.mark.parametrize(
    ("action", "counts"),
    [
        ("create", [4, 4]),
        ("createAndLoad", [4, 8]),
        ("load", [8, 12]),
        ("truncateAndLoad", [4, 4]),
        ("dropAndLoad", [4, 4]),
    ],
)
def test_every_action_twice(base, result, action, counts):
    if action in ("load", "truncateAndLoad"):
        base.publish(result, "Orders", "create")
    answers = [base.publish(result, "Orders", action) for _ in counts]
    assert [answer["rows"] for answer in answers] == [4, 4]
    if action == "create":
        assert [answer["name"] for answer in answers] == ["Orders", "Orders_20260101_120000"]
        assert [count(base, answer["name"]) for answer in answers] == counts
    else:
        assert count(base, "Orders") == counts[-1]
    assert types_of(base, "Orders") == base.types
    assert len(base.asked) == len(counts) + (action in ("load", "truncateAndLoad"))


def test_values_arrive_as_they_are(base, result):
    base.publish(result, "t", "create")
    found = base.run("SELECT id, name, price, paid, day FROM t ORDER BY CASE WHEN id IS NULL THEN 9 ELSE id END")
    assert [row[1] for row in found] == [row[1] for row in ROWS]
    assert [None if row[2] is None else float(row[2]) for row in found] == [row[2] for row in ROWS]
    truth = {b"\x01": True, b"\x00": False}
    assert [truth.get(row[3], row[3]) for row in found] == [True, False, None, True]
    assert [None if row[4] is None else str(row[4])[:10] for row in found] == ["2024-02-29", "2000-01-01", None, None]


def test_upsert_updates_inserts_and_keeps_other_columns(base, tmp_path):
    columns = {name: COLUMNS[name] for name in ("id", "name")}
    base.run("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20), extra INT DEFAULT 7)")
    base.run("INSERT INTO t VALUES (1, 'old', 1), (5, 'kept', 5)")
    file = staged(tmp_path / "a.parquet", [(1, "new"), (2, "more")], columns)
    for _ in range(2):
        base.publish(file, "t", "upsert")
    assert base.run("SELECT * FROM t ORDER BY id") == [(1, "new", 1), (2, "more", 7), (5, "kept", 5)]
    with pytest.raises(RunError, match="2 rows of the result share their key"):
        base.publish(staged(tmp_path / "b.parquet", [(1, "a"), (1, "b"), (None, "c")], columns), "t", "upsert")


@pytest.mark.parametrize("action", ["load", "truncateAndLoad", "createAndLoad"])
def test_a_failure_half_way_leaves_the_old_rows(base, tmp_path, action):
    columns = {name: COLUMNS[name] for name in ("id", "name")}
    base.run("CREATE TABLE t (id INT UNIQUE, name VARCHAR(20))")
    base.run("INSERT INTO t VALUES (9, 'old')")
    file = staged(tmp_path / "a.parquet", [(number % 5000, "x") for number in range(9000)], columns)
    with pytest.raises(RunError, match=r"(?i)unique|duplicate"):
        base.publish(file, "t", action)
    assert base.run("SELECT * FROM t") == [(9, "old")]
    base.publish(staged(tmp_path / "b.parquet", [(1, "x")], columns), "t", "truncateAndLoad")
    assert base.run("SELECT * FROM t") == [(1, "x")]


def test_what_a_column_cannot_hold_becomes_null_and_is_counted(base, tmp_path):
    columns = {"small": COLUMNS["id"], "short": COLUMNS["name"], "soft": COLUMNS["name"]}
    base.run("CREATE TABLE t (small SMALLINT, short VARCHAR(3), soft INT)")
    file = staged(tmp_path / "a.parquet", [(40_000, "abcd", "12"), (-5, "abc", "x")], columns, soft="soft")
    answer = base.publish(file, "t", "load")
    is_long = base.login.vendor == "duckdb"  # its texts have no length
    assert base.run("SELECT * FROM t ORDER BY soft IS NULL") == [
        (None, "abcd" if is_long else None, 12),
        (-5, "abc", None),
    ]
    assert answer["nulled"] == {"small": 1, "soft": 1} | ({} if is_long else {"short": 1})


def test_columns_that_do_not_fit_are_named(base, result):
    base.run("CREATE TABLE t (id DATE, name VARCHAR(9), price REAL, paid INT)")
    with pytest.raises(RunError, match="has no column 'day'"):
        base.publish(result, "t", "load")
    base.run("ALTER TABLE t ADD COLUMN day DATE")
    with pytest.raises(RunError, match=r"column 'id' is Integer, column 'id' of .*t is (?i:date)"):
        base.publish(result, "t", "load")


def test_views_are_not_loaded(base, result):
    base.run("CREATE VIEW v AS SELECT 1 AS id")
    with pytest.raises(RunError, match="is a view"):
        base.publish(result, "v", "createAndLoad")


def test_odd_names_are_quoted(base, tmp_path):
    name = 'a "b" `c`; -- d'
    base.publish(staged(tmp_path / "a.parquet", [(1,)], {"x": COLUMNS["id"]}), "od'd", "create")
    columns = {name.replace('"', "'"): COLUMNS["id"]}
    base.publish(staged(tmp_path / "b.parquet", [(1,)], columns), "od'd2", "create")
    assert base.run('SELECT * FROM "od\'d2"') == [(1,)]


def test_an_empty_result_makes_an_empty_table(base, tmp_path):
    base.publish(staged(tmp_path / "a.parquet", []), "t", "create")
    assert count(base, "t") == 0
    assert types_of(base, "t") == base.types

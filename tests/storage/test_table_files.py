"""Databases that are files: whoever may use one reaches that file, and no other one of the server."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest

from gristmill.problems import RunError
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.reading import read_relation
from gristmill.storage.tables.scripts import work


class Notes:
    def progress(self, percent: int) -> None:
        pass

    def log(self, level: str, message: str) -> None:
        pass

    def ask(self, question: dict) -> None:
        pass


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.csv"
    file.write_text("a\n1\n")
    return file


@pytest.fixture
def login(tmp_path: Path, request: pytest.FixtureRequest) -> Login:
    file = tmp_path / f"shop.{request.param}"
    if request.param == "duckdb":
        duckdb.connect(str(file)).execute("CREATE TABLE t AS SELECT 1 AS a")
    else:
        sqlite3.connect(file).executescript("CREATE TABLE t (a int); INSERT INTO t VALUES (1);")
    return Login(request.param, file=str(file))


@pytest.mark.parametrize("login", ["duckdb"], indirect=True)
@pytest.mark.parametrize("place", ["read_text('{0}')", "'{0}'", "glob('{0}')"])
def test_a_query_reads_no_other_file(login, secret, tmp_path, place):
    with pytest.raises(RunError, match=r"(?i)disabled|permission"):
        read_relation(login, {"sql": f"SELECT * FROM {place.format(secret)}"}, tmp_path / "out.parquet", {})


@pytest.mark.parametrize(
    ("login", "script"),
    [
        ("duckdb", "COPY t TO '{0}'"),
        ("duckdb", "ATTACH '{0}' AS other"),
        ("duckdb", "SET enable_external_access = true"),
        ("duckdb", "INSTALL httpfs"),
        ("sqlite", "ATTACH '{0}' AS other"),
        ("sqlite", "VACUUM INTO '{0}'"),
        ("sqlite", "SELECT load_extension('{0}')"),
    ],
    indirect=["login"],
)
def test_a_script_touches_no_other_file(login, tmp_path, script):
    other = tmp_path / "other"
    with pytest.raises(RunError):
        work({"login": login.as_json(), "script": script.format(other)}, Notes())
    assert not other.exists()


@pytest.mark.parametrize("login", ["duckdb", "sqlite"], indirect=True)
def test_a_script_that_fails_changes_nothing(login):
    with pytest.raises(RunError):
        work({"login": login.as_json(), "script": "INSERT INTO t VALUES (2); INSERT INTO nowhere VALUES (1)"}, Notes())
    open_ = duckdb.connect if login.vendor == "duckdb" else sqlite3.connect
    assert open_(login.file).execute("SELECT count(*) FROM t").fetchall() == [(1,)]

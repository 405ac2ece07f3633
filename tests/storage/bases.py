"""Databases of every kind that tests run: how the program reaches them, and how the tests look into them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from sqlalchemy import make_url

from gristmill.storage.tables.login import Login
from gristmill.storage.tables.publishing import Publication, publish

COLUMNS = {
    "id": ("BIGINT", ["Integer"]),
    "name": ("VARCHAR", ["String"]),
    "price": ("DOUBLE", ["Float"]),
    "paid": ("BOOLEAN", ["Bool"]),
    "day": ("TIMESTAMP", ["Datetime", "yy-mm-dd", "yyyy*mm*dd"]),
}


@dataclass
class Base:
    """A database of one kind: how we reach it, and how the tests look into it by themselves."""

    login: Login
    path: tuple[str, ...]
    session: Any
    types: dict[str, str]
    notes: list[tuple[str, str]] = field(default_factory=list)
    asked: list[dict] = field(default_factory=list)

    def run(self, statement: str) -> list[tuple]:
        cursor = self.session.cursor()
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    def progress(self, percent: int) -> None:
        pass

    def log(self, level: str, message: str) -> None:
        self.notes.append((level, message))

    def ask(self, question: dict) -> None:
        self.asked.append(question)

    def publish(self, file: Path, table: str, action: str, **parameters: Any) -> dict:
        publication = Publication(str(file), self.path, table, action, "20260101_120000", "gristmill_7", parameters)
        return publish(self.login, publication, self)


@contextmanager
def postgres_base(request) -> Iterator[Base]:
    url = request.getfixturevalue("postgres").fresh()
    place = make_url(url)
    login = Login("postgres", host=place.query["host"], database=place.database, secrets={"username": place.username})
    with psycopg.connect(url, autocommit=True) as session:
        schema = session.execute("SELECT current_schema()").fetchone()[0]
        types = ["bigint", "character varying", "numeric", "boolean", "timestamp without time zone"]
        yield Base(login, (schema,), session, dict(zip(COLUMNS, types, strict=True)))


@contextmanager
def mariadb_base(request) -> Iterator[Base]:
    server = request.getfixturevalue("mariadb")
    name = server.fresh()
    with server.session(name) as session:
        session.cursor().execute("SET SESSION sql_mode = 'ANSI_QUOTES'")
        login = Login("mariadb", host=server.socket, database=name, secrets={"username": "root"})
        types = ["bigint", "longtext", "double", "bit", "timestamp"]
        yield Base(login, (name,), session, dict(zip(COLUMNS, types, strict=True)))


@contextmanager
def sqlite_base(request) -> Iterator[Base]:
    file = request.getfixturevalue("tmp_path") / "shop.sqlite"
    session = sqlite3.connect(file, isolation_level=None)
    types = ["INTEGER", "TEXT", "REAL", "BOOLEAN", "TIMESTAMP"]
    yield Base(Login("sqlite", file=str(file)), (), session, dict(zip(COLUMNS, types, strict=True)))
    session.close()


class DuckDbSession:
    """Opens the file for each statement: DuckDB lets one process configuration at a time have it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.description: Any = None

    def cursor(self) -> DuckDbSession:
        return self

    def execute(self, statement: str) -> None:
        with duckdb.connect(str(self.file)) as connection:
            found = connection.execute(statement)
            self.description, self.found = found.description, found.fetchall()

    def fetchall(self) -> list[tuple]:
        return self.found


@contextmanager
def duckdb_base(request) -> Iterator[Base]:
    file = request.getfixturevalue("tmp_path") / "shop.duckdb"
    types = ["BIGINT", "VARCHAR", "DOUBLE", "BOOLEAN", "TIMESTAMP"]
    yield Base(Login("duckdb", file=str(file)), ("main",), DuckDbSession(file), dict(zip(COLUMNS, types, strict=True)))


KINDS = {"postgres": postgres_base, "mariadb": mariadb_base, "sqlite": sqlite_base, "duckdb": duckdb_base}

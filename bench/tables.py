"""How fast a result goes into PostgreSQL, against COPY of a ready CSV file: 1,000,000 rows of 10 columns.

    python -m bench.tables [ROWS]

The server is started here and gone afterwards. Both sides load into a table of the same types; ours begins with the
staged file that the recipe's run leaves, and includes the start of the engine process.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import duckdb
import psycopg
from sqlalchemy import make_url

from gristmill.engines.watch import Silent
from gristmill.jobs.process import EngineProcess, Task, start_fork_server
from gristmill.storage.tables.incoming import TYPES_KEY
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.publishing import Publication
from tests.postgres import running_postgres

ROUNDS = 5
COLUMNS = {
    "id": ("i::BIGINT", "Integer", "BIGINT"),
    "name": ("'customer ' || i", "String", "VARCHAR"),
    "price": ("i * 1.25", "Float", "DECIMAL"),
    "paid": ("i % 2 = 0", "Bool", "BOOL"),
    "at": ("TIMESTAMP '2024-01-01' + i * INTERVAL 1 SECOND", "Datetime", "TIMESTAMP"),
    "qty": ("i % 100", "Integer", "BIGINT"),
    "city": ("'city ' || i % 1000", "String", "VARCHAR"),
    "ratio": ("i / 7", "Float", "DECIMAL"),
    "code": ("i * 3", "Integer", "BIGINT"),
    "note": ("'note ' || md5(i::VARCHAR)", "String", "VARCHAR"),
}


def main(rows: int) -> None:
    with running_postgres() as server, tempfile.TemporaryDirectory() as folder:
        parquet, csv = Path(folder, "result.parquet"), Path(folder, "ready.csv")
        _make(rows, parquet, csv)
        place = make_url(server.url)
        login = Login(
            "postgres", host=place.query["host"], database=place.database, secrets={"username": place.username}
        )
        start_fork_server()
        with psycopg.connect(server.url, autocommit=True) as session:
            copied, published = [], []
            for _ in range(ROUNDS):  # in turns: the machine may be busy with other things
                copied.append(_timed(lambda: _copy(session, csv)))
                published.append(_timed(lambda: _publish(login, parquet)))
    best, ours = median(copied), median(published)
    print(f"{rows:,} rows x {len(COLUMNS)} columns, median of {ROUNDS}")
    print(f"COPY from a ready CSV   {best:6.2f} s  {rows / best:10,.0f} rows/s")
    print(f"publication             {ours:6.2f} s  {rows / ours:10,.0f} rows/s  {best / ours:.2f} of the speed")


def _make(rows: int, parquet: Path, csv: Path) -> None:
    cells = ", ".join(f"{cell} AS {name}" for name, (cell, _, _) in COLUMNS.items())
    types = json.dumps([{"type": [logical], "soft": False} for _, logical, _ in COLUMNS.values()])
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t AS SELECT {cells} FROM range({rows}) AS r(i)")
        note = f"KV_METADATA {{'{TYPES_KEY}': '{types}'}}"
        doubles = "* REPLACE (price::DOUBLE AS price, ratio::DOUBLE AS ratio)"
        connection.execute(f"COPY (SELECT {doubles} FROM t) TO '{parquet}' (FORMAT parquet, {note})")
        connection.execute(f"COPY (SELECT {doubles} FROM t) TO '{csv}' (FORMAT csv, HEADER false)")


def _copy(session: psycopg.Connection, csv: Path) -> None:
    columns = ", ".join(f"{name} {native}" for name, (_, _, native) in COLUMNS.items())
    with session.transaction():
        session.execute("DROP TABLE IF EXISTS ready")
        session.execute(f"CREATE TABLE ready ({columns})")
        statement = "COPY ready FROM STDIN (FORMAT csv)"
        with session.cursor() as cursor, cursor.copy(statement) as copy, csv.open("rb") as file:
            while chunk := file.read(1 << 20):
                copy.write(chunk)


def _publish(login: Login, parquet: Path) -> None:
    publication = Publication(str(parquet), ("public",), "published", "dropAndLoad", "x", "gristmill_1")
    document = {"login": login.as_json(), "publication": publication.as_json()}
    with EngineProcess(Task("gristmill.storage.tables.publishing:work", document)) as process:
        process.carry_out(Silent(), lambda _: None)


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

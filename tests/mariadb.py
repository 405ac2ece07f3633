"""A MariaDB server for tests that need a real one: it listens on a socket of its own and ends with its user."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pymysql

SERVER = shutil.which("mariadbd") or shutil.which("mysqld", path="/usr/sbin:/usr/libexec")
SCRIPTS = Path("/usr/share/mysql")
SYSTEM_TABLES = ("mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql")
MISSING = "mariadbd is not installed (Debian: mariadb-server-core)"
MEMORY = Path("/dev/shm")
SECONDS = 30


class MariaDb:
    """A running server, reached through its socket as root without a password."""

    def __init__(self, socket: Path) -> None:
        self.socket = str(socket)

    def session(self, database: str | None = None):
        """A session of our own."""
        return pymysql.connect(unix_socket=self.socket, user="root", database=database, autocommit=True)

    def fresh(self) -> str:
        """A new, empty database."""
        name = f"test_{uuid4().hex[:12]}"
        with self.session() as session, session.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        return name


@contextmanager
def running_mariadb() -> Iterator[MariaDb]:
    """Start a server; everything of it is gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="gristmill-maria-", dir=MEMORY if MEMORY.is_dir() else None))
    user = ["--user=root"] if os.geteuid() == 0 else []
    common = ["--no-defaults", f"--datadir={folder / 'data'}", *user]
    (folder / "data").mkdir()
    system = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL, @skip_auth_anonymous = 1;\n"
    system += "\n".join((SCRIPTS / name).read_text() for name in SYSTEM_TABLES)
    make = [str(SERVER), *common, "--bootstrap", "--silent-startup"]
    subprocess.run(make, input=system.encode(), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    socket = folder / "s.sock"
    fast = ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M", "--skip-log-bin"]
    serve = [str(SERVER), *common, f"--socket={socket}", "--skip-networking", *fast]
    process = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        server = MariaDb(socket)
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: MariaDb, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS
    while True:
        try:
            server.session().close()
            return
        except pymysql.err.MySQLError:
            assert process.poll() is None, "mariadbd has ended"
            assert time.monotonic() < end, "mariadbd does not answer"
            time.sleep(0.1)

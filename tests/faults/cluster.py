"""A server and a worker on one PostgreSQL database: processes to kill, which come back."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

GRISTMILL = str(Path(sys.executable).with_name("gristmill"))
EMAIL, PASSWORD = "fault@example.com", "correct horse battery staple"
PATIENCE = 60.0


class Cluster:
    """Starts what is not running; `kill` ends one of the processes with -9. All that it does lies below `folder`."""

    def __init__(self, folder: Path, database: str, roots: list[Path]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.home = folder / "home"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GRISTMILL_")},
            "GRISTMILL_HOME": str(self.home),
            "GRISTMILL_DATABASE_URL": database,
            "GRISTMILL_SERVER_PORT": str(self.port),
            "GRISTMILL_STORAGE_FILE_ROOTS": os.pathsep.join(map(str, roots)),
            "GRISTMILL_ADMIN_EMAIL": EMAIL,
            "GRISTMILL_ADMIN_PASSWORD": PASSWORD,
            "GRISTMILL_JOBS_HEARTBEAT_SECONDS": "0.5",
            "GRISTMILL_JOBS_MAX_ATTEMPTS": "30",
            "GRISTMILL_WEBHOOKS_ALLOWED_HOSTS": "127.0.0.1",
        }
        self._log = (folder / "cluster.log").open("w")
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}/v4", auth=(EMAIL, PASSWORD), timeout=PATIENCE)

    def start(self) -> None:
        """Start what is not running and wait until the server answers."""
        for name in ("serve", "worker"):
            process = self._processes.get(name)
            if process is None or process.poll() is not None:
                self._processes[name] = subprocess.Popen(
                    [GRISTMILL, name], env=self.environment, stdout=self._log, stderr=self._log
                )
        end = time.monotonic() + PATIENCE
        while True:
            with suppress(httpx.TransportError):
                self.http.get("/people/current")
                return
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)

    def upgrade(self) -> None:
        """Make the tables."""
        subprocess.run([GRISTMILL, "db", "upgrade"], env=self.environment, check=True, stderr=self._log)

    def kill(self, chance: random.Random) -> str:
        """Kill one of the two with -9, whatever it does; answers which."""
        name = chance.choice(sorted(self._processes))
        self._processes[name].kill()
        self._processes[name].wait()
        return name

    def stop(self) -> None:
        """End everything in an orderly way."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
        self._log.close()
        self.http.close()

    def living(self) -> list[int]:
        """Every process that has our home folder in its environment: there must be none after the end."""
        mark = f"GRISTMILL_HOME={self.home}".encode()
        found = []
        for folder in Path("/proc").iterdir():
            with suppress(OSError):
                is_ours = folder.name.isdecimal() and mark in (folder / "environ").read_bytes().split(b"\0")
                if is_ours and (folder / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                    found.append(int(folder.name))
        return found

    def get(self, path: str) -> Any:
        """The answer to a read; the server may be away for a while."""
        return self._sure("GET", path, None)

    def post(self, path: str, body: Any) -> Any:
        """The answer to a POST, which is sent while nobody is killed."""
        return self._sure("POST", path, body)

    def _sure(self, method: str, path: str, body: Any) -> Any:
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.http.request(method, path, json=body)
            if answer.status_code != 503:  # the database was away
                return answer.raise_for_status().json()
            assert time.monotonic() < end, "the database stays away"
            time.sleep(0.2)

"""A Gristmill server of the demo's own: its own folder, a free port, stopped at the end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

GRISTMILL = str(Path(sys.executable).with_name("gristmill"))
EMAIL = "joe@example.com"
PATIENCE = 60.0


def settings(cache: Path) -> dict[str, str]:
    """The environment of server and commands: data in `cache`, whose files jobs may read."""
    own = {"GRISTMILL_HOME": str(cache / "home"), "GRISTMILL_STORAGE_FILE_ROOTS": str(cache / "data")}
    return {name: value for name, value in os.environ.items() if not name.startswith("GRISTMILL_")} | own


def access_token(cache: Path) -> str:
    """A token for the demo's user, who is created at the first start."""
    environment, marker = settings(cache), cache / "home" / "user-created"
    if not marker.exists():
        create = [GRISTMILL, "user", "create", EMAIL, "--admin", "--password-stdin"]
        subprocess.run(create, check=True, env=environment, input="correct horse battery staple\n", text=True)
        marker.touch()
    token = [GRISTMILL, "token", "create", EMAIL, "--lifetime-seconds", "3600"]
    return subprocess.run(token, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout.strip()


@contextmanager
def running_server(cache: Path) -> Iterator[str]:
    """The address of a server that listens until the block ends. Its log is `server.log` in `cache`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (cache / "server.log").open("w") as log:
        command = [GRISTMILL, "serve", "--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(command, env=settings(cache), stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_it_answers(process, address, cache)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], address: str, cache: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            httpx.get(f"{address}/v4/people/current")
            return
        except httpx.TransportError:
            time.sleep(0.05)
    sys.exit(f"the server did not start; its log:\n{(cache / 'server.log').read_text()}")

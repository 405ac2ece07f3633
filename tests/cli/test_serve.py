from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from gristmill.cli.main import cli

GRISTMILL = str(Path(sys.executable).with_name("gristmill"))


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_bad_settings_are_usage_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRISTMILL_JOBS_MAX_ATTEMPTS", "many")
    result = CliRunner().invoke(cli, ["serve"])
    assert result.exit_code == 2
    assert result.stderr == "gristmill serve: jobs.maxAttempts: expected whole number, got 'many'\n"


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere/x.db", "postgresql://127.0.0.1:9/none?connect_timeout=2"])
def test_a_database_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("GRISTMILL_DATABASE_URL", url)
    result = CliRunner().invoke(cli, ["serve"])
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_port_that_is_taken(taken_port: int, own_home: Path) -> None:
    done = subprocess.run([GRISTMILL, "serve", "--port", str(taken_port)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "address already in use" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_serves_until_it_is_stopped(own_home: Path, stop: signal.Signals) -> None:
    port = free_port()
    process = subprocess.Popen([GRISTMILL, "serve", "--port", str(port)], stderr=subprocess.PIPE, env=dict(os.environ))
    try:
        assert answer(f"http://127.0.0.1:{port}/v4/people/current").status_code == 401
        process.send_signal(stop)
        _, errors = process.communicate(timeout=15)
    finally:
        process.kill()
    assert b"Traceback" not in errors
    assert process.returncode in (0, -signal.SIGTERM)


def answer(address: str) -> httpx.Response:
    """The first answer of a server that is starting."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return httpx.get(address)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)

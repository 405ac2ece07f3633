from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gristmill.cli.main import cli
from tests.postgres import Postgres

GRISTMILL = str(Path(sys.executable).with_name("gristmill"))


def test_a_worker_of_its_own_needs_postgresql() -> None:
    result = CliRunner().invoke(cli, ["worker"])
    assert result.exit_code == 1
    assert result.stderr.startswith("gristmill worker: needs a PostgreSQL database (set GRISTMILL_DATABASE_URL)")


@pytest.mark.slow
def test_works_until_it_is_stopped(own_home: Path, postgres: Postgres) -> None:
    environment = {**os.environ, "GRISTMILL_DATABASE_URL": postgres.fresh()}
    refused = subprocess.run([GRISTMILL, "worker"], env=environment, capture_output=True, text=True, check=False)
    assert (refused.returncode, "run 'gristmill db upgrade'" in refused.stderr) == (1, True)
    subprocess.run([GRISTMILL, "db", "upgrade"], env=environment, check=True)
    process = subprocess.Popen([GRISTMILL, "worker"], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        assert "runs jobs with data in" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, errors) == (0, "")

"""What all tests share: no test reads the developer's own settings or home folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.mariadb import MISSING, SERVER, MariaDb, running_mariadb
from tests.postgres import Postgres, running_postgres

# a busy machine is slow, which says nothing of the code
settings.register_profile("gristmill", deadline=None)
settings.load_profile("gristmill")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh `$GRISTMILL_HOME` for each test, and no other setting from the environment."""
    for name in [name for name in os.environ if name.startswith("GRISTMILL_")]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("GRISTMILL_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server; tests that use it are slow."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """A MariaDB server; tests that use it are slow, and skipped where it is not installed."""
    if SERVER is None:
        pytest.skip(MISSING)
    with running_mariadb() as server:
        yield server

"""A database with one person and one recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from gristmill.model.database import open_database
from gristmill.model.schema import upgrade
from gristmill.model.tables import Flow, FlowNode, Person, Recipe, Workspace
from gristmill.settings import Settings


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.slow)])
def settings(request: pytest.FixtureRequest, own_home: Path) -> Settings:
    is_sqlite = request.param == "SQLite"
    url = "" if is_sqlite else request.getfixturevalue("postgres").fresh()
    return Settings(home=own_home, database_url=url, jobs_heartbeat_seconds=0.25, jobs_poll_seconds=0.25)


@pytest.fixture
def out(settings: Settings) -> Path:
    """A folder for outputs."""
    folder = settings.data / "out"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def sessions(settings):
    sessions = open_database(settings)
    upgrade(sessions)
    with sessions.write() as session:
        session.add(Workspace(id=1, name="work"))
        session.add(Person(id=1, email="a@example.com", email_key="a@example.com", name="A"))
        session.flush()
        session.add(Flow(id=1, name="flow", workspace_id=1, creator_id=1))
        session.add(Recipe(id=1, name="recipe", creator_id=1))
        session.flush()
        session.add(FlowNode(id=1, flow_id=1, wrangled=True, recipe_id=1, creator_id=1))
    yield sessions
    sessions.close()

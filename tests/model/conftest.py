"""A database in a fresh home, with an administrator and a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from gristmill.model.access import Caller
from gristmill.model.database import Sessions, open_database
from gristmill.model.job_tables import Job
from gristmill.model.tables import Base, Person
from gristmill.model.workspace import ensure_workspace
from gristmill.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def sessions(settings: Settings) -> Sessions:
    assert Job.metadata is Base.metadata
    sessions = open_database(settings)
    Base.metadata.create_all(sessions.engine)
    return sessions


@pytest.fixture
def joe(sessions: Sessions) -> Caller:
    with sessions.write() as session:
        person = Person(email="joe@example.com", email_key="joe@example.com", name="Joe")
        session.add(person)
        session.flush()
        return Caller(person.id, person.email, False, ensure_workspace(session).id)

"""A server without a worker in a fresh home, and clients that talk to it as two people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from model import standins

standins.install()

from gristmill.api.app import create_app  # noqa: E402
from gristmill.model.people import as_caller, with_email  # noqa: E402
from gristmill.model.tokens import create_token  # noqa: E402
from gristmill.settings import Settings  # noqa: E402

ADMIN, PASSWORD = "admin@example.com", "correct horse battery"
JOE = {"email": "joe@example.com", "password": "joe's long password"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", admin_email=ADMIN, admin_password=PASSWORD)


@pytest.fixture
def anyone(settings: Settings) -> Iterator[TestClient]:
    """A client without credentials; the server is started."""
    app = create_app(settings, run_jobs=False)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def client_for(anyone: TestClient, settings: Settings, email: str) -> TestClient:
    sessions = anyone.app.state.sessions
    with sessions.write() as session:
        caller = as_caller(session, with_email(session, email))
        value = create_token(session, settings, caller, -1, None).value
    headers = {"Authorization": f"Bearer {value}"}
    return TestClient(anyone.app, headers=headers, raise_server_exceptions=False)


@pytest.fixture
def admin(anyone: TestClient, settings: Settings) -> TestClient:
    return client_for(anyone, settings, ADMIN)


@pytest.fixture
def joe(anyone: TestClient, admin: TestClient, settings: Settings) -> TestClient:
    """A person who is no administrator."""
    body = {"name": "Joe Doe", "password2": JOE["password"], "accept": "accept", **JOE}
    assert admin.post("/v4/people", json=body).status_code == 201
    return client_for(anyone, settings, JOE["email"])

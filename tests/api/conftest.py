"""One server without a worker for all tests, each in a fresh state, and clients that talk to it as two people."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from gristmill.api.app import create_app
from gristmill.model.access import Caller
from gristmill.model.database import Sessions
from gristmill.model.people import NewPerson, as_caller, create_person, with_email
from gristmill.model.tokens import create_token
from gristmill.settings import Settings

from .running import Desk

ADMIN, ADMIN_PASSWORD = "admin@example.com", "correct horse battery"
JOE, JOE_PASSWORD = "joe@example.com", "joe's long password"


@dataclass(frozen=True)
class Server:
    """A started server, its database as it is after the start, and a token for each person."""

    client: TestClient
    settings: Settings
    start: Path
    tokens: dict[str, str]

    @property
    def sessions(self) -> Sessions:
        return self.client.app.state.sessions

    def reset(self) -> None:
        """Forget what tests have done."""
        self.client.app.state.authenticator._throttle._failures.clear()
        self.sessions.close()
        database = self.settings.home / "gristmill.db"
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        shutil.copy(self.start, database)
        shutil.rmtree(self.settings.data)
        self.settings.uploads.mkdir(parents=True)

    def caller(self, email: str) -> Caller:
        with self.sessions.write() as session:
            return as_caller(session, with_email(session, email))

    def client_for(self, email: str) -> TestClient:
        headers = {"Authorization": f"Bearer {self.tokens[email]}"}
        return TestClient(self.client.app, headers=headers, raise_server_exceptions=False)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("server")
    settings = Settings(home=home, admin_email=ADMIN, admin_password=ADMIN_PASSWORD)
    with TestClient(create_app(settings, run_jobs=False), raise_server_exceptions=False) as client:
        server = Server(client, settings, home / "start.db", {})
        with server.sessions.write() as session:
            admin = as_caller(session, with_email(session, ADMIN))
            create_person(session, admin, NewPerson("Joe Doe", JOE, JOE_PASSWORD))
            for email in (ADMIN, JOE):
                caller = as_caller(session, with_email(session, email))
                server.tokens[email] = create_token(session, settings, caller, -1, None).value
        server.sessions.close()
        shutil.copy(home / "gristmill.db", server.start)
        yield server


@pytest.fixture
def settings(server: Server) -> Settings:
    return server.settings


@pytest.fixture
def anyone(server: Server) -> TestClient:
    """A client without credentials."""
    server.reset()
    return server.client


@pytest.fixture
def admin(anyone: TestClient, server: Server) -> TestClient:
    return server.client_for(ADMIN)


@pytest.fixture
def joe(anyone: TestClient, server: Server) -> TestClient:
    """A person who is no administrator."""
    return server.client_for(JOE)


@pytest.fixture
def flow(joe: TestClient) -> int:
    """An empty flow of Joe's."""
    return joe.post("/v4/flows", json={"name": "sales"}).json()["id"]


@pytest.fixture
def dataset(joe: TestClient, settings: Settings) -> int:
    """A dataset of Joe's over a real file in base storage."""
    (settings.uploads / "orders.csv").write_text("id,qty\n1,5\n")
    body = {"name": "orders", "path": "/trifacta/uploads/orders.csv"}
    return joe.post("/v4/importedDatasets", json=body).json()["id"]


@pytest.fixture
def recipe(joe: TestClient, flow: int, dataset: int) -> int:
    """An empty recipe on the dataset."""
    body = {"importedDataset": {"id": dataset}, "flow": {"id": flow}, "name": "clean orders"}
    return joe.post("/v4/wrangledDatasets", json=body).json()["id"]


@pytest.fixture
def output(joe: TestClient, recipe: int) -> int:
    """A manual output object with one CSV file."""
    settings = {"path": "/trifacta/queryResults/joe/out.csv", "action": "create", "format": "csv", "header": True}
    body = {"flowNodeId": recipe, "execution": "photon", "profiler": False, "writeSettings": [settings]}
    return joe.post("/v4/outputObjects", json=body).json()["id"]


@pytest.fixture
def group(joe: TestClient, recipe: int, output: int) -> int:
    """A run of the recipe."""
    return joe.post("/v4/jobGroups", json={"wrangledDataset": {"id": recipe}}).json()["id"]


@pytest.fixture
def deployment(joe) -> int:
    return joe.post("/v4/deployments", json={"name": "Prod POS"}).json()["id"]


@pytest.fixture
def exported(joe, flow, recipe, output) -> bytes:
    """The package of a flow that reads and writes files of this server."""
    return joe.get(f"/v4/flows/{flow}/package").content


@pytest.fixture(scope="session")
def working(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Settings]]:
    """A server that runs jobs."""
    home = tmp_path_factory.mktemp("working")
    settings = Settings(home=home, admin_email=ADMIN, admin_password=ADMIN_PASSWORD)
    with TestClient(create_app(settings)) as client:
        client.auth = (ADMIN, ADMIN_PASSWORD)
        yield client, settings


@pytest.fixture
def desk(working: tuple[TestClient, Settings], request: pytest.FixtureRequest) -> Desk:
    """A flow on that server and a folder for files."""
    client, settings = working
    flow = client.post("/v4/flows", json={"name": request.node.name[:200]}).json()["id"]
    folder = settings.data / f"desk{flow}"
    folder.mkdir(parents=True)
    return Desk(client, folder, flow)

"""The application: routers, error shapes, the database and the worker that runs jobs."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, FastAPI

from gristmill.api.authentication import Authenticator
from gristmill.api.edge import Edge
from gristmill.api.errors import add_handlers
from gristmill.api.logs import log_as_json
from gristmill.api.paths import PathIndex
from gristmill.api.routers import (
    access_tokens,
    connections,
    connector_metadata,
    deployments,
    environment_parameters,
    flow_packages,
    flow_runs,
    flows,
    folders,
    imported_datasets,
    job_groups,
    job_library,
    jobs,
    output_objects,
    parameter_overrides,
    people,
    publications,
    releases,
    script_results,
    service,
    sql_scripts,
    uploads,
    webhooks,
    workspaces,
    wrangled_datasets,
    write_settings,
)
from gristmill.api.versions import COMPATIBLE
from gristmill.jobs.worker import Worker
from gristmill.model.database import Sessions, open_database
from gristmill.model.people import make_first_administrator
from gristmill.model.schema import ensure_schema
from gristmill.model.workspace import ensure_workspace
from gristmill.settings import Settings
from gristmill.types.logical import declare_types

ROUTERS: tuple[APIRouter, ...] = (
    access_tokens.router,
    people.router,
    workspaces.router,
    workspaces.aws_router,
    flows.router,
    flow_packages.router,
    flow_runs.flows_router,
    folders.router,
    flow_runs.router,
    wrangled_datasets.nodes_router,
    connections.router,
    connector_metadata.router,
    imported_datasets.router,
    wrangled_datasets.router,
    output_objects.router,
    write_settings.router,
    publications.router,
    sql_scripts.router,
    parameter_overrides.router,
    environment_parameters.router,
    webhooks.router,
    webhooks.test_router,
    deployments.router,
    releases.router,
    job_groups.router,
    job_library.router,
    jobs.router,
    script_results.router,
    service.router,
    uploads.router,
    uploads.vfs_router,
)
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
log = logging.getLogger("gristmill.api")


def create_app(settings: Settings, *, run_jobs: bool = True) -> FastAPI:
    """The server as an ASGI application.

    When it starts, the home folder and the tables are made or brought up to date, and an administrator where there is
    nobody; `run_jobs` tells whether it also runs jobs. Raises SchemaError at the start when the tables must be
    upgraded by hand. Raises CustomTypeError for a file of a custom type that cannot be read.
    """
    declare_types(settings.types)
    sessions = open_database(settings)
    app = FastAPI(
        title="Gristmill",
        version=COMPATIBLE,
        lifespan=_lifespan(settings, sessions, run_jobs),
        redirect_slashes=False,
        strict_content_type=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.settings = settings
    app.state.sessions = sessions
    app.state.authenticator = Authenticator(sessions, settings)
    for router in ROUTERS:
        app.include_router(router)
    add_handlers(app)
    app.add_middleware(Edge, paths=PathIndex(templates()))
    return app


def templates() -> list[str]:
    """Every path of the API: `/v4/flows/{id}/copy`."""
    return [getattr(route, "path", "") for router in ROUTERS for route in router.routes]


def prepare_home(settings: Settings, sessions: Sessions) -> None:
    """Make the home folder, the tables, the workspace and the first administrator where they are missing."""
    for folder in (settings.uploads, settings.results, settings.scratch):
        folder.mkdir(parents=True, exist_ok=True)
    ensure_schema(sessions)
    with sessions.write() as session:
        ensure_workspace(session)
        first = make_first_administrator(session, settings)
    if first is not None and first.password is not None:
        log.warning("first start: log in as %s with the password %s", first.email, first.password)


def _lifespan(settings: Settings, sessions: Sessions, run_jobs: bool) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if not log.hasHandlers():
            log_as_json()
        prepare_home(settings, sessions)
        worker = Worker(settings, sessions) if run_jobs else None
        if worker is not None:
            worker.start()
        try:
            yield
        finally:
            if worker is not None:
                worker.stop()
            sessions.close()

    return lifespan

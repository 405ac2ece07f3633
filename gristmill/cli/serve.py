"""`gristmill serve`: the v4 REST API."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from gristmill.cli.complaints import say

if TYPE_CHECKING:
    from gristmill.settings import Settings

SECONDS_TO_STOP = 10


@click.command()
@click.option("--host", help="Address to listen on; default 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; default 3005.")
@click.option("--no-worker", is_flag=True, help="Only serve: jobs are left to `gristmill worker`.")
def serve(host: str | None, port: int | None, no_worker: bool) -> int:
    """Serve the v4 REST API and run its jobs.

    Data lies under $GRISTMILL_HOME (~/.gristmill), the database is $GRISTMILL_DATABASE_URL (SQLite in that folder).

    Example: gristmill serve --port 8080
    """
    import uvicorn

    from gristmill.api import create_app
    from gristmill.settings import SettingError, load_settings

    try:
        flags = {"server.host": host, "server.port": port, "server.runJobs": False if no_worker else None}
        settings = load_settings(flags)
    except SettingError as error:
        raise click.UsageError(str(error)) from None
    if (reason := why_not(settings)) is not None:
        say(f"gristmill serve: {reason}")
        return 1
    say(f"gristmill serves http://{settings.server_host}:{settings.server_port}/v4 with data in {settings.home}")
    config = uvicorn.Config(
        create_app(settings, run_jobs=settings.server_run_jobs),
        host=settings.server_host,
        port=settings.server_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=SECONDS_TO_STOP,
    )
    server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt, SystemExit):  # uvicorn leaves with codes of its own
        server.run()
    return 0 if server.started else 1


def why_not(settings: Settings) -> str | None:
    """Why the database cannot be used, in one line, or None."""
    from sqlalchemy.exc import SQLAlchemyError

    from gristmill.model.database import open_database
    from gristmill.model.schema import SchemaError, ensure_schema

    try:
        sessions = open_database(settings)
        ensure_schema(sessions)
        sessions.close()
    except (SchemaError, SQLAlchemyError) as error:
        return " ".join(str(error).split("\n(Background")[0].split())
    return None

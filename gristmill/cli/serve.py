"""`gristmill serve`: the v4 REST API."""

from __future__ import annotations

import click


@click.command()
@click.option("--host", help="Address to listen on; default 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; default 3005.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the v4 REST API and run its jobs.

    Data lies under $GRISTMILL_HOME (~/.gristmill), the database is $GRISTMILL_DATABASE_URL (SQLite in that folder).

    Example: gristmill serve --port 8080
    """
    import uvicorn

    from gristmill.api import create_app
    from gristmill.settings import SettingError, load_settings

    try:
        settings = load_settings({"server.host": host, "server.port": port})
    except SettingError as error:
        raise click.UsageError(str(error)) from None
    uvicorn.run(create_app(settings), host=settings.server_host, port=settings.server_port, log_config=None)

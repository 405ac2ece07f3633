"""`gristmill worker`: runs jobs beside the server, on this machine or another."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

import click

from gristmill.cli.complaints import say
from gristmill.cli.serve import why_not

if TYPE_CHECKING:
    from gristmill.settings import Settings


@click.command()
def worker() -> int:
    """Run the jobs of a server, beside it or on another machine; start as many as you like.

    All of them use one PostgreSQL database ($GRISTMILL_DATABASE_URL), and see the same $GRISTMILL_HOME and file roots.

    Example: GRISTMILL_DATABASE_URL=postgresql://db/gristmill gristmill worker
    """
    from gristmill.settings import SettingError, load_settings

    try:
        settings = load_settings()
    except SettingError as error:
        raise click.UsageError(str(error)) from None
    if (reason := _is_alone(settings) or why_not(settings)) is not None:
        say(f"gristmill worker: {reason}")
        return 1
    _work(settings)
    return 0


def _is_alone(settings: Settings) -> str | None:
    from sqlalchemy import make_url

    if make_url(settings.database).get_backend_name() == "postgresql":
        return None
    return "needs a PostgreSQL database (set GRISTMILL_DATABASE_URL); on SQLite `gristmill serve` is the one worker"


def _work(settings: Settings) -> None:
    """Work until a signal comes."""
    from gristmill.api.logs import log_as_json
    from gristmill.jobs.worker import Worker
    from gristmill.model.database import open_database

    log_as_json()
    asked_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_stop.set())
    sessions = open_database(settings)
    running = Worker(settings, sessions)
    running.start()
    say(f"gristmill worker {running.owner.place} runs jobs with data in {settings.home}")
    while not asked_to_stop.wait(1.0):  # a wait without end would not hear the signal
        pass
    running.stop()
    sessions.close()

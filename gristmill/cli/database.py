"""`gristmill db`: the server's database tables."""

from __future__ import annotations

import click


@click.group()
def db() -> None:
    """The server's database."""


@db.command()
def upgrade() -> None:
    """Bring the tables to the state of this program. On SQLite `gristmill serve` does it by itself.

    Example: GRISTMILL_DATABASE_URL=postgresql:///gristmill gristmill db upgrade
    """
    from gristmill.model import schema
    from gristmill.model.database import open_database
    from gristmill.settings import SettingError, load_settings

    try:
        sessions = open_database(load_settings())
    except SettingError as error:
        raise click.UsageError(str(error)) from None
    schema.upgrade(sessions)
    click.echo(f"the tables are of revision {schema.current_revision(sessions)}", err=True)
    sessions.close()

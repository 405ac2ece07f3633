"""`gristmill user` and `gristmill token`: people and their access tokens, made on the server's own machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from gristmill.model.access import Caller
    from gristmill.settings import Settings


@click.group()
def user() -> None:
    """People who may log in."""


@user.command("create")
@click.argument("email")
@click.option("--admin", is_flag=True, help="May see and change everything.")
@click.option("--password-stdin", is_flag=True, help="Read the password from stdin, one line.")
def create_user(email: str, admin: bool, password_stdin: bool) -> None:
    """Add a person. Without a password on stdin one is asked for, or made up and printed where nobody can answer.

    Example: gristmill user create joe@example.com --admin
    """
    from gristmill.model.people import NewPerson, create_person

    password, made_up = _password(password_stdin)
    with _database() as (session, _):
        create_person(session, _operator(session), NewPerson(email.partition("@")[0], email, password, is_admin=admin))
    if made_up:
        click.echo(password)


@click.group()
def token() -> None:
    """Access tokens for the API."""


@token.command("create")
@click.argument("email")
@click.option("--lifetime-seconds", type=int, default=-1, show_default=True, help="-1 never expires.")
@click.option("--description", help="What it is for.")
def create_token(email: str, lifetime_seconds: int, description: str | None) -> None:
    """Make an access token for the person EMAIL and print its value, which is shown only now.

    Example: curl -H "Authorization: Bearer $(gristmill token create joe@example.com)" …
    """
    from gristmill.model import tokens
    from gristmill.model.people import as_caller, with_email

    with _database() as (session, settings):
        person = with_email(session, email)
        if person is None:
            raise click.UsageError(f"no person with the email '{email}'")
        made = tokens.create_token(session, settings, as_caller(session, person), lifetime_seconds, description)
    click.echo(made.value)


def _password(from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether it was made up here."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if sys.stdin.isatty():
        return click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True), False
    from secrets import token_urlsafe

    return token_urlsafe(15), True


@contextmanager
def _database() -> Iterator[tuple[Session, Settings]]:
    """A writing session of the server's database, which is made when there is none."""
    from gristmill.model.database import open_database
    from gristmill.model.errors import ModelError
    from gristmill.model.schema import SchemaError, ensure_schema
    from gristmill.settings import SettingError, load_settings

    try:
        settings = load_settings()
        sessions = open_database(settings)
        ensure_schema(sessions)
        with sessions.write() as session:
            yield session, settings
        sessions.close()
    except (SettingError, ModelError, SchemaError) as error:
        raise click.UsageError(str(error)) from None


def _operator(session: Session) -> Caller:
    """Whoever sits at the server's machine may do what an administrator may."""
    from gristmill.model.access import Caller
    from gristmill.model.workspace import ensure_workspace

    return Caller(None, "", True, ensure_workspace(session).id)  # type: ignore[arg-type]

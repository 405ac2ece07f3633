"""People: who may log in, and where their results go (api 3.2, platform 11.1)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, made_by
from gristmill.model.clock import now
from gristmill.model.errors import ConflictError, ForbiddenError, InvalidError, MissingError
from gristmill.model.passwords import MINIMUM_LENGTH, hash_password
from gristmill.model.tables import Person
from gristmill.model.workspace import ensure_workspace
from gristmill.settings import SettingError, Settings

DEFAULT_ADMINISTRATOR = "admin@localhost"
_EMAIL = re.compile(r"[^\s/\\@:\"'<>,;\x00-\x1f]{1,64}@[A-Za-z0-9.\-]{1,255}")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What an administrator says about a new person. The directories are None for the usual ones."""

    name: str
    email: str
    password: str
    is_admin: bool = False
    output_home_dir: str | None = None
    upload_dir: str | None = None


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """The account made at the first start; `password` is None where the settings gave it."""

    email: str
    password: str | None


def create_person(session: Session, caller: Caller, new: NewPerson) -> Person:
    """Add a person who may log in with a password.

    Raises ForbiddenError for people who are no administrators, InvalidError for a bad address, password or directory,
    ConflictError for an address that is taken.
    """
    if not caller.is_admin:
        raise ForbiddenError("only administrators may create people")
    _check(new)
    if with_email(session, new.email) is not None:
        raise ConflictError(f"a person with the email {new.email!r} exists already")
    person = Person(
        email=new.email,
        email_key=new.email.casefold(),
        name=new.name,
        password_hash=hash_password(new.password),
        is_admin=new.is_admin,
        output_home_dir=new.output_home_dir,
        upload_dir=new.upload_dir,
        **made_by(caller),
    )
    session.add(person)
    session.flush()
    return person


def with_email(session: Session, email: str) -> Person | None:
    """The person of that address in any case, deleted ones left out."""
    return session.scalars(
        select(Person).where(Person.email_key == email.casefold(), Person.deleted_at.is_(None))
    ).first()


def readable_person(session: Session, caller: Caller, id: int) -> Person:
    """A person: anybody for administrators, oneself for everyone else (api 3.2)."""
    if id != caller.person_id and not caller.is_admin:
        raise ForbiddenError(f"no right on person {id}")
    person = session.get(Person, id) if id < 2**63 else None
    if person is None:
        raise MissingError(f"person {id} not found")
    return person


def output_home(settings: Settings, person: Person) -> Path:
    """The folder of a person's results: `$GRISTMILL_HOME/data/trifacta/queryResults/<email>` unless changed."""
    return Path(person.output_home_dir) if person.output_home_dir else settings.results / person.email


def make_first_administrator(session: Session, settings: Settings) -> FirstAdministrator | None:
    """At the first start: an administrator from the settings, or `admin@localhost` with a password made up here.

    None when there are people already. Raises SettingError when `admin.email` or `admin.password` do not do.
    """
    if session.scalars(select(Person.id).limit(1)).first() is not None:
        return None
    ensure_workspace(session)
    password = settings.admin_password or secrets.token_urlsafe(15)
    email = settings.admin_email or DEFAULT_ADMINISTRATOR
    try:
        _check(NewPerson("Administrator", email, password))
    except InvalidError as error:
        raise SettingError(f"admin.{error.details}") from None
    session.add(
        Person(
            email=email,
            email_key=email.casefold(),
            name="Administrator",
            password_hash=hash_password(password),
            is_admin=True,
        )
    )
    return FirstAdministrator(email, None if settings.admin_password else password)


def as_caller(session: Session, person: Person) -> Caller:
    """`person` as the one who asks."""
    return Caller(person.id, person.email, person.is_admin, ensure_workspace(session).id)


def note_login(person: Person) -> None:
    """Remember when the person was here last."""
    person.last_login_at = now()


def _check(new: NewPerson) -> None:
    if not _EMAIL.fullmatch(new.email) or new.email.startswith("."):
        raise InvalidError(f"email: {new.email!r} is not a mail address")
    if len(new.password) < MINIMUM_LENGTH:
        raise InvalidError(f"password: at least {MINIMUM_LENGTH} characters are needed, got {len(new.password)}")
    for field, folder in (("outputHomeDir", new.output_home_dir), ("uploadDir", new.upload_dir)):
        if folder is not None and (not folder.startswith("/") or ".." in folder.split("/")):
            raise InvalidError(f"{field}: expected an absolute path without '..', got {folder!r}")

"""Who asks: `Authorization: Bearer <token>` or Basic with mail address and password (api 1.3)."""

from __future__ import annotations

import base64
import binascii
import threading
import time
from collections import deque

from sqlalchemy.orm import Session

from gristmill.api.errors import ApiError, too_many, unauthenticated
from gristmill.model.access import Caller
from gristmill.model.clock import now
from gristmill.model.database import Sessions
from gristmill.model.passwords import Verifier
from gristmill.model.people import as_caller, note_login, with_email
from gristmill.model.tables import AccessToken, Person
from gristmill.model.tokens import person_of_token, use_is_stale
from gristmill.model.workspace import switch
from gristmill.settings import Settings

FAILURES_PER_MINUTE = 10
MINUTE = 60.0
MAX_ADDRESSES = 10_000
_LOGIN_NOTED_EVERY = 60_000


class Throttle:
    """Counts failed logins: ten in a minute from one address, and it has to wait (platform 11.6)."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def refuse(self, address: str) -> None:
        """Raises ApiError 429 when `address` has failed too often."""
        with self._lock:
            failures = self._recent(address)
            if len(failures) >= FAILURES_PER_MINUTE:
                wait = max(1, round(failures[0] + MINUTE - time.monotonic()))
                raise too_many(f"too many failed logins, try again in {wait} seconds", wait)

    def count(self, address: str) -> None:
        """Note a failed login."""
        with self._lock:
            if len(self._failures) >= MAX_ADDRESSES:
                self._failures.clear()
            self._failures.setdefault(address, deque()).append(time.monotonic())

    def _recent(self, address: str) -> deque[float]:
        failures = self._failures.get(address, deque())
        while failures and failures[0] < time.monotonic() - MINUTE:
            failures.popleft()
        return failures


class Authenticator:
    """Turns the `Authorization` header into the caller."""

    def __init__(self, sessions: Sessions, settings: Settings) -> None:
        self._sessions = sessions
        self._settings = settings
        self._verifier = Verifier()
        self._throttle = Throttle()

    def caller(self, header: str | None, address: str) -> Caller:
        """Who asks. Raises ApiError 401 without good credentials, 403 where tokens are switched off, 429."""
        scheme, _, value = (header or "").strip().partition(" ")
        match scheme.lower():
            case "bearer":
                return self._by_token(value.strip())
            case "basic":
                return self._by_password(value.strip(), address)
            case "":
                raise unauthenticated()
            case _:
                raise unauthenticated("unknown kind of credentials, use Bearer or Basic")

    def _by_token(self, value: str) -> Caller:
        with self._sessions.read() as session:
            found = person_of_token(session, value)
            if isinstance(found, str):
                raise unauthenticated(found)
            person, token = found
            caller = _admit(session, person)
            if not switch(session, self._settings, caller.workspace_id, "apiAccessTokens.enabled"):
                raise ApiError(403, "AccessControlException", "Access denied", "access tokens are switched off")
        if use_is_stale(token):
            with self._sessions.write() as session:
                session.get_one(AccessToken, token.id).last_used_at = now()
        return caller

    def _by_password(self, value: str, address: str) -> Caller:
        self._throttle.refuse(address)
        email, password = _basic(value)
        with self._sessions.read() as session:
            person = with_email(session, email)
            if not self._verifier.verify(person.password_hash if person else None, password) or person is None:
                self._throttle.count(address)
                raise unauthenticated("invalid credentials")
            caller = _admit(session, person)
        if person.last_login_at is None or person.last_login_at < now() - _LOGIN_NOTED_EVERY:
            with self._sessions.write() as session:
                note_login(session.get_one(Person, person.id))
        return caller


def _admit(session: Session, person: Person) -> Caller:
    if person.is_disabled:
        raise unauthenticated("this person is disabled")
    return as_caller(session, person)


def _basic(value: str) -> tuple[str, str]:
    try:
        email, _, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise unauthenticated("invalid credentials") from None
    return email, password

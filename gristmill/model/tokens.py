"""Access tokens: `base64url({"tokenId", "secret"})`, of which only a hash is kept (api 3.1)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller
from gristmill.model.clock import SECOND, now
from gristmill.model.errors import ForbiddenError, InvalidError, MissingError
from gristmill.model.tables import AccessToken, Person
from gristmill.model.workspace import switch
from gristmill.settings import Settings

FOREVER = -1
_DAY = 86_400
_LONGEST = 10_000 * 365 * _DAY
_USE_NOTED_EVERY = 60 * SECOND


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; `value` is shown only now."""

    value: str
    token: AccessToken


def create_token(
    session: Session, settings: Settings, caller: Caller, lifetime_seconds: int, description: str | None
) -> NewToken:
    """Make a token for the caller; a lifetime of -1 never ends.

    Raises InvalidError for other lifetimes below 1 and for one above the workspace's limit, ForbiddenError where people
    may not create tokens.
    """
    _check_lifetime(session, settings, caller, lifetime_seconds)
    if not caller.is_admin and not switch(session, settings, caller.workspace_id, "apiAccessTokens.usersMayCreate"):
        raise ForbiddenError("only administrators may create access tokens")
    secret = secrets.token_hex(32)
    moment = now()
    token = AccessToken(
        id=str(uuid.uuid4()),
        person_id=caller.person_id,
        secret_hash=_hash(secret),
        description=description,
        created_at=moment,
        expired_at=None if lifetime_seconds == FOREVER else moment + lifetime_seconds * SECOND,
    )
    session.add(token)
    session.flush()
    document = json.dumps({"tokenId": token.id, "secret": secret}, separators=(",", ":"))
    return NewToken(base64.urlsafe_b64encode(document.encode()).decode().rstrip("="), token)


def tokens_of(session: Session, caller: Caller) -> list[AccessToken]:
    """The caller's tokens, newest first."""
    mine = select(AccessToken).where(AccessToken.person_id == caller.person_id, AccessToken.deleted_at.is_(None))
    return list(session.scalars(mine.order_by(AccessToken.created_at.desc(), AccessToken.id)))


def token_of(session: Session, caller: Caller, token_id: str) -> AccessToken:
    """One of the caller's tokens; administrators may name anybody's. Raises MissingError."""
    token = session.get(AccessToken, token_id)
    foreign = token is not None and token.person_id != caller.person_id and not caller.is_admin
    if token is None or foreign or token.deleted_at is not None:
        raise MissingError(f"access token {token_id!r} not found")
    return token


def delete_token(session: Session, caller: Caller, token_id: str) -> None:
    """Revoke a token; it stops working at once."""
    token_of(session, caller, token_id).deleted_at = now()


def person_of_token(session: Session, value: str) -> tuple[Person, AccessToken] | str:
    """Whose token this is, or the reason why it is refused: `invalid credentials`, `token expired`."""
    identity = _read(value)
    token = session.get(AccessToken, identity[0]) if identity else None
    if token is None or identity is None or not hmac.compare_digest(token.secret_hash, _hash(identity[1])):
        return "invalid credentials"
    if token.deleted_at is not None or token.person.deleted_at is not None:
        return "invalid credentials"
    if token.expired_at is not None and token.expired_at <= now():
        return "token expired"
    return token.person, token


def use_is_stale(token: AccessToken) -> bool:
    """Whether `lastUsed` should be written again; once a minute is enough."""
    return token.last_used_at is None or token.last_used_at < now() - _USE_NOTED_EVERY


def _check_lifetime(session: Session, settings: Settings, caller: Caller, seconds: int) -> None:
    if seconds != FOREVER and not 0 < seconds <= _LONGEST:
        raise InvalidError(f"lifetimeSeconds: expected -1 or 1 to {_LONGEST}, got {seconds}")
    days = switch(session, settings, caller.workspace_id, "apiAccessTokens.maxLifetimeDays")
    if days >= 0 and (seconds == FOREVER or seconds > days * _DAY):
        raise InvalidError(f"lifetimeSeconds: this workspace permits tokens of at most {days} days")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _read(value: str) -> tuple[str, str] | None:
    try:
        document = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
        token_id, secret = document["tokenId"], document["secret"]
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        return None
    return (token_id, secret) if isinstance(token_id, str) and isinstance(secret, str) else None

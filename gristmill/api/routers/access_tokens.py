"""`/v4/apiAccessTokens` (api 3.1)."""

from __future__ import annotations

from fastapi import Response

from gristmill.api.embedding import Json
from gristmill.api.inputs import V4Body
from gristmill.api.resources.people import token_view
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.model import tokens

router = v4_router("apiAccessTokens")


class NewToken(V4Body):
    """`lifetimeSeconds` -1 means: never expires."""

    lifetime_seconds: int
    description: str | None = None


@router.post("", status_code=201)
def create_token(body: NewToken, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Make an access token for yourself. Its value is shown only in this answer."""
    with db.write() as session:
        new = tokens.create_token(session, conf, user, body.lifetime_seconds, body.description)
        return {"tokenValue": new.value, "tokenInfo": token_view(new.token)}


@router.get("")
def list_tokens(user: CurrentUser, db: Db) -> Json:
    """Your access tokens, newest first."""
    with db.read() as session:
        found = [token_view(token) for token in tokens.tokens_of(session, user)]
        return {"data": found, "count": len(found)}


@router.get("/{token_id}")
def get_token(token_id: str, user: CurrentUser, db: Db) -> Json:
    """One of your access tokens, without its value."""
    with db.read() as session:
        return token_view(tokens.token_of(session, user, token_id))


@router.delete("/{token_id}", status_code=204, response_class=Response)
def delete_token(token_id: str, user: CurrentUser, db: Db) -> None:
    """Revoke an access token at once and for good."""
    with db.write() as session:
        tokens.delete_token(session, user, token_id)

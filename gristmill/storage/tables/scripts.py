"""SQL scripts: statements that people wrote, in their order, in one transaction where there is one (api 3.11)."""

from __future__ import annotations

from typing import Any

from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import TokenError

from gristmill.problems import run_error
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.publishing import Talk
from gristmill.storage.tables.session import connect

Json = dict[str, Any]


def work(task: Json, talk: Talk) -> Json:
    """What an engine process does with `{"login", "script"}`; answers `{"statements": n}`.

    Raises RunError when a statement fails: then none of them counts where the database has transactions.
    """
    login = Login.from_json(task["login"])
    statements = split(task["script"], login.kind.dialect)
    session = connect(login)
    try:
        session.script(statements)
        talk.ask({"statements": len(statements)})
        session.commit()
    finally:
        session.close()
    return {"statements": len(statements)}


def split(script: str, dialect: str) -> list[str]:
    """The statements of a script: parted by `;` outside of quotes and comments (platform 2.2).

    Raises RunError for a quote or comment that is not closed.
    """
    try:
        tokens = Dialect.get_or_raise(dialect).tokenize(script)
    except TokenError:
        raise run_error("the script cannot be read: a quote or comment is not closed") from None
    ends = [token.start for token in tokens if token.token_type.name == "SEMICOLON"]
    pieces = (script[start:end] for start, end in zip([0, *(at + 1 for at in ends)], [*ends, len(script)], strict=True))
    return [piece.strip() for piece in pieces if _is_statement(piece, dialect)]


def _is_statement(piece: str, dialect: str) -> bool:
    """Whether a piece holds more than blanks and comments."""
    return bool(Dialect.get_or_raise(dialect).tokenize(piece))

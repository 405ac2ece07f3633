"""What is needed to reach a database: address, credentials, time limits. It crosses the pipe to engine processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gristmill.storage.tables.vendor import Vendor
from gristmill.storage.tables.vendors import vendor_named

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Login:
    """One connection with its credentials in plain text: it is never stored or logged.

    `file` is the real path of a database that is a file. `label` names the session in the database, so that others can
    find and end it. `secrets` are the credentials as the client gave them, by wire names. Times are
    in seconds; `statement_seconds` 0 is no limit.
    """

    vendor: str
    host: str | None = None
    port: int | None = None
    database: str | None = None
    file: str | None = None
    ssl: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Any] = field(default_factory=dict)
    label: str = "gristmill"
    connect_seconds: int = 10
    lock_seconds: int = 60
    statement_seconds: int = 0
    read_only: bool = False

    @property
    def kind(self) -> Vendor:
        """The vendor's declaration."""
        return vendor_named(self.vendor)

    @property
    def user(self) -> str | None:
        return _text(self.secrets.get("username") or self.secrets.get("user"))

    @property
    def password(self) -> str | None:
        return _text(self.secrets.get("password"))

    def as_json(self) -> Json:
        """Plain values; `from_json` reads them back."""
        return {**asdict(self), "params": dict(self.params), "secrets": dict(self.secrets)}

    @classmethod
    def from_json(cls, document: Json) -> Login:
        return cls(**document)

    def hidden(self, text: str) -> str:
        """`text` without any of the secrets."""
        for secret in _texts(self.secrets, leave_out=("username", "user")):
            text = text.replace(secret, "…")
        return text


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _texts(secrets: Mapping[str, Any], leave_out: tuple[str, ...]) -> list[str]:
    found = [str(value) for key, value in secrets.items() if key not in leave_out and value not in (None, "", True)]
    return sorted(found, key=len, reverse=True)

"""Secrets at rest: what people entrust to us is encrypted with the server's key before it is stored."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from gristmill.settings import Settings

KEY_FILE = "secret.key"


class SecretError(Exception):
    """A stored secret cannot be read: it was encrypted with another key."""


def encrypt(settings: Settings, value: object) -> str:
    """`value` (plain JSON values) as text that only the holder of the server's key can read."""
    return _cipher(settings).encrypt(json.dumps(value).encode()).decode()


def decrypt(settings: Settings, text: str) -> Any:
    """The reverse of `encrypt`. Raises SecretError when the key is another one than it was then."""
    try:
        return json.loads(_cipher(settings).decrypt(text.encode()))
    except InvalidToken:
        raise SecretError("a stored secret cannot be read with this server's secret.key: enter it again") from None


def _cipher(settings: Settings) -> Fernet:
    return _cipher_of(settings.secret_key or _key_of(settings.home))


@lru_cache(maxsize=4)
def _cipher_of(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))


def _key_of(home: Path) -> str:
    """The key in `secret.key`, readable by its owner only; it is made when it is needed first."""
    path = home / KEY_FILE
    with suppress(FileNotFoundError):
        return path.read_text(encoding="ascii").strip()
    home.mkdir(parents=True, exist_ok=True)
    partial = home / f".{KEY_FILE}-{os.urandom(8).hex()}"
    partial.touch(mode=0o600)
    partial.write_text(Fernet.generate_key().decode(), encoding="ascii")
    with suppress(FileExistsError):  # another process was faster: its key holds
        os.link(partial, path)
    partial.unlink()
    return path.read_text(encoding="ascii").strip()

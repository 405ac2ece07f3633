"""Passwords: argon2id, checked once per minute at most for clients that send them with every request."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 12
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_hex(16))
_REMEMBERED_SECONDS = 60.0
_REMEMBERED = 1000


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _HASHER.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether `password` fits; as slow for an unknown person (None) as for a known one."""
    try:
        return _HASHER.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


class Verifier:
    """Verifies passwords and remembers good ones for a minute: Basic authentication sends them with every request."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._good: OrderedDict[bytes, float] = OrderedDict()
        self._lock = threading.Lock()

    def verify(self, password_hash: str | None, password: str) -> bool:
        mark = hmac.digest(self._key, f"{password_hash}\0{password}".encode(), hashlib.sha256)
        if self._remembered(mark):
            return True
        if not verify(password_hash, password):
            return False
        with self._lock:
            self._good[mark] = time.monotonic() + _REMEMBERED_SECONDS
            while len(self._good) > _REMEMBERED:
                self._good.popitem(last=False)
        return True

    def _remembered(self, mark: bytes) -> bool:
        with self._lock:
            return self._good.get(mark, 0.0) > time.monotonic()

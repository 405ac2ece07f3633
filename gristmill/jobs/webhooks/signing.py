"""How a receiver knows that a message is ours: two families of headers over the same bytes (platform 5.5)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from gristmill.model.clock import SECOND

KEY_PREFIX = "whsec_"


def signature_headers(secret: str | None, message_id: str, moment: int, body: bytes) -> dict[str, str]:
    """The headers that name one attempt to send a message and, with a secret, sign it.

    `moment` is the time of the attempt in milliseconds; an absent body counts as no bytes.
    """
    seconds = str(moment // SECOND)
    names = {"webhook-id": message_id, "webhook-timestamp": seconds}
    if not secret:
        return names
    product = _digest(secret.encode(), f"{moment}.".encode() + body).hex()
    standard = _digest(_standard_key(secret), f"{message_id}.{seconds}.".encode() + body)
    return {
        **names,
        "X-Webhook-Signature": f"t={moment},sha256={product}",
        "webhook-signature": f"v1,{base64.b64encode(standard).decode()}",
    }


def _digest(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()


def _standard_key(secret: str) -> bytes:
    if not secret.startswith(KEY_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(KEY_PREFIX), validate=True)
    except (binascii.Error, ValueError):  # it only looks like a key of that standard
        return secret.encode()

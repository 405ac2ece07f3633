"""Trying a webhook out before a run depends on it (platform 5.2)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from gristmill.jobs.webhooks.courier import attempt
from gristmill.jobs.webhooks.deliveries import Parcel
from gristmill.settings import Settings

Json = dict[str, Any]
FACTS = {"jobId": "0", "jobStatus": "Complete"}
NO_ANSWER = 500


def try_out(settings: Settings, webhook: Json) -> Json:
    """Send a resolved webhook once: `{"statusCode": 200}`, with `error` when it did not arrive."""
    request = {"webhook": webhook, "facts": FACTS}
    parcel = Parcel(0, 0, f"msg_{uuid4().hex}", 1, "", request, None)
    reply = attempt(settings, parcel)
    if reply.error is None:
        return {"statusCode": reply.status_code}
    error = {"name": "WebhookFailed", "message": reply.error}
    return {"statusCode": reply.status_code or NO_ANSWER, "error": error}

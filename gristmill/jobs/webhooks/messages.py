"""From a webhook and the facts of a run to the request that is sent: tokens, headers, body (platform 5.3, 5.4)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from gristmill import __version__
from gristmill.jobs.webhooks.signing import signature_headers

Json = dict[str, Any]
Facts = Mapping[str, str]
BODILESS = ("GET", "DELETE")
# who speaks to whom, and where a body ends, is not for users to say
RESERVED = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade", "expect"}
)
_TOKEN = re.compile(r"\$([A-Za-z0-9_]+)")
_LINE_ENDS = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class Message:
    """A request, ready to be sent; `body` is None for GET and DELETE."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None


def make_message(webhook: Json, facts: Facts, secret: str | None, message_id: str, moment: int) -> Message:
    """One attempt to send a resolved webhook at `moment` (milliseconds); `facts` are the tokens' values by name."""
    method = webhook["method"].upper()
    body, media = _body(webhook["body"], facts) if method not in BODILESS else (None, None)
    url = replace_tokens(webhook["url"], facts, lambda value: quote(value, safe=""))
    headers = {"User-Agent": f"Gristmill-Webhook/{__version__}", "Accept": "*/*"}
    headers |= {"Content-Type": media} if media else {}
    headers |= _login(url)
    headers = _over(headers, _own_headers(webhook.get("headers") or {}, facts))
    headers = _over(headers, signature_headers(secret, message_id, moment, body or b""))
    return Message(method, url, headers, body)


def replace_tokens(text: str, facts: Facts, escape: Callable[[str], str]) -> str:
    """`text` with every `$name` that is known replaced by its escaped value; other words stay as they are."""
    return _TOKEN.sub(lambda found: escape(facts[found[1]]) if found[1] in facts else found[0], text)


def _body(text: str | None, facts: Facts) -> tuple[bytes, str | None]:
    """The bytes of a body and its media type: that of JSON where it is JSON with JSON-escaped values."""
    if not text:
        return b"", None
    escaped = replace_tokens(text, facts, lambda value: json.dumps(value, ensure_ascii=False)[1:-1])
    try:
        json.loads(escaped)
    except (ValueError, RecursionError):
        return replace_tokens(text, facts, str).encode(), "text/plain; charset=utf-8"
    return escaped.encode(), "application/json"


def _own_headers(headers: Mapping[str, str], facts: Facts) -> dict[str, str]:
    return {
        name: _LINE_ENDS.sub("", replace_tokens(value, facts, str)).strip()
        for name, value in headers.items()
        if name.lower() not in RESERVED
    }


def _login(url: str) -> dict[str, str]:
    """`http://user:password@host` logs in."""
    try:
        place = httpx.URL(url)
    except httpx.InvalidURL:
        return {}
    login = base64.b64encode(f"{place.username}:{place.password}".encode()).decode()
    return {"Authorization": f"Basic {login}"} if place.userinfo else {}


def _over(below: Mapping[str, str], above: Mapping[str, str]) -> dict[str, str]:
    """Both, without those of `below` that `above` names, in whatever case."""
    names = {name.lower() for name in above}
    return {**{name: value for name, value in below.items() if name.lower() not in names}, **above}

"""Sending one message: to the checked address, within the time limit, without following anybody (platform 5.1)."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from gristmill.jobs.webhooks.guard import RefusedError, permitted_addresses
from gristmill.jobs.webhooks.messages import Message
from gristmill.model.clock import now
from gristmill.settings import Settings

KEPT_BYTES = 1024
PIECE_BYTES = 16 << 10
_FAILURES = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpx.InvalidURL, OSError)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of an attempt. `error` is None when the receiver has taken the message (200 to 299).

    `at` is when the attempt began, `answer` the beginning of what the receiver said.
    """

    at: int
    milliseconds: int
    status_code: int | None = None
    answer: str | None = None
    error: str | None = None


def send(settings: Settings, message: Message, verify: bool) -> Reply:
    """Send a message; `verify` tells whether the receiver's certificate has to be right. Never raises."""
    at, start = now(), time.monotonic()
    limit = settings.webhooks_timeout_seconds
    try:
        code, answer = _exchange(settings, message, verify, start + limit)
        error = _complaint(code)
    except RefusedError as refusal:
        code, answer, error = None, None, str(refusal)
    except httpcore.TimeoutException:
        code, answer, error = None, None, f"no answer within {limit:g} seconds"
    except _FAILURES as failure:
        code, answer, error = None, None, f"cannot be sent: {failure or type(failure).__name__}"
    return Reply(at, round((time.monotonic() - start) * 1000), code, answer, error)


def _complaint(code: int) -> str | None:
    if 200 <= code < 300:
        return None
    return f"answered {code}" + (": redirects are not followed" if 300 <= code < 400 else "")


def _exchange(settings: Settings, message: Message, verify: bool, deadline: float) -> tuple[int, str]:
    url = httpx.URL(message.url)
    line = _Line(permitted_addresses(settings, url), deadline)
    context = _tls(verify, settings.webhooks_ca_bundle)
    headers = [(b"Host", url.netloc)]
    headers += [(name.encode("ascii"), value.encode()) for name, value in message.headers.items()]
    with httpcore.ConnectionPool(ssl_context=context, network_backend=line) as pool:
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        with pool.stream(message.method, target, headers=headers, content=message.body) as response:
            return response.status, _beginning(response.iter_stream())


def _beginning(pieces: Iterable[bytes]) -> str:
    kept = b""
    for piece in pieces:
        kept += piece[:KEPT_BYTES]
        if len(kept) >= KEPT_BYTES:
            break
    return kept[:KEPT_BYTES].decode("utf-8", "replace").replace("\0", "\ufffd")  # PostgreSQL takes no NUL


@lru_cache(maxsize=4)
def _tls(verify: bool, ca_bundle: str) -> ssl.SSLContext:
    context = httpx.create_ssl_context(verify=verify, trust_env=False)
    if verify and ca_bundle:
        context.load_verify_locations(cafile=ca_bundle)
    return context


class _Line(httpcore.NetworkBackend):
    """Connects to the given addresses whatever the host is called; TLS and the Host header keep the name."""

    def __init__(self, addresses: tuple[str, ...], deadline: float) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"no address for {host}")
        for address in self._addresses:
            try:
                return _Stream(self._network.connect_tcp(address, port, _left(self._deadline)), self._deadline)
            except httpcore.ConnectError as error:
                failure = error
        raise failure


class _Stream(httpcore.NetworkStream):
    """A connection on which everything together has to end by the deadline, however slowly the other side speaks."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE_BYTES):
            self._stream.write(buffer[start : start + PIECE_BYTES], _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout("too late")
    return seconds

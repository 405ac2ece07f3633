"""Where webhooks may not go: to this machine and to what only it can reach (platform 5.1).

The decision is made about addresses after the name was resolved, and the caller connects to these very addresses.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from contextlib import suppress

import httpx
import re2

from gristmill.problems import quoted
from gristmill.settings import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
SCHEMES = ("http", "https")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOW_32_BITS = (1 << 32) - 1
_HINT = "an administrator can allow it with webhooks.allowedHosts"


class RefusedError(Exception):
    """A message may not go, or cannot be brought, to where its URL leads."""


def permitted_addresses(settings: Settings, url: httpx.URL) -> tuple[str, ...]:
    """The addresses of the URL's host, all of which webhooks may connect to.

    Raises RefusedError for other schemes than http and https, unknown hosts, and as soon as one address is forbidden.
    """
    host = url.raw_host.decode("ascii").rstrip(".").lower()
    if url.scheme not in SCHEMES or not host:
        raise RefusedError("refused: expected a URL with http:// or https:// and a host")
    is_permitted = _is_permitted_url(settings, str(url))
    names, networks = _names_and_networks(settings.webhooks_allowed_hosts)
    addresses = _resolve(host, url.port or (443 if url.scheme == "https" else 80))
    if is_permitted or host in names:
        return tuple(map(str, addresses))
    if host in _own_names(settings):
        raise RefusedError(f"refused: {quoted(host)} is this server; {_HINT}")
    _, forbidden = _names_and_networks(settings.webhooks_forbidden_addresses)
    for address in addresses:
        if not _within(address, networks) and (_within(address, forbidden) or is_internal(address) or _is_own(address)):
            raise RefusedError(f"refused: {quoted(host)} leads to a loopback, private or internal address; {_HINT}")
    return tuple(map(str, addresses))


def is_internal(address: Address) -> bool:
    """Does an address belong to this machine, to a network of its own, or to nobody?"""
    inner = _embedded(address)
    if inner is not None:
        return is_internal(inner)
    is_site = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return not address.is_global or address.is_multicast or address.is_reserved or is_site


def _is_permitted_url(settings: Settings, url: str) -> bool:
    """Is it one of those that may be called wherever they lead? Raises RefusedError when only others may be called."""
    patterns = settings.webhooks_allowed_url_regexes
    if not patterns:
        return False
    try:
        found = any(re2.search(pattern, url) for pattern in patterns)
    except re2.error:
        raise RefusedError("refused: webhooks.allowedUrlRegexes holds an expression that cannot be read") from None
    if not found:
        raise RefusedError("refused: the URL is none of those that webhooks.allowedUrlRegexes allows")
    return True


def _resolve(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise RefusedError(f"host {quoted(host)} not found") from None
    # a zone (`%eth0`) belongs to link-local addresses only
    texts = dict.fromkeys(str(sockaddr[0]).partition("%")[0] for *_, sockaddr in found)
    return [_plain(ipaddress.ip_address(text)) for text in texts]


def _plain(address: Address) -> Address:
    """`::ffff:127.0.0.1` is 127.0.0.1."""
    return getattr(address, "ipv4_mapped", None) or address


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address is a way to: mapped, 6to4, NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & _LOW_32_BITS)
    return address.ipv4_mapped or address.sixtofour


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def _names_and_networks(items: Iterable[str]) -> tuple[set[str], list[Network]]:
    names: set[str] = set()
    networks: list[Network] = []
    for item in items:
        try:
            networks.append(ipaddress.ip_network(item.strip("[]"), strict=False))
        except ValueError:
            names.add(item.rstrip(".").lower())
    return names, networks


def _own_names(settings: Settings) -> set[str]:
    names = {"localhost", socket.gethostname().lower()}
    with suppress(httpx.InvalidURL):
        names.add(httpx.URL(settings.server_public_url).raw_host.decode("ascii").lower())
    return names


def _is_own(address: Address) -> bool:
    """Is it an address of one of this machine's own interfaces? Only those can be bound."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True

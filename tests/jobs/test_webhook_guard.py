"""Where webhooks may go."""

from __future__ import annotations

import ipaddress
import socket

import httpx
import pytest

from gristmill.jobs.webhooks.guard import RefusedError, is_internal, permitted_addresses
from gristmill.settings import Settings

PUBLIC = "93.184.216.34"
INTERNAL = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.2.1",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:4136:e378::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "2001:db8::1",
]


@pytest.fixture
def names(monkeypatch):
    """What names resolve to; numbers are read as usual."""
    known: dict[str, list[str]] = {"example.com": [PUBLIC]}
    numbers = socket.getaddrinfo

    def resolve(host, port, *args, **options):
        if host not in known:
            return numbers(host, port, *args, flags=socket.AI_NUMERICHOST, **options)
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in known[host]
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return known


def _permitted(url, **settings):
    return permitted_addresses(Settings(**settings), httpx.URL(url))


@pytest.mark.parametrize("address", INTERNAL)
def test_internal_addresses(address):
    assert is_internal(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_public_addresses(address):
    assert not is_internal(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", INTERNAL)
def test_nobody_is_sent_there_by_number_or_by_name(names, address):
    names["rebound.example.com"] = [PUBLIC, address]
    host = f"[{address}]" if ":" in address else address
    for url in (f"http://{host}/", f"https://{host}:8443/", "http://rebound.example.com/"):
        with pytest.raises(RefusedError, match="refused"):
            _permitted(url)


@pytest.mark.parametrize(
    "host", ["0", "127.1", "0x7f000001", "2130706433", "017700000001", "127.0.0.1.", "[::ffff:7f00:1]"]
)
def test_odd_spellings_of_loopback(names, host):
    with pytest.raises(RefusedError, match="refused"):
        _permitted(f"http://{host}/")


def test_own_names_and_addresses(names, monkeypatch):
    names |= {"gristmill.example.com": [PUBLIC], "this-machine": [PUBLIC], "localhost": [PUBLIC]}
    monkeypatch.setattr(socket, "gethostname", lambda: "This-Machine")
    public = "https://gristmill.example.com/"
    for host in ("gristmill.example.com", "this-machine", "localhost"):
        with pytest.raises(RefusedError, match="is this server"):
            _permitted(f"http://{host}/", server_public_url=public)
    monkeypatch.setattr("gristmill.jobs.webhooks.guard.is_internal", lambda address: False)
    with pytest.raises(RefusedError, match="leads to"):
        _permitted("http://127.0.0.1/")  # bound by this machine, whatever kind of address it is


def test_a_public_host_is_permitted_by_all_its_addresses(names):
    names["two.example.com"] = ["1.1.1.1", "2606:4700::1111"]
    assert _permitted("https://two.example.com/a") == ("1.1.1.1", "2606:4700::1111")


@pytest.mark.parametrize(
    ("allowed", "url", "is_allowed"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080/", True),
        ("127.0.0.0/8", "http://[::ffff:127.0.0.1]/", True),
        ("10.0.0.0/8", "http://crm.intern/", True),
        ("crm.intern", "http://CRM.intern./", True),
        ("crm.intern", "http://other.intern/", False),
        ("fd00::/8", "http://[fd12::1]/", True),
        ("10.9.0.0/16", "http://crm.intern/", False),
        ("intern", "http://crm.intern/", False),
    ],
)
def test_an_administrator_may_allow_hosts(names, allowed, url, is_allowed):
    names |= {name: ["10.0.0.5"] for name in ("crm.intern", "other.intern")}
    if is_allowed:
        assert _permitted(url, webhooks_allowed_hosts=(allowed,))
    else:
        with pytest.raises(RefusedError, match="leads to"):
            _permitted(url, webhooks_allowed_hosts=(allowed,))


def test_an_administrator_may_forbid_more(names):
    assert _permitted("http://example.com/") == (PUBLIC,)
    with pytest.raises(RefusedError, match="leads to"):
        _permitted("http://example.com/", webhooks_forbidden_addresses=("93.184.0.0/16",))


def test_allowed_urls_are_checked_first(names):
    only = {"webhooks_allowed_url_regexes": (r"^http:\/\/127\.0\.0\.1:3005\/v4.*$",)}
    assert _permitted("http://127.0.0.1:3005/v4/jobGroups", **only) == ("127.0.0.1",)
    for url in ("http://127.0.0.1:3005/other", "http://example.com/"):
        with pytest.raises(RefusedError, match="none of those"):
            _permitted(url, **only)
    with pytest.raises(RefusedError, match="cannot be read"):
        _permitted("http://example.com/", webhooks_allowed_url_regexes=("(",))


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "file:///etc/passwd", "gopher://example.com", "http:///x", "//example.com"]
)
def test_other_schemes_are_refused(names, url):
    with pytest.raises(RefusedError, match="expected a URL"):
        _permitted(url)


def test_an_unknown_host_is_said_to_be_unknown(names):
    with pytest.raises(RefusedError, match=r"host 'nowhere\.example\.com' not found"):
        _permitted("http://nowhere.example.com/")

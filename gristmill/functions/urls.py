"""Parts of URLs (functions-a 10), all by one reading: scheme, authority without user and port, labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from gristmill.functions.batch import rowwise
from gristmill.functions.declare import Function, hidden, scalar, string, text
from gristmill.functions.reading import full_match
from gristmill.plan.building import call, case
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.types.json_text import compact
from gristmill.types.logical import OBJECT, STRING

SCHEME = r"\A[A-Za-z][A-Za-z0-9+.\-]*://"
AUTHORITY = r"\A[^/?#]*"
WITHOUT_USER_AND_PORT = r"\A(?:.*@)?([^@:]*)(?::[0-9]*)?\z"
HOST_CHARACTERS = r"[\p{L}0-9._\-]+"


def _host(url: Expr) -> Expr:
    """Small expressions one after the other: a single large one is many times slower."""
    authority = call("regexp_extract", call("regexp_replace", url, SCHEME, ""), AUTHORITY)
    return Apply("valid_host", (call("regexp_extract", authority, WITHOUT_USER_AND_PORT, 1),), Form.TEXT)


VALID_HOST = hidden(
    "valid_host", takes=[text("host")], returns=STRING, doc="A host where its characters are those of one, else null.",
    tree=lambda host: case((full_match(host, HOST_CHARACTERS), host)),
)  # fmt: skip
URL_HOST = hidden(
    "url_host", takes=[text("url")], returns=STRING, doc="The host of a URL, null where there is none.",
    basis="functions-a 10", tree=_host,
)  # fmt: skip
HOST_PART = hidden(
    "host_part", takes=[text("host"), string("regex")], returns=STRING,
    doc="What a group finds in a host of two labels or more, else null.",
    tree=lambda host, regex: case((call("contains", host, "."), call("regexp_extract", host, regex, 1))),
)  # fmt: skip


def _url_function(name: str, doc: str, examples: dict[str, Any], part: Callable[[Expr], Expr]) -> Function:
    """An empty cell stays empty."""
    return scalar(
        name,
        takes=[text("url", "a URL, with or without scheme")],
        returns=STRING,
        doc=doc,
        basis="functions-a 10 [doc]",
        examples=examples,
        tree=lambda url: case((url.eq(""), ""), otherwise=part(url)),
        group="other",
    )


def _labels(regex: str) -> Callable[[Expr], Expr]:
    """Some labels of the host, by the group of a regular expression."""
    return lambda url: Apply("host_part", (Apply("url_host", (url,), Form.TEXT),), Form.TEXT, (regex,))


HOST = _url_function(
    "HOST", "The whole host of a URL.",
    {"HOST('http://www.example.com/products/')": "www.example.com", "HOST('http://me@1.2.3.4:80')": "1.2.3.4"},
    lambda url: Apply("url_host", (url,), Form.TEXT),
)  # fmt: skip
DOMAIN = _url_function(
    "DOMAIN", "The last label but one of a URL's host; suffixes of several labels are not known.",
    {"DOMAIN('http://www.example.com')": "example", "DOMAIN('www.bbc.co.uk')": "co", "DOMAIN('localhost')": None},
    _labels(r"([^.]*)\.[^.]*\z"),
)  # fmt: skip
SUFFIX = _url_function(
    "SUFFIX", "The last label of a URL's host.",
    {"SUFFIX('http://www.example.com')": "com", "SUFFIX('localhost')": None},
    _labels(r"\.([^.]*)\z"),
)  # fmt: skip
SUBDOMAIN = _url_function(
    "SUBDOMAIN", "The labels of a URL's host before the domain; empty if there are none.",
    {"SUBDOMAIN('http://www.exampl.e.com')": "www.exampl", "SUBDOMAIN('example.com')": ""},
    _labels(r"\A(.*)\.[^.]*\.[^.]*\z"),
)  # fmt: skip


@rowwise(Form.JSON)
def _query_parameters(url: str) -> str | None:
    _, mark, query = url.partition("#")[0].partition("?")
    if not mark:
        return None
    pairs = (piece.partition("=") for piece in query.split("&") if piece)
    return compact({unquote_plus(key): unquote_plus(value) for key, _, value in pairs})


QUERY_PARAMETERS = hidden(
    "query_parameters", takes=[text("url")], returns=OBJECT, doc="The parameters of the query string of any text.",
    batch=_query_parameters,
)  # fmt: skip
URLPARAMS = scalar(
    "URLPARAMS",
    takes=[text("url", "a URL, with or without scheme")],
    returns=OBJECT,
    doc="The parameters of a URL's query string as an Object; null where it has none.",
    basis="functions-a 10 [doc]",
    examples={
        "URLPARAMS('http://www.example.com?query=khakis&app=pants')": '{"query":"khakis","app":"pants"}',
        "URLPARAMS('http://www.example.com?q1=broken%20record')": '{"q1":"broken record"}',
        "URLPARAMS('http://www.example.com')": None,
    },
    tree=lambda url: case(
        (~Apply("url_host", (url,), Form.TEXT).is_null(), Apply("query_parameters", (url,), Form.JSON))
    ),
    group="other",
)

"""Texts read as values, and URLs, beyond the cases (functions-a 9, 10)."""

from __future__ import annotations

from collections.abc import Callable

Check = Callable[..., None]


def test_parsing(check: Check) -> None:
    check(
        {
            "PARSEBOOL(1)": "true",
            "PARSEBOOL(1 == 2)": "false",
            "PARSEBOOL(' oN ')": "true",
            "PARSEINT('1e3')": None,
            "PARSEINT('+5')": "5",
            "PARSEINT(6 / 2)": "3",
            "PARSEINT(7 / 2)": None,
            "PARSEINT('99999999999999999999')": None,
            "PARSEINT(true)": None,
            "PARSEINT(x)": None,
            "PARSEFLOAT(x)": "3",
            "PARSEFLOAT(3)": "3",
            "PARSEFLOAT('.5')": "0.5",
            "PARSEFLOAT('nan')": None,
            "PARSESTRING(x)": "3.0",
            "PARSESTRING(6 / 4)": "1.5",
            "PARSESTRING(NULL())": None,
            "PARSESTRING([1,2])": "[1,2]",
            "PARSEARRAY([1,2])": "[1,2]",
            "PARSEARRAY('{}')": None,
            "PARSEOBJECT([1,2])": None,
            "PARSEOBJECT('{\"a\": 1.0}')": '{"a":1}',
        },
        x="3.0",
    )


def test_hosts(check: Check) -> None:
    check(
        {
            "HOST('')": "",
            "HOST(NULL())": None,
            "HOST('https://user:pw@Shop.Example.com:8080/a?b#c')": "Shop.Example.com",
            "HOST('http:///path')": None,
            "HOST('http://a b.com')": None,
            "HOST('ftp://my_host.x-y.org#f')": "my_host.x-y.org",
            "HOST('a.com?x=http://b.com')": "a.com",
            "SUBDOMAIN('http://localhost')": None,
            "SUBDOMAIN('http://b.com')": "",
            "DOMAIN('http://1.2.3.4:80')": "3",
            "SUFFIX('')": "",
            "DOMAIN('http://?')": None,
        }
    )


def test_query_strings(check: Check) -> None:
    check(
        {
            "URLPARAMS('http://a.b/?x=1=2&&y')": '{"x":"1=2","y":""}',
            "URLPARAMS('a.b?n=%C3%A4%26&m=%zz')": '{"n":"ä&","m":"%zz"}',
            "URLPARAMS('a.b#?x=1')": None,
            "URLPARAMS('http:///?x=1')": None,
            "URLPARAMS('')": None,
        }
    )

"""IPv4 addresses as numbers and back (functions-a 10)."""

from __future__ import annotations

from functools import reduce

from gristmill.functions.declare import integer, scalar, text
from gristmill.functions.reading import full_match, trimmed
from gristmill.plan.building import call, case, cast, concat
from gristmill.plan.expressions import Expr, Form, Literal
from gristmill.types.logical import INTEGER, STRING

OCTET = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]?[0-9])"
ADDRESS = rf"{OCTET}(?:\.{OCTET}){{3}}"
LAST_ADDRESS = 2**32 - 1


def _number(ip: Expr) -> Expr:
    address = trimmed(ip)
    octets = [cast(call("split_part", address, ".", at), Form.INTEGER) for at in range(1, 5)]
    return case((full_match(address, ADDRESS), reduce(lambda high, low: high * 256 + low, octets)))


def _address(n: Expr) -> Expr:
    octets = [cast(cast(call("floor", n / Literal(float(256**at))), Form.INTEGER) % 256, Form.TEXT) for at in (3, 2, 1)]
    first, second, third = octets
    shown = concat(first, ".", second, ".", third, ".", cast(n % 256, Form.TEXT))
    return case(((n >= 0) & (n <= LAST_ADDRESS), shown))


IPTOINT = scalar(
    "IPTOINT",
    takes=[text("ip", "an IPv4 address")],
    returns=INTEGER,
    doc="An IPv4 address as a number; null for anything else.",
    basis="functions-a 10 [doc]",
    examples={"IPTOINT('1.2.3.4')": 16909060, "IPTOINT('192.0.0.1')": 3221225473, "IPTOINT('1.2.3')": None},
    tree=_number,
    group="other",
)
IPFROMINT = scalar(
    "IPFROMINT",
    takes=[integer("n", "a number from 0 to 4294967295")],
    returns=STRING,
    doc="The IPv4 address of a number; null beyond their range.",
    basis="functions-a 10 [doc]",
    examples={"IPFROMINT(16909060)": "1.2.3.4", "IPFROMINT('3221225473')": "192.0.0.1", "IPFROMINT(-1)": None},
    tree=_address,
    group="other",
)

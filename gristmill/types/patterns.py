"""The rule of each type that is a regular expression, for the whole trimmed text (types 5).

Engines put these very strings into their SQL, so they keep to what RE2, Java and Python read alike:
no look-around, no back-references, no flags.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gristmill.types.blanks import WHITE_SPACE
from gristmill.types.names import any_case, one_of

TRUE_WORDS = ("true", "t", "yes", "y", "on", "1")
FALSE_WORDS = ("false", "f", "no", "n", "off", "0")

STATES: Mapping[str, str] = MappingProxyType(
    {
        "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
        "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
        "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
        "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts",
        "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana",
        "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico",
        "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
        "OR": "Oregon", "PA": "Pennsylvania", "PR": "Puerto Rico", "RI": "Rhode Island", "SC": "South Carolina",
        "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
        "VI": "Virgin Islands", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    }
)  # fmt: skip

# top-level domains of addresses without scheme and without `www.`, besides all of two letters (types 5.12)
_KNOWN_DOMAINS = (
    "com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "name", "pro", "aero", "coop", "museum", "mobi",
    "travel", "jobs", "asia", "cat", "tel", "post", "app", "dev", "cloud", "online", "site", "store", "tech", "xyz",
    "blog", "shop", "club", "live", "news", "page", "agency", "arpa",
)  # fmt: skip

INTEGER = "[+-]?[0-9]+"
FLOAT = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"

_OCTET = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]?[0-9])"
_ADDRESS = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"


def _any_of(*alternatives: str) -> str:
    return "|".join(f"(?:{alternative})" for alternative in alternatives)


def _phone() -> str:
    area = "[2-9](?:[02-8][0-9]|1[02-9])"
    front = rf"(?:\+?1[- ]?)?(?:\({area}\)|{area})[- ]?[0-9]{{3}}"
    return _any_of(f"{front}[- ]?[0-9]{{4}}", f"{front}-[0-9]{{4}} ?(?:x|X|ext|EXT) ?[0-9]{{1,6}}")


def _email() -> str:
    atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
    return rf"{atom}(?:\.{atom})*@(?:{_LABEL}\.)+[A-Za-z]{{2,}}"


def _credit_card() -> str:
    four = "[0-9]{4}"
    sixteen = (
        "(?:4[0-9]{3}|5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720"
        "|6011|622[0-9]|64[4-9][0-9]|65[0-9]{2}|352[89]|35[3-8][0-9])"
    )
    fourteen = "(?:30[0-5][0-9]|36[0-9]{2}|38[0-9]{2})"
    layouts = []
    for gap in (" ", "-", ""):
        layouts.append(f"{sixteen}(?:{gap}{four}){{3}}")
        layouts.append(f"{fourteen}(?:{gap}{four}){{2}}{gap}[0-9]{{2}}")
    return _any_of(*layouts)


def _state() -> str:
    # by first letters: RE2 merges `[Kk][Ss]|[Kk][Yy]` into a class that also holds U+017F
    firsts = sorted({code[0] for code in STATES})
    seconds = {first: "".join(code[1] + code[1].lower() for code in STATES if code[0] == first) for first in firsts}
    codes = (f"{any_case(first)}[{seconds[first]}]" for first in firsts)
    return "|".join([*codes, one_of(STATES.values())])


def _url() -> str:
    solid = f"[^{WHITE_SPACE}]"
    top = "[A-Za-z]{2,}"
    named = rf"(?:{_LABEL}\.)+{top}"
    plain = _any_of(
        rf"{any_case('www')}\.(?:{_LABEL}\.)*{top}",
        rf"(?:{_LABEL}\.)+(?:[A-Za-z]{{2}}|{one_of(_KNOWN_DOMAINS)})",
        _ADDRESS,
    )
    with_scheme = f"[A-Za-z][A-Za-z0-9+.-]*://(?:[^{WHITE_SPACE}/?#@]+@)?(?:{_any_of(named, _ADDRESS)})"
    without = f"(?:[^{WHITE_SPACE}/?#@:]+@)?(?:{plain})"
    return f"(?:{_any_of(with_scheme, without)})(?::[0-9]{{1,5}})?(?:[/?#]{solid}*)?"


PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "Integer": INTEGER,
        "Float": FLOAT,
        "Bool": one_of((*TRUE_WORDS, *FALSE_WORDS)),
        "SSN": _any_of("[0-9]{3}-[0-9]{2}-[0-9]{4}", "[0-9]{3} [0-9]{2} [0-9]{4}", "[0-9]{9}"),
        "Phone": _phone(),
        "Emailaddress": _email(),
        "Creditcard": _credit_card(),
        "Gender": one_of(("m", "f", "male", "female")),
        "Zipcode": "[0-9]{5}(?:-[0-9]{4})?",
        "State": _state(),
        "Url": _url(),
        "Ipaddress": _ADDRESS,
        "Httpcodes": "10[0-2]|20[0-8]|30[0-8]|4[0-5][0-9]|50[0-9]",
    }
)
"""Type name → expression for the whole trimmed text.

Two types ask for more: an Integer must fit 64 bits, a Float must be finite as a double.
"""

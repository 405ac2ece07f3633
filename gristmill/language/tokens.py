"""The tokens of Trifacta patterns and what each stands for, in RE2 syntax (language 5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

SPACE_CLASS = r"\t\n\x0B\f\r \x{00A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}"
ANY = r"(?s:.)"

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?"
_STATES = (
    "Alabama", "Alaska", "Arizona", "Arkansas", "California", "Colorado", "Connecticut",
    "Delaware", "Florida", "Georgia", "Hawaii", "Idaho", "Illinois", "Indiana",
    "Iowa", "Kansas", "Kentucky", "Louisiana", "Maine", "Maryland", "Massachusetts",
    "Michigan", "Minnesota", "Mississippi", "Missouri", "Montana", "Nebraska", "Nevada",
    "New_Hampshire", "New_Jersey", "New_Mexico", "New_York", "North_Carolina", "North_Dakota", "Ohio",
    "Oklahoma", "Oregon", "Pennsylvania", "Rhode_Island", "South_Carolina", "South_Dakota", "Tennessee",
    "Texas", "Utah", "Vermont", "Virginia", "Washington", "West_Virginia", "Wisconsin",
    "Wyoming", "District_of_Columbia",
)  # fmt: skip
_STATE_CODES = (
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA",
    "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME", "MD",
    "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ",
    "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC",
    "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY",
    "DC",
)  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_DAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
_STREETS = (
    "Street", "St", "Avenue", "Ave", "Boulevard", "Blvd", "Road", "Rd", "Drive", "Dr",
    "Lane", "Ln", "Court", "Ct", "Place", "Pl", "Square", "Sq", "Way", "Parkway",
    "Pkwy", "Highway", "Hwy", "Terrace", "Circle", "Cir",
)  # fmt: skip
_UNITS = (
    "Apartment", "Apt", "Suite", "Ste", "Unit", "Room", "Rm", "Floor", "Fl", "Building",
    "Bldg", "#",
)  # fmt: skip


def _any_of(words: Iterable[str]) -> str:
    return "(?:" + "|".join(words) + ")"


TOKENS: Mapping[str, str] = MappingProxyType(
    {
        "any": ANY,
        "digit": "[0-9]",
        "alpha": "[A-Za-z_]",
        "upper": "[A-Z_]",
        "lower": "[a-z_]",
        "alpha-numeric": "[A-Za-z0-9]",
        "alphanum-underscore": "[A-Za-z0-9_]",
        "delim": rf"[:,|/\-.{SPACE_CLASS}]",
        "delim-ws": rf"(?:[{SPACE_CLASS}]*[:,|/\-.{SPACE_CLASS}][{SPACE_CLASS}]*)",
        "hex": "(?:[0-9A-Fa-f]+)",
        "at-username": "(?:@[A-Za-z0-9_]+)",
        "hashtag": "(?:#[A-Za-z0-9_]+)",
        "start": r"\A",
        "end": r"\z",
        "phone": r"(?:(?:\+?1[ .\-]?)?(?:\([0-9]{3}\) ?|[0-9]{3}[ .\-]?)[0-9]{3}[ .\-]?[0-9]{4})",
        "email": rf"(?:[A-Za-z0-9._%+'\-]+@(?:{_LABEL}\.)+[A-Za-z]{{2,}})",
        "url": (
            rf"(?:(?:[A-Za-z][A-Za-z0-9+.\-]*://)?(?:{_LABEL}\.)+[A-Za-z]{{2,}}(?::[0-9]{{1,5}})?"
            rf"(?:/[^{SPACE_CLASS}?#]*)?(?:\?[^{SPACE_CLASS}#]*)?(?:#[^{SPACE_CLASS}]*)?)"
        ),
        "ip-address": rf"(?:(?:{_OCTET}\.){{3}}{_OCTET})",
        "hex-ip-address": r"(?:0[xX][0-9A-Fa-f]{8}|0[xX][0-9A-Fa-f]{2}(?:\.0[xX][0-9A-Fa-f]{2}){3})",
        "bool": "(?i:true|false|yes|no|on|off|[tfyn10])",
        "street": rf"(?:[0-9]+[A-Za-z]? (?:[A-Za-z0-9.'\-]+ )+?{_any_of(_STREETS)}\b\.?)",
        "occupancy": rf"(?:{_any_of(_UNITS)}\.? ?[A-Za-z0-9\-]+)",
        "city": r"(?:[A-Z][A-Za-z.'\-]*(?: [A-Z][A-Za-z.'\-]*)*)",
        "state": _any_of(sorted((name.replace("_", " ") for name in _STATES), key=len, reverse=True)),
        "state-abbrev": _any_of(_STATE_CODES),
        "zip": "(?:[0-9]{5}(?:-[0-9]{4})?)",
        "month": _any_of(_MONTHS),
        "month-abbrev": _any_of([name[:3] for name in _MONTHS]),
        "dayofweek": _any_of(_DAYS),
        "dayofweek-abbrev": _any_of([name[:3] for name in _DAYS]),
        "time": "(?:(?:[01]?[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])",
        "period": "(?:[AaPp][Mm])",
        "a": "(?:[AaPp][Mm])",
        "utcoffset": r"(?:Z|[+\-](?:0[0-9]|1[0-4]):?[0-5][0-9])",
        "yyyy": "(?:(?:1[4-9]|2[0-5])[0-9]{2})",
        "yy": "(?:[0-9]{2})",
        "mm": "(?:0?[1-9]|1[0-2])",
        "dd": "(?:[0-2]?[0-9]|30|31)",
        "HH": "(?:[01][0-9]|2[0-3])",
        "H": "(?:[01]?[0-9]|2[0-3])",
        "hh": "(?:0[1-9]|1[0-2])",
        "h": "(?:0?[1-9]|1[0-2])",
        "MM": "(?:[0-5][0-9])",
        "SS": "(?:[0-5][0-9])",
        "sss": "(?:[0-9]{3})",
    }
)

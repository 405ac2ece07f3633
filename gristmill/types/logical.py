"""Logical types: the opinions about text that a column can have (types 1 and 2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from gristmill.problems import did_you_mean, quoted, recipe_error
from gristmill.types.custom import custom_type, declare, read_types
from gristmill.types.custom import declared as custom_types


class Family(Enum):
    """What a valid cell of a type is worth to functions and comparisons (wrangle-language 1.1)."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    ARRAY = "array"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class LogicalType:
    """A logical type; Datetime also has a category and a format in type notation (types 6.2).

    `name` is the string that recipes and packages use: `Float`, not `Decimal`.
    """

    name: str
    category: str | None = None
    format: str | None = None

    @property
    def family(self) -> Family:
        return _FAMILIES.get(self.name, Family.TEXT)

    def as_list(self) -> list[str]:
        """The form of packages and of function arguments: `["Datetime", "yy-mm-dd", "yyyy*mm*dd"]`."""
        return [part for part in (self.name, self.category, self.format) if part is not None]

    @classmethod
    def from_list(cls, parts: list[str]) -> LogicalType:
        """Read `as_list`; the name must be one of `type_named`."""
        return LogicalType(type_named(parts[0]).name, *parts[1:3])


STRING = LogicalType("String")
INTEGER = LogicalType("Integer")
DECIMAL = LogicalType("Float")
BOOLEAN = LogicalType("Bool")
DATETIME = LogicalType("Datetime")
ARRAY = LogicalType("Array")
OBJECT = LogicalType("Map")

SEMANTIC = tuple(
    LogicalType(name)
    for name in (
        "SSN", "Phone", "Emailaddress", "Creditcard", "Gender", "Zipcode", "State", "Url", "Ipaddress", "Httpcodes",
    )
)  # fmt: skip
ALL = (STRING, INTEGER, DECIMAL, BOOLEAN, DATETIME, ARRAY, OBJECT, *SEMANTIC)

_FAMILIES = {
    "Integer": Family.NUMBER,
    "Float": Family.NUMBER,
    "Bool": Family.BOOLEAN,
    "Datetime": Family.DATETIME,
    "Array": Family.ARRAY,
    "Map": Family.OBJECT,
}

_NAMES = {known.name.casefold(): known for known in ALL} | {
    # names of the menus and common synonyms, read but never written (types 2)
    "decimal": DECIMAL,
    "double": DECIMAL,
    "boolean": BOOLEAN,
    "object": OBJECT,
    "date": DATETIME,
    "time": DATETIME,
    "date/time": DATETIME,
    "social security number": LogicalType("SSN"),
    "phone number": LogicalType("Phone"),
    "email": LogicalType("Emailaddress"),
    "email address": LogicalType("Emailaddress"),
    "credit card": LogicalType("Creditcard"),
    "zip code": LogicalType("Zipcode"),
    "zip": LogicalType("Zipcode"),
    "ip address": LogicalType("Ipaddress"),
    "http code": LogicalType("Httpcodes"),
}


def type_named(name: str) -> LogicalType:
    """The type of that name, in any case, menu names too.

    Raises RecipeError `invalid value 'Intger' for type` for any other name (types 3).
    """
    known = _NAMES.get(name.strip().casefold())
    if known is not None:
        return known
    if (declared := custom_type(name)) is not None:
        return LogicalType(declared.name)
    raise recipe_error("bad-enum", f"invalid value {quoted(name)} for type", hint=did_you_mean(name, type_names()))


def type_names() -> list[str]:
    """The names of all types, declared ones last."""
    return [*(known.name for known in ALL), *(declared.name for declared in custom_types())]


def declare_types(folder: Path) -> None:
    """Make the types known that the files of a folder declare. Raises CustomTypeError, which names the file."""
    declare(read_types(folder, _NAMES))

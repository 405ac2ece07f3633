"""What clients send: bodies in camelCase with references in two spellings, ids as numbers or texts, list queries."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Annotated, Any, ClassVar, get_args

from fastapi import Depends, Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from gristmill.model.clock import read_iso
from gristmill.model.listing import DEFAULT_LIMIT, Listing
from gristmill.problems import quoted

MAX_NAME = 255
MAX_NUMBER = 2**63 - 1
_TRUE = ("true", "1", "yes")
_FALSE = ("false", "0", "no", "")
_SWITCHES: Mapping[object, bool] = {"true": True, 1: True, "false": False, 0: False}
_FILTER_TYPES = "(?i)^(fuzzy|contains|exact|exactIgnoreCase)$"


def read_id(value: object) -> int:
    """An id as a number, also written `5.0`, or a text of digits (api 1.5). Raises ValueError."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 100:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"expected a whole number as id, got {quoted(value)}")
    return value


def read_moment(value: object) -> int:
    """Milliseconds of an ISO 8601 text. Raises ValueError."""
    try:
        return read_iso(value) if isinstance(value, str) else _bad_date(value)
    except (ValueError, OverflowError):
        return _bad_date(value)


def read_flag(value: object) -> bool:
    """A boolean of a query, in any case: `true`, `False`, `1` (api 1.6). Raises ValueError."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text not in (*_TRUE, *_FALSE):
        raise ValueError(f"expected true or false, got {quoted(value)}")
    return text in _TRUE


def _bad_date(value: object) -> int:
    raise ValueError(f"expected a date such as 2026-01-31T00:00:00.000Z, got {quoted(value)}")


def _read_number(value: object) -> int:
    if not isinstance(value, str) or not value.strip().isdigit() or not value.isascii() or len(value) > 100:
        raise ValueError(f"expected a whole number, got {quoted(value)}")
    return min(int(value), MAX_NUMBER)


Id = Annotated[int, BeforeValidator(read_id, json_schema_input_type=int | str)]
PathId = Annotated[Id, Path(description="id of the object")]
Moment = Annotated[int, BeforeValidator(read_moment, json_schema_input_type=str)]
Flag = Annotated[bool, BeforeValidator(read_flag, json_schema_input_type=bool)]
Number = Annotated[int, BeforeValidator(_read_number, json_schema_input_type=int)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
Text = str


class V4Body(BaseModel):
    """A JSON object of a request.

    Names are matched in any case; unknown ones are ignored (api 1.2). Switches may be written `"true"` and `1`, as
    clients write them that read their settings from files. A subclass lists its references in REFERENCES:
    `{"flow": "flowId"}` reads `"flow": {"id": 5}` as `"flowId": 5`.
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", strict=True)
    REFERENCES: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _read_names(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise ValueError("expected an object")
        check_characters(data)
        return _references(_switched(_spelling(data, cls._names()), cls), cls.REFERENCES)

    @classmethod
    def _names(cls) -> list[str]:
        fields = [info.alias or name for name, info in cls.model_fields.items()]
        return [*fields, *cls.REFERENCES]

    def given(self, *leave_out: str) -> dict[str, Any]:
        """The properties that the client has sent, by column names."""
        return self.model_dump(exclude_unset=True, exclude=set(leave_out))


def check_characters(data: object) -> None:
    """Raises ValueError for what no database takes: NUL, lone surrogates, NaN, numbers beyond 64 bits."""
    for value in _scalars(data):
        if isinstance(value, str):
            if "\0" in value:
                raise ValueError("a text holds a NUL character")
            if any("\ud800" <= character <= "\udfff" for character in value):
                raise ValueError("a text holds half of a surrogate pair")
        elif isinstance(value, float) and not math.isfinite(value):
            raise ValueError("a number is not finite")


def _scalars(data: object) -> Iterator[object]:
    stack = [data]
    while stack:
        value = stack.pop()
        if isinstance(value, Mapping):
            stack.extend(value.keys())
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
        else:
            yield value


def _spelling(data: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    by_folded = {name.casefold(): name for name in names}
    found: dict[str, Any] = {}
    for key, value in data.items():
        name = by_folded.get(key.casefold(), key)
        if name == key or name not in data:
            found[name] = value
    return found


def _references(data: dict[str, Any], references: Mapping[str, str]) -> dict[str, Any]:
    for nested, flat in references.items():
        value = data.get(nested)
        if value is None:
            continue
        if not isinstance(value, Mapping) or "id" not in value:
            raise ValueError(f'{nested}: expected an object such as {{"id": 5}}')
        data[flat] = value["id"]
    return data


def _switched(data: dict[str, Any], body: type[V4Body]) -> dict[str, Any]:
    for name in _switches(body) & data.keys():
        value = data[name]
        key = value.lower() if isinstance(value, str) else value
        if not isinstance(key, (list, dict, bool)):
            data[name] = _SWITCHES.get(key, value)
    return data


@cache
def _switches(body: type[V4Body]) -> frozenset[str]:
    kinds = {info.alias or name: info.annotation for name, info in body.model_fields.items()}
    return frozenset(name for name, kind in kinds.items() if set(get_args(kind) or [kind]) - {NoneType} == {bool})


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """The query of an item: what to embed, which fields, and whether deleted ones are shown."""

    embed: str
    fields: tuple[str, ...]
    include_deleted: bool


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The query of a list (api 1.6)."""

    listing: Listing
    embed: str
    fields: tuple[str, ...]


def _item_query(
    embed: Annotated[list[str] | None, Query(description="associations to embed, `a,b.c`")] = None,
    fields: Annotated[str, Query(description="only these fields, separated by `;`")] = "",
    include_deleted: Annotated[Flag, Query(alias="includeDeleted", description="deleted objects too")] = False,
) -> ItemQuery:
    return ItemQuery(",".join(embed or ()), _split(fields, ";"), include_deleted)


def _list_query(
    item: Annotated[ItemQuery, Depends(_item_query)],
    limit: Annotated[Number, Query(description="page size")] = DEFAULT_LIMIT,
    offset: Annotated[Number, Query(description="items to skip")] = 0,
    no_limit: Annotated[Flag, Query(alias="noLimit", description="no page limit")] = False,
    sort: Annotated[str, Query(description="fields, `-` before descending ones")] = "",
    filter: Annotated[str, Query(description="text to look for")] = "",
    filter_fields: Annotated[str, Query(alias="filterFields", description="where to look for it")] = "name",
    filter_type: Annotated[str, Query(alias="filterType", pattern=_FILTER_TYPES)] = "fuzzy",
) -> ListQuery:
    listing = Listing(
        limit=None if no_limit else limit,
        offset=offset,
        sort=_split(sort, ","),
        filter=filter,
        filter_fields=_split(filter_fields, ",") or ("name",),
        exact=filter_type.lower().startswith("exact"),
        any_case=filter_type.lower() == "exactignorecase",
        include_deleted=item.include_deleted,
    )
    return ListQuery(listing, item.embed, item.fields)


def _split(text: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator) if part.strip())


Item = Annotated[ItemQuery, Depends(_item_query)]
List = Annotated[ListQuery, Depends(_list_query)]

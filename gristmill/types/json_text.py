"""Array and Object texts: strict JSON in (types 5.15, 5.16), compact JSON out (language 4.9)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from gristmill.types.blanks import trim
from gristmill.types.numbers import print_boolean, print_number, read_number

MAX_DEPTH = 200
"""Brackets within brackets that are read; deeper texts count as no JSON, on every engine and stack alike."""


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number as it was spelled."""

    spelling: str

    @property
    def value(self) -> int | float | None:
        """Its value (language 4.3); None beyond the range of a double."""
        return read_number(self.spelling)


Json: TypeAlias = "bool | int | float | str | Number | list[Json] | dict[str, Json] | None"


class _NotJsonError(ValueError):
    """The text is JSON for lenient readers only."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    pairs: list[tuple[str, Any]]

    def items(self) -> list[tuple[str, Any]]:
        return self.pairs


def parse_json(text: str) -> Json:
    """The value of a JSON text; numbers are `Number`, objects keep their order.

    Raises ValueError where the text is not JSON by RFC 8259, an object at any level has a key twice,
    or brackets nest deeper than MAX_DEPTH. NaN, Infinity and halves of surrogate pairs are not JSON.
    """
    value: Json = _decode(text, _strict)
    return value


def read_array(text: str) -> list[Json] | None:
    """The elements of a valid Array text, else None."""
    value = _read(text, "[")
    return value if isinstance(value, list) else None


def read_object(text: str) -> dict[str, Json] | None:
    """The keys and values of a valid Object text, else None."""
    value = _read(text, "{")
    return value if isinstance(value, dict) else None


def read_pairs(text: str) -> list[tuple[str, Json]] | None:
    """The keys and values of an object text whose own keys may repeat (FILTEROBJECT), else None."""
    try:
        value = _decode(text, _repeating)
        return [(key, _unique(item)) for key, item in value.items()] if isinstance(value, _Pairs) else None
    except ValueError:
        return None


def is_array(text: str) -> bool:
    """Whether the text is a valid Array."""
    return read_array(text) is not None


def is_object(text: str) -> bool:
    """Whether the text is a valid Object."""
    return read_object(text) is not None


def compact(value: Json | Sequence[Any] | Mapping[str, Any]) -> str:
    """Compact JSON: no blanks, characters as they are, numbers as computed ones print, keys in their order.

    A number that no double holds prints as `null`.
    """
    if isinstance(value, Number):
        value = value.value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return print_boolean(value)
    if isinstance(value, int | float):
        return print_number(value)
    if isinstance(value, str):
        return _encode(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_encode(key)}:{compact(item)}" for key, item in value.items()) + "}"
    return "[" + ",".join(map(compact, value)) + "]"


_encode = json.JSONEncoder(ensure_ascii=False).encode
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_PERHAPS_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def _read(text: str, bracket: str) -> Json:
    # most cells are no JSON at all: look at the first character before parsing
    if not trim(text).startswith(bracket):
        return None
    try:
        return parse_json(text)
    except ValueError:
        return None


def _decode(text: str, decoder: json.JSONDecoder) -> Any:
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise _NotJsonError(f"more than {MAX_DEPTH} levels")
    try:
        value = decoder.decode(text)
    except RecursionError as error:
        raise _NotJsonError("too many levels") from error
    if _PERHAPS_SURROGATE.search(text) and any(map(_SURROGATE.search, _texts(value))):
        raise _NotJsonError("half of a surrogate pair")
    return value


def _depth(text: str) -> int:
    depth = deepest = 0
    for char in _STRING.sub("", text):
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict | _Pairs):
        for key, item in value.items():
            yield key
            yield from _texts(item)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        raise _NotJsonError("an object has a key twice")
    return unique


def _unique(value: Any) -> Any:
    if isinstance(value, list):
        return [_unique(item) for item in value]
    if isinstance(value, _Pairs):
        return _object([(key, _unique(item)) for key, item in value.items()])
    return value


def _no_constant(name: str) -> Any:
    raise _NotJsonError(f"{name} is not JSON")


def _decoder(hook: Callable[[list[tuple[str, Any]]], Any]) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=hook, parse_float=Number, parse_int=Number, parse_constant=_no_constant, strict=True
    )


_strict = _decoder(_object)
_repeating = _decoder(_Pairs)

"""Values out of JSON texts, one after the other; numbers keep their spelling (platform 3.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

LINES, ARRAY, VALUE = "lines", "array", "value"
"""How a file is laid out: a value on each line, one array of values, or one value over several lines."""

_BLANKS = " \t\n\r"
_blanks = re.compile(f"[{_BLANKS}]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LIKE_OBJECTS = re.compile(r'\ufeff?\s*(?:\[\s*)*\{\s*(?:"(?:[^"\\\n]|\\.)*"\s*:|\})')
_MOST_DIGITS_TO_COME = 64
LONGEST_VALUE = 256 << 20


class Number(str):
    """A JSON number as it is spelled."""

    __slots__ = ()


class NotJsonError(ValueError):
    """A text that is no JSON, with the reason."""


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=_no_constant)
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def parse(text: str) -> Any:
    """The value of a text. Raises NotJsonError. Numbers are `Number`; of repeated keys the last one counts."""
    try:
        return _decoder.decode(text)
    except (ValueError, RecursionError) as error:
        raise NotJsonError(reason(error)) from None


def reason(error: Exception) -> str:
    """Why a text is no JSON, in words."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[:1].lower()}{error.msg[1:]}"
    return "too many levels" if isinstance(error, RecursionError) else str(error)


def cell(value: Any) -> str | None:
    """A value as a cell: scalars as text, null as null, nested values as compact JSON."""
    if value is None or isinstance(value, Number):
        return None if value is None else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else compact(value)
    # halves of surrogate pairs are no characters
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def compact(value: Any) -> str:
    """Compact JSON: no blanks, characters as they are, numbers as spelled."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_quoted(key)}:{compact(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    return "null" if value is None else "true" if value else "false"


def looks_like_objects(text: str) -> bool:
    """Whether a text without a telling name begins as JSON objects do."""
    return _LIKE_OBJECTS.match(text) is not None


def layout_of(text: str, *, whole: bool) -> str:
    """How the file that begins with this text is laid out; `whole`: there is no more of it."""
    text = text.lstrip(_BLANKS)
    first, _, rest = text.partition("\n")
    kind = {"[": ARRAY, "{": VALUE}.get(text[:1], LINES)
    try:
        _decoder.decode(first)
    except json.JSONDecodeError as error:
        # an open bracket goes on in the next line; anything else is a bad line
        is_open = error.pos >= len(first.rstrip()) or error.msg.startswith("Unterminated string")
        return kind if is_open else LINES
    except (ValueError, RecursionError):
        return LINES
    alone = whole and not rest.strip(_BLANKS)
    return ARRAY if kind == ARRAY and alone else LINES


class Elements:
    """Takes the elements of one array, or one value, out of a text that comes in pieces."""

    def __init__(self, pieces: Iterator[str], layout: str) -> None:
        self._pieces = pieces
        self._layout = layout
        self._text = ""
        self._at = 0
        self._ended = False

    def __iter__(self) -> Iterator[Any]:
        """Raises NotJsonError where the text is no JSON."""
        if self._layout == VALUE:
            yield self._value()
        else:
            yield from self._elements()
        if self._peek():
            raise NotJsonError("there is more behind the end of the JSON value")

    def _elements(self) -> Iterator[Any]:
        self._expect("[")
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            yield self._value()
            if self._expect(",]") == "]":
                return

    def _expect(self, marks: str) -> str:
        found = self._peek()
        if not found or found not in marks:
            told = f"found {found!r}" if found else "the text ends"
            raise NotJsonError(f"expected {' or '.join(marks)}, {told}")
        self._at += 1
        return found

    def _peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            found = _blanks.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(1):
                return ""

    def _value(self) -> Any:
        self._peek()
        wanted = 1 << 16
        while True:
            try:
                value, end = _decoder.raw_decode(self._text, self._at)
                # the digits of a number may go on in the next piece
                if self._ended or end + _MOST_DIGITS_TO_COME < len(self._text):
                    self._at = end
                    return value
            except (ValueError, RecursionError) as error:
                if self._ended or isinstance(error, RecursionError):
                    raise NotJsonError(reason(error)) from None
            if wanted > LONGEST_VALUE:
                raise NotJsonError(f"a value is longer than {LONGEST_VALUE >> 20} MB or never ends")
            # twice as much each time: a long value is not begun too often
            wanted *= 2
            self._more(wanted)

    def _more(self, wanted: int) -> bool:
        """Take more text in; whether there was any."""
        held = [self._text[self._at :]]
        size = 0
        while size < wanted and not self._ended:
            piece = next(self._pieces, "")
            self._ended = not piece
            held.append(piece)
            size += len(piece)
        self._text, self._at = "".join(held), 0
        return size > 0

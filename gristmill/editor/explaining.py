"""What a word of a recipe means: hover texts, and the signature of the call around a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gristmill.editor.completion import argument_at
from gristmill.editor.cursor import Cursor, Where
from gristmill.editor.knowledge import Known
from gristmill.editor.locating import cursor_at, word_end
from gristmill.editor.reference import code, function_text, joined, parameter_text, transform_text
from gristmill.functions.declare import Function
from gristmill.functions.registry import FUNCTIONS
from gristmill.language.calls import ALIASES
from gristmill.transforms.registry import TRANSFORMS


@dataclass(frozen=True, slots=True)
class Explanation:
    """Markdown about the stretch from `start` to `end`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signature:
    """A function with its arguments, as they stand in its label, and the number of the one at the place."""

    label: str
    doc: str
    arguments: tuple[tuple[str, str], ...]
    active: int | None


def word_at(text: str, offset: int) -> Cursor:
    """The word that a place lies in, as a place at its end."""
    return cursor_at(text, word_end(text, offset))


def explain(text: str, cursor: Cursor, known: Known) -> Explanation | None:
    """What the word of `word_at` means: a transform, a parameter, a function, a word of a list, a column."""
    found = next(filter(None, _meanings(text, cursor, known)), None) if cursor.word else None
    return Explanation(found, cursor.start, cursor.start + len(cursor.word)) if found else None


def _meanings(text: str, cursor: Cursor, known: Known) -> Iterator[str | None]:
    following = text[cursor.start + len(cursor.word) :].lstrip(" \t")[:1]
    if cursor.where is Where.STEP:
        yield _transform(cursor.word)
    if following == ":" and cursor.transform is not None and cursor.where in (Where.PARAMETER, Where.STEP):
        parameter = cursor.transform.parameter(cursor.word)
        yield parameter_text(parameter) if parameter is not None else None
    if cursor.where is Where.VALUE and following == "(":
        yield _function(cursor.word)
    elif cursor.where is Where.VALUE:
        yield _word(cursor)
        yield _column(cursor.word, known)


def _transform(name: str) -> str | None:
    transform = TRANSFORMS.transform(name)
    return joined([f"**{transform.name}**", *transform_text(transform)]) if transform is not None else None


def _function(name: str) -> str | None:
    function = function_named(name)
    return joined(function_text(function)) if function is not None else None


def function_named(name: str) -> Function | None:
    """The function that recipes call so, in any case and by its other spellings."""
    function = FUNCTIONS.get(ALIASES.get(name.upper(), name.upper()))
    return function if function is not None and not function.hidden else None


def _word(cursor: Cursor) -> str | None:
    """A word of a closed list: what the list decides."""
    if cursor.calls:
        function = function_named(cursor.calls[-1].function)
        argument = argument_at(function, cursor.calls[-1].argument) if function is not None else None
        if function is None or argument is None or cursor.word.casefold() not in map(str.casefold, argument.words):
            return None
        return f"{code(cursor.word)}: {argument.name} of {function.name}. {argument.doc}"
    parameter = cursor.parameter
    if parameter is None or cursor.word.casefold() not in map(str.casefold, (*parameter.words, *parameter.synonyms)):
        return None
    return parameter_text(parameter)


def _column(name: str, known: Known) -> str | None:
    type_ = known.columns.get(name)
    return f"column {code(name)}{f': {type_}' if type_ else ''}" if type_ is not None else None


def signature_at(cursor: Cursor) -> Signature | None:
    """The innermost call of a known function around a place."""
    for call in reversed(cursor.calls):
        function = function_named(call.function)
        if function is not None:
            return _signature(function, call.argument)
    return None


def _signature(function: Function, place: int) -> Signature:
    argument = argument_at(function, place)
    active = function.takes.index(argument) if argument is not None else None
    arguments = tuple((item.name, item.doc) for item in function.takes)
    return Signature(function.signature, function.doc, arguments, active)

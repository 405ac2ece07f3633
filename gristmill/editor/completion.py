"""What may follow at a place in a recipe, out of the declarations and of what is known of the data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from gristmill.editor.cursor import Cursor, Where
from gristmill.editor.knowledge import Known
from gristmill.editor.locating import word_end
from gristmill.editor.reference import function_text, joined, parameter_text, transform_text
from gristmill.functions.declare import Argument, Function, Want
from gristmill.functions.registry import FUNCTIONS
from gristmill.language import printer, tree
from gristmill.language.grammar import Kind
from gristmill.transforms.registry import TRANSFORMS
from gristmill.transforms.scope import BUILT_IN
from gristmill.types.logical import type_names

_CLOSED = re.compile(r"[^{}\n]*\}")
QUALIFIED = (Kind.JOIN_COLUMNS, Kind.QUALIFIED, Kind.CONDITION, Kind.MAPPING)


class Sort(Enum):
    """What a proposal is; editors show a sign for each."""

    TRANSFORM = "transform"
    PARAMETER = "parameter"
    FUNCTION = "function"
    COLUMN = "column"
    WORD = "word"
    TYPE = "type"
    DATASET = "dataset"
    VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A word that may stand at the place: what is shown of it, and the text for the stretch from `start` to `end`."""

    label: str
    sort: Sort
    start: int
    end: int
    text: str
    detail: str = ""
    doc: str = ""
    first: bool = False
    """Whether it goes before the others: what the step still needs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A proposal before it has a place."""

    label: str
    sort: Sort
    text: str
    detail: str = ""
    doc: str = ""
    first: bool = False


def proposals(text: str, offset: int, cursor: Cursor, known: Known) -> list[Proposal]:
    """All that may stand at the place and begins like the word before it; editors sift further."""
    end = _end(text, offset, cursor)
    return [
        Proposal(item.label, item.sort, cursor.start, end, _fitting(item, text, end), item.detail, item.doc, item.first)
        for item in _answers(cursor, known, text)
        if _begins_like(cursor.word, item)
    ]


def _end(text: str, offset: int, cursor: Cursor) -> int:
    """Where the stretch ends that a proposal replaces: a key goes whole, a name in braces with its closing brace."""
    if cursor.where is Where.PARAMETER:
        return word_end(text, offset)
    closed = _CLOSED.match(text, offset) if cursor.word.startswith("{") else None
    return closed.end() if closed is not None else offset


def _begins_like(word: str, item: Answer) -> bool:
    """Whether the first letter fits: a name in braces or behind a `$` counts without them."""
    first = word.lstrip("{$")[:1].casefold()
    return not first or first in item.label.casefold()


def _fitting(item: Answer, text: str, end: int) -> str:
    """A key that stands before its colon already needs no second one; nor does a function with its bracket."""
    following = text[end:].lstrip(" \t")[:1]
    if item.sort is Sort.PARAMETER and following == ":":
        return item.text.removesuffix(": ")
    if item.sort is Sort.FUNCTION and following == "(":
        return item.text.removesuffix("(")
    return item.text


def _answers(cursor: Cursor, known: Known, text: str) -> Iterator[Answer]:
    match cursor.where:
        case Where.STEP:
            yield from _transforms()
            if cursor.indented and cursor.transform is not None:
                yield from _parameters(cursor)
        case Where.PARAMETER:
            yield from _parameters(cursor)
        case Where.VALUE:
            yield from _values(cursor, known, text)


# -- steps and parameters ----------------------------------------------------------------------------


def _transforms() -> Iterator[Answer]:
    for name, transform in TRANSFORMS.items():
        if transform.built:
            yield Answer(name, Sort.TRANSFORM, f"{name} ", transform.title, joined(transform_text(transform)))


def _parameters(cursor: Cursor) -> Iterator[Answer]:
    """The parameters that the step does not have yet, those it needs first."""
    assert cursor.transform is not None
    given = {cursor.transform.keys.get(key) for key in cursor.given}
    for attribute, item in cursor.transform.parameters.items():
        if attribute not in given:
            detail = "required" if item.required else ""
            yield Answer(item.key, Sort.PARAMETER, f"{item.key}: ", detail, parameter_text(item), item.required)


# -- values ------------------------------------------------------------------------------------------


def _values(cursor: Cursor, known: Known, text: str) -> Iterator[Answer]:
    if cursor.word.startswith("$"):
        yield from _variables(known)
    elif cursor.word.startswith("{"):
        yield from _columns(known, braced=True)
    elif cursor.calls and cursor.calls[-1].function in FUNCTIONS:
        yield from _arguments(FUNCTIONS[cursor.calls[-1].function], cursor.calls[-1].argument, known)
    else:
        yield from _parameter_values(cursor, known, text)


def _parameter_values(cursor: Cursor, known: Known, text: str) -> Iterator[Answer]:
    parameter = cursor.parameter
    if parameter is None:
        return
    if parameter.words:
        yield from (Answer(word, Sort.WORD, word, first=word == parameter.default) for word in parameter.words)
    elif parameter.kind is Kind.WORDS:
        yield from _types() if cursor.item == 0 else ()
    elif parameter.kind is Kind.DATASETS:
        yield from (Answer(name, Sort.DATASET, _dataset(name)) for name in known.datasets)
    elif parameter.kind in QUALIFIED:
        yield from _qualified(cursor, known, text)
    elif parameter.kind is Kind.COLUMNS:
        yield from _columns(known)
    elif parameter.is_flag:
        yield from _flags()
    elif parameter.is_formula or cursor.calls:
        yield from _columns(known)
        yield from _functions()


def _arguments(function: Function, place: int, known: Known) -> Iterator[Answer]:
    """What an argument may be: its words, true and false, types; else columns and calls."""
    argument = argument_at(function, place)
    if argument is None:
        return
    if argument.words:
        yield from (Answer(word, Sort.WORD, word, argument.name) for word in argument.words)
    elif argument.want is Want.FLAG:
        yield from _flags()
    elif argument.want is Want.TYPE:
        yield from _types()
    elif not argument.is_constant:
        yield from _columns(known)
        yield from _functions()


def argument_at(function: Function, place: int) -> Argument | None:
    """The declared argument of that number; of a function that takes many, the last one takes the rest."""
    if place < len(function.takes):
        return function.takes[place]
    last = function.takes[-1] if function.takes else None
    return last if last is not None and last.many else None


def _qualified(cursor: Cursor, known: Known, text: str) -> Iterator[Answer]:
    """Behind a dataset's name and a point its columns, else the names and the columns of all."""
    before = text[: cursor.start]
    for name, columns in known.datasets.items():
        if before.casefold().endswith((f"{name}.".casefold(), f"{_dataset(name)}.".casefold())):
            yield from (Answer(column, Sort.COLUMN, printer.name(column), name) for column in columns)
            return
    yield from _columns(known)
    yield from (Answer(f"{name}.", Sort.DATASET, f"{_dataset(name)}.") for name in ("current_dataset", *known.datasets))
    if cursor.parameter is not None and cursor.parameter.kind is Kind.CONDITION:
        yield from _functions()


def _columns(known: Known, *, braced: bool = False) -> Iterator[Answer]:
    for name, type_ in known.columns.items():
        yield Answer(name, Sort.COLUMN, printer.braced(name) if braced else printer.name(name), type_, first=True)


def _functions() -> Iterator[Answer]:
    for name, function in FUNCTIONS.items():
        if not function.hidden:
            yield Answer(name, Sort.FUNCTION, f"{name}(", function.signature, joined(function_text(function)))


def _variables(known: Known) -> Iterator[Answer]:
    for name in ("col", *BUILT_IN):
        yield Answer(f"${name}", Sort.VARIABLE, f"${name}", "built in")
    for name, value in known.parameters.items():
        text = printer.print_expression(tree.Variable(name))
        yield Answer(text, Sort.VARIABLE, text, f"run parameter{f' = {value}' if value else ''}")


def _types() -> Iterator[Answer]:
    yield from (Answer(name, Sort.TYPE, name) for name in type_names())


def _flags() -> Iterator[Answer]:
    yield from (Answer(word, Sort.WORD, word) for word in ("true", "false"))


def _dataset(name: str) -> str:
    return printer.print_value(tree.Dataset(name))

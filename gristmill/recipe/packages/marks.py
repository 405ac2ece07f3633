"""Texts with parameters in them, changed without losing the parameters' places (language 10.4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from gristmill.problems import quoted
from gristmill.recipe.packages.fields import package_error
from gristmill.recipe.packages.flow import RunParameter

Change = Callable[[str], str]
Parameters = tuple[RunParameter, ...]
_PRIVATE = range(0x10F000, 0x10FFFE)  # code points that mean nothing by themselves


def changed(template: str, parameters: Parameters, change: Change) -> tuple[str, Parameters]:
    """The template after `change`, with its parameters where they stand then.

    `change` sees one private character at each parameter's place: it may move it. Raises PackageError where a parameter
    has lost its place or got a second one.
    """
    places = sorted(
        ((index, order), owner, number)
        for owner, parameter in enumerate(parameters)
        for number, (index, order) in enumerate(parameter.insertions)
    )
    free = (chr(code) for code in _PRIVATE if chr(code) not in template)
    marks = {mark: (owner, number) for (_, owner, number), mark in zip(places, free, strict=False)}
    before = _marked(template, [index for (index, _), _, _ in places], list(marks))
    text = change(before)
    if text == before:
        return template, parameters
    found: dict[tuple[int, int], tuple[int, int]] = {}
    plain = ""
    for character in text:
        if character not in marks:
            plain += character
        elif marks[character] in found:
            raise _misplaced(parameters[marks[character][0]], "has two places", template)
        else:
            order = sum(index == len(plain) for index, _ in found.values())
            found[marks[character]] = (len(plain), order)
    return plain, tuple(_placed(one, owner, found, template) for owner, one in enumerate(parameters))


def _marked(template: str, indices: Sequence[int], marks: Sequence[str]) -> str:
    for index, mark in reversed(list(zip(indices, marks, strict=True))):
        template = template[:index] + mark + template[index:]
    return template


def _placed(
    parameter: RunParameter, owner: int, found: dict[tuple[int, int], tuple[int, int]], template: str
) -> RunParameter:
    places = [(owner, number) for number in range(len(parameter.insertions))]
    if any(place not in found for place in places):
        raise _misplaced(parameter, "has no place", template)
    return replace(parameter, insertions=tuple(found[place] for place in places))


def _misplaced(parameter: RunParameter, what: str, template: str) -> Exception:
    name = f"parameter {quoted(parameter.name)}" if parameter.name else f"a parameter of kind {parameter.kind}"
    return package_error(f"{name} {what} when an import rule has changed {quoted(template)}")

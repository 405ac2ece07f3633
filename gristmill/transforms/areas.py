"""The area of a cell in which a step works: `start:` and `end:` with their old spellings (transforms 6.6)."""

from __future__ import annotations

from gristmill.functions.searching import Area, Mark, source_of
from gristmill.language import tree
from gristmill.language.patterns import compile_pattern
from gristmill.transforms.base import Transform

INSIDE = ("from", "to")  # old spellings with which the mark's own text belongs to the area


def spelling(step: Transform, attribute: str) -> str:
    """How the step spells a parameter, in lower case; empty where it does not name it."""
    found = (item.name.casefold() for item in step.step.parameters)
    return next((name for name in found if step.keys.get(name) == attribute), "")


def mark(node: tree.Value | None, ignore_case: bool, inside: bool) -> Mark | None:
    """A pattern as a limit of an area."""
    if node is None:
        return None
    compiled = compile_pattern(node, ignore_case)
    return source_of(compiled), compiled.needs_backtracking, inside


def area_of(step: Transform, start: tree.Value | None, end: tree.Value | None, ignore_case: bool) -> Area:
    """The area between what `start` and `end` find; the marks themselves belong to it if written `from`, `to`."""
    return (
        mark(start, ignore_case, spelling(step, "start") in INSIDE),
        mark(end, ignore_case, spelling(step, "end") in INSIDE),
    )

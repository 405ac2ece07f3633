"""What a "Did you mean" would change in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gristmill.editor.positions import Lines
from gristmill.language import printer, tree
from gristmill.problems import Problem, suggested

_QUOTED = re.compile(r"'([^']+)'")


@dataclass(frozen=True, slots=True)
class Fix:
    """A text for the whole place of a problem."""

    title: str
    text: str


def fix_of(problem: Problem, lines: Lines) -> Fix | None:
    """The text with the nearest name in place of the wrong one, or None where the problem names none."""
    right = suggested(problem.hint)
    if right is None or problem.span is None:
        return None
    start, end = lines.stretch(problem.span)
    written = lines.text[start:end]
    # the message names the wrong word, and maybe others before it: 'derive' has no parameter 'valu'
    for wrong in reversed(_QUOTED.findall(problem.message)):
        for old, new in _spellings(problem.code, wrong, right):
            found = re.search(re.escape(old), written, re.IGNORECASE)
            if found is not None:
                return Fix(f"Change to '{right}'", written[: found.start()] + new + written[found.end() :])
    return None


def _spellings(code: str, wrong: str, right: str) -> Iterator[tuple[str, str]]:
    """How a name may stand in the text, and how the right one does in its place."""
    yield printer.braced(wrong), printer.braced(right)
    yield printer.text(wrong), printer.text(right)
    yield f'"{wrong}"', printer.text(right)
    if code == "unknown-column":
        yield wrong, printer.name(right)
    elif code == "unknown-dataset":
        yield wrong, printer.print_value(tree.Dataset(right))
    else:
        yield wrong, right

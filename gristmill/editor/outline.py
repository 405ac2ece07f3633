"""The steps of a recipe as a list to jump in."""

from __future__ import annotations

from dataclasses import dataclass

from gristmill.editor.positions import Lines
from gristmill.language import printer, tree
from gristmill.language.parser import parse
from gristmill.transforms.registry import TRANSFORMS

LONGEST = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """A step: its name with its title, its parameters in short, and its offsets in the text."""

    name: str
    detail: str
    start: int
    end: int
    readable: bool


def outline(lines: Lines) -> list[Entry]:
    """All steps that do something, those that cannot be read included."""
    steps = parse(lines.text, TRANSFORMS)[0].steps
    starts = [lines.stretch(step.span)[0] if step.span is not None else 0 for step in steps]
    ends = [*starts[1:], len(lines.text)][: len(starts)]
    return [
        _entry(step, start, start + len(lines.text[start:end].rstrip()))
        for step, start, end in zip(steps, starts, ends, strict=True)
        if not isinstance(step, tree.Comment)
    ]


def _entry(step: tree.AnyStep, start: int, end: int) -> Entry:
    if isinstance(step, tree.Step):
        printed = " ".join(printer.print_parameter(item) for item in step.parameters)
        return Entry(f"{step.transform} – {TRANSFORMS[step.transform].title}", _short(printed), start, end, True)
    return Entry(_short(printer.print_step(step)), "cannot be read", start, end, False)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"

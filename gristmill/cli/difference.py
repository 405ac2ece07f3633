"""What two recipes do differently, step by step, for people to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from gristmill.language import tree
from gristmill.language.printer import print_parameter, print_step

Numbered = tuple[int, tree.AnyStep]


def differences(before: Sequence[tree.AnyStep], after: Sequence[tree.AnyStep]) -> Iterator[str]:
    """The lines that tell the two apart; none where they are equal."""
    matcher = SequenceMatcher(None, [identity(step) for step in before], [identity(step) for step in after], False)
    for tag, low, high, new_low, new_high in matcher.get_opcodes():
        if tag != "equal":
            old = list(enumerate(before[low:high], low + 1))
            new = list(enumerate(after[new_low:new_high], new_low + 1))
            yield from _block(old, new)


def identity(step: tree.AnyStep) -> tuple[str, ...]:
    """What makes a step the same as another: its text, without the order of its parameters."""
    if isinstance(step, tree.Step):
        return step.transform, *sorted(map(print_parameter, step.parameters))
    return (print_step(step),)


def _block(old: Sequence[Numbered], new: Sequence[Numbered]) -> Iterator[str]:
    """A stretch without equal steps: steps of one transform are a change, in their order."""
    matcher = SequenceMatcher(None, [_kin(step) for _, step in old], [_kin(step) for _, step in new], False)
    for tag, low, high, new_low, new_high in matcher.get_opcodes():
        if tag == "equal":
            for was, now in zip(old[low:high], new[new_low:new_high], strict=True):
                yield from _changed(was, now)
        else:
            yield from (f"- {number}  {print_step(step)}" for number, step in old[low:high])
            yield from (f"+ {number}  {print_step(step)}" for number, step in new[new_low:new_high])


def _kin(step: tree.AnyStep) -> str:
    return step.transform if isinstance(step, tree.Step) else "//"


def _changed(was: Numbered, now: Numbered) -> Iterator[str]:
    """One step that differs: its parameters that do, or for a comment both texts."""
    (number, old), (new_number, new) = was, now
    place = str(number) if number == new_number else f"{number} → {new_number}"
    yield f"~ {place}  {_kin(old)}"
    removed, added = _parts(old), _parts(new)
    # by key, so that the old and the new value of a parameter stand under each other
    for key in dict.fromkeys([*removed, *added]):
        if removed.get(key) != added.get(key):
            yield from (f"    {sign} {side[key]}" for sign, side in (("-", removed), ("+", added)) if key in side)


def _parts(step: tree.AnyStep) -> dict[str, str]:
    if isinstance(step, tree.Step):
        return {parameter.name: print_parameter(parameter) for parameter in step.parameters}
    return {"": print_step(step)}

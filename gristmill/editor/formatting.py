"""A recipe's text in canonical form: in editors and by `gristmill recipe format`."""

from __future__ import annotations

from dataclasses import dataclass

from gristmill.language.parser import parse
from gristmill.language.printer import print_recipe
from gristmill.problems import Problem
from gristmill.transforms.registry import TRANSFORMS


@dataclass(frozen=True, slots=True)
class Formatted:
    """The canonical text and what is wrong with the old one. Steps that cannot be read stay as they are.

    `faithful` is false where the canonical text would be read otherwise: then `text` is the old one.
    """

    text: str
    problems: tuple[Problem, ...]
    faithful: bool

    @property
    def readable(self) -> bool:
        """Whether every step could be read."""
        return self.faithful and all(problem.severity != "error" for problem in self.problems)


def formatted(text: str) -> Formatted:
    """The text with a step a line and the main spellings; comments stay."""
    recipe, problems = parse(text, TRANSFORMS)
    new = print_recipe(recipe)
    faithful = parse(new, TRANSFORMS)[0] == recipe
    return Formatted(new if faithful else text, tuple(problems), faithful)

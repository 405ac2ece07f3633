"""A place in a recipe's text, and what it may hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from gristmill.transforms.base import Transform
from gristmill.transforms.binders import Parameter


class Where(Enum):
    """What may stand at a place."""

    STEP = "step"  # a transform's name
    PARAMETER = "parameter"  # a parameter's key
    VALUE = "value"
    NOTHING = "nothing"  # within a text or a comment, behind a value


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is open at the place; `argument` counts from 0."""

    function: str
    argument: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place: what may stand there, the word before it, and the step, parameter and calls around it."""

    where: Where
    word: str
    start: int
    """The offset at which the word begins; the place itself where there is none."""
    step: int
    """The offset at which the step begins: before it stand whole steps."""
    transform: type[Transform] | None
    parameter: Parameter | None
    given: tuple[str, ...]
    """The keys of the step before the place, in lower case."""
    item: int
    """How many values of the parameter stand before."""
    calls: tuple[Call, ...]
    indented: bool

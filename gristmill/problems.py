"""Everything that can be wrong with a recipe or a run, as data.

A problem is a code, one sentence and where it was found. The CLI prints it as text, the API as JSON;
both read the same object.

    ProblemError          one or more problems; what library functions raise
    ├── RecipeError       found while reading or planning a recipe (exit code 2, HTTP 400)
    └── RunError          found while running: inputs, outputs, resources (exit code 1, job Failed)
        └── TransientError    trying again may help: a connection refused or lost, a lock held too long
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal, Self

MAX_QUOTED = 80
NEAREST = "Did you mean {}?"
MAX_REPORTED = 100


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of recipe text. Lines and columns count from 1, in code points; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """The stretch from the start of this one to the end of `other`."""
        return Span(self.line, self.column, other.end_line, other.end_column)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, with its place (wrangle-language 12.2)."""

    code: str
    message: str
    hint: str | None = None
    severity: Literal["error", "warning"] = "error"
    step: int | None = None
    transform: str | None = None
    span: Span | None = None
    node: str | None = None

    def at(self, step: int, transform: str | None) -> Problem:
        """The same problem, said of step number `step` (from 1) unless it names one already."""
        if self.step is not None:
            return self
        return replace(self, step=step, transform=transform)

    def text(self) -> str:
        """One line for people: `Step 4 (derive), line 7, column 31: column not found: 'Qtty'.`"""
        place = []
        if self.step is not None:
            place.append(f"step {self.step}" + (f" ({self.transform})" if self.transform else ""))
        if self.span is not None:
            place.append(f"line {self.span.line}, column {self.span.column}")
        where = ", ".join(place)
        sentence = f"{where[0].upper()}{where[1:]}: {self.message}" if where else self.message
        return f"{sentence}. {self.hint}" if self.hint else sentence

    def as_json(self) -> dict[str, object]:
        """The form that the API answers; absent facts are left out."""
        facts: dict[str, object] = {"code": self.code, "message": self.message, "severity": self.severity}
        optional = {"step": self.step, "transform": self.transform, "hint": self.hint, "node": self.node}
        facts |= {key: value for key, value in optional.items() if value is not None}
        if self.span is not None:
            facts |= {
                "line": self.span.line,
                "column": self.span.column,
                "endLine": self.span.end_line,
                "endColumn": self.span.end_column,
            }
        return facts


class ProblemError(Exception):
    """One or more problems that stop the work."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(problem.text() for problem in self.problems))


class RecipeError(ProblemError):
    """The recipe cannot be read or planned."""


class RunError(ProblemError):
    """The run cannot go on: an input, an output or a resource fails."""

    @classmethod
    def of(cls, message: str, *, hint: str | None = None) -> Self:
        """A run error of this kind, of one problem."""
        return cls(Problem("run", message, hint=hint))


class TransientError(RunError):
    """The run cannot go on now, but another try may succeed (platform 2.8)."""


def recipe_error(code: str, message: str, *, hint: str | None = None, span: Span | None = None) -> RecipeError:
    """A recipe error of one problem; the compiler adds the step."""
    return RecipeError(Problem(code, message, hint=hint, span=span))


def run_error(message: str, *, hint: str | None = None) -> RunError:
    """A run error of one problem."""
    return RunError.of(message, hint=hint)


def plural(count: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def quoted(value: object) -> str:
    """A user's value in single quotes, cut at 80 characters."""
    text = str(value)
    return f"'{text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + '…'}'"


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the nearest known word, or None (wrangle-language 12.2)."""
    by_folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return NEAREST.format(quoted(by_folded[close[0]])) if close else None


def suggested(hint: str | None) -> str | None:
    """The word that a hint of `did_you_mean` names; None for other hints, and for a word that is cut."""
    before, after = NEAREST.format("''").split("''")
    if hint is None or not (hint.startswith(f"{before}'") and hint.endswith(f"'{after}")):
        return None
    word = hint[len(before) + 1 : -len(after) - 1]
    return word if len(word) < MAX_QUOTED else None
